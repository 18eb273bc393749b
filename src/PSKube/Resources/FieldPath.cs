using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Resources;

/// <summary>
/// Where a value stands in an object, written as people write it: <c>status.phase</c>, <c>{.status.phase}</c>,
/// <c>spec.containers[0].image</c>, <c>status.conditions[?(@.type=="Ready")].status</c>; a dot in a key is written <c>\.</c>.
/// </summary>
internal sealed class FieldPath
{
    private readonly List<Step> _steps;
    private readonly string _text;

    private FieldPath(string text, List<Step> steps)
    {
        _text = text;
        _steps = steps;
    }

    /// <summary>One step: a key, an index (from the end when negative), or the items whose field has a value.</summary>
    private sealed record Step(string? Key, int Index, string? Equal);

    /// <summary>Reads a path.</summary>
    /// <exception cref="KubeException">It is none (<c>KubeInvalidArgument</c>).</exception>
    public static FieldPath Parse(string text)
    {
        string path = text.Trim();
        if (path.StartsWith('{') && path.EndsWith('}')) path = path[1..^1].Trim();
        if (path.StartsWith("$.", StringComparison.Ordinal)) path = path[1..];
        var steps = new List<Step>();
        int at = 0;
        while (at < path.Length)
        {
            if (path[at] == '[') at = Bracket(path, at, text, steps);
            else
            {
                if (path[at] == '.') at++;
                at = Key(path, at, text, steps);
            }
        }

        return steps.Count > 0 ? new FieldPath(path, steps) : throw Bad(text);
    }

    /// <summary>The value there, or null.</summary>
    public JsonNode? Find(JsonNode? value)
    {
        foreach (Step step in _steps)
        {
            value = step switch
            {
                { Equal: { } equal } => (value as JsonArray)?.FirstOrDefault(item => item?[step.Key!]?.ToString() == equal),
                { Key: { } key } => (value as JsonObject)?[key],
                _ => value is JsonArray list && (step.Index < 0 ? list.Count + step.Index : step.Index) is >= 0 and var index && index < list.Count ? list[index] : null,
            };
            if (value is null) return null;
        }

        return value;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.TrimStart('.');

    private static int Key(string path, int at, string text, List<Step> steps)
    {
        var key = new StringBuilder();
        for (; at < path.Length && path[at] is not '.' and not '['; at++)
        {
            if (path[at] == '\\' && at + 1 < path.Length) at++;
            key.Append(path[at]);
        }

        if (key.Length == 0) throw Bad(text);
        steps.Add(new Step(key.ToString(), 0, null));
        return at;
    }

    private static int Bracket(string path, int at, string text, List<Step> steps)
    {
        int end = path.IndexOf(']', at);
        if (end < 0) throw Bad(text);
        string inner = path[(at + 1)..end].Trim();
        if (int.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index)) steps.Add(new Step(null, index, null));
        else if (inner is ['\'', .., '\''] or ['"', .., '"']) steps.Add(new Step(inner[1..^1], 0, null));
        else if (inner.StartsWith("?(@.", StringComparison.Ordinal) && inner.EndsWith(')') && inner[4..^1].Split("==") is [var field, var value]) steps.Add(new Step(field.Trim(), 0, value.Trim().Trim('"', '\'')));
        else throw Bad(text);
        return end + 1;
    }

    private static KubeException Bad(string text) => new("KubeInvalidArgument", ErrorCategory.InvalidArgument, $"'{Api.ServerErrors.Escape(text)}' is no path into an object; write status.phase, spec.containers[0].image or status.conditions[?(@.type==\"Ready\")].status.") { EndsCommand = true };
}
