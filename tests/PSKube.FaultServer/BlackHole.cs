using System.Net;
using System.Net.Sockets;

namespace PSKube.FaultServer;

/// <summary>
/// An address that swallows connection attempts, as a firewall that drops packets does: its queue of connections is full, and
/// nobody takes any out.
/// </summary>
public sealed class BlackHole : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    /// <summary>Fills the queue until an attempt gets no answer.</summary>
    public BlackHole()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        for (int i = 0; i < 64; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _waiting.Add(socket);
            if (!socket.ConnectAsync(_listener.LocalEndPoint!).Wait(TimeSpan.FromSeconds(0.5))) return;
        }

        throw new InvalidOperationException("This system lets everyone in.");
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiting.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }
}
