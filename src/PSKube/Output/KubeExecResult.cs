using System.Text;

namespace PSKube.Output;

/// <summary>A command that ran in a container, and how it ended.</summary>
public sealed class KubeExecResult
{
    private readonly byte[] _stdOut;
    private string? _text;

    internal KubeExecResult(string pod, string ns, string container, IReadOnlyList<string> command, int exitCode, byte[] stdOut, string stdErr, TimeSpan duration)
    {
        Pod = pod;
        Namespace = ns;
        Container = container;
        Command = command;
        ExitCode = exitCode;
        _stdOut = stdOut;
        StdErr = WithoutLastLineEnds(stdErr);
        Duration = duration;
    }

    /// <summary>The pod.</summary>
    public string Pod { get; }

    /// <summary>Its namespace.</summary>
    public string Namespace { get; }

    /// <summary>The container.</summary>
    public string Container { get; }

    /// <summary>Program and arguments.</summary>
    public IReadOnlyList<string> Command { get; }

    /// <summary>The exit code; 0 is success.</summary>
    public int ExitCode { get; }

    /// <summary>
    /// What the command wrote to its standard output, read as UTF-8, without the line ends at its end, as <c>$( )</c> of a shell has
    /// it; bytes that are no UTF-8 become U+FFFD. <see cref="GetStdOutBytes"/> has it all.
    /// </summary>
    public string StdOut => _text ??= WithoutLastLineEnds(Encoding.UTF8.GetString(_stdOut));

    /// <summary>What the command wrote to its standard error, read as UTF-8, without the line ends at its end.</summary>
    public string StdErr { get; }

    /// <summary>How long it took, with the way there.</summary>
    public TimeSpan Duration { get; }

    /// <summary>What the command wrote to its standard output, byte by byte as it was.</summary>
    /// <remarks>A method, so that a job or a log does not carry it twice.</remarks>
    public byte[] GetStdOutBytes() => _stdOut;

    private static string WithoutLastLineEnds(string text) => text.TrimEnd('\n', '\r');

    /// <summary>Short: it appears in errors, and may leave the machine.</summary>
    public override string ToString() => FormattableString.Invariant($"pod/{Pod} in {Namespace}: exit code {ExitCode}");
}
