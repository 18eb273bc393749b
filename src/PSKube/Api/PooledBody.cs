using System.Buffers;
using System.Globalization;
using System.Management.Automation;
using PSKube.Errors;

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
    /// <param name="stream">The stream.</param>
    /// <param name="expected">How long it says it is. Only so much is believed before it is there.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <param name="limit">What is more than this is given up.</param>
    /// <exception cref="KubeException">There is more (<c>KubeResponseTooLarge</c>).</exception>
    public static async Task<PooledBody> ReadAsync(Stream stream, long? expected, CancellationToken cancel, int limit = MaxSize)
    {
        var body = new PooledBody((int)Math.Clamp(expected ?? InitialSize, 4096, MaxBelieved));
        try
        {
            while (true)
            {
                if (body._length >= limit) throw TooLarge(limit);
                if (body._length == body._buffer.Length) body.Grow(limit);
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
    private const int MaxBelieved = 16 * 1024 * 1024;
    private const int MaxSize = 1024 * 1024 * 1024;

    private static KubeException TooLarge(int limit) => new("KubeResponseTooLarge", ErrorCategory.LimitsExceeded, string.Create(CultureInfo.InvariantCulture, $"The server's answer is larger than {limit / (1024 * 1024)} MB."))
    {
        RecommendedAction = "Ask for less at once: by name, by -LabelSelector, or in one namespace.",
    };

    private void Grow(int limit)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_buffer.Length * 2L, (long)limit + 1));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
