using System.Buffers;

namespace PSKube.Api;

/// <summary>A reply's body in a borrowed buffer; give it back by disposing it, and do not touch the bytes afterwards.</summary>
internal sealed class PooledBody : IDisposable
{
    private byte[] _buffer;
    private int _length;

    private PooledBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads a stream to its end.</summary>
    public static async Task<PooledBody> ReadAsync(Stream stream, long? expected, CancellationToken cancel)
    {
        var body = new PooledBody((int)Math.Clamp(expected ?? InitialSize, 4096, int.MaxValue / 2));
        try
        {
            while (true)
            {
                if (body._length == body._buffer.Length) body.Grow();
                int read = await stream.ReadAsync(body._buffer.AsMemory(body._length), cancel).ConfigureAwait(false);
                if (read == 0) return body;
                body._length += read;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer, clearArray: false);
    }

    private const int InitialSize = 64 * 1024;

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(checked(_buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
