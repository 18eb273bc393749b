using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>Values as Go prints them in the server's messages.</summary>
internal static class GoText
{
    /// <summary>A text in quotes (<c>%q</c>).</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"': quoted.Append("\\\""); break;
                case '\\': quoted.Append("\\\\"); break;
                case '\n': quoted.Append("\\n"); break;
                case '\r': quoted.Append("\\r"); break;
                case '\t': quoted.Append("\\t"); break;
                case < 32 or 127: quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"); break;
                default: quoted.Append(rune.ToString()); break;
            }
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A list of texts (<c>%#v</c>).</summary>
    public static string Strings(IEnumerable<string> texts) => $"[]string{{{string.Join(", ", texts.Select(Quote))}}}";

    /// <summary>A map of texts (<c>%#v</c>), in the order of its keys.</summary>
    public static string Map(JsonNode? map) => map is JsonObject json ? $"map[string]string{{{string.Join(", ", json.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{Quote(one.Key)}:{Quote(one.Value.Text() ?? "")}"))}}}" : "map[string]string(nil)";

    /// <summary>A label selector (<c>%#v</c>).</summary>
    public static string Selector(JsonNode? selector)
    {
        string expressions = selector.At("matchExpressions") is JsonArray { Count: > 0 } list
            ? $"[]v1.LabelSelectorRequirement{{{string.Join(", ", list.Select(one => $"v1.LabelSelectorRequirement{{Key:{Quote(one.Text("key") ?? "")}, Operator:{Quote(one.Text("operator") ?? "")}, Values:{(one.At("values") is JsonArray values ? Strings(values.Select(value => value.Text() ?? "")) : "[]string(nil)")}}}"))}}}"
            : "[]v1.LabelSelectorRequirement(nil)";
        return $"v1.LabelSelector{{MatchLabels:{Map(selector.At("matchLabels"))}, MatchExpressions:{expressions}}}";
    }

    /// <summary>A quantity (<c>%#v</c>).</summary>
    public static string Number(Quantity quantity)
    {
        string text = quantity.ToString(), format = quantity.Form switch { 'b' => "BinarySI", 'e' => "DecimalExponent", _ => "DecimalSI" };
        System.Numerics.BigInteger value = quantity.Nano;
        int scale = -9;
        while (scale < 0 && !value.IsZero && (value % 1000).IsZero)
        {
            value /= 1000;
            scale += 3;
        }

        return string.Create(CultureInfo.InvariantCulture, $"resource.Quantity{{i:resource.int64Amount{{value:{value}, scale:{scale}}}, d:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:{Quote(text)}, Format:{Quote(format)}}}");
    }

    /// <summary>A value of JSON as the message of a wrong value has it.</summary>
    public static string Value(JsonNode? value) => value switch
    {
        null => "\"null\"",
        JsonValue one when one.GetValueKind() == JsonValueKind.String => Quote(one.Text()!),
        JsonObject or JsonArray => value.ToJsonString(),
        _ => value.ToJsonString(),
    };
}
