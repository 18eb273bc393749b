namespace PSKube.Output;

/// <summary>How far a rollout is, by kubectl's tests and in kubectl's words.</summary>
/// <param name="Kind">Deployment, DaemonSet or StatefulSet.</param>
/// <param name="Namespace">The workload's namespace.</param>
/// <param name="Name">The workload's name.</param>
/// <param name="Revision">The revision that runs or is being rolled out; null when none is known yet.</param>
/// <param name="Desired">How many pods are wanted.</param>
/// <param name="Updated">How many pods are of the newest template.</param>
/// <param name="Available">How many pods are available; a StatefulSet's that are ready.</param>
/// <param name="Done">True when nothing is left to do.</param>
/// <param name="Failed">True when it will not get done by itself: the progress deadline has passed, or another revision runs than the one asked for.</param>
/// <param name="Message">What <c>kubectl rollout status</c> prints.</param>
public sealed record KubeRolloutStatus(string Kind, string? Namespace, string Name, long? Revision, int Desired, int Updated, int Available, bool Done, bool Failed, string Message)
{
    /// <summary>True when the rollout is suspended: until Resume-KubeRollout lets it go on, nothing changes but the number of pods.</summary>
    public bool Paused { get; init; }
}
