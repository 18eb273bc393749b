using System.Globalization;
using System.Text;

namespace PSKube.Sandbox.Nodes.Shell;

/// <content>From words of a script to arguments.</content>
internal sealed partial class ShellProcess
{
    private async Task<List<string>> ExpandAsync(IReadOnlyList<Word> words, ShellStreams streams)
    {
        var fields = new List<string>();
        foreach (Word word in words)
        {
            if (word.Plain is { } plain && plain.AsSpan().IndexOfAny("*?[~") < 0) fields.Add(plain);
            else await ExpandAsync(word, fields, streams).ConfigureAwait(false);
        }

        return fields;
    }

    private async Task ExpandAsync(Word word, List<string> fields, ShellStreams streams)
    {
        var field = new StringBuilder();
        bool any = false, globs = false;
        void End()
        {
            if (!any) return;
            string text = field.ToString();
            if (globs && Glob(text) is { Count: > 0 } found) fields.AddRange(found);
            else fields.Add(text);
            field.Clear();
            any = globs = false;
        }

        for (int at = 0; at < word.Parts.Count; at++)
        {
            Part part = word.Parts[at];
            if (part is { Kind: PartKind.Parameter, Quoted: true, Text: "@" })
            {
                for (int one = 0; one < _positional.Count; one++)
                {
                    if (one > 0) End();
                    field.Append(_positional[one]);
                    any = true;
                }

                continue;
            }

            string text = await ValueAsync(part, streams).ConfigureAwait(false);
            if (part.Quoted)
            {
                field.Append(text);
                // "$@" with nothing in it is nothing; any other quotes are a word even when empty.
                any |= part.Text.Length > 0 || word.Parts.Count == 1 || text.Length > 0 || !word.Parts.Any(one => one is { Kind: PartKind.Parameter, Text: "@" });
            }
            else if (part.Kind == PartKind.Text)
            {
                if (at == 0 && (text == "~" || text.StartsWith("~/", StringComparison.Ordinal))) text = (Variables.GetValueOrDefault("HOME") ?? "/root") + text[1..];
                field.Append(text);
                any = true;
                globs |= text.AsSpan().IndexOfAny("*?[") >= 0;
            }
            else
            {
                bool first = true;
                foreach (string piece in text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries))
                {
                    if (!first || char.IsWhiteSpace(text[0])) End();
                    field.Append(piece);
                    globs |= piece.AsSpan().IndexOfAny("*?[") >= 0;
                    any = true;
                    first = false;
                }

                if (text.Length > 0 && char.IsWhiteSpace(text[^1])) End();
            }
        }

