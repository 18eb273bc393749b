using System.Globalization;
using System.Text;

namespace PSKube.Sandbox.Nodes;

/// <summary>One line of a log, without its end.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Text">Its bytes.</param>
/// <param name="Complete">False for a last line that did not end with a line feed.</param>
internal sealed record LogLine(DateTime Time, ReadOnlyMemory<byte> Text, bool Complete = true)
{
    /// <summary>The time as a log request with timestamps gives it.</summary>
    public string Stamp => Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
}

/// <summary>What one run of a container wrote. Old lines are thrown away when there is too much.</summary>
internal sealed class ContainerLog
{
    private const int MostBytes = 10 * 1024 * 1024;

    private readonly object _lock = new();
    private readonly List<LogLine> _lines = [];
    private readonly Dictionary<int, MemoryStream> _open = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _first;
    private int _bytes;
    private DateTime _last;

    /// <summary>True when nothing more will come.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Writes bytes of a stream (1 output, 2 complaints); lines are put together as a runtime does it.</summary>
    public void Write(int stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (IsEnded) return;
            while (!bytes.IsEmpty)
            {
                int end = bytes.IndexOf((byte)'\n');
                if (!_open.TryGetValue(stream, out MemoryStream? open)) _open[stream] = open = new MemoryStream();
                open.Write(end < 0 ? bytes : bytes[..end]);
                if (end < 0) break;
                bytes = bytes[(end + 1)..];
                Add(open, true);
            }

            Tell();
        }
    }

    /// <summary>Writes text.</summary>
    public void Write(string text) => Write(1, Encoding.UTF8.GetBytes(text));

    /// <summary>Ends it: a line that is not complete is one now.</summary>
    public void End()
    {
        lock (_lock)
        {
            foreach (MemoryStream open in _open.Values)
            {
                if (open.Length > 0) Add(open, false);
            }

            IsEnded = true;
            Tell();
        }
    }

    /// <summary>The lines from a position on, and the position after them.</summary>
    public (LogLine[] Lines, long Next, bool Ended) Read(long from)
    {
        lock (_lock)
        {
            int at = (int)Math.Clamp(from - _first, 0, _lines.Count);
            return ([.. _lines.Skip(at)], _first + _lines.Count, IsEnded);
        }
    }

    /// <summary>Waits until there are lines after a position, or nothing more will come.</summary>
    public async Task WaitAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (IsEnded || _first + _lines.Count > position) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void Add(MemoryStream open, bool complete)
    {
        byte[] text = open.ToArray();
        // containerd stores no carriage return before a line feed.
        if (complete && text is [.., (byte)'\r']) text = text[..^1];
        open.SetLength(0);
        DateTime now = DateTime.UtcNow;
        _last = now > _last ? now : _last.AddTicks(1);
        _lines.Add(new LogLine(_last, text, complete));
        _bytes += text.Length + 48;
        if (_bytes <= MostBytes) return;
        int gone = 0;
        while (_bytes > MostBytes * 9L / 10 && gone < _lines.Count - 1) _bytes -= _lines[gone++].Text.Length + 48;
        _lines.RemoveRange(0, gone);
        _first += gone;
    }

    private void Tell()
    {
        TaskCompletionSource before = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        before.TrySetResult();
    }
}
