using System.Text;

namespace PSKube.Api;

/// <summary>Makes lines of UTF-8 that comes in pieces, however the pieces are cut.</summary>
internal sealed class LineSplitter
{
    /// <summary>A longer line is told in parts: a program that never ends one must not fill our memory.</summary>
    private const int MaxLine = 1024 * 1024;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private char[] _chars = [];

    /// <summary>The lines that end in a piece, without their line ends.</summary>
    public IReadOnlyList<string> Take(ReadOnlySpan<byte> piece)
    {
        int most = Encoding.UTF8.GetMaxCharCount(piece.Length);
        if (_chars.Length < most) _chars = new char[most];
        return Split(_chars.AsSpan(0, _decoder.GetChars(piece, _chars, flush: false)));
    }

    /// <summary>The last line, when the text did not end with a line end.</summary>
    public string? End()
    {
        var rest = new char[4];
        _line.Append(rest, 0, _decoder.GetChars([], rest, flush: true));
        return _line.Length > 0 ? Cut() : null;
    }

    private List<string> Split(ReadOnlySpan<char> text)
    {
        var lines = new List<string>();
        while (text.Length > 0)
        {
            int feed = text.IndexOf('\n');
            ReadOnlySpan<char> part = feed < 0 ? text : text[..feed];
            _line.Append(part);
            text = text[(feed < 0 ? text.Length : feed + 1)..];
            if (feed >= 0 || _line.Length > MaxLine) lines.Add(Cut());
        }

        return lines;
    }

    private string Cut()
    {
        string line = _line.ToString();
        _line.Clear();
        return line.EndsWith('\r') ? line[..^1] : line;
    }
}
