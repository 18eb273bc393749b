namespace PSKube.Config;

/// <summary>What a session is connected to. Carries no credential.</summary>
public sealed class KubeConnection
{
    internal KubeConnection(ClusterConfig config, string ns)
    {
        Context = config.ContextName;
        Cluster = config.ClusterName;
        User = config.UserName;
        Server = config.Server;
        Namespace = ns;
        Source = config.Source;
    }

    /// <summary>The kubeconfig context; <c>sandbox</c> for a sandbox; null for another connection that was made without a kubeconfig.</summary>
    public string? Context { get; }

    /// <summary>The name of the cluster entry; null without a kubeconfig.</summary>
    public string? Cluster { get; }

    /// <summary>The name of the user entry; null without a kubeconfig.</summary>
    public string? User { get; }

    /// <summary>The address of the API server.</summary>
    public Uri Server { get; }

    /// <summary>The namespace of commands that name none.</summary>
    public string Namespace { get; }

    /// <summary>The kubeconfig file, <c>in-cluster</c>, <c>parameters</c> or <c>sandbox</c>.</summary>
    public string Source { get; }

    /// <summary>The context's name, or the server's.</summary>
    public override string ToString() => Context ?? Server.Authority;
}
