using System.Buffers;

namespace PSKube.Api;

/// <summary>The streams of a remote command as they share one WebSocket: the first byte of each message (<c>apimachinery pkg/util/remotecommand/constants.go</c>).</summary>
internal enum RemoteChannel : byte
{
    /// <summary>To the command.</summary>
    StdIn = 0,

    /// <summary>From the command.</summary>
    StdOut = 1,

    /// <summary>From the command; silent when it has a terminal.</summary>
    StdErr = 2,

    /// <summary>From the server: how it ended.</summary>
    Error = 3,

    /// <summary>To the server: the size of the terminal.</summary>
    Resize = 4,

    /// <summary>Since v5, to the server: the channel whose number follows gets no more.</summary>
    Close = 255,
}

/// <summary>Takes the messages of a remote command apart: output goes on at once, the Status at the end is the verdict.</summary>
/// <param name="output">Where the command's output goes; as long as it takes, no more is read.</param>
internal sealed class RemoteCommandReader(Func<RemoteChannel, ReadOnlyMemory<byte>, CancellationToken, ValueTask> output)
{
    /// <summary>A Status is a few hundred bytes; nobody gets to fill our memory with one.</summary>
    private const int MaxStatus = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _status = new();
    private RemoteChannel? _channel;

    /// <summary>How the command ended, as soon as the server has said so.</summary>
    public RemoteVerdict? Verdict { get; private set; }

    /// <summary>Takes the next part of a message, however the message is cut.</summary>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> part, bool endOfMessage, CancellationToken cancel)
    {
        if (_channel is null && part.Length > 0)
        {
            _channel = (RemoteChannel)part.Span[0];
            part = part[1..];
        }

        RemoteChannel? channel = _channel;
        if (endOfMessage) _channel = null;
        if (channel is RemoteChannel.StdOut or RemoteChannel.StdErr)
        {
            // Servers open each channel with an empty message.
            if (part.Length > 0) await output(channel.Value, part, cancel).ConfigureAwait(false);
        }
        else if (channel is RemoteChannel.Error && _status.WrittenCount + part.Length <= MaxStatus)
        {
            _status.Write(part.Span);
            // A Status that came in several messages is whole when it can be read.
            if (endOfMessage && _status.WrittenCount > 0) Verdict ??= RemoteVerdict.Read(_status.WrittenSpan);
        }
    }
}
