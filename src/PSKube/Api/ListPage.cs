using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using k8s;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">The objects, apiVersion and kind stamped.</param>
/// <param name="Failures">The items that could not be read, each told by its name; the others are not lost with them.</param>
/// <param name="Continue">What to ask the next page with; null on the last one.</param>
/// <param name="ResourceVersion">The moment that the list shows, from which a watch can go on; null when the server did not say.</param>
internal sealed record ListPage(IReadOnlyList<object> Items, IReadOnlyList<KubeException> Failures, string? Continue, string? ResourceVersion)
{
    /// <summary>Reads a page from the body of a list reply.</summary>
    /// <exception cref="KubeException">The body is no list (<c>KubeResponseInvalid</c>).</exception>
    public static ListPage Read(ReadOnlySpan<byte> body, ResourceKind kind)
    {
        Type? listType = ResourceJson.ModelType(kind) is { } type ? type.Assembly.GetType(type.FullName + "List") : null;
        try
        {
            if (listType is not null && JsonSerializer.Deserialize(body, listType, ResourceJson.Options) is IKubernetesObject<V1ListMeta> list) return FromModel(list, kind);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            // One item that the model cannot take must not cost the rest: read them one by one below.
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body.ToArray(), new JsonDocumentOptions { MaxDepth = ResourceJson.Options.MaxDepth });
            return FromJson(document.RootElement, kind);
        }
        catch (JsonException)
        {
            throw new KubeException("KubeResponseInvalid", ErrorCategory.InvalidResult, $"The server's list of {kind} is not valid JSON.") { Target = new KubeReference(kind.Kind, null, null) };
        }
    }

    private static ListPage FromModel(IKubernetesObject<V1ListMeta> list, ResourceKind kind)
    {
        var source = (IEnumerable?)list.GetType().GetProperty("Items")!.GetValue(list);
        var items = new List<object>();
        string apiVersion = kind.ApiVersion;
        foreach (IKubernetesObject? item in source ?? Array.Empty<object>())
        {
            if (item is null) continue;
            item.ApiVersion = apiVersion;
            item.Kind = kind.Kind;
            items.Add(item);
        }

        return new ListPage(items, [], string.IsNullOrEmpty(list.Metadata?.ContinueProperty) ? null : list.Metadata.ContinueProperty, list.Metadata?.ResourceVersion);
    }

    private static ListPage FromJson(JsonElement list, ResourceKind kind)
    {
        var items = new List<object>();
        var failures = new List<KubeException>();
        if (list.ValueKind == JsonValueKind.Object && list.TryGetProperty("items", out JsonElement elements) && elements.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement element in elements.EnumerateArray())
            {
                try
                {
                    items.Add(ResourceJson.Decode(element, kind.ApiVersion, kind.Kind));
                }
                catch (Exception failure) when (failure is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
                {
                    failures.Add(Unreadable(element, kind, failure));
                }
            }
        }

        string? Field(string name) => list.ValueKind == JsonValueKind.Object && list.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        string? next = Field("continue");
        return new ListPage(items, failures, string.IsNullOrEmpty(next) ? null : next, Field("resourceVersion"));
    }

    /// <summary>The failure of one object that the model cannot take; names it and the place, never its content.</summary>
    public static KubeException Unreadable(JsonElement element, ResourceKind kind, Exception failure)
    {
        string? Field(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var reference = new KubeReference(kind.Kind, Field("namespace"), Field("name"));
        string place = failure is JsonException { Path: { } path } ? $" at {path}" : "";
        return new KubeException("KubeResponseInvalid", ErrorCategory.InvalidResult, $"{reference} cannot be read{place}: a value there does not fit the kind.") { Target = reference };
    }
}
