using System.Text;

namespace PSKube.Commands.Manifests;

/// <summary>
/// YAML that arrives as texts: one that has lines is a text of its own; single lines, as Get-Content gives them, belong together.
/// </summary>
internal sealed class YamlInput
{
    private readonly StringBuilder _lines = new();

    /// <summary>Takes a text; gives back those that are complete by it.</summary>
    public IEnumerable<string> Add(string text)
    {
        if (!text.AsSpan().TrimEnd("\r\n").Contains('\n'))
        {
            _lines.Append(text).Append('\n');
            yield break;
        }

        if (Rest() is { } before) yield return before;
        yield return text;
    }

    /// <summary>The lines that belong together and were not given yet; null for none.</summary>
    public string? Rest()
    {
        if (_lines.Length == 0) return null;
        string text = _lines.ToString();
        _lines.Clear();
        return text;
    }
}
