using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Catalog;

/// <summary>A version under which a resource is served.</summary>
/// <param name="Name">The version, for example <c>v1beta1</c>.</param>
/// <param name="Since">The first minor version of Kubernetes 1 that serves it.</param>
/// <param name="Until">The first minor version that no longer does.</param>
internal sealed record ServedVersion(string Name, int Since = 0, int Until = int.MaxValue);

/// <summary>One kind of object: what it is called, where it is served, and the shape it is stored in.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Kind">The kind in its own case.</param>
/// <param name="Plural">The resource's name in addresses.</param>
/// <param name="Namespaced">True when objects of this kind live in a namespace.</param>
internal sealed record Resource(string Group, string Kind, string Plural, bool Namespaced)
{
    /// <summary>The model that KubernetesClient has of the stored form; null for custom kinds.</summary>
    public ModelType? Model { get; init; }

    /// <summary>The versions, the preferred one first. The first is also the stored form.</summary>
    public IReadOnlyList<ServedVersion> Versions { get; init; } = [new("v1")];

    /// <summary>The name in the singular.</summary>
    public string Singular { get; init; } = Kind.ToLowerInvariant();

    /// <summary>The short names.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>The groups of kinds that this one belongs to.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>True when the status is a subresource of its own.</summary>
    public bool HasStatus { get; init; }

    /// <summary>True when it can be scaled through the scale subresource.</summary>
    public bool HasScale { get; init; }

    /// <summary>Where a custom kind keeps the number of its replicas, the number that runs, and their selector, as in its definition.</summary>
    public (string Spec, string Status, string? Selector) ScalePaths { get; init; } = (".spec.replicas", ".status.replicas", null);

    /// <summary>The schema of a custom kind's stored version as its definition gives it; null for a kind of Kubernetes' own.</summary>
    public System.Text.Json.Nodes.JsonObject? CustomSchema { get; init; }

    /// <summary>True for a kind that a CustomResourceDefinition brought.</summary>
    public bool IsCustom { get; init; }

    /// <summary>The version of the stored form.</summary>
    public string StoredVersion => Versions[0].Name;

    /// <summary>The apiVersion of the stored form.</summary>
    public string StoredApiVersion => ApiVersion(StoredVersion);

    /// <summary>The name as messages have it: <c>pods</c>, <c>deployments.apps</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The apiVersion of a version.</summary>
    public string ApiVersion(string version) => Group.Length == 0 ? version : $"{Group}/{version}";

    /// <inheritdoc/>
    public bool Equals(Resource? other) => other is not null && Group == other.Group && Plural == other.Plural;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Group, Plural);

    /// <inheritdoc/>
    public override string ToString() => QualifiedName;
}
