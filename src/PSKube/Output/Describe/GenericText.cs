using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Resources;

namespace PSKube.Output.Describe;

/// <summary>Any other kind: every field by its name, as kubectl shows kinds that it does not know.</summary>
internal static class GenericText
{
    private static readonly string[] Acronyms = ["API", "URL", "UID", "OSB", "GUID"];
    private static readonly string[] Skipped = [".metadata.managedFields", ".metadata.name", ".metadata.namespace", ".metadata.labels", ".metadata.annotations"];

    /// <summary>Writes an object of any kind.</summary>
    public static void Write(object target, DescriptionWriter writer, DescribeFacts facts)
    {
        JsonObject json = ResourceJson.ToJsonObject(target);
        var metadata = json["metadata"] as JsonObject;
        writer.Field("Name", Text(metadata?["name"]));
        writer.Field("Namespace", Text(metadata?["namespace"]));
        writer.Values("Labels", Words.Labels(Map(metadata?["labels"])));
        writer.Annotations(Map(metadata?["annotations"]));
        // A Secret that comes here, for want of a better way, must not show what it holds.
        string[] skipped = Text(json["kind"]) == "Secret" ? [.. Skipped, ".data", ".stringData"] : Skipped;
        Fields(writer, json, "", skipped);
        EventText.Write(writer, facts);
    }

    /// <summary>A field's name in words: <c>resourceVersion</c> is <c>Resource Version</c>.</summary>
    internal static string Label(string field)
    {
        if (field.Any(c => !char.IsLetter(c) && c != '-')) return field;
        var words = new List<string>();
        int start = 0;
        for (int i = 1; i <= field.Length; i++)
        {
            if (i < field.Length && !Breaks(field, i)) continue;
            words.Add(field[start..i]);
            start = i;
        }

        return string.Join(' ', words.Select(word => Acronyms.Contains(word.ToUpperInvariant()) ? word.ToUpperInvariant() : char.ToUpperInvariant(word[0]) + word[1..]));
    }

    /// <summary>A word begins at a capital behind a small letter, at the last of several capitals before a small one, and around a dash.</summary>
    private static bool Breaks(string field, int at)
    {
        (char before, char now) = (field[at - 1], field[at]);
        if (before == '-' || now == '-') return before != now;
        if (char.IsLower(before) && char.IsUpper(now)) return true;
        return char.IsUpper(before) && char.IsUpper(now) && at + 1 < field.Length && char.IsLower(field[at + 1]);
    }

    private static void Fields(DescriptionWriter writer, JsonObject json, string prefix, string[] skipped)
    {
        foreach ((string name, JsonNode? value) in json.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            string path = $"{prefix}.{name}";
            if (skipped.Contains(path)) continue;
            switch (value)
            {
                case JsonObject inner:
                    using (writer.Open(Label(name))) Fields(writer, inner, path, skipped);
                    break;
                case JsonArray items:
                    using (writer.Open(Label(name)))
                    {
                        foreach (JsonNode? item in items)
                        {
                            if (item is JsonObject one) Fields(writer, one, path, skipped);
                            else writer.Entry(Text(item));
                        }
                    }

                    break;
                default:
                    writer.Field(Label(name), Text(value));
                    break;
            }
        }
    }

    private static Dictionary<string, string> Map(JsonNode? node) => (node as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => Text(pair.Value), StringComparer.Ordinal);

    private static string Text(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.TryGetValue(out string? plain) => plain,
        JsonArray items => $"[{string.Join(' ', items.Select(Text))}]",
        JsonValue number when number.TryGetValue(out decimal amount) => amount.ToString(CultureInfo.InvariantCulture),
        _ => value.ToJsonString(),
    };
}
