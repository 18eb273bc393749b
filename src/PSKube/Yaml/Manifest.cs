using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Yaml;

/// <summary>One object that a manifest asks for, as it was written.</summary>
/// <param name="Json">The object's JSON, every field kept.</param>
/// <param name="Header">What it says of itself.</param>
/// <param name="Place">Where it stands, for messages: <c>web.yaml, line 12</c>.</param>
internal sealed record ManifestObject(JsonElement Json, ResourceHeader Header, string Place);

/// <summary>One object of a manifest, or why it cannot be one; the others go on.</summary>
internal readonly record struct ManifestItem(ManifestObject? Object, KubeException? Failure);

/// <summary>Manifests: YAML or JSON texts with one or many objects, lists opened up.</summary>
internal static class Manifest
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads every object of a text; what is wrong comes in its place.</summary>
    public static IEnumerable<ManifestItem> Read(string text, string? source = null)
    {
        foreach ((YamlDocument? document, KubeException? failure) in YamlReader.ReadEach(text, source))
        {
            if (document is null)
            {
                yield return new ManifestItem(null, failure);
                continue;
            }

            string place = string.Create(CultureInfo.InvariantCulture, $"{source ?? "YAML"}, line {document.Line}");
            JsonElement json;
            using (JsonDocument parsed = JsonDocument.Parse(document.Json, new JsonDocumentOptions { MaxDepth = YamlLimits.Depth + 4 })) json = parsed.RootElement.Clone();
            foreach (ManifestItem item in Open(json, place)) yield return item;
        }
    }

    /// <summary>Reads a file's text: UTF-8, or UTF-16 and UTF-32 with their mark, as Windows PowerShell wrote them.</summary>
    /// <exception cref="KubeException">The file cannot be read, is too large, or is no text (<c>KubeManifestUnreadable</c>, <c>KubeManifestTooLarge</c>).</exception>
    public static string ReadFile(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > YamlLimits.Characters) throw new KubeException("KubeManifestTooLarge", ErrorCategory.LimitsExceeded, $"{path} is larger than {YamlLimits.Characters / 1024 / 1024} MiB.") { Target = path };
            using var reader = new StreamReader(path, StrictUtf8, detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new KubeException("KubeManifestUnreadable", ErrorCategory.InvalidData, $"{path} is not UTF-8 text.") { Target = path, RecommendedAction = "Save the file as UTF-8." };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KubeException("KubeManifestUnreadable", failure is FileNotFoundException or DirectoryNotFoundException ? ErrorCategory.ObjectNotFound : ErrorCategory.ReadError, $"{path} cannot be read: {failure.Message}") { Target = path };
        }
    }

    /// <summary>Opens a list up, and checks each object's apiVersion and kind.</summary>
    public static IEnumerable<ManifestItem> Open(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            yield return new ManifestItem(null, Invalid($"{place}: this document is a {Word(json.ValueKind)}, not a Kubernetes object.", place));
            yield break;
        }

        string kind = Text(json, "kind");
        string apiVersion = Text(json, "apiVersion");
        if (kind.EndsWith("List", StringComparison.Ordinal) && json.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in items.EnumerateArray())
            {
                foreach (ManifestItem opened in Open(kind == "List" ? item : Stamped(item, apiVersion, kind[..^4]), place)) yield return opened;
            }

            yield break;
        }

        KubeException? fault = Check(apiVersion, kind, place);
        if (fault is not null)
        {
            yield return new ManifestItem(null, fault);
            yield break;
        }

        JsonElement metadata = json.TryGetProperty("metadata", out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : default;
        string? Meta(string name) => metadata.ValueKind == JsonValueKind.Object && Text(metadata, name) is { Length: > 0 } text ? text : null;
        var header = new ResourceHeader(apiVersion, kind, Meta("name"), Meta("namespace"), Meta("uid"), Meta("resourceVersion"));
        yield return new ManifestItem(new ManifestObject(json, header, place), null);
    }

    private static KubeException? Check(string apiVersion, string kind, string place)
    {
        if (kind.Length == 0) return Invalid($"{place}: the object has no kind.", place);
        if (apiVersion.Length == 0) return Invalid($"{place}: the {kind} has no apiVersion.", place);
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? "" : apiVersion[..slash];
        if (BuiltInKinds.Find(apiVersion, kind) is not null) return null;
        // Within Kubernetes' own groups every kind is known; a name that differs by case or a slip is meant to be one of them.
        if (WrongGroup(group, kind) is { } right)
        {
            return new KubeException("KubeKindInvalid", ErrorCategory.InvalidData, $"{place}: there is no kind '{kind}' in {apiVersion}; it is in {right.ApiVersion}.")
            {
                Target = kind,
                RecommendedAction = $"Write 'apiVersion: {right.ApiVersion}'.",
            };
        }

        ResourceKind[] siblings = [.. BuiltInKinds.Everything.Where(candidate => candidate.Group == group)];
        if (siblings.Length == 0 || siblings.Any(candidate => candidate.Kind == kind)) return null;
        string? meant = siblings.FirstOrDefault(candidate => BuiltInKinds.IsCalled(candidate, kind))?.Kind ?? Nearness.Closest(kind, siblings.Select(candidate => candidate.Kind)).FirstOrDefault();
        if (meant is null || ResourceJson.ModelType(apiVersion, kind) is not null) return null;
        return new KubeException("KubeKindInvalid", ErrorCategory.InvalidData, $"{place}: there is no kind '{kind}' in {apiVersion}; kinds are written with exact case. Did you mean '{meant}'?")
        {
            Target = kind,
            RecommendedAction = $"Write 'kind: {meant}'.",
        };
    }

    /// <summary>A kind of Kubernetes' own under a group that cannot have it; a group with a dot may be anybody's.</summary>
    private static ResourceKind? WrongGroup(string group, string kind)
    {
        if (group.Contains('.', StringComparison.Ordinal) || group == "extensions") return null;
        ResourceKind[] own = [.. BuiltInKinds.Everything.Where(candidate => candidate.Kind == kind)];
        return own.Length > 0 && !own.Any(candidate => candidate.Group == group) ? own[0] : null;
    }

    private static JsonElement Stamped(JsonElement item, string apiVersion, string kind)
    {
        if (item.ValueKind != JsonValueKind.Object || item.TryGetProperty("kind", out _)) return item;
        var stamped = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind };
        foreach (JsonProperty property in item.EnumerateObject()) stamped[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        return stamped.Deserialize<JsonElement>();
    }

    private static KubeException Invalid(string message, string place) => new("KubeManifestInvalid", ErrorCategory.ParserError, message)
    {
        Target = place,
        RecommendedAction = "Every object needs apiVersion and kind, for example 'apiVersion: apps/v1' and 'kind: Deployment'.",
    };

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "number",
        _ => "single value",
    };
}
