using PSKube.Errors;

namespace PSKube.Config;

/// <summary>Decides which cluster a command means: its own parameters first, then the session's choice, then the environment.</summary>
internal static class ClusterSelector
{
    /// <summary>The cluster. The same object for the same choice, so that connections and credentials are shared.</summary>
    public static ClusterConfig Resolve(KubeSession session, string? kubeconfig, string? context, KubeconfigLoader? loader = null, Func<ForeignReach, bool>? ask = null)
    {
        if (IsSessionChoice(kubeconfig, context) && session.Connected is { } connected) return connected;
        // A file named without a context means that file's current one, not the session's.
        return (loader ?? KubeconfigLoader.Default).Resolve(kubeconfig ?? session.Kubeconfig, context ?? (kubeconfig is null ? session.Context : null), ask);
    }

    /// <summary>The namespace of a command that names none: the session's, unless the command chose its cluster itself; else the context's.</summary>
    public static string Namespace(KubeSession session, string? kubeconfig, string? context, ClusterConfig cluster) =>
        (IsSessionChoice(kubeconfig, context) ? session.Namespace : null) ?? cluster.Namespace;

    /// <summary>The context that the session uses now, and its file; null when it uses none, or none that can be read.</summary>
    public static (string? Kubeconfig, string Context)? TryCurrentContext(KubeSession session, KubeconfigLoader? loader = null)
    {
        if (session.Connected is not null) return null;
        try
        {
            string? name = session.Context ?? (loader ?? KubeconfigLoader.Default).Find(session.Kubeconfig)?.CurrentContext;
            return name is null ? null : (session.Kubeconfig, name);
        }
        catch (KubeException)
        {
            // Leaving a broken configuration must be possible.
            return null;
        }
    }

    private static bool IsSessionChoice(string? kubeconfig, string? context) => kubeconfig is null && context is null;
}
