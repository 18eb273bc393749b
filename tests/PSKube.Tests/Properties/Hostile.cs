using System.Text.Json.Nodes;
using CsCheck;

namespace PSKube.Tests.Properties;

/// <summary>Texts and documents that something takes for something else.</summary>
internal static class Hostile
{
    private static readonly string[] s_words =
    [
        "", " ", "~", "null", "Null", "NULL", "true", "True", "yes", "Yes", "YES", "no", "on", "off", "y", "n", "Y", "N", "=", "<<", "-", "--", "---", "...", "--- x", "... x", "- x", "? x", ": x", "x: y", "x:", ":x", "#", "# x", "x #y", "x#y", "&a", "*a", "!t", "!!str x", "%x", "%YAML 1.1", "@x", "`x", "|", ">", "|-", "{", "}", "[", "]", "{}", "[]", "{a: 1}", ",", "'", "\"", "''", "\"\"", "'x", "\"x", "it's", "\\", "\\n", "\\u0041",
        "0", "-0", "+1", "00", "007", "0644", "0o644", "0x1F", "0b11", "08", "1_000", "1__0", "_1", "1.", ".5", "1.10", "1e3", "1E3", "1e+3", "+.5e-3", "1e999", ".inf", "-.Inf", ".NaN", "12:30:45", "1:30", "190:20:30.15", "2024-01-01", "2024-01-01T00:00:00Z", "2001-12-14t21:59:43.10-05:00", "9223372036854775807", "9223372036854775808", "123456789012345678901234567890", "0x1p3", "1.2.3",
        "\n", "\n\n", "\r", "\r\n", "\t", "\tx", "x\t", " x", "x ", "  x\n y", "x\n", "x\n\n", "\nx", "x\ny", "x \ny", "x\n\ty", "x\n \ny", "- a\n- b\n", "a: b\n", "---\nx\n", "#x\n", "\ufeff", "\ufeffx", "x\ufeff", "\u0000", "\u0001", "\u001b[2J", "\u007f", "\u0080", "\u0085", "x\u0085y", "\u2028", "\u2029", "\u00a0", "\u200f", "\ud83d\ude00", "\ud83d\ude00\n", "\uffff", "\ufffe", "\ufffd", "größe", new string('x', 200), new string(' ', 90),
    ];

    /// <summary>One of these.</summary>
    public static Gen<string> Of(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    /// <summary>Any text of well-formed Unicode.</summary>
    public static Gen<string> Text { get; } = Gen.Frequency(
        (6, Hostile.Of(s_words)),
        (2, Gen.Select(Hostile.Of(s_words), Hostile.Of(s_words), (a, b) => a + b)),
        (3, Hostile.Of([.. "abyn01.:-_ \n\t'\"#{}[],&*!|>%@`~=<+\\/x\r\u0085\u2028é".Select(c => c.ToString()), "\ud83d\ude00"]).Array[0, 8].Select(string.Concat)));

    /// <summary>A document that is a map.</summary>
    public static Gen<JsonObject> Document { get; } = Map(3);

    private static Gen<JsonNode?> Value(int depth)
    {
        Gen<JsonNode?> single = Gen.Frequency(
            (6, Text.Select(text => (JsonNode?)JsonValue.Create(text))),
            (2, Gen.Long.Select(number => (JsonNode?)JsonValue.Create(number))),
            (1, Gen.Double[-1e9, 1e9].Select(number => (JsonNode?)JsonValue.Create(number))),
            (1, Gen.Bool.Select(truth => (JsonNode?)JsonValue.Create(truth))),
            (1, Gen.Const((JsonNode?)null)));
        if (depth == 0) return single;
        return Gen.Frequency(
            (4, single),
            (1, Gen.Const(0).SelectMany(_ => Value(depth - 1).Array[0, 4]).Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))),
            (1, Gen.Const(0).SelectMany(_ => Map(depth - 1)).Select(map => (JsonNode?)map)));
    }

    private static Gen<JsonObject> Map(int depth) => Gen.Select(Text, Value(depth)).Array[0, 5].Select(entries =>
    {
        var map = new JsonObject();
        foreach ((string key, JsonNode? value) in entries) map[key] = value?.DeepClone();
        return map;
    });
}
