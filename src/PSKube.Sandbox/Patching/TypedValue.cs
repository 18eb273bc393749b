using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Patching;

/// <summary>A value, or its absence: null is a value.</summary>
internal readonly record struct TypedValue(bool Exists, JsonNode? Node)
{
    /// <summary>No value.</summary>
    public static readonly TypedValue None;

    /// <summary>The value as an object; null for any other.</summary>
    public JsonObject? Map => Node as JsonObject;

    /// <summary>The value as a list; null for any other.</summary>
    public JsonArray? List => Node as JsonArray;

    /// <summary>True for no value and for null.</summary>
    public bool IsNothing => Node is null;

    /// <summary>A value.</summary>
    public static TypedValue Of(JsonNode? node) => new(true, node);

    /// <summary>A field of an object.</summary>
    public static TypedValue Field(JsonObject? map, string name) => map is not null && map.TryGetPropertyValue(name, out JsonNode? node) ? Of(node) : None;

    /// <summary>What a value is at a place: what the schema says, or where it says nothing, what the values show.</summary>
    public static (ApplyKind Kind, ApplyRule Rule) Form(ApplySchema schema, TypedValue one, TypedValue other = default)
    {
        if (schema.Kind != ApplyKind.Deduced)
        {
            // A value that is not of its kind is one value.
            bool fits = schema.Kind switch
            {
                ApplyKind.List => (one.IsNothing || one.List is not null) && (other.IsNothing || other.List is not null),
                ApplyKind.Map => (one.IsNothing || one.Map is not null) && (other.IsNothing || other.Map is not null),
                _ => true,
            };
            return fits ? (schema.Kind, schema.Rule) : (ApplyKind.Scalar, ApplyRule.Atomic);
        }

        JsonNode? shown = other.Node ?? one.Node;
        bool alike = one.IsNothing || other.IsNothing || one.Node!.GetType() == other.Node!.GetType();
        return shown switch
        {
            JsonObject when alike => (ApplyKind.Map, ApplyRule.Granular),
            JsonArray when alike => (ApplyKind.List, ApplyRule.Atomic),
            _ => (ApplyKind.Scalar, ApplyRule.Atomic),
        };
    }

    /// <summary>The step of a path that leads to an item of a list; null when the item cannot be told from others.</summary>
    /// <param name="list">The list's schema.</param>
    /// <param name="item">The item.</param>
    /// <param name="problem">Why it cannot, in the server's words.</param>
    public static PathElement? ItemElement(ApplySchema list, JsonNode? item, out string? problem)
    {
        problem = null;
        if (list.Rule.Shape == MergeShape.Set)
        {
            problem = item switch
            {
                null => "associative list without keys has an element that's an explicit null",
                JsonObject => "associative list without keys has an element that's a map type",
                JsonArray => "not supported: associative list with lists as elements",
                _ => null,
            };
            return problem is null ? PathElement.ForValue(item) : null;
        }

        if (item is not JsonObject map)
        {
            problem = item is null ? "associative list with keys may not have a null element" : "associative list with keys may not have non-map elements";
            return null;
        }

        var keys = new List<KeyValuePair<string, JsonNode?>>(list.Rule.Keys.Count);
        foreach (string key in list.Rule.Keys)
        {
            if (map.TryGetPropertyValue(key, out JsonNode? value)) keys.Add(new(key, value));
            else if (list.DefaultKey(key) is { } given) keys.Add(new(key, given));
        }

        if (keys.Count > 0) return PathElement.ForKey(keys);
        problem = $"associative list with keys has an element that omits all key fields [{string.Join(' ', list.Rule.Keys.Select(key => $"\"{key}\""))}] (and doesn't have default values for any key fields)";
        return null;
    }

    /// <summary>True when two values say the same.</summary>
    public static bool Same(JsonNode? one, JsonNode? other) => one.Same(other) || (one?.GetValueKind() == JsonValueKind.Number && other?.GetValueKind() == JsonValueKind.Number && PathElement.ForValue(one).CompareTo(PathElement.ForValue(other)) == 0);
}
