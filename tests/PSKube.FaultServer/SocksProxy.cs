using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PSKube.FaultServer;

/// <summary>A SOCKS5 proxy without authentication (RFC 1928) that leads every name to this machine.</summary>
public sealed class SocksProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts the proxy.</summary>
    public SocksProxy()
    {
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The address as a kubeconfig has it in proxy-url.</summary>
    public string Address => $"socks5://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Where connections were asked for, as host:port.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

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
                NetworkStream near = client.GetStream();
                byte[] greeting = await ReadAsync(near, 2).ConfigureAwait(false);
                await ReadAsync(near, greeting[1]).ConfigureAwait(false);
                await near.WriteAsync(new byte[] { 5, 0 }, _stop.Token).ConfigureAwait(false);
                byte[] request = await ReadAsync(near, 4).ConfigureAwait(false);
                string host = request[3] == 3
                    ? Encoding.ASCII.GetString(await ReadAsync(near, (await ReadAsync(near, 1).ConfigureAwait(false))[0]).ConfigureAwait(false))
                    : new IPAddress(await ReadAsync(near, request[3] == 1 ? 4 : 16).ConfigureAwait(false)).ToString();
                int port = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(near, 2).ConfigureAwait(false));
                Targets.Enqueue($"{host}:{port}");
                using var far = new TcpClient();
                await far.ConnectAsync(IPAddress.Loopback, port, _stop.Token).ConfigureAwait(false);
                await near.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, _stop.Token).ConfigureAwait(false);
                await Task.WhenAny(near.CopyToAsync(far.GetStream(), _stop.Token), far.GetStream().CopyToAsync(near, _stop.Token)).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client went away.
            }
        }
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _stop.Token).ConfigureAwait(false);
        return bytes;
    }
}
