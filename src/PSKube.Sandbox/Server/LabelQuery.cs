using System.Text.RegularExpressions;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Server;

/// <summary>A label selector as a query writes it; for those that objects hold see <see cref="Controllers.Selectors"/>.</summary>
/// <remarks>Grammar: apimachinery's <c>pkg/labels/selector.go</c>.</remarks>
internal sealed partial class LabelQuery
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> _requirements = [];

    private LabelQuery()
    {
    }

    /// <summary>Selects everything.</summary>
    public static LabelQuery Everything { get; } = new();

    /// <summary>Reads the text of a query: <c>app=web,tier in (a, b),!canary</c>.</summary>
    /// <exception cref="StatusException">It cannot be read (400).</exception>
    public static LabelQuery Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return Everything;
        var query = new LabelQuery();
        int at = 0;
        while (at < text.Length)
        {
            Match match = Requirement().Match(text, at);
            if (!match.Success) throw Unread(text[at..]);
            query.Add(match);
            at = match.Index + match.Length;
        }

        return query;
    }

    /// <summary>True when the labels meet every requirement.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (Func<IReadOnlyDictionary<string, string>, bool> requirement in _requirements)
        {
            if (!requirement(labels)) return false;
        }

        return true;
    }

    /// <summary>The text by which a scale says its selector: keys in order.</summary>
    public static string Text(JsonNode? selector)
    {
        var parts = new List<(string Key, string Text)>();
        foreach ((string key, string value) in selector.Map("matchLabels")) parts.Add((key, $"{key}={value}"));
        foreach (JsonObject expression in selector.Objects("matchExpressions"))
        {
            string key = expression.Text("key") ?? "";
            string values = string.Join(",", (expression["values"] as JsonArray ?? []).Select(value => value.Text()).Order(StringComparer.Ordinal));
            parts.Add((key, expression.Text("operator") switch { "In" => $"{key} in ({values})", "NotIn" => $"{key} notin ({values})", "DoesNotExist" => "!" + key, _ => key }));
        }

        return string.Join(",", parts.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => part.Text));
    }

    /// <summary>What the server's parser says of a text that it cannot read (pkg/labels/selector.go).</summary>
    private static StatusException Unread(string text)
    {
        if (SetWithoutValues().Match(text) is { Success: true } set) return Refusals.BadRequest($"unable to parse requirement: found '{set.Groups["next"].Value}' expected: '('");
        Match start = KeyAndNext().Match(text);
        return Refusals.BadRequest(start.Success
            ? $"unable to parse requirement: found '{start.Groups["next"].Value}', expected: '=', '!=', '==', 'in', notin'"
            : $"unable to parse requirement: found '{text}', expected: identifier");
    }

    private void Add(Match match)
    {
        string key = match.Groups["key"].Value;
        if (match.Groups["not"].Success) Add(key, "DoesNotExist", []);
        else if (match.Groups["set"].Success) Add(key, match.Groups["set"].Value == "in" ? "In" : "NotIn", [.. match.Groups["values"].Value.Split(',').Select(value => value.Trim())]);
        else if (match.Groups["equals"].Success) Add(key, match.Groups["equals"].Value == "!=" ? "NotIn" : "In", [match.Groups["value"].Value]);
        else if (match.Groups["order"].Success)
        {
            bool greater = match.Groups["order"].Value == ">";
            long limit = long.Parse(match.Groups["value"].Value, System.Globalization.CultureInfo.InvariantCulture);
            _requirements.Add(labels => labels.TryGetValue(key, out string? has) && long.TryParse(has, out long number) && (greater ? number > limit : number < limit));
        }
        else Add(key, "Exists", []);
    }

    private void Add(string key, string operation, HashSet<string> values) => _requirements.Add(operation switch
    {
        "In" => labels => labels.TryGetValue(key, out string? has) && values.Contains(has),
        "NotIn" => labels => !labels.TryGetValue(key, out string? has) || !values.Contains(has),
        "Exists" => labels => labels.ContainsKey(key),
        "DoesNotExist" => labels => !labels.ContainsKey(key),
        _ => _ => false,
    });

    [GeneratedRegex(@"^\s*[A-Za-z0-9][-A-Za-z0-9_./]*\s+(?:in|notin)\s+(?<next>[^\s,(]+)")]
    private static partial Regex SetWithoutValues();

    [GeneratedRegex(@"^\s*[A-Za-z0-9][-A-Za-z0-9_./]*\s+(?<next>[^\s,]+)")]
    private static partial Regex KeyAndNext();

    [GeneratedRegex(@"\G\s*(?:(?<not>!)\s*(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)|(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)(?:\s+(?<set>in|notin)\s*\((?<values>[^()]*)\)|\s*(?<equals>==|=|!=)\s*(?<value>[-A-Za-z0-9_.]*)|\s*(?<order>[<>])\s*(?<value>-?[0-9]+))?)\s*(?:,(?=.)|$)")]
    private static partial Regex Requirement();
}
