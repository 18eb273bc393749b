using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace PSKube.Config;

/// <summary>Builds what an HttpClient needs to talk to one cluster: trust, proxy, credentials, time limits.</summary>
internal static class ClusterTransport
{
    /// <summary>How long a connection may take to come about (client-go's dialer).</summary>
    public static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A handler that proves who we are and trusts only whom the configuration trusts. Its owner disposes it.</summary>
    public static HttpMessageHandler Create(ClusterConfig config, TimeSpan? connectTimeout = null) =>
        new CredentialHandler(config, credential => CreateInner(config, credential, connectTimeout ?? DefaultConnectTimeout));

    /// <summary>The handler beneath, which presents one client certificate or none.</summary>
    public static SocketsHttpHandler CreateInner(ClusterConfig config, Credential credential, TimeSpan connectTimeout)
    {
        IWebProxy proxy = ClusterProxy.For(config);
        SslClientAuthenticationOptions tls = new ServerTrust(config).Options(credential);
        var handler = new SocketsHttpHandler
        {
            Proxy = proxy,
            UseProxy = true,
            SslOptions = tls,
            ConnectTimeout = connectTimeout,
            // The default is for ever, which would also keep an address that DNS has long given up.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            EnableMultipleHttp2Connections = true,
            // As Go's: with .NET's 64 KB a list from afar waits a round trip for every 64 KB of it.
            InitialHttp2StreamWindowSize = 4 * 1024 * 1024,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AutomaticDecompression = config.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
            // A watch or a log that nobody reads any more is closed at once, not read on for two seconds in the hope of its end.
            MaxResponseDrainSize = 0,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (config.TlsServerName is { } name && config.Server.Scheme == "https" && IsDirect(proxy, config.Server)) handler.ConnectCallback = (context, cancel) => ConnectAsync(context, tls, name, cancel);
        return handler;
    }

    private static bool IsDirect(IWebProxy proxy, Uri server) => proxy.IsBypassed(server) || proxy.GetProxy(server) is null;

    /// <summary>
    /// SocketsHttpHandler always asks for the host in the address (dotnet/runtime#126842). Where TLS is done here, the server
    /// is asked for the name that it goes by. Through a proxy it cannot be: the name is then only checked, in ServerTrust.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, SslClientAuthenticationOptions tls, string name, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name,
                // Over HTTP/1.1 only a WebSocket upgrade is asked for; it must not be answered in HTTP/2.
                ApplicationProtocols = context.InitialRequestMessage.Version.Major >= 2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
                CertificateRevocationCheckMode = tls.CertificateRevocationCheckMode,
                CertificateChainPolicy = tls.CertificateChainPolicy,
                ClientCertificateContext = tls.ClientCertificateContext,
            };
            await stream.AuthenticateAsClientAsync(options, cancel).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
