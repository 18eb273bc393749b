using System.Globalization;
using System.Management.Automation;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// Decides whether a server is the one that the configuration means: its certificate must come from the configured
/// authority, from no other, and carry the expected name. A refusal is thrown, so that it says what is wrong.
/// </summary>
internal sealed class ServerTrust(ClusterConfig config)
{
    private static readonly Oid s_serverAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly HashSet<string> _anchors = [.. (config.CertificateAuthority ?? []).Select(static authority => authority.GetCertHashString(HashAlgorithmName.SHA256))];

    /// <summary>What to say once when nothing is checked.</summary>
    public static string SkipWarning(Uri server) => $"The certificate of {server.Authority} is not checked: anyone on the way can read and change what is sent, credentials included.";

    /// <summary>The TLS settings of a connection.</summary>
    public SslClientAuthenticationOptions Options(Credential credential)
    {
        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = Check,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (config.CertificateAuthority is not null) options.CertificateChainPolicy = Policy(config.CertificateAuthority);
        if (credential.ClientCertificate is { } certificate)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, credential.ClientCertificateChain, offline: true);
        }

        return options;
    }

    private static X509ChainPolicy Policy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ExtraStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(s_serverAuthentication);
        return policy;
    }

    private bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        config.Seen.CertificateEnds = (certificate as X509Certificate2)?.NotAfter.ToUniversalTime();
        return config.SkipTlsVerify || IsWhoItShouldBe(certificate, chain, errors);
    }

    private bool IsWhoItShouldBe(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) throw Untrusted("it showed no certificate");
        using var shown = new X509Certificate2(certificate);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && !EndsInAnchor(chain)) throw Untrusted(WhyNot(shown, chain));
        if (!HasExpectedName(shown, errors)) throw Mismatch(shown);
        return true;
    }

    /// <summary>
    /// The name is compared here too, without the subject's common name, which .NET still takes and Go does not. Through a proxy
    /// SslStream compares with the address' host even when tls-server-name says otherwise, so its word counts only without one.
    /// </summary>
    private bool HasExpectedName(X509Certificate2 shown, SslPolicyErrors errors) =>
        (config.TlsServerName is not null || !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        && shown.MatchesHostname((config.TlsServerName ?? config.Server.IdnHost).TrimEnd('.'), allowWildcards: true, allowCommonName: false);

    /// <summary>
    /// .NET wants a chain to end in a self-signed certificate; Go, and so every kubeconfig, lets a bundle hold an intermediate
    /// or the server's own certificate as well. Nothing but the missing root is forgiven.
    /// </summary>
    private bool EndsInAnchor(X509Chain? chain)
    {
        const X509ChainStatusFlags onlyRootMissing = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        return chain is not null
            && chain.ChainStatus.All(static status => (status.Status & ~onlyRootMissing) == 0)
            && chain.ChainElements.Any(element => _anchors.Contains(element.Certificate.GetCertHashString(HashAlgorithmName.SHA256)));
    }

    private string WhyNot(X509Certificate2 shown, X509Chain? chain)
    {
        DateTime now = DateTime.Now;
        foreach (X509Certificate2 element in (chain?.ChainElements.Select(static element => element.Certificate) ?? []).Prepend(shown))
        {
            string which = element.RawData.AsSpan().SequenceEqual(shown.RawData) ? "its certificate" : $"the authority '{Name(element.Subject)}' behind its certificate";
            if (element.NotAfter < now) return $"{which} expired on {Date(element.NotAfter)}";
            if (element.NotBefore > now) return $"{which} is not valid before {Date(element.NotBefore)} (it is {Date(now)} here)";
        }

        X509ChainStatusFlags found = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, static (all, status) => all | status.Status);
        if ((found & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid)) != 0 || found == X509ChainStatusFlags.NoError)
        {
            return $"its certificate was issued by '{Name(shown.Issuer)}', which {(config.CertificateAuthority is null ? "this machine does not trust" : "is not the configured certificate authority")}";
        }

        return $"its certificate is not acceptable ({found})";
    }

    private KubeException Untrusted(string why) =>
        new("KubeTlsUntrusted", ErrorCategory.SecurityError, $"The server {config.Server.Authority} is not trusted: {why}.")
        {
            EndsCommand = true,
            Target = config.Server.Authority,
            RecommendedAction = config.CertificateAuthority is null
                ? "Name the cluster's certificate authority (certificate-authority-data in the kubeconfig, -CertificateAuthority on Connect-KubeCluster)."
                : "Fetch the cluster's kubeconfig again: its certificate authority may have changed. If it has not, somebody may be in between.",
        };

    private KubeException Mismatch(X509Certificate2 shown)
    {
        string expected = config.TlsServerName ?? config.Server.DnsSafeHost;
        string[] names = [.. shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(static address => address.ToString())))];
        string valid = names.Length == 0 ? "no name at all" : string.Join(", ", names.Take(10).Select(static name => SafeText.Shown(name, 100)));
        return new KubeException("KubeTlsNameMismatch", ErrorCategory.SecurityError, $"The server {config.Server.Authority} is not trusted: its certificate is valid for {valid}, not for {expected}.")
        {
            EndsCommand = true,
            Target = config.Server.Authority,
            RecommendedAction = "Use an address that the certificate names, or set tls-server-name in the kubeconfig.",
        };
    }

    private static string Name(string distinguishedName) => SafeText.Shown(distinguishedName, 200);

    private static string Date(DateTime moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
