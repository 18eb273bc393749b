using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>Makes the HTTP handlers of a connection: timeouts, proxy, TLS trust and credentials.</summary>
internal static class ClusterTransport
{
    /// <summary>client-go's dial limit (<c>transport/cache.go</c>).</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes the handlers of a configuration.</summary>
    public static HttpMessageHandler Create(ClusterConfig config, Handshake handshake) => Create(config, handshake, ConnectTimeout);

    /// <summary>As <see cref="Create(ClusterConfig, Handshake)"/>, with a connect time of the caller's.</summary>
    internal static HttpMessageHandler Create(ClusterConfig config, Handshake handshake, TimeSpan connectTimeout)
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = connectTimeout,
            // A cluster behind DNS may move; connections must not outlive that for ever.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            AutomaticDecompression = config.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
            UseCookies = false,
            // A redirect would carry credentials to wherever it points.
            AllowAutoRedirect = false,
            SslOptions = TlsOptions(config, handshake),
        };
        if (config.Proxy is not null) sockets.Proxy = new WebProxy(config.Proxy);
        return new CredentialHandler(config, handshake) { InnerHandler = sockets };
    }

    private static SslClientAuthenticationOptions TlsOptions(ClusterConfig config, Handshake handshake)
    {
        var options = new SslClientAuthenticationOptions { CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
        if (config.CertificateAuthority is { } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            policy.ExtraStore.AddRange(authorities);
            options.CertificateChainPolicy = policy;
        }

        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            var shown = certificate as X509Certificate2;
            handshake.ServerCertificateEnds = shown?.NotAfter.ToUniversalTime();
            return config.SkipTlsVerify || errors == SslPolicyErrors.None ? true : throw Distrust(config, shown, chain, errors);
        };

        if (config.Credentials is FixedCredentials { Credential: { ClientCertificate: { } own, ClientCertificateChain: { Count: > 0 } intermediates } })
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, intermediates, offline: true);
        }
        else
        {
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => handshake.Current?.ClientCertificate!;
        }

        return options;
    }

    /// <summary>Why a server's certificate is not accepted. Thrown inside the handshake, so that no request follows.</summary>
    private static KubeException Distrust(ClusterConfig config, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        string host = config.Server.Authority;
        string name = config.TlsServerName ?? config.Server.Host;
        bool nameOnly = errors == SslPolicyErrors.RemoteCertificateNameMismatch;
        string reason = (certificate, nameOnly) switch
        {
            (null, _) => "it sent none",
            (_, true) => $"it is made out for {Names(certificate)}, not for {name}",
            _ when certificate.NotAfter < DateTime.Now => $"it ran out on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC",
            _ when certificate.NotBefore > DateTime.Now => $"it is valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC only",
            _ when config.CertificateAuthority is not null => "the cluster's certificate-authority did not sign it",
            _ => "no authority that this machine trusts signed it",
        };
        if (!nameOnly && chain is not null)
        {
            string[] status = [.. chain.ChainStatus.Select(element => element.Status.ToString()).Distinct()];
            if (status.Length > 0) reason += $" ({string.Join(", ", status)})";
        }

        return new KubeException(nameOnly ? "KubeTlsNameMismatch" : "KubeTlsUntrusted", System.Management.Automation.ErrorCategory.SecurityError, $"The certificate of {host} is not accepted: {reason}.")
        {
            Target = host,
            RecommendedAction = nameOnly ? "Use the address that the certificate names, or set tls-server-name." : "Check certificate-authority in the kubeconfig, and that this is the right server.",
            EndsCommand = true,
        };
    }

    private static string Names(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (names is null) return "no name";
        string[] all = [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(address => address.ToString())];
        return all.Length == 0 ? "no name" : Api.ServerErrors.Escape(string.Join(", ", all));
    }
}

/// <summary>What goes into the next TLS handshake, and what the last one brought.</summary>
internal sealed class Handshake
{
    /// <summary>The newest credential.</summary>
    public Credential? Current { get; set; }

    /// <summary>When the server's certificate runs out, UTC; null before the first handshake and without TLS.</summary>
    public DateTime? ServerCertificateEnds { get; set; }
}
