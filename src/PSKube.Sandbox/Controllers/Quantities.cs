using System.Globalization;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Controllers;

/// <summary>Amounts as Kubernetes writes them: <c>100m</c>, <c>1Gi</c>, <c>1e3</c>.</summary>
internal static class Quantities
{
    private static readonly (string Suffix, decimal Factor)[] s_suffixes =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("Pi", 1024m * 1024 * 1024 * 1024 * 1024), ("Ei", 1024m * 1024 * 1024 * 1024 * 1024 * 1024),
        ("n", 0.000000001m), ("u", 0.000001m), ("m", 0.001m), ("k", 1000m), ("M", 1000000m), ("G", 1000000000m), ("T", 1000000000000m), ("P", 1000000000000000m), ("E", 1000000000000000000m),
    ];

    /// <summary>The number that a node says; 0 when it says none.</summary>
    public static decimal Value(JsonNode? node) => Value(node?.ToString());

    /// <summary>The number that a text says; 0 when it says none.</summary>
    public static decimal Value(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        foreach ((string suffix, decimal factor) in s_suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)) return decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number) ? number * factor : 0;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal plain) ? plain : 0;
    }

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
            for (int at = 5; at >= 0; at--)
            {
                if (value % s_suffixes[at].Factor == 0) return (value / s_suffixes[at].Factor).ToString("0", CultureInfo.InvariantCulture) + s_suffixes[at].Suffix;
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
