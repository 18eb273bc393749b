using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>What the pods on each node ask for, kept up with every change so that nobody has to look at all pods.</summary>
internal sealed class NodeUsage
{
    private readonly Dictionary<string, Sum> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Node, long Cpu, long Memory)> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredObject> _waiting = new(StringComparer.Ordinal);

    /// <summary>Takes note of a pod's change.</summary>
    public void Note(StoreEvent change)
    {
        StoredObject pod = change.Object;
        bool counts = change.Type != StoreEventType.Deleted && pod.NodeName is not null && pod.Phase is not ("Succeeded" or "Failed");
        if (counts)
        {
            // Requests are read when somebody asks: a cluster with fifty thousand pods must be there at once.
            if (change.Previous?.NodeName != pod.NodeName || _waiting.ContainsKey(pod.Uid)) _waiting[pod.Uid] = pod;
            // Its labels may be others, and nobody should keep what it was when it was bound.
            else if (_nodes.TryGetValue(pod.NodeName!, out Sum? own) && own.Pods.ContainsKey(pod.Uid)) own.Pods[pod.Uid] = pod;
        }
        else if (change.Previous?.NodeName is not null || change.Type == StoreEventType.Deleted)
        {
            Read();
            if (!_pods.Remove(pod.Uid, out (string Node, long Cpu, long Memory) known) || !_nodes.TryGetValue(known.Node, out Sum? sum)) return;
            sum.Cpu -= known.Cpu;
            sum.Memory -= known.Memory;
            sum.Pods.Remove(pod.Uid);
        }
    }

    /// <summary>What is asked for on a node.</summary>
    public (long CpuMillis, long MemoryBytes, int Pods) On(string node)
    {
        Read();
        return _nodes.TryGetValue(node, out Sum? sum) ? (sum.Cpu, sum.Memory, sum.Pods.Count) : (0, 0, 0);
    }

    /// <summary>The pods on a node.</summary>
    public IEnumerable<StoredObject> PodsOn(string node)
    {
        Read();
        return _nodes.TryGetValue(node, out Sum? sum) ? sum.Pods.Values : [];
    }

    private void Read()
    {
        foreach (StoredObject pod in _waiting.Values)
        {
            if (_pods.ContainsKey(pod.Uid)) continue;
            PodFacts facts = PodFacts.Of(pod);
            if (!_nodes.TryGetValue(pod.NodeName!, out Sum? sum)) _nodes[pod.NodeName!] = sum = new Sum();
            sum.Cpu += facts.CpuMillis;
            sum.Memory += facts.MemoryBytes;
            sum.Pods[pod.Uid] = pod;
            _pods[pod.Uid] = (pod.NodeName!, facts.CpuMillis, facts.MemoryBytes);
        }

        _waiting.Clear();
    }

    private sealed class Sum
    {
        public long Cpu { get; set; }

        public long Memory { get; set; }

        public Dictionary<string, StoredObject> Pods { get; } = new(StringComparer.Ordinal);
    }
}
