using System.Management.Automation;
using System.Text;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// The only place where names become part of a URL. Every segment is checked first, as client-go does
/// (<c>rest/request.go</c>, <c>IsValidPathSegmentName</c>), so that an empty name cannot turn one object into its collection,
/// nor <c>..</c> into its parent.
/// </summary>
internal static class ApiPath
{
    /// <summary>The path of a collection, an object or its subresource, without a leading slash.</summary>
    /// <exception cref="KubeException">A segment cannot be a name (<c>KubeInvalidName</c>).</exception>
    public static string For(ResourceKind kind, string? ns, string? name = null, string? subresource = null)
    {
        var path = new StringBuilder(96);
        path.Append(kind.Group.Length == 0 ? "api" : "apis");
        if (kind.Group.Length > 0) Append(path, kind.Group, "group");
        Append(path, kind.Version, "version");
        if (kind.Namespaced && ns is not null)
        {
            path.Append("/namespaces");
            Append(path, ns, "namespace");
        }

        Append(path, kind.Plural, "resource");
        if (name is not null) Append(path, name, "name");
        if (subresource is not null) Append(path, subresource, "subresource");
        return path.ToString();
    }

    /// <summary>Refuses what can never be a name, before anything is sent.</summary>
    /// <exception cref="KubeException">The text cannot be a path segment (<c>KubeInvalidName</c>).</exception>
    public static void Check(string segment, string what)
    {
        string? fault = segment switch
        {
            _ when string.IsNullOrWhiteSpace(segment) => "it is empty",
            "." or ".." => "it is a relative path",
            _ when segment.Length > 253 => "it is longer than 253 characters",
            _ when segment.AsSpan().IndexOfAny('/', '%', '?') >= 0 || segment.Contains('#', StringComparison.Ordinal) || segment.Contains('\\', StringComparison.Ordinal) => "it contains one of / \\ % ? #",
            _ when segment.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) => "it contains white space or a control character",
            _ when segment.Any(c => c > 127) => "it contains a character that is not ASCII",
            _ => null,
        };
        if (fault is null) return;
        throw new KubeException("KubeInvalidName", ErrorCategory.InvalidArgument, $"'{Shown(segment)}' cannot be a {what}: {fault}.")
        {
            Target = Shown(segment),
            RecommendedAction = $"Give the {what} as Kubernetes shows it: lower-case letters, digits, '-' and '.'.",
        };
    }

    private static void Append(StringBuilder path, string segment, string what)
    {
        Check(segment, what);
        path.Append('/').Append(Uri.EscapeDataString(segment));
    }

    private static string Shown(string segment)
    {
        string shortened = segment.Length > 80 ? segment[..77] + "..." : segment;
        return string.Concat(shortened.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
    }
}
