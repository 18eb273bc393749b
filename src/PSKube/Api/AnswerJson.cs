using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Api;

/// <summary>JSON of a server that may say a field twice, at which <see cref="JsonNode"/> throws when it is looked at, wherever that is: of two the last counts, as for Go.</summary>
internal static class AnswerJson
{
    /// <summary>Reads an answer.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        // As a text without a second value behind it.
        if (reader.Read()) throw new JsonException();
        return Copy(document.RootElement);
    }

    private static JsonNode? Copy(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (JsonProperty property in json.EnumerateObject()) map[property.Name] = Copy(property.Value);
                return map;
            case JsonValueKind.Array:
                var list = new JsonArray();
                foreach (JsonElement item in json.EnumerateArray()) list.Add(Copy(item));
                return list;
            default:
                // Its own copy: the document's memory goes back to the pool.
                return JsonValue.Create(json.Clone());
        }
    }
}
