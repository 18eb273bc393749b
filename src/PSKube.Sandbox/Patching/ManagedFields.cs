using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Patching;

/// <summary>Who an entry of managedFields is of. An applier is the same whatever version it applies in; an updater is not.</summary>
internal readonly record struct ManagerId(string Manager, bool Applies, string ApiVersion, string Subresource) : IComparable<ManagerId>
{
    /// <summary>Makes the id of a manager.</summary>
    public static ManagerId Of(string manager, bool applies, string apiVersion, string? subresource) => new(manager, applies, applies ? "" : apiVersion, subresource ?? "");

    /// <summary>In the order of the server's texts of them, which are JSON.</summary>
    public int CompareTo(ManagerId other) => string.CompareOrdinal(ToString(), other.ToString());

    /// <summary>As conflicts name it: <c>"kubectl"</c>, <c>"kubectl" using apps/v1</c>.</summary>
    public string Printed
    {
        get
        {
            string text = JsonValue.Create(Manager).ToJsonString();
            if (Subresource.Length > 0) text += $" with subresource \"{Subresource}\"";
            return Applies ? text : $"{text} using {ApiVersion}";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{{\"manager\":\"{Manager}\",\"operation\":\"{(Applies ? "Apply" : "Update")}\"{(Applies ? "" : $",\"apiVersion\":\"{ApiVersion}\"")}{(Subresource.Length > 0 ? $",\"subresource\":\"{Subresource}\"" : "")}}}";
}

/// <summary>What a manager owns.</summary>
/// <param name="Set">The fields.</param>
/// <param name="ApiVersion">The version in which it wrote them.</param>
/// <param name="Time">When it last changed something, as objects carry it; null for never said.</param>
internal sealed record ManagedEntry(FieldSet Set, string ApiVersion, string? Time);

/// <summary>metadata.managedFields, read.</summary>
/// <remarks>apimachinery's <c>pkg/util/managedfields/internal/managedfields.go</c> and <c>capmanagers.go</c>.</remarks>
internal sealed class ManagedFields
{
    private const int MaxUpdaters = 10;
    private const string Ancient = "ancient-changes";

    private readonly SortedDictionary<ManagerId, ManagedEntry> _entries = [];

    /// <summary>True when nobody owns anything.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Everybody who owns something.</summary>
    public IReadOnlyCollection<ManagerId> Ids => [.. _entries.Keys];

    /// <summary>What somebody owns; null for nothing. Owning nothing is having no entry.</summary>
    public ManagedEntry? this[ManagerId id]
    {
        get => _entries.GetValueOrDefault(id);
        set
        {
            if (value is null || value.Set.IsEmpty) _entries.Remove(id);
            else _entries[id] = value;
        }
    }

    /// <summary>A copy; entries are never changed.</summary>
    public ManagedFields Copy()
    {
        var copy = new ManagedFields();
        foreach ((ManagerId id, ManagedEntry entry) in _entries) copy._entries[id] = entry;
        return copy;
    }

    /// <summary>Reads what an object carries; null when it cannot be read, in which case servers act as if there was nothing.</summary>
    public static ManagedFields? Read(JsonNode? json)
    {
        var managed = new ManagedFields();
        if (json is not JsonArray list) return managed;
        foreach (JsonNode? entry in list)
        {
            string? operation = entry.Text("operation");
            if (operation is not ("Apply" or "Update") || entry.Text("apiVersion") is not { Length: > 0 } apiVersion || entry.Text("fieldsType") != "FieldsV1") return null;
            ManagerId id = ManagerId.Of(entry.Text("manager") ?? "", operation == "Apply", apiVersion, entry.Text("subresource"));
            managed._entries[id] = new ManagedEntry(entry.At("fieldsV1") is JsonObject fields ? FieldSet.Parse(fields) : new FieldSet(), apiVersion, entry.Text("time"));
        }

        return managed;
    }

    /// <summary>As an object carries it: applies first, the older before the newer. Null for nothing.</summary>
    public JsonArray? ToJson()
    {
        if (_entries.Count == 0) return null;
        IEnumerable<KeyValuePair<ManagerId, ManagedEntry>> sorted = _entries
            .OrderBy(pair => pair.Key.Applies ? 0 : 1)
            .ThenBy(pair => Seconds(pair.Value.Time))
            .ThenBy(pair => pair.Key.Manager, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value.ApiVersion, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Subresource, StringComparer.Ordinal);
        var list = new JsonArray();
        foreach ((ManagerId id, ManagedEntry entry) in sorted)
        {
            var json = new JsonObject { ["manager"] = id.Manager, ["operation"] = id.Applies ? "Apply" : "Update", ["apiVersion"] = entry.ApiVersion };
            if (entry.Time is not null) json["time"] = entry.Time;
            json["fieldsType"] = "FieldsV1";
            json["fieldsV1"] = entry.Set.ToJson();
            if (id.Subresource.Length > 0) json["subresource"] = id.Subresource;
            list.Add(json);
        }

        return list;
    }

    /// <summary>When there are too many updaters, the oldest become one, per version.</summary>
    public void Cap()
    {
        List<ManagerId> updaters = [.. _entries.Where(pair => !pair.Key.Applies).OrderBy(pair => Seconds(pair.Value.Time)).ThenBy(pair => pair.Key).Select(pair => pair.Key)];
        int left = updaters.Count;
        var first = new Dictionary<string, ManagerId>(StringComparer.Ordinal);
        foreach (ManagerId id in updaters)
        {
            if (left <= MaxUpdaters) return;
            ManagedEntry entry = _entries[id];
            if (first.TryAdd(entry.ApiVersion, id)) continue;
            ManagerId bucket = ManagerId.Of(Ancient, false, entry.ApiVersion, null);
            if (!_entries.TryGetValue(bucket, out ManagedEntry? ancient) && _entries.Remove(first[entry.ApiVersion], out ManagedEntry? oldest)) ancient = oldest;
            _entries.Remove(id);
            _entries[bucket] = new ManagedEntry(ancient is null ? entry.Set : entry.Set.Union(ancient.Set), entry.ApiVersion, entry.Time);
            left--;
        }
    }

    private static long Seconds(string? time) => DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) ? moment.ToUnixTimeSeconds() : 0;
}
