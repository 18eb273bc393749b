using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>The contexts of a kubeconfig as a session sees them, and the sandbox that it is connected to.</summary>
internal static class ContextList
{
    /// <summary>The contexts that match a name (exact case unless it has wildcards), or only the one in use.</summary>
    public static IReadOnlyList<KubeContext> Read(KubeSession session, string? path, string name, bool currentOnly, KubeconfigLoader? loader = null)
    {
        KubeContext? sandbox = path is null && session.Sandbox is { } connected ? new KubeContext(connected, session.Namespace) : null;
        if (currentOnly && path is null && session.Connected is not null) return sandbox is null ? [] : [sandbox];
        if (sandbox is null) return ReadFile(session, path, name, currentOnly, loader);
        if (name == sandbox.Name) return [sandbox];
        if (!WildcardPattern.ContainsWildcardCharacters(name)) return ReadFile(session, path, name, currentOnly, loader);
        IReadOnlyList<KubeContext> others;
        try
        {
            others = ReadFile(session, path, name, currentOnly, loader);
        }
        catch (KubeException failure) when (failure.ErrorId == "KubeConfigNotFound")
        {
            // A sandbox needs no kubeconfig.
            others = [];
        }

        return Pattern(name).IsMatch(sandbox.Name) ? [sandbox, .. others] : others;
    }

    private static IReadOnlyList<KubeContext> ReadFile(KubeSession session, string? path, string name, bool currentOnly, KubeconfigLoader? loader)
    {
        Kubeconfig kubeconfig = (loader ?? KubeconfigLoader.Default).Load(path ?? session.Kubeconfig);
        string? current = session.Connected is not null && path is null ? null : (path is null ? session.Context : null) ?? kubeconfig.CurrentContext;
        if (currentOnly) return current is null ? [] : [See(kubeconfig.Context(current))];
        // A name may itself hold characters that are wildcards.
        if (kubeconfig.Contexts.ContainsKey(name) || !WildcardPattern.ContainsWildcardCharacters(name)) return [See(kubeconfig.Context(name))];
        WildcardPattern pattern = Pattern(name);
        return [.. kubeconfig.ContextNames.Where(pattern.IsMatch).Select(match => See(kubeconfig.Contexts[match]))];

        KubeContext See(KubeconfigEntry entry) => new(entry, kubeconfig, entry.Name == current, entry.Name == current && path is null ? session.Namespace : null);
    }

    private static WildcardPattern Pattern(string name) => new(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
}
