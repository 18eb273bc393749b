using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>The configuration that every pod finds in itself (kubernetes.io, "Accessing the API from a Pod").</summary>
internal static class InCluster
{
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>True when this process runs in a pod with a service account.</summary>
    public static bool IsHere => Host is not null && File.Exists(Path.Combine(Folder, "token"));

    private static string? Host => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host ? host : null;

    /// <summary>Reads the pod's own configuration.</summary>
    /// <exception cref="KubeException">This is no pod, or its service account is not mounted (<c>KubeConfigNotFound</c>).</exception>
    public static ClusterConfig Load()
    {
        if (!IsHere)
        {
            throw new KubeException("KubeConfigNotFound", ErrorCategory.ResourceUnavailable, "This process does not run in a pod with a service account: KUBERNETES_SERVICE_HOST or the mounted token is missing.") { EndsCommand = true };
        }

        string host = Host!.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host!;
        string port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT") is { Length: > 0 } named ? named : "443";
        string authority = Path.Combine(Folder, "ca.crt");
        string ns = Path.Combine(Folder, "namespace");
        X509Certificate2Collection? roots = File.Exists(authority) ? Pem.ReadAuthorities(File.ReadAllText(authority)) : null;
        return new ClusterConfig
        {
            Server = KubeconfigCluster.ParseServer($"https://{host}:{port}"),
            Source = "in-cluster",
            Namespace = File.Exists(ns) && File.ReadAllText(ns).Trim() is { Length: > 0 } text ? text : "default",
            CertificateAuthority = roots,
            Credentials = new TokenFileCredentials(Path.Combine(Folder, "token"), certificate: null),
        };
    }
}
