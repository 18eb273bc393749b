using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Controllers;

/// <summary>Which labels a selector means.</summary>
internal static class Selectors
{
    /// <summary>True when a label selector (<c>matchLabels</c>, <c>matchExpressions</c>) selects these labels; one that says nothing selects all, none at all nothing.</summary>
    public static bool Matches(JsonNode? selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector is not JsonObject) return false;
        if (!MatchesMap(selector["matchLabels"], labels)) return false;
        foreach (JsonObject one in selector.Objects("matchExpressions"))
        {
            if (!Holds(one, labels)) return false;
        }

        return true;
    }

    /// <summary>True when the labels have every entry of a map.</summary>
    public static bool MatchesMap(JsonNode? map, IReadOnlyDictionary<string, string> labels)
    {
        if (map is not JsonObject wanted) return true;
        foreach ((string key, JsonNode? value) in wanted)
        {
            if (!labels.TryGetValue(key, out string? has) || has != (value is JsonValue text && text.TryGetValue(out string? said) ? said : "")) return false;
        }

        return true;
    }

    /// <summary>True when one requirement holds: <c>key</c>, <c>operator</c>, <c>values</c>, with the operators of labels and of nodes.</summary>
    public static bool Holds(JsonObject requirement, IReadOnlyDictionary<string, string> labels)
    {
        string key = requirement.Text("key") ?? "";
        bool has = labels.TryGetValue(key, out string? value);
        string[] values = requirement["values"] is JsonArray list ? [.. list.Select(one => one?.ToString() ?? "")] : [];
        return requirement.Text("operator") switch
        {
            "In" => has && values.Contains(value),
            "NotIn" => !has || !values.Contains(value),
            "Exists" => has,
            "DoesNotExist" => !has,
            "Gt" => Order(has, value, values) > 0,
            "Lt" => Order(has, value, values) < 0,
            _ => false,
        };
    }

    /// <summary>True when a node selector's terms, of which one must hold, select a node.</summary>
    public static bool MatchesNode(JsonNode? nodeSelector, IReadOnlyDictionary<string, string> labels, string name)
    {
        foreach (JsonObject term in nodeSelector.Objects("nodeSelectorTerms"))
        {
            bool any = false, all = true;
            foreach (JsonObject one in term.Objects("matchExpressions"))
            {
                any = true;
                all &= Holds(one, labels);
            }

            foreach (JsonObject one in term.Objects("matchFields"))
            {
                any = true;
                all &= one.Text("key") == "metadata.name" && Holds(one, new Dictionary<string, string> { ["metadata.name"] = name });
            }

            if (any && all) return true;
        }

        return false;
    }

    private static int Order(bool has, string? value, string[] values) =>
        has && values.Length == 1 && long.TryParse(value, CultureInfo.InvariantCulture, out long own) && long.TryParse(values[0], CultureInfo.InvariantCulture, out long limit) ? own.CompareTo(limit) : 0;
}
