using System.Management.Automation;
using System.Net.Sockets;
using System.Security.Authentication;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>Turns "no connection" into the failure that says which host, why, and what helps.</summary>
internal static class TransportErrors
{
    /// <summary>Translates what the HTTP stack threw.</summary>
    public static KubeException Translate(Exception failure, ClusterConfig config)
    {
        string host = config.Server.Authority;
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case KubeException known:
                    return known;
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Failed(host, $"The connection to the server {host} was refused - did you specify the right host or port?");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Failed(host, $"The name of the server {config.Server.Host} is not known to DNS.");
                case SocketException socket:
                    return Failed(host, $"The server {host} cannot be reached ({socket.SocketErrorCode}).");
                case TimeoutException:
                    return Failed(host, $"The server {host} did not accept a connection in time.");
                case AuthenticationException:
                    return new KubeException("KubeTlsFailed", ErrorCategory.SecurityError, $"The secure connection to {host} could not be made: the two sides did not agree in the TLS handshake.")
                    {
                        Target = host,
                        RecommendedAction = "Check that this address speaks https, and the client certificate of the user entry.",
                        EndsCommand = true,
                    };
            }
        }

        return Failed(host, $"The connection to the server {host} failed{(failure is HttpRequestException { HttpRequestError: var error and not HttpRequestError.Unknown } ? $" ({error})" : "")}.");
    }

    private static KubeException Failed(string host, string message) => new("KubeConnectionFailed", ErrorCategory.ConnectionError, message)
    {
        Target = host,
        RecommendedAction = "Check the server's address (Get-KubeContext), that the cluster runs, and the network and proxy on the way to it.",
        EndsCommand = true,
    };
}
