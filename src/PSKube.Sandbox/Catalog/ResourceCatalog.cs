using System.Text.Json.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Catalog;

/// <summary>A resource in one of the versions in which it is served.</summary>
internal sealed record ServedResource(Resource Resource, string Version)
{
    /// <summary>The apiVersion that its objects carry here.</summary>
    public string ApiVersion => Resource.ApiVersion(Version);

    /// <summary>True when its objects are served as they are stored.</summary>
    public bool IsStored => Version == Resource.StoredVersion;

    /// <summary>Between the stored version and this one; null when they are the same.</summary>
    public VersionConversion? Conversion => IsStored ? null
        : Resource == Kinds.HorizontalPodAutoscalers ? HorizontalPodAutoscalerVersions.For(Version)
        : new VersionConversion(json => Renamed(json, ApiVersion), json => Renamed(json, Resource.StoredApiVersion));

    private static JsonObject Renamed(JsonObject json, string apiVersion)
    {
        JsonObject renamed = json.Copy();
        renamed["apiVersion"] = apiVersion;
        return renamed;
    }
}

/// <summary>What the server that is played serves: Kubernetes' own kinds by its version, and those that definitions brought.</summary>
/// <param name="minor">The minor version of the server.</param>
/// <param name="store">Where the definitions are.</param>
internal sealed class ResourceCatalog(int minor, ObjectStore store)
{
    private readonly Dictionary<string, (long Version, Resource Resource)> _custom = new(StringComparer.Ordinal);

    /// <summary>The minor version of the server.</summary>
    public int Minor { get; } = minor;

    /// <summary>Everything that is served: groups in the server's order, within a group the preferred version first.</summary>
    public IEnumerable<ServedResource> All => Kinds.All.Concat(Custom()).SelectMany(Served);

    /// <summary>What an address names; null when nothing is served there.</summary>
    public ServedResource? Find(string group, string version, string plural)
    {
        foreach (Resource resource in Kinds.All.Concat(Custom()))
        {
            if (resource.Plural == plural && resource.Group == group) return Served(resource).FirstOrDefault(served => served.Version == version);
        }

        return null;
    }

    /// <summary>True when anything is served in this version of a group.</summary>
    public bool Serves(string group, string version) => All.Any(served => served.Version == version && served.Resource.Group == group);

    /// <summary>What an object says it is; null when that is not served.</summary>
    public ServedResource? FindKind(string apiVersion, string kind) => All.FirstOrDefault(served => served.Resource.Kind == kind && served.ApiVersion == apiVersion);

    private IEnumerable<ServedResource> Served(Resource resource) => resource.Versions.Where(version => version.Since <= Minor && Minor < version.Until).Select(version => new ServedResource(resource, version.Name));

    /// <summary>The kinds of the CustomResourceDefinitions that there are.</summary>
    private List<Resource> Custom()
    {
        if (store.Count(Kinds.CustomResourceDefinitions) == 0) return [];
        lock (store.Gate)
        {
            var resources = new List<Resource>();
            foreach (StoredObject definition in store.List(Kinds.CustomResourceDefinitions))
            {
                if (!_custom.TryGetValue(definition.Name, out (long Version, Resource Resource) known) || known.Version != definition.Version) _custom[definition.Name] = known = (definition.Version, Read(definition.Parse()));
                resources.Add(known.Resource);
            }

            return resources;
        }
    }

    private static Resource Read(JsonObject definition)
    {
        JsonNode? spec = definition["spec"];
        List<JsonObject> versions = [.. spec.Objects("versions").Where(version => version.Flag("served") == true).OrderByDescending(version => version.Flag("storage") == true)];
        JsonNode? scale = versions.FirstOrDefault().At("subresources", "scale");
        return new Resource(spec.Text("group") ?? "", spec.Text("names", "kind") ?? "", spec.Text("names", "plural") ?? "", spec.Text("scope") == "Namespaced")
        {
            IsCustom = true,
            Singular = spec.Text("names", "singular") ?? (spec.Text("names", "kind") ?? "").ToLowerInvariant(),
            ShortNames = Texts(spec.At("names", "shortNames")),
            Categories = Texts(spec.At("names", "categories")),
            Versions = [.. versions.Select(version => new ServedVersion(version.Text("name") ?? ""))],
            HasStatus = versions.Any(version => version.At("subresources", "status") is not null),
            HasScale = scale is not null,
            ScalePaths = (scale.Text("specReplicasPath") ?? ".spec.replicas", scale.Text("statusReplicasPath") ?? ".status.replicas", scale.Text("labelSelectorPath")),
            CustomSchema = versions.FirstOrDefault().At("schema", "openAPIV3Schema") as JsonObject,
        };
    }

    private static string[] Texts(JsonNode? list) => list is JsonArray items ? [.. items.Select(item => item.Text()).OfType<string>()] : [];
}
