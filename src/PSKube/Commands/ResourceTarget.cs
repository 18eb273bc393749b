using System.Management.Automation;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>
/// One object that a command is to work on, however it was named: a Kubernetes object from the pipeline, <c>TYPE/NAME</c>,
/// a name, or any object with the properties Name, Namespace and Kind (a row of a CSV file).
/// </summary>
/// <param name="ApiVersion">The apiVersion, or null when only a kind's name is known.</param>
/// <param name="Kind">The kind as it was named, or null for the command's own.</param>
/// <param name="Name">The name.</param>
/// <param name="Namespace">The namespace that the input names, or null.</param>
/// <param name="Uid">The object's uid when an object was given, so that only this very object is changed.</param>
/// <param name="Source">The input itself, which remembers its cluster.</param>
internal sealed record ResourceTarget(string? ApiVersion, string? Kind, string Name, string? Namespace, string? Uid, object? Source)
{
    /// <summary>Reads <c>TYPE/NAME</c>, or a plain name.</summary>
    public static ResourceTarget Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return new ResourceTarget(null, null, text, null, null, null);
        if (slash == 0 || slash == text.Length - 1 || text.IndexOf('/', slash + 1) >= 0)
        {
            throw new KubeException("KubeInvalidName", ErrorCategory.InvalidArgument, $"'{Api.ServerErrors.Escape(text)}' is neither a name nor TYPE/NAME.") { Target = Api.ServerErrors.Escape(text) };
        }

        return new ResourceTarget(null, text[..slash], text[(slash + 1)..], null, null, null);
    }

    /// <summary>The kind that stands in the place of TYPE/NAME when names stand behind it.</summary>
    /// <exception cref="KubeException">It names objects itself (<c>KubeInvalidName</c>).</exception>
    public static string KindAlone(string[] target)
    {
        if (target is [var kind] && !kind.Contains('/', StringComparison.Ordinal)) return kind;
        string shown = Api.ServerErrors.Escape(string.Join(", ", target));
        throw new KubeException("KubeInvalidName", ErrorCategory.InvalidArgument, $"'{shown}' is no kind that names could stand behind; write TYPE/NAME, several by comma, or TYPE and the names.") { Target = shown, EndsCommand = true };
    }

    /// <summary>Reads what came through the pipeline.</summary>
    /// <exception cref="KubeException">Nothing in it names an object (<c>KubeInputInvalid</c>).</exception>
    public static ResourceTarget From(object input)
    {
        object value = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (value is string text) return Parse(text);
        if (ResourceHeader.TryRead(input, out ResourceHeader? header) && header.Name is { } name)
        {
            return new ResourceTarget(header.ApiVersion.Length > 0 ? header.ApiVersion : null, header.Kind, name, header.Namespace, header.Uid, input);
        }

        PSObject row = PSObject.AsPSObject(input);
        if (Text(row, "Name") is { } rowName) return Parse(rowName) with { Kind = Text(row, "Kind") ?? Parse(rowName).Kind, Namespace = Text(row, "Namespace") };
        throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"The input, a {value.GetType().Name}, names no Kubernetes object.")
        {
            Target = value.GetType().Name,
            RecommendedAction = "Pipe an object that a PSKube cmdlet emitted, a name, TYPE/NAME, or an object with the property Name.",
        };
    }

    /// <summary>The kind of the object, as its cluster serves it.</summary>
    /// <exception cref="KubeException">Nothing says of what kind it is (<c>KubeInputInvalid</c>), or the cluster has no such kind.</exception>
    public ResourceKind FindKind(KubeCmdlet cmdlet, Api.KubeClient client)
    {
        if (Kind is null) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"'{Name}' names no kind; write TYPE/NAME, for example deployment/{Name}.") { Target = Name };
        return cmdlet.Await(cancel => ApiVersion is null ? client.FindKindAsync(Kind, cancel) : client.FindKindAsync(ApiVersion, Kind, cancel));
    }

    private static string? Text(PSObject row, string property) => row.Properties[property]?.Value?.ToString() is { Length: > 0 } text ? text : null;
}
