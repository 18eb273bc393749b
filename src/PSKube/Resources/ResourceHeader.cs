using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using PSKube.Errors;

namespace PSKube.Resources;

/// <summary>What identifies an object, read alike from model objects, generic objects, deserialized objects and JSON.</summary>
internal sealed record ResourceHeader(string ApiVersion, string Kind, string? Name, string? Namespace, string? Uid, string? ResourceVersion)
{
    /// <summary>The object as messages and errors name it.</summary>
    public KubeReference Reference => new(Kind, Namespace, Name);

    /// <summary>The API group; empty for the core group.</summary>
    public string Group => ApiVersion.Contains('/', StringComparison.Ordinal) ? ApiVersion[..ApiVersion.IndexOf('/', StringComparison.Ordinal)] : "";

    /// <summary>Reads the header; false when the value is no Kubernetes object (no kind can be told).</summary>
    public static bool TryRead(object? value, [NotNullWhen(true)] out ResourceHeader? header)
    {
        header = null;
        if (value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject) value = wrapped.BaseObject;
        switch (value)
        {
            case IKubernetesObject model:
                var metadata = (model as IMetadata<V1ObjectMeta>)?.Metadata;
                string apiVersion = model.ApiVersion ?? "";
                string kind = model.Kind ?? "";
                if (apiVersion.Length == 0 || kind.Length == 0) (apiVersion, kind) = FromModelType(model.GetType());
                header = new ResourceHeader(apiVersion, kind, metadata?.Name, metadata?.NamespaceProperty, metadata?.Uid, metadata?.ResourceVersion);
                break;
            case PSObject custom:
                object? meta = Member(custom, "metadata");
                header = new ResourceHeader(Text(custom, "apiVersion") ?? "", Text(custom, "kind") ?? "", Text(meta, "name"), Text(meta, "namespace") ?? Text(meta, "NamespaceProperty"), Text(meta, "uid"), Text(meta, "resourceVersion"));
                break;
            case JsonObject json:
                var jsonMeta = json["metadata"] as JsonObject;
                header = new ResourceHeader(JsonText(json, "apiVersion") ?? "", JsonText(json, "kind") ?? "", JsonText(jsonMeta, "name"), JsonText(jsonMeta, "namespace"), JsonText(jsonMeta, "uid"), JsonText(jsonMeta, "resourceVersion"));
                break;
            case System.Collections.IDictionary map:
                return TryRead(ResourceJson.ToJson(map), out header);
        }

        if (header is { Kind.Length: > 0 }) return true;
        header = null;
        return false;
    }

    /// <summary>Reads the header, or says what was given instead of an object.</summary>
    /// <exception cref="KubeException">The value is no Kubernetes object (<c>KubeInputInvalid</c>).</exception>
    public static ResourceHeader Read(object? value)
    {
        if (TryRead(value, out ResourceHeader? header)) return header;
        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"A Kubernetes object with apiVersion and kind was expected, not {(inner is null ? "null" : $"a {inner.GetType().Name}")}.")
        {
            Target = inner?.GetType().Name,
            RecommendedAction = "Pipe an object that a PSKube cmdlet emitted, or one made by ConvertFrom-KubeYaml.",
        };
    }

    private static (string ApiVersion, string Kind) FromModelType(Type type)
    {
        var entity = (KubernetesEntityAttribute?)Attribute.GetCustomAttribute(type, typeof(KubernetesEntityAttribute));
        if (entity is null) return ("", "");
        return (string.IsNullOrEmpty(entity.Group) ? entity.ApiVersion : $"{entity.Group}/{entity.ApiVersion}", entity.Kind);
    }

    private static object? Member(object? from, string name)
    {
        return from switch
        {
            PSObject custom => custom.Properties[name]?.Value,
            System.Collections.IDictionary map => map.Contains(name) ? map[name] : null,
            V1ObjectMeta meta => PSObject.AsPSObject(meta).Properties[name]?.Value,
            _ => null,
        };
    }

    private static string? Text(object? from, string name) => Member(from, name)?.ToString();

    private static string? JsonText(JsonObject? json, string name) => json?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
