using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PSKube.FaultServer;

/// <summary>A server on this machine that speaks just enough HTTP/1.1, with or without TLS, and remembers what it was asked.</summary>
public sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly X509Certificate2Collection _chain;
    private readonly Func<string, string> _answer;
    private readonly Task _loop;

    /// <summary>Starts the server.</summary>
    /// <param name="certificate">Its certificate; without one it speaks no TLS.</param>
    /// <param name="answer">The head of a request (and its body) to the whole answer, status line included.</param>
    /// <param name="chain">What it sends along with its certificate.</param>
    public RawServer(X509Certificate2? certificate, Func<string, string>? answer = null, X509Certificate2Collection? chain = null)
    {
        _certificate = certificate;
        _chain = chain ?? [];
        _answer = answer ?? (_ => Ok("ok"));
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The head of every request that came through.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The names that were asked for in the TLS handshakes.</summary>
    public ConcurrentQueue<string> ServerNames { get; } = new();

    /// <summary>What the handshakes agreed on.</summary>
    public ConcurrentQueue<string> Protocols { get; } = new();

    /// <summary>The thumbprints of the certificates that were shown; null for none.</summary>
    public ConcurrentQueue<string?> ClientCertificates { get; } = new();

    /// <summary>Asks for a client certificate, and refuses whoever has none.</summary>
    public bool AskForClientCertificate { get; init; }

    /// <summary>Agrees to HTTP/2 in the handshake, although it cannot speak it.</summary>
    public bool OfferHttp2 { get; init; }

    /// <summary>An answer of 200.</summary>
    public static string Ok(string body, string headers = "") => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

    /// <summary>An answer without a body.</summary>
    public static string Status(int code, string headers = "") => $"HTTP/1.1 {code} X\r\nContent-Length: 0\r\n{headers}\r\n";

    /// <summary>The address, under any name of this machine.</summary>
    public Uri Url(string host = "127.0.0.1") => new($"{(_certificate is null ? "http" : "https")}://{host}:{Port}/");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null) stream = await HandshakeAsync(stream);
                while (await ReadHeadAsync(stream) is { } head)
                {
                    Requests.Enqueue(head);
                    if (head.StartsWith("CONNECT ", StringComparison.Ordinal))
                    {
                        await TunnelAsync(stream, head);
                        return;
                    }

                    await stream.WriteAsync(Encoding.ASCII.GetBytes(_answer(head)), _stop.Token);
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException or ObjectDisposedException)
            {
                // The client went away, which is what many of these tests are about.
            }
        }
    }

    private async Task<Stream> HandshakeAsync(Stream inner)
    {
        var tls = new SslStream(inner);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate!, _chain, offline: true),
                ClientCertificateRequired = AskForClientCertificate,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    if (AskForClientCertificate) ClientCertificates.Enqueue(certificate?.GetCertHashString());
                    return !AskForClientCertificate || certificate is not null;
                },
                ApplicationProtocols = OfferHttp2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11],
            },
            _stop.Token);
        ServerNames.Enqueue(tls.TargetHostName);
        Protocols.Enqueue(tls.NegotiatedApplicationProtocol.ToString());
        return tls;
    }

    private async Task TunnelAsync(Stream near, string head)
    {
        string[] target = head.Split(' ')[1].Split(':');
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, int.Parse(target[1], System.Globalization.CultureInfo.InvariantCulture), _stop.Token);
        await near.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), _stop.Token);
        await Task.WhenAny(near.CopyToAsync(far.GetStream(), _stop.Token), far.GetStream().CopyToAsync(near, _stop.Token));
    }

    private async Task<string?> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            head.Append((char)one[0]);
            if (head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n") break;
        }

        if (head.Length == 0) return null;
        string text = head.ToString();
        int at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return text;
        var body = new byte[int.Parse(text.AsSpan(at + 16, text.IndexOf('\r', at) - at - 16), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return text + Encoding.UTF8.GetString(body);
    }
}
