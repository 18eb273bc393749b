using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Schema;

/// <summary>Reads JSON as Go's encoding/json does where .NET does not.</summary>
internal static class GoJson
{
    /// <summary>The text as JSON. Of a name that stands twice the last counts; a JsonObject of both would throw when it is first used.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> text, JsonDocumentOptions options)
    {
        JsonNode? node = JsonNode.Parse(text, null, options);
        if (!HasTwins(node)) return node;
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return Last(document.RootElement);
    }

    private static bool HasTwins(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                try
                {
                    _ = json.Count;
                }
                catch (ArgumentException)
                {
                    return true;
                }

                return json.Any(pair => HasTwins(pair.Value));
            case JsonArray list:
                return list.Any(HasTwins);
            default:
                return false;
        }
    }

    private static JsonNode? Last(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var named = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
                foreach (JsonProperty property in element.EnumerateObject()) named[property.Name] = Last(property.Value);
                return new JsonObject(named);
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Last)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
