using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Rules;

namespace PSKube.Sandbox.Controllers;

/// <summary>Amounts as controllers and the scheduler count with them.</summary>
internal static class Quantities
{
    private static readonly string[] s_binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>The number that a node says; 0 when it says none.</summary>
    public static decimal Value(JsonNode? node) => node is null ? 0 : Quantity.Of(node).ToDecimal();

    /// <summary>Thousandths, rounded up: for processor time.</summary>
    public static long Millis(JsonNode? node) => (long)Math.Ceiling(Value(node) * 1000);

    /// <summary>Whole units, rounded up: for memory and counts.</summary>
    public static long Whole(JsonNode? node) => (long)Math.Ceiling(Value(node));

    /// <summary>A number in the form that Kubernetes would keep: like the text that it came from.</summary>
    public static string Text(decimal value, bool binary)
    {
        if (value != decimal.Truncate(value)) return Math.Ceiling(value * 1000).ToString("0", CultureInfo.InvariantCulture) + "m";
        if (binary && value > 0)
        {
            for (int at = s_binary.Length - 1; at >= 0; at--)
            {
                decimal factor = 1L << (10 * (at + 1));
                if (value % factor == 0) return (value / factor).ToString("0", CultureInfo.InvariantCulture) + s_binary[at];
            }
        }

        return value.ToString("0", CultureInfo.InvariantCulture);
    }

    /// <summary>A share of a total that is a number or a percentage (<c>maxSurge</c>, <c>minAvailable</c>).</summary>
    public static long Share(JsonNode? node, long total, bool up, string fallback)
    {
        string text = node?.ToString() ?? fallback;
        if (!text.EndsWith('%')) return long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : 0;
        double part = (double.TryParse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture, out double percent) ? percent : 0) * total / 100;
        return (long)(up ? Math.Ceiling(part) : Math.Floor(part));
    }
}
