using System.Text.Json.Nodes;

namespace PSKube.Resources;

/// <summary>An object's selector in the form that a list takes.</summary>
internal static class LabelSelectorText
{
    /// <summary>Writes a selector, with or without matchLabels; null when it selects nothing.</summary>
    public static string? Of(JsonNode? selector)
    {
        if (selector is not JsonObject map || map.Count == 0) return null;
        bool modern = map.ContainsKey("matchLabels") || map.ContainsKey("matchExpressions");
        var parts = new List<string>();
        foreach ((string key, JsonNode? value) in (modern ? map["matchLabels"] as JsonObject : map) ?? []) parts.Add($"{key}={value}");
        foreach (JsonNode? expression in map["matchExpressions"] as JsonArray ?? [])
        {
            string key = expression?["key"]?.ToString() ?? "";
            string values = string.Join(',', (expression?["values"] as JsonArray ?? []).Select(value => value?.ToString()));
            parts.Add(expression?["operator"]?.ToString() switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "DoesNotExist" => $"!{key}",
                _ => key,
            });
        }

        return parts.Count > 0 ? string.Join(',', parts) : null;
    }
}
