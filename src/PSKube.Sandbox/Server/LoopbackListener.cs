using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PSKube.Sandbox.Server;

/// <summary>
/// The sandbox for other programs: HTTP/1.1 over TLS on a free port of 127.0.0.1, for whoever has the token. TLS because kubectl
/// sends no token without it; on sockets because HttpListener needs rights on Windows that a user may not have, has no
/// certificates of its own elsewhere, and cannot break a connection, which is one of the faults.
/// </summary>
internal sealed class LoopbackListener : IDisposable
{
    private const int MaxHead = 64 * 1024;
    private const long MaxBody = 64 * 1024 * 1024;

    private readonly Func<ApiRequest, CancellationToken, Task<ApiResponse>> _answer;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = LoopbackCertificate.Create();
    private readonly byte[] _authorization;

    /// <summary>Begins to listen.</summary>
    public LoopbackListener(Func<ApiRequest, CancellationToken, Task<ApiResponse>> answer)
    {
        _answer = answer;
        Token = Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant();
        _authorization = Encoding.ASCII.GetBytes("Bearer " + Token);
        _listener.Start();
        Server = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Server { get; }

    /// <summary>What a client must show.</summary>
    public string Token { get; }

    /// <summary>The certificate that a client must trust, PEM.</summary>
    public string Certificate => _certificate.ExportCertificatePem();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptSocketAsync(stop).ConfigureAwait(false);
                socket.NoDelay = true;
                _ = Task.Run(() => ServeAsync(socket, stop), CancellationToken.None);
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                if (failure is not SocketException) return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        var network = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await using (network.ConfigureAwait(false))
        {
            try
            {
                await network.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate, ApplicationProtocols = [SslApplicationProtocol.Http11] }, stop).ConfigureAwait(false);
                var reader = new HttpReader(network, MaxHead, MaxBody);
                while (await reader.ReadAsync(stop).ConfigureAwait(false) is { } request)
                {
                    if (!await ReplyAsync(request, reader, network, socket, stop).ConfigureAwait(false)) return;
                }
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidDataException or AuthenticationException or FormatException or OverflowException)
            {
                // The client is gone, or speaks something else.
            }
        }
    }

    /// <summary>Answers one request; false when the connection is over.</summary>
    private async Task<bool> ReplyAsync(HttpMessage message, HttpReader reader, SslStream network, Socket socket, CancellationToken stop)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(message.Header("Authorization")), _authorization))
        {
            await WriteWholeAsync(network, ApiServer.Refuse(new StatusException(401, "Unauthorized", "Unauthorized")), message, stop).ConfigureAwait(false);
            return true;
        }

        ApiResponse response = await _answer(message.Request, stop).ConfigureAwait(false);
        if (response.Breaks)
        {
            socket.Close(0);
            return false;
        }

        if (response.Socket is { } talk)
        {
            await WriteHeadAsync(network, 101, $"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {SandboxHandler.AcceptOf(message.Header("Sec-WebSocket-Key"))}\r\nSec-WebSocket-Protocol: {response.Protocol}\r\n", stop).ConfigureAwait(false);
            await talk(reader.Rest(), stop).ConfigureAwait(false);
            return false;
        }

        if (response.Stream is { } write)
        {
            await WriteHeadAsync(network, response.Status, $"Content-Type: {response.ContentType}\r\nTransfer-Encoding: chunked\r\n", stop).ConfigureAwait(false);
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
            reader.CancelAtEnd(gone);
            var chunks = new ChunkedStream(network);
            await using (chunks.ConfigureAwait(false))
            {
                await write(chunks, gone.Token).ConfigureAwait(false);
            }

            await network.WriteAsync("0\r\n\r\n"u8.ToArray(), stop).ConfigureAwait(false);
            return true;
        }

        await WriteWholeAsync(network, response, message, stop).ConfigureAwait(false);
        return !message.Header("Connection").Contains("close", StringComparison.OrdinalIgnoreCase);
    }

    private static async Task WriteWholeAsync(SslStream network, ApiResponse response, HttpMessage message, CancellationToken stop)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"Content-Type: {response.ContentType}\r\nContent-Length: {response.Length}\r\n");
        if (response.RetryAfter is { } seconds) head.Append(CultureInfo.InvariantCulture, $"Retry-After: {seconds}\r\n");
        foreach (string warning in response.Warnings) head.Append(CultureInfo.InvariantCulture, $"Warning: {SandboxHandler.WarningHeader(warning)}\r\n");
        await WriteHeadAsync(network, response.Status, head.ToString(), stop).ConfigureAwait(false);
        if (message.Request.Method == "HEAD") return;
        foreach (ReadOnlyMemory<byte> part in response.Body) await network.WriteAsync(part, stop).ConfigureAwait(false);
    }

    private static ValueTask WriteHeadAsync(SslStream network, int status, string headers, CancellationToken stop) => network.WriteAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\n{headers}\r\n")), stop);

    /// <summary>Writes each piece as a chunk (RFC 9112 §7.1).</summary>
    private sealed class ChunkedStream(SslStream network) : SequentialStream(reads: false, writes: true)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty) return;
            byte[] head = Encoding.ASCII.GetBytes($"{buffer.Length:x}\r\n");
            byte[] chunk = new byte[head.Length + buffer.Length + 2];
            head.CopyTo(chunk, 0);
            buffer.CopyTo(chunk.AsMemory(head.Length));
            chunk[^2] = (byte)'\r';
            chunk[^1] = (byte)'\n';
            await network.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
        }
    }
}
