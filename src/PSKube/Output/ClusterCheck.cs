namespace PSKube.Output;

/// <summary>One thing that <c>Test-KubeCluster</c> looked at.</summary>
public sealed class ClusterCheck
{
    /// <summary>What was looked at: <c>Reachable</c>, <c>Certificate</c>, <c>readyz/etcd</c>, <c>Node/n1</c> …</summary>
    public string Check { get; init; } = "";

    /// <summary>Whether it is as it should be.</summary>
    public bool Ok { get; init; }

    /// <summary>What was seen.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The check and its result, for messages.</summary>
    public override string ToString() => $"{Check}: {(Ok ? "ok" : Detail)}";
}
