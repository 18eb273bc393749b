using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Patching;

/// <summary>JSON values as Go prints them: the server's messages quote values so.</summary>
internal static class GoText
{
    /// <summary>A value as <c>%v</c> has it: <c>map[a:1 b:[x y]]</c>, keys sorted.</summary>
    public static string Value(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return text.ToString();
    }

    /// <summary>Some lists as <c>%v</c> has a slice of them.</summary>
    public static string Lists(params IEnumerable<JsonNode?>?[] lists)
    {
        var text = new StringBuilder("[");
        foreach (IEnumerable<JsonNode?>? list in lists)
        {
            if (text.Length > 1) text.Append(' ');
            WriteList(text, list ?? []);
        }

        return text.Append(']').ToString();
    }

    /// <summary>A value's type as <c>reflect.TypeOf</c> names it.</summary>
    public static string Type(JsonNode? node) => node switch
    {
        null => "%!s(<nil>)",
        JsonObject => "map[string]interface {}",
        JsonArray => "[]interface {}",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "bool",
            _ => IsWhole(node) ? "int64" : "float64",
        },
    };

    /// <summary>What the decoder calls a JSON value: <c>object</c>, <c>array</c>, <c>string</c>, <c>number</c>, <c>bool</c>.</summary>
    public static string JsonType(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "bool",
            _ => "number",
        },
    };

    private static bool IsWhole(JsonNode node) => long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static void Write(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("<nil>");
                break;
            case JsonObject map:
                text.Append("map[");
                bool first = true;
                foreach ((string key, JsonNode? value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (!first) text.Append(' ');
                    first = false;
                    text.Append(key).Append(':');
                    Write(text, value);
                }

                text.Append(']');
                break;
            case JsonArray list:
                WriteList(text, list);
                break;
            default:
                text.Append(node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString());
                break;
        }
    }

    private static void WriteList(StringBuilder text, IEnumerable<JsonNode?> list)
    {
        text.Append('[');
        bool first = true;
        foreach (JsonNode? item in list)
        {
            if (!first) text.Append(' ');
            first = false;
            Write(text, item);
        }

        text.Append(']');
    }
}
