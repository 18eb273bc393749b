using System.Globalization;
using System.Management.Automation;

namespace PSKube.Parameters;

/// <summary>Takes what people type for a length of time: seconds as a number, <c>90s</c>, <c>2m</c>, <c>1h30m</c>, or a TimeSpan.</summary>
/// <remarks>PowerShell itself reads an unquoted <c>3s</c> as a short number, which comes to the same three seconds.</remarks>
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            TimeSpan span => span,
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal => FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            string text => Parse(text),
            _ => inputData,
        };
    }

    /// <summary>Reads a duration as Go writes it, or as a plain number of seconds, or as a TimeSpan's text.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">The text is none of these.</exception>
    internal static TimeSpan Parse(string text)
    {
        string trimmed = text.Trim();
        if (double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)) return FromSeconds(seconds);
        double total = 0;
        int at = 0;
        while (at < trimmed.Length)
        {
            int start = at;
            while (at < trimmed.Length && (char.IsAsciiDigit(trimmed[at]) || trimmed[at] == '.')) at++;
            if (!double.TryParse(trimmed.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) break;
            int unitStart = at;
            while (at < trimmed.Length && char.IsAsciiLetter(trimmed[at])) at++;
            double scale = trimmed[unitStart..at] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => double.NaN };
            if (double.IsNaN(scale)) break;
            total += number * scale;
            if (at == trimmed.Length) return FromSeconds(total);
        }

        if (TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out TimeSpan span)) return span;
        throw new ArgumentTransformationMetadataException($"'{text}' is no length of time. Use seconds (90), a unit (90s, 2m, 1h30m) or a TimeSpan.");
    }

    private static TimeSpan FromSeconds(double seconds)
    {
        if (double.IsNaN(seconds) || seconds < 0 || seconds > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            throw new ArgumentTransformationMetadataException($"A length of time cannot be {seconds.ToString(CultureInfo.InvariantCulture)} seconds.");
        }

        return TimeSpan.FromSeconds(seconds);
    }
}
