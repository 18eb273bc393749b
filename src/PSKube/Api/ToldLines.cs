namespace PSKube.Api;

/// <summary>
/// What was read in the last two seconds of a log: the server takes up a log by whole seconds, so it tells some of it again.
/// Lines of a container's two streams may be out of order by a little, which is why it is not enough to remember the last one.
/// </summary>
internal sealed class ToldLines
{
    /// <summary>The size of the smallest pieces in which a container runtime stores a long line; the others are multiples.</summary>
    private const int Piece = 8192;

    private Dictionary<(DateTime Time, int Nanoseconds, int Text), int> _now = [];
    private Dictionary<(DateTime Time, int Nanoseconds, int Text), int> _before = [];
    private Dictionary<(DateTime Time, int Nanoseconds, int Text), int> _again = [];
    private byte[] _long = [];
    private bool _begins;
    private DateTime _first = DateTime.MaxValue;
    private DateTime _second = DateTime.MinValue;

    /// <summary>From when on the log is to be asked for again; null when nothing was read yet.</summary>
    public DateTime? Since => _second == DateTime.MinValue ? null : _second.AddSeconds(-1);

    /// <summary>A connection begins that tells the last seconds again.</summary>
    public void Again()
    {
        _again = new(_before);
        foreach ((var line, int count) in _now) _again[line] = count;
        _begins = true;
    }

    /// <summary>Takes note of a line; false when it is one that was read before.</summary>
    /// <param name="time">When it was written.</param>
    /// <param name="line">The line.</param>
    /// <param name="head">How many of its bytes tell the time.</param>
    public bool IsNew(LogTime time, ReadOnlySpan<byte> line, int head)
    {
        bool begins = _begins;
        _begins = false;
        // The server looks at the time of each stored piece: of a long line it may tell the later ones again.
        if (begins && IsEndOfLong(line[head..])) return false;
        var hash = default(HashCode);
        hash.AddBytes(line);
        var key = (time.Utc, time.Nanoseconds, hash.ToHashCode());
        if (_again.TryGetValue(key, out int count) && count > 0)
        {
            _again[key] = count - 1;
            return false;
        }

        // Of a log that was read from its tail, what lies before it was not asked for.
        if (time.Utc < _first && _first != DateTime.MaxValue && _again.Count > 0) return false;
        if (_first == DateTime.MaxValue) _first = time.Utc;
        Note(key, time.Utc);
        if (line.Length - head > Piece) _long = line[head..].ToArray();
        return true;
    }

    private bool IsEndOfLong(ReadOnlySpan<byte> text) => text.Length < _long.Length && (_long.Length - text.Length) % Piece == 0 && _long.AsSpan().EndsWith(text);

    private void Note((DateTime Time, int Nanoseconds, int Text) key, DateTime time)
    {
        DateTime second = new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        if (second > _second)
        {
            _before = second == _second.AddSeconds(1) ? _now : [];
            _now = [];
            _second = second;
        }

        if (second < _second.AddSeconds(-1)) return;
        Dictionary<(DateTime Time, int Nanoseconds, int Text), int> seen = second == _second ? _now : _before;
        seen[key] = seen.GetValueOrDefault(key) + 1;
    }
}
