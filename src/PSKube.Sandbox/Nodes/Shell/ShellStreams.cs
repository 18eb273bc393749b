using System.Threading.Channels;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>Takes bytes; the task is done when there is room for more.</summary>
internal delegate ValueTask ByteWriter(ReadOnlyMemory<byte> bytes);

/// <summary>The streams of a program.</summary>
/// <param name="In">What it reads.</param>
/// <param name="Out">Where its output goes.</param>
/// <param name="Err">Where its complaints go.</param>
internal sealed record ShellStreams(Stream In, ByteWriter Out, ByteWriter Err)
{
    /// <summary>Writes nothing anywhere.</summary>
    public static readonly ByteWriter Nowhere = static _ => ValueTask.CompletedTask;
}

/// <summary>Nobody reads any more what a program writes.</summary>
internal sealed class BrokenPipeException : Exception
{
}

/// <summary>What one program writes and another reads.</summary>
internal sealed class ShellPipe() : SequentialStream(reads: true, writes: false)
{
    private readonly Channel<byte[]> _chunks = Channel.CreateBounded<byte[]>(64);
    private byte[] _current = [];
    private int _at;

    /// <summary>Writes into it.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    public async ValueTask PutAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        try
        {
            await _chunks.Writer.WriteAsync(bytes.ToArray()).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new BrokenPipeException();
        }
    }

    /// <summary>Ends it, from either side.</summary>
    public void End()
    {
        _chunks.Writer.TryComplete();
    }

    /// <summary>Ends it from the reader's side: a writer that waits for room must not wait for ever.</summary>
    public void Abandon()
    {
        _chunks.Writer.TryComplete();
        while (_chunks.Reader.TryRead(out _)) { }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_at == _current.Length)
        {
            if (!await _chunks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return 0;
            if (!_chunks.Reader.TryRead(out byte[]? next)) continue;
            _current = next;
            _at = 0;
        }

        int count = Math.Min(buffer.Length, _current.Length - _at);
        _current.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }
}
