using System.Globalization;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>Works out <c>$((…))</c>.</summary>
internal sealed class ShellArithmetic
{
    private static readonly string[][] s_levels = [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

    private readonly string _text;
    private readonly Func<string, string?> _get;
    private readonly Action<string, string> _set;
    private int _at;

    private ShellArithmetic(string text, Func<string, string?> get, Action<string, string> set) => (_text, _get, _set) = (text, get, set);

    /// <summary>The value of an expression.</summary>
    /// <exception cref="ShellSyntaxException">It is none.</exception>
    public static long Value(string text, Func<string, string?> get, Action<string, string> set)
    {
        var arithmetic = new ShellArithmetic(text, get, set);
        long value = arithmetic.Choice();
        arithmetic.Space();
        return arithmetic._at < text.Length ? throw new ShellSyntaxException("arithmetic syntax error") : value;
    }

    private void Space()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private bool Take(string token)
    {
        Space();
        if (string.CompareOrdinal(_text, _at, token, 0, token.Length) != 0) return false;
        char next = _at + token.Length < _text.Length ? _text[_at + token.Length] : '\0';
        if (token.Length == 1 && next == token[0] && token is "|" or "&" or "<" or ">") return false;
        _at += token.Length;
        return true;
    }

    private long Choice()
    {
        long value = Level(0);
        if (!Take("?")) return value;
        long yes = Choice();
        if (!Take(":")) throw new ShellSyntaxException("arithmetic syntax error");
        long no = Choice();
        return value != 0 ? yes : no;
    }

    private long Level(int level)
    {
        if (level == s_levels.Length) return Unary();
        long left = Level(level + 1);
        while (s_levels[level].FirstOrDefault(Take) is { } operation)
        {
            long right = Level(level + 1);
            if (operation is "/" or "%" && right == 0) throw new ShellSyntaxException("divide by zero");
            left = operation switch
            {
                "||" => left != 0 || right != 0 ? 1 : 0,
                "&&" => left != 0 && right != 0 ? 1 : 0,
                "|" => left | right,
                "^" => left ^ right,
                "&" => left & right,
                "==" => left == right ? 1 : 0,
                "!=" => left != right ? 1 : 0,
                "<=" => left <= right ? 1 : 0,
                ">=" => left >= right ? 1 : 0,
                "<" => left < right ? 1 : 0,
                ">" => left > right ? 1 : 0,
                "<<" => left << (int)right,
                ">>" => left >> (int)right,
                "+" => left + right,
                "-" => left - right,
                "*" => left * right,
                "/" => left / right,
                _ => left % right,
            };
        }

        return left;
    }

    private long Unary()
    {
        if (Take("-")) return -Unary();
        if (Take("+")) return Unary();
        if (Take("!")) return Unary() == 0 ? 1 : 0;
        if (Take("("))
        {
            long inner = Choice();
            return Take(")") ? inner : throw new ShellSyntaxException("arithmetic syntax error");
        }

        Space();
        if (_at < _text.Length && _text[_at] == '$') _at++;
        int from = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_')) _at++;
        if (_at == from) throw new ShellSyntaxException("arithmetic syntax error");
        string word = _text[from.._at];
        if (char.IsAsciiDigit(word[0])) return long.TryParse(word, CultureInfo.InvariantCulture, out long number) ? number : throw new ShellSyntaxException("arithmetic syntax error");
        long value = long.TryParse(_get(word), CultureInfo.InvariantCulture, out long known) ? known : 0;
        Space();
        if (_at < _text.Length && _text[_at] == '=' && (_at + 1 >= _text.Length || _text[_at + 1] != '='))
        {
            _at++;
            value = Choice();
            _set(word, value.ToString(CultureInfo.InvariantCulture));
        }
        else if (Take("++")) _set(word, (value + 1).ToString(CultureInfo.InvariantCulture));
        else if (Take("--")) _set(word, (value - 1).ToString(CultureInfo.InvariantCulture));

        return value;
    }
}
