using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Specs;

/// <summary>Sets limits and requests, as <c>kubectl set resources</c> does (<c>pkg/cmd/set/set_resources.go</c>); what is not named stays.</summary>
internal static class ResourceEdit
{
    /// <summary>The change. An empty amount takes the entry out.</summary>
    /// <exception cref="KubeException">An amount is no quantity, or more is requested than allowed (<c>KubeInvalidArgument</c>).</exception>
    public static PodEdit Build(IReadOnlyList<KeyValuePair<string, string>> limits, IReadOnlyList<KeyValuePair<string, string>> requests, IReadOnlyList<string> containers)
    {
        if (limits.Count + requests.Count == 0) throw PodTemplateBuilder.Invalid("Nothing is to be set: give -Limits @{ memory = '200Mi' } or -Requests @{ cpu = '100m' }.");
        JsonObject resources = [];
        foreach ((string part, IReadOnlyList<KeyValuePair<string, string>> amounts) in (ReadOnlySpan<(string, IReadOnlyList<KeyValuePair<string, string>>)>)[("limits", limits), ("requests", requests)])
        {
            if (amounts.Count > 0) resources[part] = Amounts(part, amounts);
        }

        return podSpec => PodContainers.Patch(PodContainers.Named(podSpec, containers), found =>
        {
            CheckBounds(found.Container, resources);
            return new JsonObject { ["resources"] = resources.DeepClone() };
        });
    }

    private static JsonObject Amounts(string part, IReadOnlyList<KeyValuePair<string, string>> amounts)
    {
        var result = new JsonObject();
        foreach ((string name, string amount) in amounts)
        {
            if (!NameRules.IsQualifiedName(name)) throw NameRules.InvalidName(name, "name of a resource", "a name such as cpu, memory or vendor.com/gpu");
            result[name] = amount.Length == 0 ? null : Quantity.Text(Parse($"{part}.{name}", amount));
        }

        return result;
    }

    private static ResourceQuantity Parse(string place, string amount)
    {
        try
        {
            ResourceQuantity quantity = Quantity.Parse(amount);
            return quantity.ToDecimal() < 0 ? throw PodTemplateBuilder.Invalid($"{place}: {amount} is less than nothing.") : quantity;
        }
        catch (FormatException failure)
        {
            throw PodTemplateBuilder.Invalid($"{place}: {failure.Message}");
        }
    }

    private static void CheckBounds(JsonObject container, JsonObject change)
    {
        var together = JsonOverrides.Apply(new JsonObject { ["resources"] = container["resources"]?.DeepClone() ?? new JsonObject() }, new JsonObject { ["resources"] = change.DeepClone() }, OverrideType.Merge);
        if (together["resources"]?["requests"] is not JsonObject requests || together["resources"]?["limits"] is not JsonObject limits) return;
        foreach ((string name, JsonNode? request) in requests)
        {
            if (request is null || limits[name] is not { } limit) continue;
            if (Parse(name, request.ToString()).ToDecimal() > Parse(name, limit.ToString()).ToDecimal()) throw PodTemplateBuilder.Invalid(string.Create(CultureInfo.InvariantCulture, $"The container '{container["name"]}' would request more {name} ({request}) than its limit allows ({limit})."));
        }
    }
}
