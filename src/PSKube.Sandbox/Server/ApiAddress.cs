namespace PSKube.Sandbox.Server;

/// <summary>What an address names: a collection, an object, or a part of one.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version.</param>
/// <param name="Namespace">The namespace; null for none.</param>
/// <param name="Resource">The resource.</param>
/// <param name="Name">The object; null for a collection.</param>
/// <param name="Subresource">The subresource; null for the object itself.</param>
/// <remarks>apiserver's <c>pkg/endpoints/request/requestinfo.go</c>.</remarks>
internal sealed record ApiAddress(string Group, string Version, string? Namespace, string Resource, string? Name, string? Subresource)
{
    /// <summary>Reads a path; null when it is that of a page such as <c>/version</c>, or of nothing.</summary>
    public static ApiAddress? Read(IReadOnlyList<string> path)
    {
        string group, version;
        int at;
        if (path is ["api", _, _, ..]) (group, version, at) = ("", path[1], 2);
        else if (path is ["apis", _, _, _, ..]) (group, version, at) = (path[1], path[2], 3);
        else return null;

        // A namespace is an object too: /namespaces/x/status is its own.
        string? ns = null;
        if (path[at] == "namespaces" && path.Count > at + 2 && !(group.Length == 0 && path.Count == at + 3 && path[at + 2] is "status" or "finalize")) (ns, at) = (path[at + 1], at + 2);
        return new ApiAddress(group, version, ns, path[at], path.Count > at + 1 ? path[at + 1] : null, path.Count > at + 2 ? string.Join('/', path.Skip(at + 2)) : null);
    }
}
