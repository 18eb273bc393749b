namespace PSKube.Config;

/// <summary>A context of a kubeconfig, or the sandbox of this session: which cluster, as whom, in which namespace. Carries no credential.</summary>
public sealed class KubeContext
{
    internal KubeContext(KubeconfigEntry entry, Kubeconfig kubeconfig, bool isCurrent, string? ns)
    {
        Name = entry.Name;
        Cluster = entry.Text("cluster");
        User = entry.Text("user");
        // An address may carry a password, which is refused when it is used and must not be shown before.
        Server = Cluster is not null && kubeconfig.Clusters.TryGetValue(Cluster, out KubeconfigEntry? cluster) && Uri.TryCreate(cluster.Text("server"), UriKind.Absolute, out Uri? server)
            ? server.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped)
            : null;
        Namespace = ns ?? entry.Text("namespace") ?? "default";
        IsCurrent = isCurrent;
        Source = entry.File;
    }

    /// <summary>A sandbox, which is in no kubeconfig and is the current one of the session that is connected to it.</summary>
    internal KubeContext(KubeSandbox sandbox, string? ns)
    {
        Name = Cluster = Source = SandboxName;
        Server = sandbox.Server?.GetLeftPart(UriPartial.Authority);
        Namespace = ns ?? "default";
        IsCurrent = true;
    }

    /// <summary>What a sandbox is called.</summary>
    internal const string SandboxName = "sandbox";

    /// <summary>The context's name, exact case.</summary>
    public string Name { get; }

    /// <summary>The name of its cluster entry.</summary>
    public string? Cluster { get; }

    /// <summary>The name of its user entry; null for anonymous access.</summary>
    public string? User { get; }

    /// <summary>The address of the API server; null when the cluster entry is missing, and for a sandbox that does not listen.</summary>
    public string? Server { get; }

    /// <summary>The namespace of commands that name none.</summary>
    public string Namespace { get; }

    /// <summary>True for the context that this session uses.</summary>
    public bool IsCurrent { get; }

    /// <summary>The file that defines it; <c>sandbox</c> for the sandbox that this session is connected to, which is in none.</summary>
    public string Source { get; }

    /// <summary>The context's name.</summary>
    public override string ToString() => Name;
}
