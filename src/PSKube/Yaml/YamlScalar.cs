using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace PSKube.Yaml;

/// <summary>
/// What a plain scalar means: YAML 1.1 as sigs.k8s.io/yaml (and so kubectl) reads it. Quoted and block scalars never come here.
/// </summary>
internal static class YamlScalar
{
    /// <summary>What a plain scalar is.</summary>
    public enum Meaning
    {
        /// <summary>Text, as written.</summary>
        Text,

        /// <summary>Nothing.</summary>
        Null,

        /// <summary>True.</summary>
        True,

        /// <summary>False.</summary>
        False,

        /// <summary>A number, given in JSON's notation.</summary>
        Number,

        /// <summary>Infinity or not-a-number, which JSON has no place for.</summary>
        NotANumber,
    }

    /// <summary>Tells what a plain scalar is; a number's digits are kept, whatever its size.</summary>
    public static Meaning Resolve(string text, out string number)
    {
        number = "";
        if (text.Length == 0) return Meaning.Null;
        char first = text[0];
        if (char.IsAsciiDigit(first) || first is '+' or '-' or '.') return ResolveNumber(text, out number);
        return text switch
        {
            "~" or "null" or "Null" or "NULL" => Meaning.Null,
            "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => Meaning.True,
            "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => Meaning.False,
            _ => Meaning.Text,
        };
    }

    private static Meaning ResolveNumber(string text, out string number)
    {
        number = "";
        if (text is ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" or ".nan" or ".NaN" or ".NAN") return Meaning.NotANumber;
        string plain = text.Contains('_', StringComparison.Ordinal) ? text.Replace("_", "", StringComparison.Ordinal) : text;
        if (TryInteger(plain, out number) || TryFloat(plain, out number)) return Meaning.Number;
        return Meaning.Text;
    }

    /// <summary>Go's <c>strconv.ParseInt(text, 0, 64)</c>: 0x, 0o, 0b and a leading 0 name the base.</summary>
    private static bool TryInteger(string text, out string number)
    {
        number = "";
        int at = text[0] is '+' or '-' ? 1 : 0;
        ReadOnlySpan<char> digits = text.AsSpan(at);
        if (digits.Length == 0) return false;
        int radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            (radix, int skip) = char.ToLowerInvariant(digits[1]) switch { 'x' => (16, 2), 'o' => (8, 2), 'b' => (2, 2), _ => (8, 1) };
            digits = digits[skip..];
            if (digits.Length == 0) return false;
        }

        foreach (char c in digits)
        {
            int value = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (value >= radix) return false;
        }

        bool negative = text[0] == '-';
        if (radix == 10)
        {
            ReadOnlySpan<char> significant = digits.TrimStart('0');
            number = significant.Length == 0 ? "0" : negative ? $"-{significant}" : significant.ToString();
            return true;
        }

        BigInteger total = BigInteger.Zero;
        foreach (char c in digits)
        {
            total = (total * radix) + Convert.ToInt32(c.ToString(), 16);
            // At once: the time for a million digits would be a matter of minutes.
            if (total > ulong.MaxValue) return false;
        }

        number = (negative ? -total : total).ToString(CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>go-yaml's <c>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?</c>, written as JSON writes it.</summary>
    private static bool TryFloat(string text, out string number)
    {
        number = "";
        int at = text[0] is '+' or '-' ? 1 : 0;
        int wholeStart = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        int whole = at - wholeStart;
        int fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            int start = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            fraction = at - start;
        }

        if (whole == 0 && fraction == 0) return false;
        bool exponent = false;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '+' or '-') at++;
            int start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == start) return false;
            exponent = true;
        }

        if (at != text.Length) return false;
        // A decimal keeps every digit it can hold; what is larger or finer is a double for every reader of JSON.
        if (!exponent && whole + fraction <= 28 && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal exact))
        {
            number = (exact / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
            return true;
        }

        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value)) return false;
        number = JsonSerializer.Serialize(value);
        return true;
    }
}
