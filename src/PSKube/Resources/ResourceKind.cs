namespace PSKube.Resources;

/// <summary>One kind of object as the API serves it: where it lives and what it is called.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version, for example <c>v1</c>.</param>
/// <param name="Kind">The kind in its own case, for example <c>DaemonSet</c>.</param>
/// <param name="Plural">The resource name in the URL, for example <c>daemonsets</c>.</param>
/// <param name="Namespaced">True when objects of this kind live in a namespace.</param>
internal sealed record ResourceKind(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    /// <summary>The singular name, for example <c>daemonset</c>.</summary>
    public string Singular { get; init; } = Kind.ToLowerInvariant();

    /// <summary>The short names, for example <c>ds</c>.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>The groups of kinds that this one belongs to, for example <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>What can be done: <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>patch</c>, <c>delete</c> …</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>The subresources, for example <c>scale</c>.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary>The apiVersion that objects of this kind carry: <c>v1</c>, <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name kubectl prints: <c>pod</c>, <c>deployment.apps</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Singular : $"{Singular}.{Group}";

    /// <summary>Short, because it appears in messages.</summary>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