        End();
    }

    private async Task<string> TextAsync(Word word, ShellStreams streams)
    {
        if (word.Plain is { } plain) return plain;
        var text = new StringBuilder();
        foreach (Part part in word.Parts) text.Append(await ValueAsync(part, streams).ConfigureAwait(false));
        return text.ToString();
    }

    private async Task<string> ValueAsync(Part part, ShellStreams streams)
    {
        switch (part.Kind)
        {
            case PartKind.Text: return part.Text;
            case PartKind.Parameter: return await ParameterAsync(part.Text, streams).ConfigureAwait(false);
            case PartKind.Arithmetic:
                string sum = await TextAsync(new Word(Parts(part.Text)), streams).ConfigureAwait(false);
                return ShellArithmetic.Value(sum, Get, (name, value) => Variables[name] = value).ToString(CultureInfo.InvariantCulture);
            default:
                using (var output = new MemoryStream())
                {
                    _last = await Child().DetachedAsync(part.Script!, streams with
                    {
                        Out = bytes =>
                        {
                            lock (output) output.Write(bytes.Span);
                            return ValueTask.CompletedTask;
                        },
                    }).ConfigureAwait(false);
                    return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n');
                }
        }
    }

    /// <summary>The parts of a text within braces, read as between double quotes.</summary>
    private static IReadOnlyList<Part> Parts(string text) =>
        text.AsSpan().IndexOfAny("$`") < 0 ? [new Part(PartKind.Text, text, true)] : ((SimpleNode)((ListNode)ShellParser.Parse($": \"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"")).Commands[0].Command).Words[1].Parts;

    private async Task<string> ParameterAsync(string expression, ShellStreams streams)
    {
        if (expression.Length > 1 && expression[0] == '#') return (Get(expression[1..]) ?? "").Length.ToString(CultureInfo.InvariantCulture);
        int end = 0;
        while (end < expression.Length && (char.IsAsciiLetterOrDigit(expression[end]) || expression[end] == '_')) end++;
        if (end == 0) end = 1;
        string name = expression[..Math.Min(end, expression.Length)];
        string? value = Get(name);
        if (end >= expression.Length) return value ?? "";
        string rest = expression[end..];
        bool colon = rest[0] == ':';
        if (colon) rest = rest[1..];
        bool missing = value is null || (colon && value.Length == 0);
        async Task<string> Other() => await TextAsync(new Word(Parts(rest[1..])), streams).ConfigureAwait(false);
        switch (rest.Length > 0 ? rest[0] : '\0')
        {
            case '-': return missing ? await Other().ConfigureAwait(false) : value!;
            case '+': return missing ? "" : await Other().ConfigureAwait(false);
            case '=':
                if (missing) Variables[name] = value = await Other().ConfigureAwait(false);
                return value!;
            case '?':
                if (!missing) return value!;
                string message = await Other().ConfigureAwait(false);
                await Say(streams.Err, $"{_zero}: {name}: {(message.Length > 0 ? message : "parameter not set")}\n").ConfigureAwait(false);
                throw new ShellExitException(2);
            case '#' or '%':
                string pattern = await TextAsync(new Word(Parts(rest.TrimStart(rest[0]))), streams).ConfigureAwait(false);
                return Strip(value ?? "", pattern, rest[0] == '#', rest.Length > 1 && rest[1] == rest[0]);
            default:
                if (!colon) return value ?? "";
                string[] range = rest.Split(':');
                int from = int.TryParse(range[0], CultureInfo.InvariantCulture, out int start) ? Math.Clamp(start, 0, (value ?? "").Length) : 0;
                string tail = (value ?? "")[from..];
                return range.Length > 1 && int.TryParse(range[1], CultureInfo.InvariantCulture, out int length) ? tail[..Math.Clamp(length, 0, tail.Length)] : tail;
        }
    }

    private static string Strip(string value, string pattern, bool front, bool longest)
    {
        IEnumerable<int> lengths = Enumerable.Range(0, value.Length + 1);
        if (longest) lengths = lengths.Reverse();
        foreach (int length in lengths)
        {
            if (front ? Pattern(pattern, value[..length]) : Pattern(pattern, value[^length..])) return front ? value[length..] : value[..^length];
        }

        return value;
    }

    private string? Get(string name) => name switch
    {
        "?" => _last.ToString(CultureInfo.InvariantCulture),
        "#" => _positional.Count.ToString(CultureInfo.InvariantCulture),
        "@" or "*" => string.Join(' ', _positional),
        "$" => (_depth + 1).ToString(CultureInfo.InvariantCulture),
        "!" or "-" => "",
        "0" => _zero,
        "RANDOM" => Random.Shared.Next(32768).ToString(CultureInfo.InvariantCulture),
        _ when int.TryParse(name, CultureInfo.InvariantCulture, out int at) => at <= _positional.Count ? _positional[at - 1] : null,
        _ => Variables.GetValueOrDefault(name),
    };

    private static bool Pattern(string pattern, string text) => System.Text.RegularExpressions.Regex.IsMatch(text, Expression(pattern), System.Text.RegularExpressions.RegexOptions.Singleline);

    private static string Expression(string pattern)
    {
        var expression = new StringBuilder("^");
        bool list = false;
        foreach (char one in pattern)
        {
            expression.Append(one switch
            {
                '*' when !list => ".*",
                '?' when !list => ".",
                '[' => "[",
                ']' => "]",
                '!' when list && expression[^1] == '[' => "^",
                _ when list => one.ToString(),
                _ => System.Text.RegularExpressions.Regex.Escape(one.ToString()),
            });
            list = one == '[' || (list && one != ']');
        }

        return (list ? "^" + System.Text.RegularExpressions.Regex.Escape(pattern) : expression.ToString()) + "$";
    }

    private List<string> Glob(string pattern)
    {
        List<string> found = [pattern.StartsWith('/') ? "/" : ""];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new List<string>();
            foreach (string folder in found)
            {
                string prefix = folder.Length == 0 || folder.EndsWith('/') ? folder : folder + "/";
                if (part.AsSpan().IndexOfAny("*?[") < 0)
                {
                    if (World.Files.Find(Full(prefix + part)) is not null) next.Add(prefix + part);
                }
                else next.AddRange(World.Files.Names(Full(folder)).Where(name => (part[0] == '.' || name[0] != '.') && Pattern(part, name)).Select(name => prefix + name));
            }

            found = next;
        }

        return found;
    }
}
