using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Schema;

/// <summary>Reading and writing JSON objects by path, with what is missing read as missing.</summary>
internal static class JsonReading
{
    /// <summary>The node at a path of property names; null when it, or anything on the way, is not there.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (node is not JsonObject json || !json.TryGetPropertyValue(name, out node)) return null;
        }

        return node;
    }

    /// <summary>The text at a path; null when there is none.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The whole number at a path; null when there is none.</summary>
    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) return null;
        if (value.TryGetValue(out long number)) return number;
        if (value.TryGetValue(out int small)) return small;
        return value.TryGetValue(out double real) && real == Math.Floor(real) && Math.Abs(real) < 9e15 ? (long)real : null;
    }

    /// <summary>The truth value at a path; null when there is none.</summary>
    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>The objects of the list at a path; none when there is no list.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <summary>The map of texts at a path; empty when there is none.</summary>
    public static IReadOnlyDictionary<string, string> Map(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonObject map || map.Count == 0) return s_none;
        var texts = new Dictionary<string, string>(map.Count, StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in map)
        {
            if (value is JsonValue one && one.TryGetValue(out string? text)) texts[key] = text;
        }

        return texts;
    }

    /// <summary>The object of that name within this one; made when it is not there.</summary>
    public static JsonObject Child(this JsonObject json, string name)
    {
        if (json[name] is JsonObject child) return child;
        child = [];
        json[name] = child;
        return child;
    }

    /// <summary>The list of that name within this object; made when it is not there.</summary>
    public static JsonArray ListOf(this JsonObject json, string name)
    {
        if (json[name] is JsonArray list) return list;
        list = [];
        json[name] = list;
        return list;
    }

    /// <summary>Sets a property that is not there; null counts as not there.</summary>
    public static void Default(this JsonObject json, string name, JsonNode value)
    {
        if (json[name] is null) json[name] = value;
    }

    /// <summary>A copy that belongs to nobody.</summary>
    [return: NotNullIfNotNull(nameof(node))]
    public static T? Copy<T>(this T? node)
        where T : JsonNode => (T?)node?.DeepClone();

    /// <summary>True when two nodes say the same; what is missing equals null.</summary>
    public static bool Same(this JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other);

    private static readonly Dictionary<string, string> s_none = [];
}
