using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSKube.Api;

/// <summary>
/// What a request carried that must not come back in a text: the credential in its header, and the values of a Secret in its body.
/// Webhooks, proxies and servers that are being debugged throw a request back at whoever sent it.
/// </summary>
internal sealed class SentSecrets
{
    private const string Mask = "***";

    /// <summary>Shorter values would be struck out of words that have nothing to do with them.</summary>
    private const int MinLength = 6;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HashSet<string> _forms = new(StringComparer.Ordinal);

    private SentSecrets()
    {
    }

    /// <summary>What a request carried when it was answered; the credential is put on it on the way.</summary>
    public static SentSecrets Of(RestRequest request, HttpResponseMessage response)
    {
        var sent = new SentSecrets();
        if (response.RequestMessage?.Headers.TryGetValues("Authorization", out IEnumerable<string>? headers) == true)
        {
            foreach (string header in headers) sent.AddCredential(header);
        }

        if (request.Body is { } body) sent.AddBody(body.Span, request.Path.Contains("/secrets", StringComparison.Ordinal));
        return sent;
    }

    /// <summary>The text without them.</summary>
    public string Strike(string text)
    {
        // The longest first: one form may begin as another does.
        foreach (string form in _forms.OrderByDescending(form => form.Length)) text = text.Replace(form, Mask, StringComparison.Ordinal);
        return text;
    }

    private void AddCredential(string header)
    {
        int space = header.IndexOf(' ', StringComparison.Ordinal);
        string proof = header[(space + 1)..];
        Add(proof);
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || Decoded(proof) is not { } pair) return;
        Add(pair);
        Add(pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..]);
    }

    private void AddBody(ReadOnlySpan<byte> body, bool isSecret)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body.ToArray());
            AddValues(json.RootElement, isSecret);
        }
        catch (JsonException)
        {
            // Patches and objects are JSON; anything else is no Secret of ours.
        }
    }

    private void AddValues(JsonElement json, bool isSecret)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in json.EnumerateArray()) AddValues(item, isSecret);
        }

        if (json.ValueKind != JsonValueKind.Object) return;
        bool secret = isSecret || (json.TryGetProperty("kind", out JsonElement kind) && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("Secret"));
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (!secret || property.Name is not ("data" or "stringData")) AddValues(property.Value, secret);
            else if (property.Value.ValueKind == JsonValueKind.Object) foreach (JsonProperty entry in property.Value.EnumerateObject()) AddValue(entry.Value, property.Name == "data");
        }
    }

    private void AddValue(JsonElement value, bool isBase64)
    {
        if (value.ValueKind != JsonValueKind.String) return;
        string text = value.GetString()!;
        Add(text);
        if (!isBase64) Add(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        else if (Decoded(text) is { } decoded) Add(decoded);
    }

    /// <summary>A text as it is, and as it stands in JSON.</summary>
    private void Add(string text)
    {
        if (text.Length < MinLength) return;
        _forms.Add(text);
        _forms.Add(JsonSerializer.Serialize(text)[1..^1]);
        _forms.Add(JsonSerializer.Serialize(text, Relaxed)[1..^1]);
    }

    private static string? Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
