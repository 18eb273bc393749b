using System.Management.Automation;
using System.Net.Sockets;
using System.Security.Authentication;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>Turns what goes wrong before a server answers into a failure that a person can act on.</summary>
internal static class TransportErrors
{
    /// <summary>
    /// The failure of a request that got no answer. Cancellation by the caller must be told apart before: a
    /// <see cref="TaskCanceledException"/> that comes here is a time limit.
    /// </summary>
    public static KubeException Translate(Exception error, ClusterConfig config)
    {
        string host = config.Server.Authority;
        string through = config.Proxy is { } proxy ? $" (through the proxy {proxy.Host}:{proxy.Port})" : "";
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case KubeException known:
                    return known;
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    // kubectl's wording, which people search for.
                    return Failed(config, $"The connection to the server {host} was refused{through} - did you specify the right host or port?", "See that the API server runs, and that Get-KubeContext -Current shows the cluster you mean.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Failed(config, $"The server {host} cannot be found{through}: no address is known for the name {(config.Proxy ?? config.Server).DnsSafeHost}.", "Check the spelling, the network or VPN, and the name server.");
                case SocketException { SocketErrorCode: SocketError.TimedOut } or TimeoutException or TaskCanceledException:
                    return Failed(config, $"The server {host} did not answer the connection attempt in time{through}.", "Check the network, the VPN and any firewall on the way.");
                case SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable }:
                    return Failed(config, $"The server {host} cannot be reached from here{through}: there is no route to it.", "Check the network and the VPN.");
                case AuthenticationException:
                    return NoTls(config, host, through);
                case HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError }:
                    return Failed(config, $"The proxy would not connect to the server {host}{through}.", "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY.");
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: null or IOException }:
                    return NoTls(config, host, through);
            }
        }

        return Failed(config, $"The connection to the server {host} was lost{through}.", null);
    }

    private static KubeException NoTls(ClusterConfig config, string host, string through) =>
        Failed(config, $"No secure connection to the server {host} came about{through}: it does not speak TLS there, or refuses ours.", "Check the scheme and the port of the server's address, and the client certificate if there is one.");

    private static KubeException Failed(ClusterConfig config, string message, string? advice) =>
        new("KubeConnectionFailed", ErrorCategory.ConnectionError, message)
        {
            EndsCommand = true,
            Target = config.Server.Authority,
            RecommendedAction = advice,
        };
}
