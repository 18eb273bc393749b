using System.Text;
using PSKube.Api;

namespace PSKube.Output.Describe;

/// <summary>
/// Lines of cells whose columns line up where neighbouring lines share them, as Go's <c>text/tabwriter</c> does it: two spaces
/// between columns; the last cell of a line belongs to no column.
/// </summary>
internal static class TabbedText
{
    private const int Padding = 2;

    /// <summary>The text; a null line begins the columns anew.</summary>
    public static string Render(IReadOnlyList<string[]?> lines)
    {
        var text = new StringBuilder();
        var block = new List<string[]>();
        foreach (string[]? line in lines)
        {
            if (line is null) Flush(block, text);
            else block.Add([.. line.Select((cell, at) => Safe(cell, at == line.Length - 1))]);
        }

        Flush(block, text);
        return text.ToString();
    }

    /// <summary>Only a last cell may go on over several lines: anything else would look like a line of its own.</summary>
    private static string Safe(string cell, bool last)
    {
        string shown = ServerErrors.Escape(cell);
        return last ? shown : shown.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", " ", StringComparison.Ordinal);
    }

    private static void Flush(List<string[]> lines, StringBuilder text)
    {
        var widths = new List<int>[lines.Count];
        for (int i = 0; i < widths.Length; i++) widths[i] = [];
        Align(lines, widths, 0, lines.Count, 0);
        for (int i = 0; i < widths.Length; i++) Write(lines[i], widths[i], text);
        lines.Clear();
    }

    private static void Align(List<string[]> lines, List<int>[] widths, int from, int to, int column)
    {
        for (int at = from; at < to; at++)
        {
            if (column >= lines[at].Length - 1) continue;
            int begin = at;
            int width = 0;
            while (at < to && column < lines[at].Length - 1) width = Math.Max(width, Length(lines[at++][column]) + Padding);
            for (int line = begin; line < at; line++) widths[line].Add(width);
            Align(lines, widths, begin, at, column + 1);
        }
    }

    private static void Write(string[] line, List<int> widths, StringBuilder text)
    {
        int left = 0;
        int start = text.Length;
        for (int i = 0; i < line.Length - 1; i++)
        {
            text.Append(line[i]).Append(' ', widths[i] - Length(line[i]));
            left += widths[i];
        }

        string last = line.Length == 0 ? "" : line[^1];
        if (last.Length == 0)
        {
            while (text.Length > start && text[^1] == ' ') text.Length--;
        }
        else
        {
            text.Append(last.Replace("\n", "\n" + new string(' ', left), StringComparison.Ordinal));
        }

        text.Append('\n');
    }

    private static int Length(string cell) => cell.EnumerateRunes().Count();
}
