using System.Security.Cryptography.X509Certificates;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>Everything that is known of one cluster and of who we are there. Immutable; made by the loaders of this folder.</summary>
internal sealed class ClusterConfig
{
    /// <summary>The API server, with its path prefix if it has one (<c>https://rancher/k8s/clusters/c-1/</c>).</summary>
    public required Uri Server { get; init; }

    /// <summary>Where this came from, for messages: the kubeconfig file's path, <c>in-cluster</c> or <c>parameters</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The kubeconfig context, exact case; null without a kubeconfig.</summary>
    public string? ContextName { get; init; }

    /// <summary>The kubeconfig cluster entry's name; null without a kubeconfig.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The kubeconfig user entry's name; null without a kubeconfig.</summary>
    public string? UserName { get; init; }

    /// <summary>The namespace that the context names; <c>default</c> when it names none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The only authorities that are trusted; null for the machine's own store.</summary>
    public X509Certificate2Collection? CertificateAuthority { get; init; }

    /// <summary>True when the server's certificate is not checked at all.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must carry, when it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The proxy of this cluster (http, https or socks5); null for the environment's.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>True when replies must not be compressed.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>Who we are; asked again when the server answers 401 or the credential has run out.</summary>
    public ICredentialSource Credentials { get; init; } = AnonymousCredentials.Instance;

    /// <summary>Whom we act as, or null.</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>What stands in the network's place; null for the network.</summary>
    public Func<HttpMessageHandler>? Transport { get; init; }

    /// <summary>Why the cluster cannot be asked any more; null, or null as its answer, while it can.</summary>
    public Func<KubeException?>? Ended { get; init; }

    /// <summary>What the server has shown of itself so far.</summary>
    public SeenServer Seen { get; } = new();

    /// <summary>What the user should know of this configuration, each said once per connection.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>The user, groups and extra values that kubeconfig's <c>as</c>, <c>as-uid</c>, <c>as-groups</c> and <c>as-user-extra</c> name.</summary>
internal sealed record Impersonation(string User, string? Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra);

/// <summary>What a server has shown of itself.</summary>
internal sealed class SeenServer
{
    /// <summary>When its certificate runs out, UTC; null before the first handshake and without TLS.</summary>
    public DateTime? CertificateEnds { get; set; }
}
