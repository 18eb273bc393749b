using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>A field that the sandbox stores and does nothing about.</summary>
/// <param name="Path">The way to it; <c>[]</c> behind a name stands for every item of a list, <c>**</c> for any way down.</param>
internal sealed record InertField(string Path)
{
    private readonly string[] _steps = Path.Split('.');

    /// <summary>True for a value that needs nothing done about it, such as the one that the server fills in; null for none.</summary>
    public Func<JsonNode, bool>? Works { get; init; }

    /// <summary>True when the value counts in a new object, and only its change does nothing.</summary>
    public bool OnlyChanged { get; init; }

    /// <summary>What the client is told, with the place for <c>{0}</c>.</summary>
    public string Words { get; init; } = "the sandbox stores {0} and does nothing about it";

    /// <summary>The field within another: a pod's within a workload's template.</summary>
    public InertField Under(string prefix) => new($"{prefix}.{Path}") { Works = Works, OnlyChanged = OnlyChanged, Words = Words };

    /// <summary>The places of an object that have it.</summary>
    public IEnumerable<(string Place, JsonNode Value)> In(JsonObject json) => Find(json, 0, "").Where(found => Works is null || !Works(found.Value));

    private IEnumerable<(string Place, JsonNode Value)> Find(JsonNode? node, int at, string place)
    {
        if (at == _steps.Length) return node is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } ? [] : [(place, node)];
        string step = _steps[at];
        if (step == "**") return Find(node, at + 1, place).Concat(Below(node, place).SelectMany(one => Find(one.Value, at, one.Place)));
        if (!step.EndsWith("[]", StringComparison.Ordinal)) return node is JsonObject json && json[step] is { } value ? Find(value, at + 1, Join(place, step)) : [];
        return node.At(step[..^2]) is JsonArray list ? list.SelectMany((item, i) => Find(item, at + 1, $"{Join(place, step[..^2])}[{i}]")) : [];
    }

    private static IEnumerable<(string Place, JsonNode? Value)> Below(JsonNode? node, string place) => node switch
    {
        JsonObject json => json.Select(field => (Join(place, field.Key), field.Value)),
        JsonArray list => list.Select((item, i) => ($"{place}[{i}]", item)),
        _ => [],
    };

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}.{name}";
}
