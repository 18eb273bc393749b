using System.Text;
using System.Text.Json;
using PSKube.Sandbox.Patching;

namespace PSKube.Sandbox.Server;

/// <summary>Bodies in YAML: they become JSON before anything else looks at them, the log of requests included.</summary>
internal static class YamlBody
{
    /// <summary>The request with its body as JSON; unchanged when that is none of YAML, or when nobody reads it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads YAML, see <see cref="SandboxOptions.ReadYaml"/>; null for nobody.</param>
    /// <exception cref="StatusException">It is no YAML (400).</exception>
    public static ApiRequest ToJson(ApiRequest request, Func<string, byte[]>? read)
    {
        bool apply = request.ContentType == PatchTypes.Apply;
        if (read is null || request.Body.IsEmpty || !(apply || request.ContentType == "application/yaml") || IsJson(request.Body.Span)) return request;
        try
        {
            byte[] json = read(Encoding.UTF8.GetString(request.Body.Span));
            return request with { Body = json, ContentType = apply ? PatchTypes.Apply : "application/json" };
        }
        catch (FormatException failure)
        {
            throw Refusals.BadRequest($"error decoding YAML: {failure.Message}");
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
