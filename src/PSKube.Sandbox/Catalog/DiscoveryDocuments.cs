using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Catalog;

/// <summary>The documents by which a server says what it serves: one per group and version, and from 1.26 on one for all.</summary>
internal static class DiscoveryDocuments
{
    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>The media types of the aggregated document, and the first minor version that has each.</summary>
    public static readonly (string Version, int Since)[] AggregatedVersions = [("v2", 30), ("v2beta1", 26)];

    /// <summary><c>/api</c>.</summary>
    public static JsonObject Legacy(string host) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = host }),
    };

    /// <summary><c>/apis</c>.</summary>
    public static JsonObject Groups(ResourceCatalog catalog) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupNames(catalog).Select(group => Group(catalog, group, false))]),
    };

    /// <summary><c>/apis/GROUP</c>; null when there is no such group.</summary>
    public static JsonObject? Group(ResourceCatalog catalog, string group) => GroupNames(catalog).Contains(group) ? Group(catalog, group, true) : null;

    /// <summary><c>/api/v1</c> and <c>/apis/GROUP/VERSION</c>; null when there is no such version.</summary>
    public static JsonObject? Version(ResourceCatalog catalog, string group, string version)
    {
        List<ServedResource> served = [.. catalog.All.Where(one => one.Resource.Group == group && one.Version == version)];
        if (served.Count == 0) return null;
        var resources = new JsonArray();
        foreach (ServedResource one in served.OrderBy(one => one.Resource.Plural, StringComparer.Ordinal))
        {
            Resource resource = one.Resource;
            JsonObject entry = Entry(resource, resource.Plural, resource.Kind, s_verbs);
            entry["singularName"] = resource.IsCustom || catalog.Minor >= 27 ? resource.Singular : "";
            if (resource.ShortNames.Count > 0) entry["shortNames"] = Texts(resource.ShortNames);
            if (resource.Categories.Count > 0) entry["categories"] = Texts(resource.Categories);
            resources.Add(entry);
            foreach (Subresource sub in Subresources(resource, catalog.Minor))
            {
                JsonObject subEntry = Entry(resource, $"{resource.Plural}/{sub.Name}", sub.Kind, sub.Verbs);
                if (sub.Group.Length > 0 || sub.Name == "scale") subEntry["group"] = sub.Group;
                if (sub.Version.Length > 0) subEntry["version"] = sub.Version;
                resources.Add(subEntry);
            }
        }

        return new JsonObject { ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}", ["resources"] = resources };
    }

    /// <summary>The aggregated document of the core group or of all others.</summary>
    public static JsonObject Aggregated(ResourceCatalog catalog, bool core, string version)
    {
        var items = new JsonArray();
        foreach (string group in core ? [""] : GroupNames(catalog))
        {
            var versions = new JsonArray();
            foreach (IGrouping<string, ServedResource> served in catalog.All.Where(one => one.Resource.Group == group).GroupBy(one => one.Version).OrderBy(one => Rank(one)))
            {
                versions.Add(new JsonObject { ["version"] = served.Key, ["resources"] = new JsonArray([.. served.OrderBy(one => one.Resource.Plural, StringComparer.Ordinal).Select(one => AggregatedEntry(one, catalog.Minor))]), ["freshness"] = "Current" });
            }

            items.Add(new JsonObject { ["metadata"] = group.Length == 0 ? [] : new JsonObject { ["name"] = group }, ["versions"] = versions });
        }

        return new JsonObject { ["kind"] = "APIGroupDiscoveryList", ["apiVersion"] = $"apidiscovery.k8s.io/{version}", ["metadata"] = new JsonObject(), ["items"] = items };
    }

    /// <summary>The subresources of a resource.</summary>
    public static IEnumerable<Subresource> Subresources(Resource resource, int minor)
    {
        if (resource == Kinds.Pods)
        {
            yield return new Subresource("eviction", "policy", minor >= 22 ? "v1" : "v1beta1", "Eviction", ["create"]);
            yield return new Subresource("exec", "", "", "PodExecOptions", ["create", "get"]);
            yield return new Subresource("log", "", "", "Pod", ["get"]);
        }

        if (resource.HasScale) yield return new Subresource("scale", "autoscaling", "v1", "Scale", ["get", "patch", "update"]);
        if (resource.HasStatus) yield return new Subresource("status", "", "", resource.Kind, ["get", "patch", "update"]);
    }

    private static JsonObject AggregatedEntry(ServedResource served, int minor)
    {
        Resource resource = served.Resource;
        var entry = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = ResponseKind(resource.Group, served.Version, resource.Kind),
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = Texts(s_verbs),
        };
        if (resource.ShortNames.Count > 0) entry["shortNames"] = Texts(resource.ShortNames);
        if (resource.Categories.Count > 0) entry["categories"] = Texts(resource.Categories);
        JsonArray subresources = [.. Subresources(resource, minor).Select(sub => new JsonObject
        {
            ["subresource"] = sub.Name,
            ["responseKind"] = ResponseKind(sub.Version.Length > 0 ? sub.Group : resource.Group, sub.Version.Length > 0 ? sub.Version : served.Version, sub.Kind),
            ["verbs"] = Texts(sub.Verbs),
        })];
        if (subresources.Count > 0) entry["subresources"] = subresources;
        return entry;
    }

    private static JsonObject ResponseKind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonObject Entry(Resource resource, string name, string kind, IEnumerable<string> verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = "",
        ["namespaced"] = resource.Namespaced,
        ["kind"] = kind,
        ["verbs"] = Texts(verbs),
    };

    private static JsonObject Group(ResourceCatalog catalog, string group, bool alone)
    {
        var json = new JsonObject();
        if (alone) (json["kind"], json["apiVersion"]) = ("APIGroup", "v1");
        string[] versions = [.. catalog.All.Where(one => one.Resource.Group == group).GroupBy(one => one.Version).OrderBy(one => Rank(one)).Select(one => one.Key)];
        json["name"] = group;
        json["versions"] = new JsonArray([.. versions.Select(version => GroupVersion(group, version))]);
        json["preferredVersion"] = GroupVersion(group, versions[0]);
        return json;
    }

    private static JsonObject GroupVersion(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static string[] GroupNames(ResourceCatalog catalog) => [.. catalog.All.Select(one => one.Resource.Group).Where(group => group.Length > 0).Distinct()];

    /// <summary>A version is as preferred as the most preferred place that it has among its resources' versions.</summary>
    private static int Rank(IEnumerable<ServedResource> served) => served.Max(one => one.Resource.Versions.Select(version => version.Name).ToList().IndexOf(one.Version));

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}

/// <summary>A subresource as discovery lists it; group and version are those of its body, empty for its resource's own.</summary>
internal sealed record Subresource(string Name, string Group, string Version, string Kind, string[] Verbs);
