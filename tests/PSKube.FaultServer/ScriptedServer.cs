using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PSKube.FaultServer;

/// <summary>A server on loopback that answers as a test says and remembers what it was asked: HTTP/1.1, with TLS if it gets a certificate.</summary>
public sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<SeenRequest, ScriptedReply> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly bool _asksForCertificate;
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private readonly ConcurrentQueue<string?> _clientCertificates = new();
    private int _closedByClient;

    /// <summary>Starts the server.</summary>
    /// <param name="answer">What it answers.</param>
    /// <param name="certificate">Its certificate; without one it speaks no TLS.</param>
    /// <param name="asksForCertificate">Asks for a client certificate in the handshake, and takes any or none.</param>
    public ScriptedServer(Func<SeenRequest, ScriptedReply> answer, X509Certificate2? certificate = null, bool asksForCertificate = false)
    {
        _answer = answer;
        _certificate = certificate;
        _asksForCertificate = asksForCertificate;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The address.</summary>
    public string Address => $"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}";

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>The thumbprints of the client certificates whose keys were proved in the handshakes; null for none.</summary>
    public IReadOnlyList<string?> ClientCertificates => [.. _clientCertificates];

    /// <summary>How many connections the other side closed, or gave up, while an answer was under way or stayed open.</summary>
    public int ClosedByClient => Volatile.Read(ref _closedByClient);

    /// <summary>A server with one answer to everything.</summary>
    public static ScriptedServer Always(ScriptedReply reply) => new(_ => reply);

    /// <summary>A kubeconfig that leads here.</summary>
    public string Kubeconfig(string? authorityPem = null, string user = "token: canary-token", string cluster = "")
    {
        string authority = authorityPem is null ? "" : $", certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem))}";
        return $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster: {server: "{{Address}}"{{authority}}{{cluster}}}
            users:
            - name: test
              user: {{{user}}}
            contexts:
            - name: test
              context: {cluster: test, user: test}
            """;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
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
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.None, ClientCertificateRequired = _asksForCertificate, RemoteCertificateValidationCallback = (_, certificate, _, _) => _asksForCertificate || certificate is null }, _stop.Token).ConfigureAwait(false);
                    _clientCertificates.Enqueue(tls.RemoteCertificate?.GetCertHashString());
                    stream = tls;
                }

                await using (stream)
                {
                    while (await ReadAsync(stream).ConfigureAwait(false) is { } request)
                    {
                        _requests.Enqueue(request);
                        ScriptedReply reply = _answer(request);
                        if (reply.Talk is not null)
                        {
                            await TalkAsync(stream, request, reply).ConfigureAwait(false);
                            return;
                        }

                        if (await SendAsync(stream, reply).ConfigureAwait(false)) continue;
                        // Zero seconds to linger: what is closed now ends with a reset.
                        if (reply.Reset) client.LingerState = new LingerOption(true, 0);
                        if (reply.Reset) client.Client.Close();
                        return;
                    }
                }
            }
            catch (Exception failure) when (failure is IOException or WebSocketException or AuthenticationException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                Interlocked.Increment(ref _closedByClient);
            }
        }
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1; it protects nothing.")]
    private async Task TalkAsync(Stream stream, SeenRequest request, ScriptedReply reply)
    {
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(request.Headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        string head = $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {reply.Protocol}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token).ConfigureAwait(false);
        await stream.FlushAsync(_stop.Token).ConfigureAwait(false);
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = reply.Protocol });
        await reply.Talk!(socket, _stop.Token).ConfigureAwait(false);
    }

    private async Task<bool> SendAsync(Stream stream, ScriptedReply reply)
    {
        if (reply.Wire is { } wire)
        {
            await stream.WriteAsync(wire, _stop.Token).ConfigureAwait(false);
            await stream.FlushAsync(_stop.Token).ConfigureAwait(false);
            return false;
        }

        byte[] body = reply.Bytes ?? (reply.Gzip ? Compress(reply.Body) : Encoding.UTF8.GetBytes(reply.Body));
        var head = new StringBuilder($"HTTP/1.1 {reply.Status} {(HttpStatusCode)reply.Status}\r\nContent-Type: {reply.ContentType}\r\nContent-Length: {body.Length}\r\n");
        if (reply.Gzip) head.Append("Content-Encoding: gzip\r\n");
        foreach ((string name, string value) in reply.Headers) head.Append($"{name}: {value}\r\n");
        head.Append("\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()), _stop.Token).ConfigureAwait(false);
        int count = Math.Min(reply.OnlyBytes ?? body.Length, body.Length);
        for (int at = 0; at < count; at += reply.Step ?? count)
        {
            await stream.WriteAsync(body.AsMemory(at, Math.Min(reply.Step ?? count, count - at)), _stop.Token).ConfigureAwait(false);
            await stream.FlushAsync(_stop.Token).ConfigureAwait(false);
            if (reply.Step is not null) await Task.Delay(5, _stop.Token).ConfigureAwait(false);
        }

        if (reply.Silent)
        {
            // Until the other side hangs up: a read that ends tells.
            if (await stream.ReadAsync(new byte[1], _stop.Token).ConfigureAwait(false) == 0) throw new IOException("The client hung up.");
            return false;
        }

        return count == body.Length && !reply.Reset;
    }

    private static byte[] Compress(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private async Task<SeenRequest?> ReadAsync(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || head[^1] != '\n' || head[^2] != '\r' || head[^3] != '\n')
        {
            if (await stream.ReadAsync(one, _stop.Token).ConfigureAwait(false) == 0) return null;
            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        var body = new byte[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token).ConfigureAwait(false);
        return new SeenRequest(first[0], first[1], headers, Encoding.UTF8.GetString(body));
    }
}
