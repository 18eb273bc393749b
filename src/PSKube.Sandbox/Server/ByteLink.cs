using System.Threading.Channels;

namespace PSKube.Sandbox.Server;

/// <summary>
/// A one-way pipe within the process: what is written at one end is read at the other, with a bound on what is under way.
/// Closing the reading end ends <see cref="ReaderIsThere"/>; closing the writing end is the end of the text.
/// </summary>
internal sealed class ByteLink : IDisposable
{
    private readonly Channel<byte[]> _parts = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(64) { SingleReader = true, SingleWriter = false });
    private readonly CancellationTokenSource _gone = new();
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Cancelled once nobody reads any more.</summary>
    public CancellationToken ReaderIsThere => _gone.Token;

    /// <summary>Writes; waits while too much is under way.</summary>
    /// <exception cref="IOException">Nobody reads any more.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (bytes.IsEmpty) return;
        try
        {
            await _parts.Writer.WriteAsync(bytes.ToArray(), cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException closed)
        {
            throw new IOException("The other side has closed the connection.", closed);
        }
    }

    /// <summary>Reads what is there, or waits for it; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        while (_rest.IsEmpty)
        {
            if (!await _parts.Reader.WaitToReadAsync(cancel).ConfigureAwait(false)) return 0;
            if (_parts.Reader.TryRead(out byte[]? part)) _rest = part;
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    /// <summary>Ends the text; with a failure, reading throws it.</summary>
    public void Complete(Exception? failure = null) => _parts.Writer.TryComplete(failure);

    /// <summary>Closes the reading end.</summary>
    public void CloseReader()
    {
        _parts.Writer.TryComplete();
        _gone.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _gone.Dispose();
}

/// <summary>One end of a connection within the process: reads from one link and writes to another.</summary>
internal sealed class LinkStream(ByteLink? read, ByteLink? write) : SequentialStream(read is not null, write is not null)
{
    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => (read ?? throw new NotSupportedException()).ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => (write ?? throw new NotSupportedException()).WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            read?.CloseReader();
            write?.Complete();
        }

        base.Dispose(disposing);
    }
}
