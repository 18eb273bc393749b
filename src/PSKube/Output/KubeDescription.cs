using k8s.Models;

namespace PSKube.Output;

/// <summary>What <c>Get-KubeDescription</c> found out about one object: the text that kubectl prints, and the same as values for scripts.</summary>
public sealed class KubeDescription
{
    /// <summary>The type name on which the view hangs.</summary>
    internal const string TypeName = "PSKube.Description";

    private readonly string _text;

    internal KubeDescription(Resources.ResourceHeader header, object target, Describe.DescriptionWriter writer, Describe.DescribeFacts facts)
    {
        Kind = header.Kind;
        Name = header.Name;
        Namespace = header.Namespace;
        Object = target;
        Sections = writer.Sections;
        // Arrays: PowerShell cannot index the lists that the compiler makes for a read-only list.
        Conditions = Describe.Describer.ConditionsOf(target).ToArray();
        Events = facts.Events?.ToArray() ?? [];
        Related = facts.Related.ToArray();
        _text = writer.ToString();
    }

    /// <summary>The object's kind.</summary>
    public string Kind { get; }

    /// <summary>The object's name.</summary>
    public string? Name { get; }

    /// <summary>The object's namespace; null for a cluster-scoped one.</summary>
    public string? Namespace { get; }

    /// <summary>The object itself, read when it was described.</summary>
    public object Object { get; }

    /// <summary>The parts of the text, in its order.</summary>
    public IReadOnlyList<DescriptionSection> Sections { get; }

    /// <summary>The conditions of the object's status; none when it has none.</summary>
    public IReadOnlyList<object> Conditions { get; }

    /// <summary>The events about the object, the latest last; none with -NoEvent, and when they cannot be read.</summary>
    public IReadOnlyList<Corev1Event> Events { get; }

    /// <summary>The objects read along with it, such as a deployment's ReplicaSets or a node's pods.</summary>
    public IReadOnlyList<object> Related { get; }

    /// <summary>The text as <c>kubectl describe</c> prints it; control characters are shown, not obeyed.</summary>
    public override string ToString() => _text;
}
