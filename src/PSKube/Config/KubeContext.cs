namespace PSKube.Config;

/// <summary>A context as people see it: which cluster, as whom, in which namespace. Carries no credential.</summary>
public sealed class KubeContext
{
    /// <summary>The context's name, exact case; null for a connection without a kubeconfig.</summary>
    public string? Name { get; init; }

    /// <summary>The name of its cluster entry.</summary>
    public string? Cluster { get; init; }

    /// <summary>The name of its user entry.</summary>
    public string? User { get; init; }

    /// <summary>The namespace of commands that name none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The API server's address; null when the context's cluster is missing.</summary>
    public Uri? Server { get; init; }

    /// <summary>True for the context that this session's commands use.</summary>
    public bool IsCurrent { get; init; }

    /// <summary>Where it comes from: the kubeconfig file, <c>in-cluster</c> or <c>parameters</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>The name, for messages.</summary>
    public override string ToString() => Name ?? Server?.Authority ?? Source;

    /// <summary>What people may see of a connection.</summary>
    internal static KubeContext Of(ClusterConfig config, string? ns) => new()
    {
        Name = config.ContextName,
        Cluster = config.ClusterName,
        User = config.UserName,
        Namespace = ns ?? config.Namespace,
        Server = config.Server,
        IsCurrent = true,
        Source = config.Source,
    };
}
