namespace PSKube.Output;

/// <summary>A pod that ran once, and how it ended.</summary>
/// <param name="Pod">Its name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Image">Its image.</param>
/// <param name="ExitCode">The exit code of its container; 0 is success.</param>
/// <param name="Reason">Why the container ended, in the node's word: <c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>.</param>
/// <param name="Log">All that the container wrote.</param>
/// <param name="Duration">How long it took from the creation of the pod to its end, with the fetching of its image.</param>
public sealed record KubePodRun(string Pod, string Namespace, string Image, int ExitCode, string Reason, string Log, TimeSpan Duration)
{
    /// <summary>What the node or the container said of the end, such as that there is no such program; null when nothing was said.</summary>
    public string? Message { get; init; }

    /// <summary>Short: it appears in errors, and may leave the machine.</summary>
    public override string ToString() => FormattableString.Invariant($"pod/{Pod} in {Namespace}: exit code {ExitCode}");
}
