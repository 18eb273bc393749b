using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace PSKube.Resources;

/// <summary>
/// Quantities such as <c>500m</c> and <c>200Mi</c>, looked at before the model works them out: its own reader takes any exponent
/// and would compute ten to the power of a thousand million.
/// </summary>
internal static partial class Quantity
{
    private const int MaxLength = 40;
    private const int MaxExponent = 18;

    /// <summary>Reads a quantity (apimachinery <c>resource/quantity.go</c>).</summary>
    /// <exception cref="FormatException">The text is none, or is beyond any amount.</exception>
    public static ResourceQuantity Parse(string text)
    {
        Match match = Form().Match(text);
        string shown = text.Length > MaxLength ? text[..MaxLength] + "..." : text;
        if (!match.Success || text.Length > MaxLength) throw new FormatException($"'{shown}' is no quantity; write 500m, 0.5, 200Mi or 1Gi.");
        string exponent = match.Groups["exponent"].Value;
        if (exponent.Length > 0 && (!int.TryParse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int power) || Math.Abs(power) > MaxExponent)) throw new FormatException($"'{shown}' is larger or smaller than any quantity.");
        return new ResourceQuantity(text);
    }

    /// <summary>The canonical text. The model's own goes wrong, and by the culture, for amounts below zero.</summary>
    public static string Text(ResourceQuantity value)
    {
        decimal amount = value.ToDecimal();
        if (amount < 0) return "-" + Text(new ResourceQuantity(-amount, 0, value.Format));
        string text = value.ToString();
        // What was finer than a billionth is rounded up, after which a larger unit may fit.
        return text.EndsWith('n') ? new ResourceQuantity(text).ToString() : text;
    }

    [GeneratedRegex(@"\A[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[numkMGTPE]|[KMGTPE]i|[eE](?<exponent>[+-]?[0-9]+))?\z")]
    private static partial Regex Form();

    /// <summary>The reader for the model's JSON.</summary>
    public sealed class Converter : JsonConverter<ResourceQuantity>
    {
        /// <inheritdoc/>
        public override ResourceQuantity? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string? text = reader.TokenType switch
            {
                JsonTokenType.Null => null,
                JsonTokenType.String => reader.GetString(),
                // The number's own digits: no double and no culture comes between.
                JsonTokenType.Number => reader.HasValueSequence ? "" : Encoding.ASCII.GetString(reader.ValueSpan),
                _ => throw new JsonException("A quantity was expected."),
            };
            if (text is null) return null;
            try
            {
                return Parse(text);
            }
            catch (FormatException failure)
            {
                throw new JsonException(failure.Message);
            }
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, ResourceQuantity value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
    }
}
