namespace PSKube.Config;

/// <summary>A context of a kubeconfig: which cluster, as whom, in which namespace. Carries no credential.</summary>
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

    /// <summary>The context's name, exact case.</summary>
    public string Name { get; }

    /// <summary>The name of its cluster entry.</summary>
    public string? Cluster { get; }

    /// <summary>The name of its user entry; null for anonymous access.</summary>
    public string? User { get; }

    /// <summary>The address of the API server; null when the cluster entry is missing.</summary>
    public string? Server { get; }

    /// <summary>The namespace of commands that name none.</summary>
    public string Namespace { get; }

    /// <summary>True for the context that this session uses.</summary>
    public bool IsCurrent { get; }

    /// <summary>The file that defines it.</summary>
    public string Source { get; }

    /// <summary>The context's name.</summary>
    public override string ToString() => Name;
}
