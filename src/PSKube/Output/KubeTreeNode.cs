using System.Text;
using PSKube.Api;

namespace PSKube.Output;

/// <summary>A workload with what it owns: Deployment, ReplicaSet, Pod, container; StatefulSet, Pod, claim; CronJob, Job, Pod. Prints as a drawn tree.</summary>
public sealed class KubeTreeNode
{
    internal KubeTreeNode(string kind, string? ns, string name, string ready, string state, object value)
    {
        Kind = kind;
        Namespace = ns;
        Name = name;
        Ready = ready;
        State = state;
        Object = value;
    }

    /// <summary>The kind; <c>Container</c> for a container of a pod.</summary>
    public string Kind { get; }

    /// <summary>The namespace.</summary>
    public string? Namespace { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Ready of wanted, such as <c>3/3</c>; empty where that has no meaning.</summary>
    public string Ready { get; }

    /// <summary>A pod's, container's, job's or claim's state; empty for others.</summary>
    public string State { get; }

    /// <summary>The object itself; a <c>V1Container</c> for a container.</summary>
    public object Object { get; }

    /// <summary>What it owns, in order of kind and name.</summary>
    public IReadOnlyList<KubeTreeNode> Children { get; internal set; } = [];

    /// <summary>The drawn tree.</summary>
    public override string ToString()
    {
        var lines = new List<(string Label, KubeTreeNode Node)>();
        Collect(this, "", "", lines);
        int labels = lines.Max(line => line.Label.Length);
        int ready = lines.Max(line => line.Node.Ready.Length);
        var text = new StringBuilder();
        foreach ((string label, KubeTreeNode node) in lines)
        {
            text.Append(ServerErrors.Escape((label.PadRight(labels + 3) + node.Ready.PadRight(ready + 3) + node.State).TrimEnd())).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static void Collect(KubeTreeNode node, string lead, string below, List<(string Label, KubeTreeNode Node)> lines)
    {
        lines.Add(($"{lead}{node.Kind.ToLowerInvariant()}/{ServerErrors.Escape(node.Name)}", node));
        for (int i = 0; i < node.Children.Count; i++)
        {
            bool last = i == node.Children.Count - 1;
            Collect(node.Children[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "), lines);
        }
    }
}
