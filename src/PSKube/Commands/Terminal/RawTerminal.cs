using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Commands.Terminal;

/// <summary>
/// The user's terminal, handed over to a program elsewhere: every key goes there as it is, Ctrl+C too, and what comes from there
/// is shown as it is. Dispose it to get the terminal back; it comes back as well when the process ends in between.
/// </summary>
internal abstract class RawTerminal : IDisposable
{
    private readonly Stream _output = Console.OpenStandardOutput();
    private bool _disposed;

    private protected RawTerminal() => AppDomain.CurrentDomain.ProcessExit += OnExit;

    /// <summary>Columns and rows, as they are now.</summary>
    public static (int Width, int Height) Size => (Console.WindowWidth, Console.WindowHeight);

    /// <summary>Takes the terminal over.</summary>
    /// <exception cref="KubeException">There is none (<c>KubeNoTerminal</c>).</exception>
    public static RawTerminal Open()
    {
        Check();
        // Asked before anything is changed: .NET takes note of the terminal as it finds it at its first use.
        _ = Size;
        return OperatingSystem.IsWindows() ? WindowsTerminal.Take() : UnixTerminal.Take();
    }

    /// <summary>Sees that there is a terminal, without touching it.</summary>
    /// <exception cref="KubeException">There is none (<c>KubeNoTerminal</c>).</exception>
    public static void Check()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected) throw Missing("the input or the output of this PowerShell is redirected");
    }

    /// <summary>Waits a moment for keys.</summary>
    /// <param name="buffer">Where their bytes go, UTF-8 and VT sequences.</param>
    /// <param name="milliseconds">How long to wait.</param>
    /// <returns>How many bytes came; 0 when none did, -1 when none ever will.</returns>
    public abstract int Read(byte[] buffer, int milliseconds);

    /// <summary>Shows what a program wrote.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await _output.WriteAsync(bytes, cancel).ConfigureAwait(false);
        await _output.FlushAsync(cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Restore();
        _output.Dispose();
    }

    /// <summary>Gives the terminal back as it was.</summary>
    private protected abstract void Restore();

    /// <summary>The failure of having no terminal.</summary>
    private protected static KubeException Missing(string why) => new("KubeNoTerminal", ErrorCategory.InvalidOperation, $"An interactive console is needed, but {why}.")
    {
        EndsCommand = true,
        RecommendedAction = "Use Invoke-KubeExec to run a command without a terminal.",
    };

    private void OnExit(object? sender, EventArgs e) => Restore();
}
