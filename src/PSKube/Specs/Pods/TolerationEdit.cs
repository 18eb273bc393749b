using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Specs;

/// <summary>Adds tolerations. The list has no key to merge by, so it is sent as a whole.</summary>
internal static class TolerationEdit
{
    /// <summary>The change; a toleration that is there is not added again.</summary>
    public static PodEdit Build(IReadOnlyList<V1Toleration> tolerations)
    {
        foreach (V1Toleration toleration in tolerations) Check(toleration);
        return podSpec =>
        {
            var all = (podSpec["tolerations"] as JsonArray)?.DeepClone() as JsonArray ?? [];
            foreach (JsonObject added in tolerations.Select(ResourceJson.ToJsonObject))
            {
                if (!all.Any(other => JsonNode.DeepEquals(other, added))) all.Add(added);
            }

            return new JsonObject { ["tolerations"] = all };
        };
    }

    /// <summary>The rules of the API server (<c>ValidateTolerations</c>).</summary>
    private static void Check(V1Toleration toleration)
    {
        bool exists = toleration.OperatorProperty == "Exists";
        if (toleration.Key is { } key && !NameRules.IsQualifiedName(key)) throw NameRules.InvalidName(key, "key of a taint", "letters, digits, '-', '_' and '.', at most 63 characters, with an optional DNS prefix and '/'");
        if (toleration.Key is null && !exists) throw PodTemplateBuilder.Invalid("A toleration without -Key tolerates every taint; say so with -Operator Exists.");
        if (exists && !string.IsNullOrEmpty(toleration.Value)) throw PodTemplateBuilder.Invalid($"-Value {Api.ServerErrors.Escape(toleration.Value)}: with -Operator Exists every value is tolerated; leave one of the two out.");
        if (toleration.Value is { } value && !NameRules.IsLabelValue(value)) throw NameRules.InvalidName(value, "value of a taint", "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, at most 63 characters");
        if (toleration.TolerationSeconds is not null && toleration.Effect != "NoExecute") throw PodTemplateBuilder.Invalid("-TolerationSeconds is for -Effect NoExecute: only that taint drives out pods that run.");
    }
}
