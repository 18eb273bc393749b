using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Patching;

/// <summary>Whether a document is of its schema.</summary>
/// <remarks>structured-merge-diff's <c>typed/validate.go</c>.</remarks>
internal static class TypedCheck
{
    /// <summary>The first thing that is wrong with a document, in the server's words; null when nothing is.</summary>
    public static string? FirstProblem(ApplySchema schema, JsonNode? value) => Problem(schema, value, "");

    private static string? Problem(ApplySchema schema, JsonNode? value, string path)
    {
        if (value is null) return null;
        switch (schema.Kind)
        {
            case ApplyKind.Map when value is JsonObject map:
                foreach ((string name, JsonNode? one) in map)
                {
                    if (schema.Field(name) is not { } field) return $"{path}.{name}: field not declared in schema";
                    if (Problem(field, one, $"{path}.{name}") is { } problem) return problem;
                }

                return null;
            case ApplyKind.List when value is JsonArray list:
                return schema.Rule.Shape == MergeShape.Atomic ? AtomicProblem(schema, list, path) : KeyedProblem(schema, list, path);
            case ApplyKind.Map: return $"{path}: expected map, got {Printed(value)}";
            case ApplyKind.List: return $"{path}: expected list, got {Printed(value)}";
            case ApplyKind.Scalar: return ScalarProblem(schema.Shape, value) is { } wrong ? $"{path}: {wrong}" : null;
            default: return null;
        }
    }

    private static string? AtomicProblem(ApplySchema schema, JsonArray list, string path)
    {
        for (int i = 0; schema.Element is { } item && i < list.Count; i++)
        {
            if (Problem(item, list[i], $"{path}[{i}]") is { } problem) return problem;
        }

        return null;
    }

    private static string? KeyedProblem(ApplySchema schema, JsonArray list, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < list.Count; i++)
        {
            if (TypedValue.ItemElement(schema, list[i], out string? why) is not { } element) return $"{path}: element {i}: {why}";
            if (!seen.Add(element.Text)) return $"{path}: duplicate entries for key {element}";
            if (Problem(schema.Element!, list[i], path + element) is { } problem) return problem;
        }

        return null;
    }

    private static string? ScalarProblem(ModelShape? shape, JsonNode value)
    {
        JsonValueKind kind = value.GetValueKind();
        string? expected = shape switch
        {
            ModelShape.Text or ModelShape.Bytes when kind != JsonValueKind.String => "string",
            ModelShape.Integer or ModelShape.Long or ModelShape.Real when kind != JsonValueKind.Number => "numeric (int or float)",
            ModelShape.Flag when kind is not (JsonValueKind.True or JsonValueKind.False) => "boolean",
            _ => null,
        };
        return expected is null ? null : $"expected {expected}, got {Printed(value)}";
    }

    private static string Printed(JsonNode value) => value is JsonObject or JsonArray ? $"&{{{GoText.Value(value)}}}" : $"&value.valueUnstructured{{Value:{value.ToJsonString()}}}";
}
