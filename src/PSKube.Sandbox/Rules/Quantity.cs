using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace PSKube.Sandbox.Rules;

/// <summary>A quantity as the server computes with it and writes it.</summary>
/// <param name="Nano">The value in billionths, the smallest that the server tells apart.</param>
/// <param name="Form">How it was written: <c>b</c> for powers of two, <c>e</c> for exponents, <c>d</c> for the rest.</param>
/// <remarks>apimachinery's <c>pkg/api/resource/quantity.go</c>.</remarks>
internal readonly partial record struct Quantity(BigInteger Nano, char Form) : IComparable<Quantity>
{
    private static readonly BigInteger s_one = BigInteger.Pow(10, 9);
    private static readonly string[] s_decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] s_binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>Reads a quantity; false and the server's reason when it is none.</summary>
    public static bool TryParse(string text, out Quantity quantity, out string error)
    {
        quantity = default;
        error = "";
        Match match = Whole().Match(text);
        if (!match.Success)
        {
            error = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
            return false;
        }

        string number = match.Groups[1].Value, suffix = match.Groups[2].Value;
        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
        {
            error = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
            return false;
        }

        (BigInteger up, BigInteger down, char form) = Scale(suffix);
        if (form == '\0')
        {
            error = "unable to parse quantity's suffix";
            return false;
        }

        int point = number.IndexOf('.', StringComparison.Ordinal);
        int digits = point < 0 ? 0 : number.Length - point - 1;
        BigInteger mantissa = BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        BigInteger numerator = mantissa * up * s_one, denominator = down * BigInteger.Pow(10, digits);
        quantity = new Quantity(RoundUp(numerator, denominator), form);
        return true;
    }

    /// <summary>A quantity that is known to be one; 0 for anything else.</summary>
    public static Quantity Of(string? text) => text is not null && TryParse(text, out Quantity quantity, out _) ? quantity : new Quantity(0, 'd');

    /// <summary>The value of a JSON text or number that is known to be a quantity.</summary>
    public static Quantity Of(System.Text.Json.Nodes.JsonNode? node) => Of(node?.GetValueKind() == System.Text.Json.JsonValueKind.String ? node.GetValue<string>() : node?.ToJsonString());

    /// <summary>The sum.</summary>
    public static Quantity operator +(Quantity one, Quantity other) => new(one.Nano + other.Nano, one.Nano.IsZero ? other.Form : one.Form);

    /// <summary>The difference.</summary>
    public static Quantity operator -(Quantity one, Quantity other) => new(one.Nano - other.Nano, one.Form);

    /// <inheritdoc/>
    public int CompareTo(Quantity other) => Nano.CompareTo(other.Nano);

    /// <summary>The same, rounded up to thousandths, as the values of resource lists are.</summary>
    public Quantity ToMilli() => new(RoundUp(Nano, 1_000_000) * 1_000_000, Form);

    /// <summary>The value as a plain number.</summary>
    public decimal ToDecimal() => (decimal)(Nano / s_one) + ((decimal)(Nano % s_one) / 1_000_000_000m);

    /// <summary>True when it is a whole number.</summary>
    public bool IsWhole => (Nano % s_one).IsZero;

    /// <summary>The quantity in its one canonical form.</summary>
    public override string ToString()
    {
        if (Nano.IsZero) return "0";
        if (Form == 'b' && IsWhole && BigInteger.Abs(Nano / s_one) >= 1024)
        {
            BigInteger value = Nano / s_one;
            int power = 0;
            while (power < s_binary.Length - 1 && (value % 1024).IsZero)
            {
                value /= 1024;
                power++;
            }

            return value.ToString(CultureInfo.InvariantCulture) + s_binary[power];
        }

        BigInteger amount = Nano;
        int step = 0;
        while (step < s_decimal.Length - 1 && (amount % 1000).IsZero)
        {
            amount /= 1000;
            step++;
        }

        string whole = amount.ToString(CultureInfo.InvariantCulture);
        if (Form != 'e') return whole + s_decimal[step];
        int exponent = (step - 3) * 3;
        return exponent == 0 ? whole : $"{whole}e{exponent.ToString(CultureInfo.InvariantCulture)}";
    }

    private static BigInteger RoundUp(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        return rest.IsZero ? quotient : quotient + numerator.Sign;
    }

    private static (BigInteger Up, BigInteger Down, char Form) Scale(string suffix)
    {
        int binary = Array.IndexOf(s_binary, suffix);
        if (binary > 0) return (BigInteger.Pow(1024, binary), 1, 'b');
        int power = Array.IndexOf(s_decimal, suffix);
        if (power >= 0) return power >= 3 ? (BigInteger.Pow(1000, power - 3), 1, 'd') : (1, BigInteger.Pow(1000, 3 - power), 'd');
        if (suffix.Length > 1 && suffix[0] is 'e' or 'E' && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent) && Math.Abs(exponent) < 100)
        {
            return exponent >= 0 ? (BigInteger.Pow(10, exponent), 1, 'e') : (1, BigInteger.Pow(10, -exponent), 'e');
        }

        return (0, 0, '\0');
    }

    [GeneratedRegex("^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
