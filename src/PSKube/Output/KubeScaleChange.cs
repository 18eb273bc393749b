namespace PSKube.Output;

/// <summary>What <c>Save-KubeScale</c> or <c>Restore-KubeScale</c> did to one workload.</summary>
public enum ScaleAction
{
    /// <summary>The number was remembered, and the workload scaled down.</summary>
    Saved,

    /// <summary>A number was remembered before, and still is; the workload was scaled down if it was not.</summary>
    AlreadySaved,

    /// <summary>The remembered number was set again and forgotten.</summary>
    Restored,

    /// <summary>No more pods were wanted than it was to be scaled down to; there was nothing to do.</summary>
    Unchanged,

    /// <summary>No number was remembered; there was nothing to bring back.</summary>
    NotSaved,

    /// <summary>An autoscaler sets its number, and -Force was not given.</summary>
    Skipped,
}

/// <summary>What <c>Save-KubeScale</c> or <c>Restore-KubeScale</c> did to one workload.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; null for a cluster-scoped one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">How many pods were wanted before.</param>
/// <param name="After">How many are wanted now.</param>
/// <param name="Saved">The number that is remembered now; null for none.</param>
/// <param name="Action">What was done.</param>
public sealed record KubeScaleChange(string Kind, string? Namespace, string Name, int Before, int After, int? Saved, ScaleAction Action);
