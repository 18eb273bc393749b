using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Server;

/// <summary>Answers lists, whole or page by page. All pages of one list show the store as it was at the first.</summary>
internal sealed class Lists(ObjectStore store)
{
    /// <summary>How many lists that are still being paged through are kept; the oldest is forgotten first, and answered with 410.</summary>
    private const int Kept = 64;

    private static readonly byte[] s_comma = ","u8.ToArray();
    private static readonly byte[] s_brace = "{"u8.ToArray();
    private static readonly byte[] s_end = "]}"u8.ToArray();

    private readonly Dictionary<string, Snapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>One list request.</summary>
    /// <exception cref="StatusException">It cannot be read (400), or its continue token is too old (410).</exception>
    public ApiResponse Answer(ServedResource served, string? ns, ApiRequest request, string? name)
    {
        Resource resource = served.Resource;
        int limit = request["limit"] is { } text ? int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number >= 0 ? number : throw Refusals.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax") : 0;
        (Snapshot snapshot, int from) = request["continue"] is { } token ? Resume(token) : (Take(resource, ns, request, name), 0);
        int to = limit > 0 ? Math.Min(snapshot.Objects.Length, from + limit) : snapshot.Objects.Length;
        var metadata = new JsonObject { ["resourceVersion"] = snapshot.Version.ToString(CultureInfo.InvariantCulture) };
        if (to < snapshot.Objects.Length)
        {
            metadata["continue"] = Keep(snapshot, to);
            // A server cannot count what a selector would select.
            if (!snapshot.IsSelected) metadata["remainingItemCount"] = snapshot.Objects.Length - to;
        }

        bool partial = IsPartial(request.Accept, "PartialObjectMetadataList");
        string kind = partial ? "PartialObjectMetadataList" : resource.Kind + "List";
        string apiVersion = partial ? "meta.k8s.io/v1" : served.ApiVersion;
        var parts = new List<ReadOnlyMemory<byte>>(((to - from) * 3) + 2)
        {
            Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","apiVersion":"{{apiVersion}}","metadata":{{metadata.ToJsonString()}},"items":["""),
        };
        for (int i = from; i < to; i++)
        {
            if (i > from) parts.Add(s_comma);
            StoredObject one = snapshot.Objects[i];
            if (partial) parts.Add(JsonSerializer.SerializeToUtf8Bytes(Partial(one.Parse())));
            else if (resource.IsCustom) parts.Add(Shown(served, one));
            else if (served.IsStored)
            {
                parts.Add(s_brace);
                parts.Add(one.Item);
            }
            else
            {
                JsonObject json = served.Conversion!.FromStored(one.Parse());
                json.Remove("kind");
                json.Remove("apiVersion");
                parts.Add(JsonSerializer.SerializeToUtf8Bytes(json));
            }
        }

        parts.Add(s_end);
        return new ApiResponse { Body = parts };
    }

    /// <summary>An object's bytes in the version in which it is served.</summary>
    public static ReadOnlyMemory<byte> Shown(ServedResource served, StoredObject stored)
    {
        if (served.IsStored) return stored.Json;
        JsonObject json = served.Conversion!.FromStored(stored.Parse());
        var ordered = new JsonObject { ["kind"] = served.Resource.Kind, ["apiVersion"] = served.ApiVersion };
        foreach ((string name, JsonNode? value) in json.ToList())
        {
            if (name is not ("kind" or "apiVersion")) ordered[name] = value.Copy();
        }

        return JsonSerializer.SerializeToUtf8Bytes(ordered);
    }

    /// <summary>An object without all but its metadata.</summary>
    public static JsonObject Partial(JsonObject json) => new() { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = json["metadata"].Copy() };

    /// <summary>True when the client would rather have only the metadata.</summary>
    public static bool IsPartial(string accept, string kind) => accept.Split(',')[0].Contains($"as={kind};", StringComparison.Ordinal) || accept.Split(',')[0].EndsWith($"as={kind}", StringComparison.Ordinal);

    private Snapshot Take(Resource resource, string? ns, ApiRequest request, string? name)
    {
        LabelQuery labels = LabelQuery.Parse(request["labelSelector"]);
        FieldQuery fields = FieldQuery.Parse(request["fieldSelector"], resource);
        bool selects = request["labelSelector"] is not null || !fields.IsEmpty;
        lock (store.Gate)
        {
            StoredObject[] all = store.List(resource, ns);
            if (selects || name is not null) all = [.. all.Where(one => (name is null || one.Name == name) && labels.Matches(one.Labels) && fields.Matches(one))];
            return new Snapshot(all, store.Version, selects);
        }
    }

    private string Keep(Snapshot snapshot, int at)
    {
        lock (_snapshots)
        {
            if (!_snapshots.ContainsKey(snapshot.Id))
            {
                _snapshots[snapshot.Id] = snapshot;
                _order.Enqueue(snapshot.Id);
                if (_order.Count > Kept) _snapshots.Remove(_order.Dequeue());
            }
        }

        return Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{snapshot.Id}:{at}")));
    }

    private (Snapshot Snapshot, int From) Resume(string token)
    {
        try
        {
            string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(token)).Split(':');
            int from = int.Parse(parts[1], CultureInfo.InvariantCulture);
            lock (_snapshots)
            {
                if (_snapshots.TryGetValue(parts[0], out Snapshot? snapshot)) return (snapshot, from);
            }
        }
        catch (Exception failure) when (failure is FormatException or IndexOutOfRangeException or OverflowException)
        {
            throw Refusals.BadRequest("invalid continue token: continue key is not valid: unrecognised token");
        }

        throw Refusals.Expired("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.");
    }

    private sealed record Snapshot(StoredObject[] Objects, long Version, bool IsSelected)
    {
        public string Id { get; } = Guid.NewGuid().ToString("n");
    }
}
