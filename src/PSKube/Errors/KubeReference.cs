namespace PSKube.Errors;

/// <summary>Which object a message or an error is about. Small on purpose: it may leave the machine.</summary>
/// <param name="Kind">The kind, for example <c>Deployment</c>.</param>
/// <param name="Namespace">The namespace, or null for a cluster-scoped object.</param>
/// <param name="Name">The name, or null when a whole collection is meant.</param>
public sealed record KubeReference(string Kind, string? Namespace, string? Name)
{
    /// <summary>The short form that people type: <c>deployment/web in shop</c>.</summary>
    public override string ToString()
    {
        string name = Name is null ? Kind.ToLowerInvariant() : $"{Kind.ToLowerInvariant()}/{Name}";
        return TerminalText.Escape(Namespace is null ? name : $"{name} in {Namespace}");
    }
}
