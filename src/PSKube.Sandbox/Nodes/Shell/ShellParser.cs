using System.Text;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>Reads the part of the POSIX shell's language that people put into pods.</summary>
internal sealed class ShellParser
{
    private static readonly HashSet<string> s_closing = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

    private readonly string _text;
    private readonly List<(Redirect Redirect, string End, Action<Redirect> Put)> _hereDocuments = [];
    private int _at;

    private ShellParser(string text) => _text = text;

    /// <summary>Reads a script.</summary>
    /// <exception cref="ShellSyntaxException">It is none.</exception>
    public static ShellNode Parse(string text)
    {
        var parser = new ShellParser(text);
        ShellNode script = parser.List();
        parser.Space(lines: true);
        if (parser._at < text.Length) throw parser.Unexpected();
        return script;
    }

    private bool End => _at >= _text.Length;

    private char Now => End ? '\0' : _text[_at];

    private bool Ahead(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    private ShellSyntaxException Unexpected()
    {
        if (End) return new ShellSyntaxException("syntax error: unexpected end of file");
        string token = PeekWord() is { Length: > 0 } word ? word : Now.ToString();
        return new ShellSyntaxException(token == "\n" ? "syntax error: unexpected newline" : $"syntax error: unexpected \"{token}\"");
    }

    private ListNode List()
    {
        var commands = new List<(ShellNode, bool)>();
        while (true)
        {
            Space(lines: true);
            if (End || Now == ')' || Ahead(";;") || s_closing.Contains(PeekWord())) return new ListNode(commands);
            ShellNode command = AndOr();
            Space();
            bool background = Now == '&' && !Ahead("&&");
            commands.Add((command, background));
            if (background || (Now == ';' && !Ahead(";;"))) _at++;
            else if (Now != '\n') return new ListNode(commands);
        }
    }

    private ShellNode AndOr()
    {
        ShellNode left = Pipeline();
        while (true)
        {
            Space();
            if (!Ahead("&&") && !Ahead("||")) return left;
            bool and = Now == '&';
            _at += 2;
            Space(lines: true);
            left = new AndOrNode(left, and, Pipeline());
        }
    }

    private ShellNode Pipeline()
    {
        Space();
        bool negated = false;
        while (PeekWord() == "!")
        {
            negated = !negated;
            _at++;
            Space();
        }

        List<ShellNode> commands = [Command()];
        while (true)
        {
            Space();
            if (Now != '|' || Ahead("||")) break;
            _at++;
            Space(lines: true);
            commands.Add(Command());
        }

        return commands.Count == 1 && !negated ? commands[0] : new PipelineNode(commands, negated);
    }

    private ShellNode Command()
    {
        Space();
        if (Now == '(')
        {
            _at++;
            ShellNode body = List();
            Expect(")");
            return WithRedirects(new GroupNode(body, true));
        }

        switch (PeekWord())
        {
            case "{":
                _at++;
                ShellNode group = List();
                Expect("}");
                return WithRedirects(new GroupNode(group, false));
            case "if": return WithRedirects(If());
            case "while" or "until":
                bool until = TakeWord() == "until";
                ShellNode condition = List();
                return WithRedirects(new LoopNode(condition, Do(), until));
            case "for": return WithRedirects(For());
            case "case": return WithRedirects(Case());
            default: return Simple();
        }
    }

    private IfNode If()
    {
        var branches = new List<(ShellNode?, ShellNode)>();
        TakeWord();
        while (true)
        {
            ShellNode condition = List();
            Expect("then");
            branches.Add((condition, List()));
            Space(lines: true);
            switch (TakeWord())
            {
                case "elif": continue;
                case "else":
                    branches.Add((null, List()));
                    Expect("fi");
                    return new IfNode(branches);
                case "fi": return new IfNode(branches);
                default: throw Unexpected();
            }
        }
    }

    private ShellNode Do()
    {
        Expect("do");
        ShellNode body = List();
        Expect("done");
        return body;
    }

    private ForNode For()
    {
        TakeWord();
        Space();
        string name = TakeWord();
        Space();
        if (Now == ';') _at++;
        Space(lines: true);
        List<Word>? words = null;
        if (PeekWord() == "in")
        {
            TakeWord();
            words = [];
            while (true)
            {
                Space();
                if (End || Now is ';' or '\n') break;
                words.Add(ReadWord());
            }

            if (!End) _at++;
        }

        return new ForNode(name, words, Do());
    }

    private CaseNode Case()
    {
        TakeWord();
        Space();
        Word subject = ReadWord();
        Space(lines: true);
        Expect("in");
        var branches = new List<(IReadOnlyList<Word>, ShellNode)>();
        while (true)
        {
            Space(lines: true);
            if (PeekWord() == "esac") break;
            if (End) throw Unexpected();
            if (Now == '(') _at++;
            var patterns = new List<Word>();
            do
            {
                if (Now == '|') _at++;
                Space();
                patterns.Add(ReadWord());
                Space();
            }
            while (Now == '|');
            Expect(")");
            branches.Add((patterns, List()));
            Space(lines: true);
            if (Ahead(";;")) _at += 2;
        }

        TakeWord();
        return new CaseNode(subject, branches);
    }

    private ShellNode Simple()
    {
        var assignments = new List<(string, Word)>();
        var words = new List<Word>();
        var redirects = new List<Redirect>();
        while (true)
        {
            Space();
            if (End || Now is '\n' or ';' or '&' or '|' or ')') break;
            if (Now == '(')
            {
                if (words.Count != 1 || words[0].Plain is not { } function || !Ahead("()")) throw Unexpected();
                _at += 2;
                Space(lines: true);
                return new FunctionNode(function, Command());
            }

            if (TakeRedirect(redirects)) continue;
            int from = _at;
            Word word = ReadWord();
            if (_at == from) throw Unexpected();
            if (words.Count == 0 && word.Parts.Count > 0 && word.Parts[0] is { Kind: PartKind.Text, Quoted: false } first && first.Text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && first.Text[..equals].All(one => char.IsAsciiLetterOrDigit(one) || one == '_') && !char.IsAsciiDigit(first.Text[0]))
            {
                List<Part> value = [.. word.Parts];
                value[0] = first with { Text = first.Text[(equals + 1)..] };
                assignments.Add((first.Text[..equals], new Word(value)));
            }
            else words.Add(word);
        }

        if (words.Count == 0 && assignments.Count == 0 && redirects.Count == 0) throw Unexpected();
        return new SimpleNode(assignments, words) { Redirects = redirects };
    }

    private ShellNode WithRedirects(ShellNode node)
    {
        var redirects = new List<Redirect>();
        do Space();
        while (TakeRedirect(redirects));
        return redirects.Count == 0 ? node : node with { Redirects = redirects };
    }

    private bool TakeRedirect(List<Redirect> redirects)
    {
        int at = _at;
        while (at < _text.Length && char.IsAsciiDigit(_text[at])) at++;
        if (at >= _text.Length || _text[at] is not ('<' or '>')) return false;
        int? descriptor = at > _at ? int.Parse(_text.AsSpan(_at, at - _at), System.Globalization.CultureInfo.InvariantCulture) : null;
        bool output = _text[at] == '>';
        _at = at + 1;
        string operation = output ? ">" : "<";
        if (Now is '>' or '&' or '|' && output || Now is '<' or '&')
        {
            if (Now != '|') operation += Now;
            _at++;
        }

        bool stripped = operation == "<<" && Now == '-';
        if (stripped) _at++;
        Space();
        Word target = ReadWord();
        var redirect = new Redirect(descriptor ?? (output ? 1 : 0), operation, target);
        redirects.Add(redirect);
        if (operation == "<<")
        {
            int index = redirects.Count - 1;
            _hereDocuments.Add((redirect, string.Concat(target.Parts.Select(part => part.Text)), filled => redirects[index] = filled));
        }

        return true;
    }

    private void ReadHereDocuments()
    {
        foreach ((Redirect redirect, string end, Action<Redirect> put) in _hereDocuments)
        {
            var body = new StringBuilder();
            while (!End)
            {
                int line = _text.IndexOf('\n', _at);
                string text = line < 0 ? _text[_at..] : _text[_at..line];
                _at = line < 0 ? _text.Length : line + 1;
                if (text.TrimStart('\t') == end) break;
                body.Append(text).Append('\n');
            }

            bool quoted = redirect.Target.Parts.Any(part => part.Quoted);
            put(redirect with { Target = quoted ? new Word([new Part(PartKind.Text, body.ToString(), true)]) : new Word(new ShellParser(body.ToString()).Quoted('\0')) });
        }

        _hereDocuments.Clear();
    }

    private void Expect(string word)
    {
        Space(lines: true);
        if (word == ")" ? Now != ')' : PeekWord() != word) throw Unexpected();
        _at += word.Length;
    }

    private void Space(bool lines = false)
    {
        while (!End)
        {
            if (Now is ' ' or '\t' or '\r' || (lines && Now == ';' && !Ahead(";;") && _at > 0 && _text[_at - 1] == ';')) _at++;
            else if (Ahead("\\\n")) _at += 2;
            else if (Now == '#') while (!End && Now != '\n') _at++;
            else if (Now == '\n' && (lines || _hereDocuments.Count > 0))
            {
                if (!lines) return;
                _at++;
                ReadHereDocuments();
            }
            else return;
        }
    }

    private string PeekWord()
    {
        int at = _at;
        while (at < _text.Length && !IsBreak(_text[at]) && _text[at] is not ('"' or '\'' or '$' or '`' or '\\')) at++;
        return at < _text.Length && _text[at] is '"' or '\'' or '$' or '`' or '\\' && at == _at ? "" : _text[_at..at];
    }

    private string TakeWord()
    {
        string word = PeekWord();
        _at += word.Length;
        return word;
    }

    private static bool IsBreak(char one) => one is ' ' or '\t' or '\r' or '\n' or ';' or '&' or '|' or '(' or ')' or '<' or '>';

    private Word ReadWord()
    {
        var parts = new List<Part>();
        var text = new StringBuilder();
        void Flush()
        {
            if (text.Length > 0) parts.Add(new Part(PartKind.Text, text.ToString(), false));
            text.Clear();
        }

        while (!End && !IsBreak(Now))
        {
            switch (Now)
            {
                case '\'':
                    Flush();
                    int close = _text.IndexOf('\'', _at + 1);
                    if (close < 0) throw new ShellSyntaxException("syntax error: unterminated quoted string");
                    parts.Add(new Part(PartKind.Text, _text[(_at + 1)..close], true));
                    _at = close + 1;
                    break;
                case '"':
                    Flush();
                    _at++;
                    parts.AddRange(Quoted('"'));
                    break;
                case '\\':
                    Flush();
                    _at++;
                    if (!End) parts.Add(new Part(PartKind.Text, _text[_at++].ToString(), true));
                    break;
                case '$' or '`':
                    if (Dollar(false) is { } part)
                    {
                        Flush();
                        parts.Add(part);
                    }
                    else text.Append(_text[_at++]);
                    break;
                default:
                    text.Append(_text[_at++]);
                    break;
            }
        }

        Flush();
        return new Word(parts);
    }

    private List<Part> Quoted(char end)
    {
        var parts = new List<Part>();
        var text = new StringBuilder();
        while (true)
        {
            if (End)
            {
                if (end == '\0') break;
                throw new ShellSyntaxException("syntax error: unterminated quoted string");
            }

            if (Now == end) break;
            if (Now == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '$' or '`' or '"' or '\\' or '\n')
            {
                if (_text[_at + 1] != '\n') text.Append(_text[_at + 1]);
                _at += 2;
            }
            else if (Now is '$' or '`' && Dollar(true) is { } part)
            {
                parts.Add(new Part(PartKind.Text, text.ToString(), true));
                text.Clear();
                parts.Add(part);
            }
            else text.Append(_text[_at++]);
        }

        _at++;
        if (text.Length > 0 || parts.Count == 0) parts.Add(new Part(PartKind.Text, text.ToString(), true));
        return parts;
    }

    /// <summary>What begins with a dollar sign or a back quote; null when it is one only.</summary>
    private Part? Dollar(bool quoted)
    {
        if (Now == '`')
        {
            int close = _text.IndexOf('`', _at + 1);
            if (close < 0) throw new ShellSyntaxException("syntax error: EOF in backquote substitution");
            string script = _text[(_at + 1)..close];
            _at = close + 1;
            return new Part(PartKind.Command, script, quoted) { Script = Parse(script) };
        }

        if (Ahead("$(("))
        {
            int close = Closing(_at + 1, '(', ')');
            if (close > 0 && _text[close - 1] == ')')
            {
                string sum = _text[(_at + 3)..(close - 1)];
                _at = close + 1;
                return new Part(PartKind.Arithmetic, sum, quoted);
            }
        }

        if (Ahead("$("))
        {
            _at += 2;
            ShellNode script = List();
            Space(lines: true);
            if (Now != ')') throw Unexpected();
            _at++;
            return new Part(PartKind.Command, "", quoted) { Script = script };
        }

        if (Ahead("${"))
        {
            int close = Closing(_at + 1, '{', '}');
            if (close < 0) throw new ShellSyntaxException("syntax error: missing '}'");
            string expression = _text[(_at + 2)..close];
            _at = close + 1;
            return new Part(PartKind.Parameter, expression, quoted);
        }

        int from = _at + 1, to = from;
        if (to < _text.Length && (char.IsAsciiDigit(_text[to]) || _text[to] is '@' or '*' or '#' or '?' or '$' or '!' or '-')) to++;
        else while (to < _text.Length && (char.IsAsciiLetterOrDigit(_text[to]) || _text[to] == '_')) to++;
        if (to == from) return null;
        _at = to;
        return new Part(PartKind.Parameter, _text[from..to], quoted);
    }

    private int Closing(int open, char opens, char closes)
    {
        int depth = 0;
        for (int at = open; at < _text.Length; at++)
        {
            if (_text[at] == opens) depth++;
            else if (_text[at] == closes && --depth == 0) return at;
        }

        return -1;
    }
}
