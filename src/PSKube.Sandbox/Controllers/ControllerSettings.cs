using PSKube.Sandbox.Nodes;

namespace PSKube.Sandbox.Controllers;

/// <summary>How a sandbox is set up.</summary>
internal sealed record ControllerSettings
{
    /// <summary>How many nodes there are.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>What the nodes are called, before their number.</summary>
    public string NodePrefix { get; init; } = "sandbox-";

    /// <summary>The version of the server, for example <c>v1.20.2</c>; null for the first of its minor version.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>What pods do against their nature.</summary>
    public PodOverrides Overrides { get; init; } = new();

    /// <summary>What pods use.</summary>
    public IMetrics Metrics { get; init; } = new SettableMetrics();
}

/// <summary>What pods use of their nodes, as a metrics server would tell.</summary>
internal interface IMetrics
{
    /// <summary>The processor time that a pod uses, in thousandths of a core; null when it is not known.</summary>
    long? CpuMillis(string ns, string pod);

    /// <summary>The memory that a pod uses, in bytes; null when it is not known.</summary>
    long? MemoryBytes(string ns, string pod);
}

/// <summary>Metrics that somebody sets; nothing is known of a pod until then.</summary>
internal sealed class SettableMetrics : IMetrics
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string, string), (long? Cpu, long? Memory)> _values = new();

    /// <summary>Sets what a pod uses.</summary>
    public void Set(string ns, string pod, long? cpuMillis, long? memoryBytes = null) => _values[(ns, pod)] = (cpuMillis, memoryBytes);

    /// <summary>Forgets all.</summary>
    public void Clear() => _values.Clear();

    /// <inheritdoc/>
    public long? CpuMillis(string ns, string pod) => _values.TryGetValue((ns, pod), out (long? Cpu, long? Memory) known) ? known.Cpu : null;

    /// <inheritdoc/>
    public long? MemoryBytes(string ns, string pod) => _values.TryGetValue((ns, pod), out (long? Cpu, long? Memory) known) ? known.Memory : null;
}
