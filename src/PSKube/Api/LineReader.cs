namespace PSKube.Api;

/// <summary>Reads a stream line by line into one buffer that grows with the longest line.</summary>
internal sealed class LineReader(Stream stream, int maxLine)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>True when the last answer was null because a line is longer than allowed, not because the stream ended.</summary>
    public bool LineTooLong { get; private set; }

    /// <summary>What stands behind the last line end when the stream is over: a line that was cut off, or the last one of a text without a final line end.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_start, _end - _start);

    /// <summary>True when the next whole line is already here, so that reading it does not wait.</summary>
    public bool HasLine => _buffer.AsSpan(_start, _end - _start).Contains((byte)'\n');

    /// <summary>Takes the first bytes of <see cref="Rest"/> away, for a reader that makes do with a piece of a line that is too long.</summary>
    public void Take(int count)
    {
        _start += count;
        LineTooLong = false;
    }

    /// <summary>The next whole line without its line feed; null at the end. Its bytes are valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancel)
    {
        int searched = _start;
        while (true)
        {
            int feed = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, searched + feed - _start);
                _start = searched + feed + 1;
                return line;
            }

            int seen = _end - _start;
            if (seen > maxLine)
            {
                LineTooLong = true;
                return null;
            }

            MakeRoom();
            searched = _start + seen;
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel).ConfigureAwait(false);
            if (read == 0) return null;
            _end += read;
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length) return;
        int length = _end - _start;
        byte[] target = _start > 0 && length <= _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
        _buffer.AsSpan(_start, length).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = length;
    }
}
