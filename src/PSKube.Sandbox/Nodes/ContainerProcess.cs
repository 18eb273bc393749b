using System.Diagnostics;
using PSKube.Sandbox.Nodes.Shell;

namespace PSKube.Sandbox.Nodes;

/// <summary>The process 1 of a container.</summary>
internal sealed class ContainerProcess : IDisposable
{
    private readonly CancellationTokenSource _kill = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly bool _serves;
    private ShellProcess? _shell;
    private volatile bool _settled;

    private ContainerProcess(bool serves) => _serves = serves;

    /// <summary>Its exit code; null while it runs.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>
    /// True once it has done all that it does at once, and waits for something. A real node tells of a container so much later
    /// that nobody sees one which has not written its first line yet.
    /// </summary>
    public bool HasSettled => _settled || Stopwatch.GetElapsedTime(_begun) > Patience;

    /// <summary>How long a process is given until it is told of, settled or not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>True when it ends soon after a TERM signal, as servers do; a plain program as process 1 does not hear it.</summary>
    public bool HearsTerm => _serves;

    /// <summary>Starts a command.</summary>
    /// <param name="world">Where it runs.</param>
    /// <param name="environment">Its variables.</param>
    /// <param name="folder">The folder in which it begins.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="log">Where its output goes.</param>
    /// <param name="changed">Told when it has settled, and when it has ended.</param>
    public static ContainerProcess Start(ShellWorld world, IReadOnlyDictionary<string, string> environment, string folder, IReadOnlyList<string> command, ContainerLog log, Action changed)
    {
        string name = command[0][(command[0].LastIndexOf('/') + 1)..];
        var process = new ContainerProcess(ShellPrograms.Find(name) is null && name is not ("sh" or "bash" or "ash" or "dash"));
        var shell = new ShellProcess(world, process._kill.Token) { Folder = folder };
        foreach ((string key, string value) in environment)
        {
            shell.Variables[key] = value;
            shell.Exported.Add(key);
        }

        process._shell = shell;
        shell.Pauses = () =>
        {
            if (process._settled) return;
            process._settled = true;
            changed();
        };
        var streams = new ShellStreams(Stream.Null, Writer(log, 1), Writer(log, 2));
        _ = Task.Run(async () =>
        {
            int code = 137;
            try
            {
                code = await shell.RunAsync(command, streams).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Killed.
            }
#pragma warning disable CA1031 // A program that goes wrong is a crashed container.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                log.Write(failure.Message + "\n");
                code = 134;
            }

            process.ExitCode = code;
            process._settled = true;
            log.End();
            changed();
        });
        return process;
    }

    /// <summary>Starts something that ends after some virtual time by itself.</summary>
    public static ContainerProcess Crash(Registry.SandboxClock clock, TimeSpan after, int exitCode, ContainerLog log, Action ended)
    {
        var process = new ContainerProcess(true) { _settled = true };
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(clock.Real(after), process._kill.Token).ConfigureAwait(false);
                process.ExitCode = exitCode;
            }
            catch (OperationCanceledException)
            {
                process.ExitCode = 137;
            }

            log.End();
            ended();
        });
        return process;
    }

    /// <summary>Sends a TERM signal.</summary>
    public void Terminate() => _shell?.Terminate();

    /// <inheritdoc/>
    public void Dispose() => Kill();

    /// <summary>Ends it at once.</summary>
    public void Kill() => _ = _kill.CancelAsync();

    private static ByteWriter Writer(ContainerLog log, int stream) => bytes =>
    {
        log.Write(stream, bytes.Span);
        return ValueTask.CompletedTask;
    };
}
