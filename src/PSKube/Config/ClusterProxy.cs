using System.Net;

namespace PSKube.Config;

/// <summary>
/// The environment's proxy, with the two rules of Go's that .NET lacks: this machine is never reached through a proxy, and
/// NO_PROXY may name networks (<c>10.0.0.0/8</c>; golang.org/x/net/http/httpproxy).
/// </summary>
internal sealed class ClusterProxy(IWebProxy environment, string? exceptions) : IWebProxy
{
    private readonly IPNetwork[] _direct =
    [
        .. (exceptions ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static entry => IPNetwork.TryParse(entry, out IPNetwork network) ? network : (IPNetwork?)null)
            .OfType<IPNetwork>(),
    ];

    public ICredentials? Credentials
    {
        get => environment.Credentials;
        set => environment.Credentials = value;
    }

    /// <summary>The proxy to use for a cluster: its own, else the environment's.</summary>
    public static IWebProxy For(ClusterConfig config) => config.Proxy is { } own
        ? new WebProxy(own) { Credentials = CredentialsOf(own) }
        : new ClusterProxy(HttpClient.DefaultProxy, Environment.GetEnvironmentVariable("NO_PROXY") ?? Environment.GetEnvironmentVariable("no_proxy"));

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : environment.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) =>
        ServerAddress.IsLoopback(host)
        || (IPAddress.TryParse(host.DnsSafeHost, out IPAddress? address) && _direct.Any(network => network.Contains(address)))
        || environment.IsBypassed(host);

    private static NetworkCredential? CredentialsOf(Uri proxy)
    {
        if (proxy.UserInfo.Length == 0) return null;
        string[] parts = proxy.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
