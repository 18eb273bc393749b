using System.Management.Automation;

namespace PSKube.Config;

/// <summary>The contexts of a kubeconfig as a session sees them.</summary>
internal static class ContextList
{
    /// <summary>The contexts that match a name (exact case unless it has wildcards), or only the one in use.</summary>
    public static IReadOnlyList<KubeContext> Read(KubeSession session, string? path, string name, bool currentOnly, KubeconfigLoader? loader = null)
    {
        if (currentOnly && path is null && session.Connected is not null) return [];
        Kubeconfig kubeconfig = (loader ?? KubeconfigLoader.Default).Load(path ?? session.Kubeconfig);
        string? current = session.Connected is not null && path is null ? null : (path is null ? session.Context : null) ?? kubeconfig.CurrentContext;
        if (currentOnly) return current is null ? [] : [See(kubeconfig.Context(current))];
        // A name may itself hold characters that are wildcards.
        if (kubeconfig.Contexts.ContainsKey(name) || !WildcardPattern.ContainsWildcardCharacters(name)) return [See(kubeconfig.Context(name))];
        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return [.. kubeconfig.ContextNames.Where(pattern.IsMatch).Select(match => See(kubeconfig.Contexts[match]))];

        KubeContext See(KubeconfigEntry entry) => new(entry, kubeconfig, entry.Name == current, entry.Name == current && path is null ? session.Namespace : null);
    }
}
