using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Yaml;

/// <summary>
/// JSON to YAML in block style, as kubectl writes it. Whatever YAML 1.1 or 1.2 would not read back as the same text is quoted.
/// </summary>
internal sealed class YamlWriter
{
    private readonly StringBuilder _text = new();

    private YamlWriter()
    {
    }

    /// <summary>Writes one document, without a separator; ends with a line feed.</summary>
    public static string Write(JsonNode json)
    {
        var writer = new YamlWriter();
        writer.WriteValue(json, 0, inList: false, first: true);
        return writer._text.ToString();
    }

    private void WriteValue(JsonNode? node, int indent, bool inList, bool first)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                if (!first && !inList) _text.Append('\n');
                WriteMapping(map, indent, inList);
                break;
            case JsonArray { Count: > 0 } list:
                if (!first && !inList) _text.Append('\n');
                WriteList(list, indent, inList);
                break;
            default:
                if (!first || inList) _text.Append(inList ? "" : " ");
                WriteScalar(node, indent);
                _text.Append('\n');
                break;
        }
    }

    private void WriteMapping(JsonObject map, int indent, bool inList)
    {
        bool onDashLine = inList;
        foreach ((string key, JsonNode? value) in map)
        {
            if (!onDashLine) _text.Append(' ', indent);
            onDashLine = false;
            _text.Append(IsSafe(key) ? key : Quoted(key)).Append(':');
            // kubectl puts a list's dash under the key that holds it.
            WriteValue(value, value is JsonArray ? indent : indent + 2, inList: false, first: false);
        }
    }

    private void WriteList(JsonArray list, int indent, bool inList)
    {
        bool onDashLine = inList;
        foreach (JsonNode? item in list)
        {
            if (!onDashLine) _text.Append(' ', indent);
            onDashLine = false;
            _text.Append("- ");
            WriteValue(item, indent + 2, inList: true, first: false);
        }
    }

    private void WriteScalar(JsonNode? node, int indent)
    {
        switch (node)
        {
            case null:
                _text.Append("null");
                break;
            case JsonObject:
                _text.Append("{}");
                break;
            case JsonArray:
                _text.Append("[]");
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteText(value.GetValue<string>(), indent);
                break;
            default:
                _text.Append(node.ToJsonString());
                break;
        }
    }

    private void WriteText(string text, int indent)
    {
        if (IsSafe(text)) _text.Append(text);
        else if (CanBeBlock(text)) WriteBlock(text, indent);
        else _text.Append(Quoted(text));
    }

    /// <summary>Several lines of ordinary characters, none of them ending in a space, read best as a block.</summary>
    private static bool CanBeBlock(string text)
    {
        if (!text.Contains('\n', StringComparison.Ordinal) || text.Trim('\n').Length == 0) return false;
        if (text.StartsWith('\n') || text.Contains(" \n", StringComparison.Ordinal) || text.EndsWith(' ')) return false;
        return text.All(c => c == '\n' || (c >= ' ' && c is not '\u007f' and not '\u0085' and not '\u2028' and not '\u2029' and not '\ufeff' and not '\ufffe' and not '\uffff' && c is not (>= '\u0080' and <= '\u009f') && !char.IsSurrogate(c)));
    }

    private void WriteBlock(string text, int indent)
    {
        string body = text.TrimEnd('\n');
        int endings = text.Length - body.Length;
        _text.Append('|');
        // A first line that begins with a space would be taken for the indent.
        if (text[0] == ' ') _text.Append('2');
        _text.Append(endings switch { 0 => "-", 1 => "", _ => "+" });
        foreach (string line in body.Split('\n'))
        {
            _text.Append('\n');
            if (line.Length > 0) _text.Append(' ', indent).Append(line);
        }

        // With '+' each further line feed is a line of its own; the caller writes the last one.
        for (int i = 1; i < endings; i++) _text.Append('\n');
    }

    /// <summary>True when a text may stand as it is, for every reader of YAML 1.1 and 1.2.</summary>
    internal static bool IsSafe(string text)
    {
        if (text.Length == 0 || text.Length > 1024) return false;
        // At the beginning of a line it would end the document.
        if (text.StartsWith("...", StringComparison.Ordinal)) return false;
        char first = text[0];
        if (!char.IsAsciiLetter(first) && !char.IsAsciiDigit(first) && first is not '/' and not '_' and not '(' and not '$' and not '.' and not '-') return false;
        if (first == '-' && (text.Length == 1 || text[1] is ' ' or '-')) return text.Length > 2 && text[1] == '-' && text[2] != '-' && IsPlainTail(text);
        if (!IsPlainTail(text)) return false;
        return YamlScalar.Resolve(text, out _) == YamlScalar.Meaning.Text && !LooksTyped(text);
    }

    private static bool IsPlainTail(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is < ' ' or > '~') return false;
            if (c == ':' && (i + 1 == text.Length || text[i + 1] == ' ')) return false;
            if (c == '#' && i > 0 && text[i - 1] == ' ') return false;
        }

        return !text.EndsWith(' ');
    }

    /// <summary>
    /// Texts that some reader takes for something else: dates, sexagesimal numbers, 1.2's octals, numbers with underscores,
    /// hexadecimal floats.
    /// </summary>
    private static bool LooksTyped(string text)
    {
        char first = text[0];
        if (first is '<' or '=') return true;
        bool signed = first is '-' or '+' && text.Length > 1 && (char.IsAsciiDigit(text[1]) || text[1] == '.');
        if (!char.IsAsciiDigit(first) && first != '.' && !signed) return false;
        return text.All(c => char.IsAsciiDigit(c) || c is '-' or '+' or '.' or ':' or '_' or 'e' or 'E' or 'T' or 't' or 'Z' or 'z' or ' ') && !IsAddress(text) || (text.Length > 1 && char.ToLowerInvariant(text[1]) is 'x' or 'o' or 'b' && text.Skip(2).All(c => char.IsAsciiHexDigit(c) || c is '_' or '.' or 'p' or 'P' or '+' or '-'));
    }

    /// <summary>Digits with two dots or more, as addresses and versions have them, are a number for nobody.</summary>
    private static bool IsAddress(string text) => text.Count(c => c == '.') >= 2 && text.All(c => char.IsAsciiDigit(c) || c == '.');

    private static string Quoted(string text)
    {
        // A single-quoted text needs no escapes; one with control characters needs double quotes.
        if (text.All(c => c is >= ' ' and <= '~')) return text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal) ? $"\"{text}\"" : text.Contains('\'', StringComparison.Ordinal) ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                quoted.Append(c).Append(text[++i]);
                continue;
            }

            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
