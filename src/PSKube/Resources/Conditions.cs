using System.Text.Json.Nodes;

namespace PSKube.Resources;

/// <summary>The conditions that an object reports, by the rules of <c>kubectl wait</c> (<c>pkg/cmd/wait/condition.go</c>).</summary>
internal static class Conditions
{
    /// <summary>What keeps a condition from having a value; null when it has it. Names and values are compared without case.</summary>
    public static string? PendingBecause(JsonObject value, string name, string wanted)
    {
        JsonNode? status = value["status"];
        foreach (JsonNode? condition in status?["conditions"] as JsonArray ?? [])
        {
            if (!string.Equals(condition?["type"]?.ToString(), name, StringComparison.OrdinalIgnoreCase)) continue;
            // What was observed of an older specification says nothing about this one.
            if (IsBehind(value, condition!["observedGeneration"]) || IsBehind(value, status!["observedGeneration"])) return $"its condition {name} is of an earlier specification";
            string now = condition["status"]?.ToString() ?? "";
            if (string.Equals(now, wanted, StringComparison.OrdinalIgnoreCase)) return null;
            string reason = condition["reason"]?.ToString() is { Length: > 0 } word ? $" ({word})" : "";
            return $"its condition {name} is {now}{reason}";
        }

        return $"it has no condition {name} yet";
    }

    private static bool IsBehind(JsonObject value, JsonNode? observed) => observed is JsonValue number && number.TryGetValue(out long seen) && value["metadata"]?["generation"] is JsonValue current && current.TryGetValue(out long wanted) && seen < wanted;
}
