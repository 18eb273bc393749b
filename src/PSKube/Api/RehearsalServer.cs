using System.Buffers.Binary;

namespace PSKube.Api;

/// <summary>
/// The other end of a connection that has none: it answers the first request with a fixed body, in HTTP/2 (RFC 9113) without
/// TLS, and nothing leaves the process.
/// </summary>
/// <param name="body">The answer's body, JSON of at most 16,384 bytes.</param>
internal sealed class RehearsalServer(ReadOnlyMemory<byte> body) : Stream
{
    private const byte Data = 0, Headers = 1, Settings = 4;
    private const byte EndStream = 1, Acknowledge = 1, EndHeaders = 4;
    private const int FrameHead = 9;

    /// <summary>What a client says first.</summary>
    private const int Preface = 24;

    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryStream _heard = new();
    private ReadOnlyMemory<byte> _toSend = (byte[])[.. Frame(Settings, 0, 0, []), .. Frame(Settings, Acknowledge, 0, [])];
    private bool _answered;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_toSend.IsEmpty)
        {
            await _asked.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_answered) await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
            _answered = true;
            // ":status: 200" of the static table, and "content-type" of it with a value of its own (RFC 7541, appendix A).
            byte[] head = [0x88, 0x0f, 0x10, 16, .. "application/json"u8];
            _toSend = (byte[])[.. Frame(Headers, EndHeaders, 1, head), .. Frame(Data, EndStream, 1, body.Span)];
        }

        int count = Math.Min(buffer.Length, _toSend.Length);
        _toSend[..count].CopyTo(buffer);
        _toSend = _toSend[count..];
        return count;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_asked.Task.IsCompleted)
        {
            _heard.Write(buffer.Span);
            if (HasRequest(_heard.GetBuffer().AsSpan(0, (int)_heard.Length))) _asked.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private static bool HasRequest(ReadOnlySpan<byte> heard)
    {
        for (int at = Preface; at + FrameHead <= heard.Length; at += FrameHead + ((heard[at] << 16) | (heard[at + 1] << 8) | heard[at + 2]))
        {
            if (heard[at + 3] == Headers) return true;
        }

        return false;
    }

    private static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameHead + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(FrameHead));
        return frame;
    }
}
