using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// The kinds that a server serves: asked once, kept in memory, asked again once when a kind is not among them (a
/// CustomResourceDefinition may have been added since).
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The gate has no wait handle, and lives as long as its connection.")]
internal sealed class Discovery
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile IReadOnlyList<ResourceKind>? _kinds;

    /// <summary>Every kind, the preferred version of each group first, in the server's own order of groups.</summary>
    public async Task<IReadOnlyList<ResourceKind>> AllAsync(RestClient rest, bool refresh, ICallObserver observer, CancellationToken cancel)
    {
        IReadOnlyList<ResourceKind>? known = _kinds;
        if (known is not null && !refresh) return known;
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Whoever waited here while another refreshed has its answer.
            if (_kinds is { } newer && !ReferenceEquals(newer, known)) return newer;
            return _kinds = await LoadAsync(rest, observer, cancel).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finds a kind by what people type: kind, plural, singular, short name, with or without a group.</summary>
    /// <exception cref="KubeException">No such kind, or several that only a group can tell apart (<c>KubeKindNotFound</c>, <c>KubeKindAmbiguous</c>).</exception>
    public async Task<ResourceKind> FindAsync(string text, RestClient rest, ICallObserver observer, CancellationToken cancel)
    {
        bool known = _kinds is not null;
        IReadOnlyList<ResourceKind> kinds = await AllAsync(rest, refresh: false, observer, cancel).ConfigureAwait(false);
        ResourceKind? found = Choose(kinds, text);
        if (found is null && known)
        {
            kinds = await AllAsync(rest, refresh: true, observer, cancel).ConfigureAwait(false);
            found = Choose(kinds, text);
        }

        return found ?? throw NotFound(kinds, text);
    }

    /// <summary>Finds a kind by the exact apiVersion and kind that an object carries.</summary>
    /// <exception cref="KubeException">The server does not serve it (<c>KubeKindNotFound</c>).</exception>
    public async Task<ResourceKind> FindAsync(string apiVersion, string kind, RestClient rest, ICallObserver observer, CancellationToken cancel)
    {
        bool known = _kinds is not null;
        IReadOnlyList<ResourceKind> kinds = await AllAsync(rest, refresh: false, observer, cancel).ConfigureAwait(false);
        ResourceKind? Match() => kinds.FirstOrDefault(candidate => candidate.Kind == kind && candidate.ApiVersion == apiVersion);
        ResourceKind? found = Match();
        if (found is null && known)
        {
            kinds = await AllAsync(rest, refresh: true, observer, cancel).ConfigureAwait(false);
            found = Match();
        }

        if (found is not null) return found;
        ResourceKind? otherVersion = kinds.FirstOrDefault(candidate => candidate.Kind == kind);
        throw new KubeException("KubeKindNotFound", ErrorCategory.ObjectNotFound, $"The server has no {kind} in {apiVersion}.")
        {
            Target = new KubeReference(kind, null, null),
            RecommendedAction = otherVersion is null
                ? "Check apiVersion and kind; a custom kind needs its CustomResourceDefinition first."
                : $"This server serves {kind} as {otherVersion.ApiVersion}.",
        };
    }

    private static ResourceKind? Choose(IReadOnlyList<ResourceKind> kinds, string text)
    {
        var found = new List<ResourceKind>();
        foreach (ResourceKind kind in kinds)
        {
            // The preferred version of a group comes first; older ones of the same kind are reached by naming them.
            if (BuiltInKinds.IsCalled(kind, text) && !found.Exists(earlier => earlier.Group == kind.Group && earlier.Plural == kind.Plural)) found.Add(kind);
        }

        if (found.Count <= 1) return found.FirstOrDefault();

        // Kubernetes' own kinds keep their names: 'events' is core's although events.k8s.io has them too.
        ResourceKind? builtIn = found.Find(kind => BuiltInKinds.Everything.Any(own => own.Group == kind.Group && own.Plural == kind.Plural));
        if (builtIn is not null) return builtIn;
        throw new KubeException("KubeKindAmbiguous", ErrorCategory.InvalidArgument, $"'{text}' names several kinds: {string.Join(", ", found.Select(kind => kind.ToString()))}.")
        {
            Target = text,
            RecommendedAction = $"Name its group too, for example {found[0]}.",
        };
    }

    private static KubeException NotFound(IReadOnlyList<ResourceKind> kinds, string text)
    {
        string[] near = Nearness.Closest(text, kinds.SelectMany(kind => new[] { kind.Kind, kind.Plural })).ToArray();
        return new KubeException("KubeKindNotFound", ErrorCategory.ObjectNotFound, $"The server doesn't have a resource type \"{text}\".")
        {
            Target = text,
            RecommendedAction = near.Length > 0 ? $"Did you mean {string.Join(" or ", near)}?" : "Check the kind's name; a custom kind needs its CustomResourceDefinition first.",
        };
    }

    private static async Task<IReadOnlyList<ResourceKind>> LoadAsync(RestClient rest, ICallObserver observer, CancellationToken cancel)
    {
        Task<RestReply> core = rest.SendAsync(new RestRequest(HttpMethod.Get, "api") { Accept = Aggregated }, cancel);
        Task<RestReply> groups = rest.SendAsync(new RestRequest(HttpMethod.Get, "apis") { Accept = Aggregated }, cancel);
        // Both are waited for, so that neither's failure is left for nobody.
        await Task.WhenAll(core, groups).ConfigureAwait(false);
        using RestReply coreReply = await core.ConfigureAwait(false);
        using RestReply groupsReply = await groups.ConfigureAwait(false);
        JsonObject coreJson = Parse(coreReply, "api");
        JsonObject groupsJson = Parse(groupsReply, "apis");
        if (coreJson["items"] is JsonArray coreItems && groupsJson["items"] is JsonArray groupItems)
        {
            return [.. coreItems.Concat(groupItems).OfType<JsonObject>().SelectMany(ReadAggregated)];
        }

        // Servers before 1.26 have one document per group and version.
        var addresses = new List<(string Group, string Version, string Path)> { ("", "v1", "api/v1") };
        foreach (JsonObject group in (groupsJson["groups"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string name = Text(group, "name");
            string preferred = group["preferredVersion"] is JsonObject first ? Text(first, "version") : "";
            IEnumerable<string> versions = (group["versions"] as JsonArray ?? []).OfType<JsonObject>().Select(version => Text(version, "version")).Where(version => name.Length > 0 && version.Length > 0);
            addresses.AddRange(versions.OrderBy(version => version == preferred ? 0 : 1).Select(version => (name, version, $"apis/{name}/{version}")));
        }

        IReadOnlyList<ResourceKind>[] lists = await Task.WhenAll(addresses.Select(address => ReadGroupAsync(address.Group, address.Version, address.Path, rest, observer, cancel))).ConfigureAwait(false);
        return [.. lists.SelectMany(list => list)];
    }

    private static async Task<IReadOnlyList<ResourceKind>> ReadGroupAsync(string group, string version, string path, RestClient rest, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            using RestReply reply = await rest.SendAsync(new RestRequest(HttpMethod.Get, path), cancel).ConfigureAwait(false);
            JsonObject list = Parse(reply, path);
            var entries = (list["resources"] as JsonArray ?? []).OfType<JsonObject>().ToList();
            return [.. entries.Where(entry => !Text(entry, "name").Contains('/', StringComparison.Ordinal)).Select(entry => Read(entry, group, version, entries))];
        }
        catch (KubeException failure) when (failure is KubeApiException { StatusCode: not 401 } or { Category: ErrorCategory.InvalidResult or ErrorCategory.OperationTimeout or ErrorCategory.LimitsExceeded })
        {
            // One aggregated API that is down, or answers nonsense, must not take the others with it.
            observer.Warning($"The kinds of {group}/{version} cannot be read: {failure.Message}");
            return [];
        }
    }

    private static ResourceKind Read(JsonObject entry, string group, string version, List<JsonObject> siblings)
    {
        string plural = Text(entry, "name");
        string kind = Text(entry, "kind");
        string singular = Text(entry, "singularName");
        return new ResourceKind(group, version, kind, plural, entry["namespaced"] is JsonValue flag && flag.TryGetValue(out bool namespaced) && namespaced)
        {
            Singular = singular.Length > 0 ? singular : kind.ToLowerInvariant(),
            ShortNames = Texts(entry, "shortNames"),
            Categories = Texts(entry, "categories"),
            Verbs = Texts(entry, "verbs"),
            Subresources = [.. siblings.Select(sibling => Text(sibling, "name")).Where(name => name.StartsWith(plural + "/", StringComparison.Ordinal)).Select(name => name[(plural.Length + 1)..])],
        };
    }

    private static IEnumerable<ResourceKind> ReadAggregated(JsonObject group)
    {
        string name = group["metadata"] is JsonObject metadata ? Text(metadata, "name") : "";
        foreach (JsonObject version in (group["versions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            foreach (JsonObject entry in (version["resources"] as JsonArray ?? []).OfType<JsonObject>())
            {
                string kind = entry["responseKind"] is JsonObject response ? Text(response, "kind") : "";
                string singular = Text(entry, "singularResource");
                yield return new ResourceKind(name, Text(version, "version"), kind, Text(entry, "resource"), Text(entry, "scope") == "Namespaced")
                {
                    Singular = singular.Length > 0 ? singular : kind.ToLowerInvariant(),
                    ShortNames = Texts(entry, "shortNames"),
                    Categories = Texts(entry, "categories"),
                    Verbs = Texts(entry, "verbs"),
                    Subresources = [.. (entry["subresources"] as JsonArray ?? []).OfType<JsonObject>().Select(subresource => Text(subresource, "subresource"))],
                };
            }
        }
    }

    private static JsonObject Parse(RestReply reply, string path)
    {
        try
        {
            if (JsonNode.Parse(reply.Bytes.Span) is JsonObject json) return json;
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new KubeException("KubeResponseInvalid", ErrorCategory.InvalidResult, $"The server's answer to GET /{path} is not what a Kubernetes API server sends.")
        {
            RecommendedAction = "Check that the server's address is that of a Kubernetes API, not of a proxy or a sign-in page.",
            EndsCommand = true,
        };
    }

    private static string Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static string[] Texts(JsonObject json, string name) => json[name] is JsonArray items ? [.. items.OfType<JsonValue>().Select(item => item.TryGetValue(out string? text) ? text : null).OfType<string>()] : [];
}
