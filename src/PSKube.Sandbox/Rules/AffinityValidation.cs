using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a pod's wishes for nodes and neighbours must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: validateAffinity and what it calls.</remarks>
internal sealed class AffinityValidation(Problems problems, MetadataValidation metadata)
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution", Preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    private static readonly string[] s_neighbours = ["podAffinity", "podAntiAffinity"];

    /// <summary>Checks it.</summary>
    public void Check(string at, JsonNode? affinity)
    {
        if (affinity is null) return;
        Nodes($"{at}.nodeAffinity", affinity.At("nodeAffinity"));
        foreach (string kind in s_neighbours)
        {
            string here = $"{at}.{kind}";
            int i = 0;
            foreach (JsonObject term in affinity.Objects(kind, Required)) Term($"{here}.{Required}[{i++}]", term);
            i = 0;
            foreach (JsonObject wish in affinity.Objects(kind, Preferred))
            {
                string one = $"{here}.{Preferred}[{i++}]";
                Weight(one, wish);
                Term($"{one}.podAffinityTerm", wish["podAffinityTerm"]);
            }
        }
    }

    /// <summary>The terms of a selector of nodes.</summary>
    public void NodeTerm(string at, JsonNode? term)
    {
        int i = 0;
        foreach (JsonObject one in term.Objects("matchExpressions"))
        {
            string here = $"{at}.matchExpressions[{i++}]";
            int values = one["values"] is JsonArray list ? list.Count : 0;
            switch (one.Text("operator"))
            {
                case "In" or "NotIn":
                    if (values == 0) problems.Required($"{here}.values", "must be specified when `operator` is 'In' or 'NotIn'");
                    break;
                case "Exists" or "DoesNotExist":
                    if (values > 0) problems.Forbidden($"{here}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    break;
                case "Gt" or "Lt":
                    if (values != 1) problems.Required($"{here}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
                    break;
                default:
                    problems.Invalid($"{here}.operator", one.Text("operator"), "not a valid selector operator");
                    break;
            }

            problems.Each($"{here}.key", one.Text("key"), metadata.Names.QualifiedName(one.Text("key") ?? ""));
        }
    }

    private void Nodes(string at, JsonNode? affinity)
    {
        if (affinity.At(Required) is JsonObject required)
        {
            string here = $"{at}.{Required}.nodeSelectorTerms";
            if (required["nodeSelectorTerms"] is not JsonArray { Count: > 0 }) problems.Required(here, "must have at least one node selector term");
            int i = 0;
            foreach (JsonObject term in required.Objects("nodeSelectorTerms")) NodeTerm($"{here}[{i++}]", term);
        }

        int j = 0;
        foreach (JsonObject wish in affinity.Objects(Preferred))
        {
            string here = $"{at}.{Preferred}[{j++}]";
            Weight(here, wish);
            NodeTerm($"{here}.preference", wish["preference"]);
        }
    }

    private void Weight(string at, JsonObject wish)
    {
        if ((wish.Number("weight") ?? 0) is < 1 or > 100) problems.Invalid($"{at}.weight", wish.Number("weight") ?? 0, "must be in the range 1-100");
    }

    private void Term(string at, JsonNode? term)
    {
        metadata.Selector(problems.Minor >= 22 ? $"{at}.labelSelector" : $"{at}.matchExpressions", term.At("labelSelector"));
        string key = term.Text("topologyKey") ?? "";
        if (key.Length == 0) problems.Required($"{at}.topologyKey", "can not be empty");
        problems.Each($"{at}.topologyKey", key, metadata.Names.QualifiedName(key));
    }
}
