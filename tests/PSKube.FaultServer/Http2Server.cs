using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PSKube.FaultServer;

/// <summary>How an <see cref="Http2Server"/> breaks off.</summary>
public enum Http2Break
{
    /// <summary>It says goodbye, and that it has not begun with the request.</summary>
    Unprocessed,

    /// <summary>It sends half of the body, and says goodbye.</summary>
    HalfBody,

    /// <summary>It has the request, and resets the connection without a word.</summary>
    Reset,
}

/// <summary>
/// A server that speaks just enough HTTP/2 (RFC 9113) to answer 200 and to say goodbye in the middle of it. The first
/// connections break off; later ones answer in full.
/// </summary>
public sealed class Http2Server : IDisposable
{
    private const byte Data = 0, Headers = 1, Settings = 4, Ping = 6, GoAway = 7;
    private const byte EndStream = 1, Acknowledge = 1, EndHeaders = 4;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly byte[] _body;
    private readonly int _breaks;
    private readonly Http2Break _how;
    private int _requests;

    /// <summary>Starts the server.</summary>
    /// <param name="certificate">Its certificate; HTTP/2 is agreed on in the TLS handshake.</param>
    /// <param name="body">What every request is answered with.</param>
    /// <param name="breaks">How many requests are told goodbye instead of being answered in full.</param>
    /// <param name="how">How they break off.</param>
    public Http2Server(X509Certificate2 certificate, string body, int breaks, Http2Break how)
    {
        (_certificate, _body, _breaks, _how) = (certificate, Encoding.UTF8.GetBytes(body), breaks, how);
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The address.</summary>
    public string Address => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How many requests came.</summary>
    public int Requests => Volatile.Read(ref _requests);

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
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] }, _stop.Token).ConfigureAwait(false);
                await tls.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], _stop.Token).ConfigureAwait(false);
                await SendAsync(tls, Settings, 0, 0, []).ConfigureAwait(false);
                var head = new byte[9];
                while (true)
                {
                    await tls.ReadExactlyAsync(head, _stop.Token).ConfigureAwait(false);
                    var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
                    await tls.ReadExactlyAsync(payload, _stop.Token).ConfigureAwait(false);
                    int stream = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue;
                    if (head[3] == Settings && (head[4] & Acknowledge) == 0) await SendAsync(tls, Settings, Acknowledge, 0, []).ConfigureAwait(false);
                    else if (head[3] == Ping && (head[4] & Acknowledge) == 0) await SendAsync(tls, Ping, Acknowledge, 0, payload).ConfigureAwait(false);
                    else if (head[3] == Headers && !await AnswerAsync(client, tls, stream).ConfigureAwait(false)) return;
                }
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client went away.
            }
        }
    }

    private async Task<bool> AnswerAsync(TcpClient client, SslStream tls, int stream)
    {
        bool breaks = Interlocked.Increment(ref _requests) <= _breaks;
        if (breaks && _how == Http2Break.Reset)
        {
            client.LingerState = new LingerOption(true, 0);
            client.Client.Close();
            return false;
        }

        if (!breaks || _how == Http2Break.HalfBody)
        {
            // 0x88 is ":status: 200" of the static table (RFC 7541, appendix A).
            await SendAsync(tls, Headers, EndHeaders, stream, [0x88]).ConfigureAwait(false);
            await SendAsync(tls, Data, breaks ? (byte)0 : EndStream, stream, breaks ? _body[..(_body.Length / 2)] : _body).ConfigureAwait(false);
        }

        if (!breaks) return true;
        // The last stream that was processed, and NO_ERROR: a server that shuts down in good order.
        var farewell = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(farewell, _how == Http2Break.HalfBody ? stream : 0);
        await SendAsync(tls, GoAway, 0, 0, farewell).ConfigureAwait(false);
        // Only this side is closed until the client hangs up: a reset would take from it what it has not read yet.
        client.Client.Shutdown(SocketShutdown.Send);
        while (await tls.ReadAsync(new byte[4096], _stop.Token).ConfigureAwait(false) > 0)
        {
        }

        return false;
    }

    private async Task SendAsync(SslStream tls, byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await tls.WriteAsync(frame, _stop.Token).ConfigureAwait(false);
        await tls.FlushAsync(_stop.Token).ConfigureAwait(false);
    }
}
