using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Api;

/// <summary>Makes a body fit to be shown: values of Secrets, tokens and passwords become <c>***</c>.</summary>
internal static class SecretMask
{
    private const int MaxShown = 8192;
    private const string Mask = "***";
    private static readonly string[] SecretNames = ["token", "password", "id-token", "refresh-token", "access-token", "client-key-data", "kubectl.kubernetes.io/last-applied-configuration"];

    /// <summary>The body as text, masked and shortened; a body that is not JSON is not shown at all.</summary>
    public static string Show(ReadOnlySpan<byte> body)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(body);
            Apply(json, insideSecret: false);
        }
        catch (JsonException)
        {
            return $"({body.Length} bytes that are not JSON)";
        }
        catch (ArgumentException)
        {
            // Which of the two a reader would take, and so whether it is a Secret, is anybody's guess.
            return $"({body.Length} bytes that say a field twice)";
        }

        string text = json?.ToJsonString() ?? "null";
        return text.Length > MaxShown ? $"{text.AsSpan(0, MaxShown)}… ({text.Length} characters)" : text;
    }

    private static void Apply(JsonNode? node, bool insideSecret)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (JsonNode? item in items) Apply(item, insideSecret);
                break;
            case JsonObject map:
                bool secret = insideSecret || map["kind"] is JsonValue kind && kind.TryGetValue(out string? name) && name is "Secret" or "SecretList";
                foreach ((string key, JsonNode? value) in map.ToArray())
                {
                    if (value is null) continue;
                    if ((secret && key is "data" or "stringData") || SecretNames.Contains(key, StringComparer.OrdinalIgnoreCase)) map[key] = Masked(value);
                    else Apply(value, secret);
                }

                break;
        }
    }

    private static JsonNode Masked(JsonNode value)
    {
        if (value is not JsonObject map) return Mask;
        var masked = new JsonObject();
        foreach ((string key, _) in map) masked[key] = Mask;
        return masked;
    }
}
