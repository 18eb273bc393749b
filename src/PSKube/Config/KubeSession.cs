using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PSKube.Config;

/// <summary>
/// What a runspace has chosen: its cluster and its namespace. Each runspace has its own, so that one script's
/// <c>Use-KubeContext</c> never moves another's.
/// </summary>
internal sealed class KubeSession
{
    private static readonly ConditionalWeakTable<Runspace, KubeSession> Sessions = [];

    /// <summary>The session of a thread without a runspace.</summary>
    private static readonly KubeSession Shared = new();

    /// <summary>The session of the runspace that runs on this thread.</summary>
    public static KubeSession Current => Runspace.DefaultRunspace is { } runspace ? Sessions.GetOrCreateValue(runspace) : Shared;

    /// <summary>A cluster that was connected to without a kubeconfig; null for kubeconfig's.</summary>
    public ClusterConfig? Connected { get; private set; }

    /// <summary>The kubeconfig file that was chosen; null for the default ones.</summary>
    public string? Kubeconfig { get; private set; }

    /// <summary>The context that was chosen; null for the file's own.</summary>
    public string? Context { get; private set; }

    /// <summary>The namespace that was chosen; null for the context's own.</summary>
    public string? Namespace { get; private set; }

    /// <summary>The choice before this one, for <c>Use-KubeContext -</c>.</summary>
    public (ClusterConfig? Connected, string? Kubeconfig, string? Context, string? Namespace)? Previous { get; private set; }

    /// <summary>Chooses a cluster that needs no kubeconfig.</summary>
    public void Connect(ClusterConfig cluster, string? ns) => Choose(cluster, null, null, ns);

    /// <summary>Chooses a context.</summary>
    public void Use(string? kubeconfig, string? context, string? ns) => Choose(null, kubeconfig, context, ns);

    /// <summary>Chooses another namespace of the same cluster.</summary>
    public void UseNamespace(string ns) => Namespace = ns;

    /// <summary>Goes back to the choice before this one; false when there is none.</summary>
    public bool UsePrevious()
    {
        if (Previous is not { } previous) return false;
        Choose(previous.Connected, previous.Kubeconfig, previous.Context, previous.Namespace);
        return true;
    }

    /// <summary>Forgets every choice.</summary>
    public void Disconnect() => Choose(null, null, null, null);

    private void Choose(ClusterConfig? connected, string? kubeconfig, string? context, string? ns)
    {
        Previous = (Connected, Kubeconfig, Context, Namespace);
        (Connected, Kubeconfig, Context, Namespace) = (connected, kubeconfig, context, ns);
    }
}
