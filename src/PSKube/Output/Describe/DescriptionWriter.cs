using System.Management.Automation;

namespace PSKube.Output.Describe;

/// <summary>Takes down a description: what a describer says becomes a line of the text and a section of the values alike.</summary>
internal sealed class DescriptionWriter
{
    /// <summary>kubectl's word for nothing.</summary>
    public const string None = "<none>";

    private readonly List<string[]?> _lines = [];
    private readonly List<DescriptionSection> _sections = [];
    private DescriptionSection? _open;
    private int _indent;

    /// <summary>The sections so far.</summary>
    public IReadOnlyList<DescriptionSection> Sections => _sections;

    /// <summary>A name with its value; further cells have columns of their own.</summary>
    public void Field(string name, string? value, params string[] more)
    {
        Add(name, string.Join(' ', [value, .. more]));
        Line([name + ":", value ?? "", .. more]);
    }

    /// <summary>A name with its value, not lined up with others.</summary>
    public void Plain(string name, string value)
    {
        Add(name, value);
        Line($"{name}: {value}");
    }

    /// <summary>A name with values, one below the other; <c>&lt;none&gt;</c> without any.</summary>
    public void Values(string name, IEnumerable<string> values)
    {
        string[] all = [.. values];
        DescriptionSection section = Add(name, all.Length == 0 ? None : string.Join('\n', all));
        if (all.Length == 0) Line(name + ":", None);
        for (int i = 0; i < all.Length; i++)
        {
            section.Items.Add(new DescriptionSection(null, all[i]));
            if (i == 0) Line(name + ":", all[i]);
            else _lines.Add(["", all[i]]);
        }
    }

    /// <summary>A line without a name.</summary>
    public void Entry(params string[] cells)
    {
        Add(null, string.Join(' ', cells));
        Line(cells);
    }

    /// <summary>Further lines of the value before, below it in its column.</summary>
    public void Below(params string[] values)
    {
        foreach (string value in values)
        {
            List<object> items = _open?.Items ?? [.. _sections];
            if (items.Count > 0 && items[^1] is DescriptionSection last) last.Value += "\n" + value.TrimStart(' ');
            _lines.Add(["", value]);
        }
    }

    /// <summary>Text as it is, line by line, without a value of its own.</summary>
    public void Text(string text)
    {
        foreach (string line in text.Split('\n')) _lines.Add([new string(' ', line.Length > 0 ? _indent : 0) + line]);
    }

    /// <summary>Begins the columns anew.</summary>
    public void Flush() => _lines.Add(null);

    /// <summary>Opens a section with what follows below it, until it is disposed of.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">What stands behind the colon, or null.</param>
    /// <param name="shift">How many spaces its heading is further in than what is around it.</param>
    /// <param name="step">How many spaces its content is further in than what is around it.</param>
    /// <param name="heading">The heading's own text; the name and a colon when null, no line when empty.</param>
    public IDisposable Open(string name, string? value = null, int shift = 0, int step = 2, string? heading = null)
    {
        DescriptionSection section = Add(name, value);
        string indent = new(' ', _indent + shift);
        if (heading is null) _lines.Add(value is null ? [$"{indent}{name}:"] : [$"{indent}{name}:", value]);
        else if (heading.Length > 0) _lines.Add([indent + heading]);
        var scope = new Scope(this, _open, _indent);
        _open = section;
        _indent += step;
        return scope;
    }

    /// <summary>A table below the open section.</summary>
    /// <param name="headers">The columns' names; an empty one is a gap.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="spaced">How many cells, from the left, kubectl follows with one more space.</param>
    /// <param name="dashes">Whether the names are underlined.</param>
    /// <param name="line">The line below the names where kubectl's is not as long as they are.</param>
    public void Table(string[] headers, IEnumerable<string[]> rows, int spaced = 0, bool dashes = true, string[]? line = null)
    {
        Line(headers);
        if (dashes) Line(line ?? [.. headers.Select(header => new string('-', header.Length))]);
        foreach (string[] row in rows)
        {
            var value = new PSObject();
            for (int i = 0; i < headers.Length; i++)
            {
                if (headers[i].Length > 0) value.Properties.Add(new PSNoteProperty(headers[i], row[i]));
            }

            _open?.Items.Add(value);
            Line([.. row.Select((cell, at) => at < spaced ? cell + " " : cell)]);
        }
    }

    /// <summary>The text.</summary>
    public override string ToString() => TabbedText.Render(_lines);

    private DescriptionSection Add(string? name, string? value)
    {
        var section = new DescriptionSection(name, value);
        if (_open is null) _sections.Add(section);
        else _open.Items.Add(section);
        return section;
    }

    private void Line(params string[] cells) => _lines.Add([new string(' ', _indent) + cells[0], .. cells[1..]]);

    private sealed class Scope(DescriptionWriter writer, DescriptionSection? outer, int indent) : IDisposable
    {
        public void Dispose()
        {
            writer._open = outer;
            writer._indent = indent;
        }
    }
}
