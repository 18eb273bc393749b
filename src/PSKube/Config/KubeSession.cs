using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PSKube.Config;

/// <summary>
/// What one runspace has chosen: a cluster, a context, a namespace. Other runspaces, other windows and kubectl are not
/// touched by it.
/// </summary>
internal sealed class KubeSession
{
    private static readonly ConditionalWeakTable<Runspace, KubeSession> s_sessions = [];
    private static readonly KubeSession s_withoutEngine = new();

    /// <summary>The session of the runspace that this thread runs. Pipeline thread only.</summary>
    public static KubeSession Current => Runspace.DefaultRunspace is { } runspace ? s_sessions.GetValue(runspace, static _ => new KubeSession()) : s_withoutEngine;

    /// <summary>The cluster that was connected to without a kubeconfig; null when the kubeconfig decides.</summary>
    public ClusterConfig? Connected { get; private set; }

    /// <summary>The sandbox that this session is connected to; null for none.</summary>
    public KubeSandbox? Sandbox { get; private set; }

    /// <summary>True while the session belongs to a sandbox, be it running, stopped or one that did not start.</summary>
    public bool InSandbox => Connected?.Ended is not null;

    /// <summary>The chosen kubeconfig file; null for the environment's.</summary>
    public string? Kubeconfig { get; private set; }

    /// <summary>The chosen context; null for the kubeconfig's current one.</summary>
    public string? Context { get; private set; }

    /// <summary>The chosen namespace; null for the context's own.</summary>
    public string? Namespace { get; private set; }

    /// <summary>What was chosen before; null when nothing was.</summary>
    public (string? Kubeconfig, string Context)? Previous { get; private set; }

    /// <summary>Uses a cluster that is in no kubeconfig.</summary>
    public void Connect(ClusterConfig cluster, string? ns) => (Connected, Sandbox, Kubeconfig, Context, Namespace) = (cluster, null, null, null, ns);

    /// <summary>Uses a sandbox.</summary>
    public void Connect(KubeSandbox sandbox, string? ns)
    {
        Connect(sandbox.Config, ns);
        Sandbox = sandbox;
    }

    /// <summary>Uses no cluster, as the sandbox that was asked for is not there.</summary>
    public void Refuse() => Connect(KubeSandbox.NotStarted, null);

    /// <summary>Uses a context of a kubeconfig; <paramref name="previous"/> is the one that was in use until now.</summary>
    public void Select(string? kubeconfig, string context, string? ns, (string? Kubeconfig, string Context)? previous)
    {
        if (previous is not null && (previous.Value.Context != context || previous.Value.Kubeconfig != kubeconfig)) Previous = previous;
        (Connected, Sandbox, Kubeconfig, Context, Namespace) = (null, null, kubeconfig, context, ns);
    }

    /// <summary>Goes back to what the environment says.</summary>
    public void Clear() => (Connected, Sandbox, Kubeconfig, Context, Namespace, Previous) = (null, null, null, null, null, null);
}
