using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What goes with a change of a service: its one address and the list of its addresses, and what a new type does not have.</summary>
/// <remarks><c>pkg/registry/core/service/strategy.go</c>: NormalizeClusterIPs, patchAllocatedValues, dropTypeDependentFields.</remarks>
internal static class ServiceStrategy
{
    /// <summary>Before a service is created.</summary>
    public static void Create(JsonObject json)
    {
        JsonObject spec = json.Child("spec");
        if (spec.Text("clusterIP") is { Length: > 0 } address && spec["clusterIPs"] is not JsonArray { Count: > 0 }) spec["clusterIPs"] = new JsonArray(address);
    }

    /// <summary>Before a service is replaced.</summary>
    public static void Update(JsonObject json, JsonObject old, int minor)
    {
        JsonObject spec = json.Child("spec"), before = old.Child("spec");
        if (minor >= 21) KeepAllocated(spec, before);
        Normalize(spec, before);
        if (NeedsAddress(before) && !NeedsAddress(spec))
        {
            if (spec.Text("clusterIP") == before.Text("clusterIP") && spec["clusterIPs"].Same(before["clusterIPs"]))
            {
                spec.Remove("clusterIP");
                spec.Remove("clusterIPs");
            }

            RemoveSame(spec, before, "ipFamilies");
            RemoveSame(spec, before, "ipFamilyPolicy");
        }

        if (NeedsNodePorts(before) && !NeedsNodePorts(spec) && NodePorts(spec).SequenceEqual(NodePorts(before)))
        {
            foreach (JsonObject port in spec.Objects("ports")) port.Remove("nodePort");
        }

        if (before.Text("type") == "LoadBalancer" && spec.Text("type") != "LoadBalancer") RemoveSame(spec, before, "allocateLoadBalancerNodePorts");

        // Only for services that are reached from outside; the default of the old type goes with it.
        if (NeedsNodePorts(before) && !NeedsNodePorts(spec)) RemoveSame(spec, before, "externalTrafficPolicy");
        if (NeedsHealthPort(before) && !NeedsHealthPort(spec)) RemoveSame(spec, before, "healthCheckNodePort");
        if (minor >= 22 && spec.Text("type") == "ExternalName") RemoveSame(spec, before, "internalTrafficPolicy");
    }

    /// <summary>True for a type that has an address within the cluster.</summary>
    public static bool NeedsAddress(JsonNode spec) => spec.Text("type") is "ClusterIP" or "NodePort" or "LoadBalancer";

    /// <summary>True for a type that has ports on every node.</summary>
    public static bool NeedsNodePorts(JsonNode spec) => spec.Text("type") == "NodePort" || (spec.Text("type") == "LoadBalancer" && spec.Flag("allocateLoadBalancerNodePorts") != false);

    private static bool NeedsHealthPort(JsonNode spec) => spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local";

    private static IEnumerable<long> NodePorts(JsonNode spec) => spec.Objects("ports").Select(port => port.Number("nodePort") ?? 0).Order();

    private static void RemoveSame(JsonObject spec, JsonObject before, string name)
    {
        if (spec[name].Same(before[name])) spec.Remove(name);
    }

    private static void Normalize(JsonObject spec, JsonObject before)
    {
        string address = spec.Text("clusterIP") ?? "", known = before.Text("clusterIP") ?? "";
        bool listed = spec["clusterIPs"] is JsonArray { Count: > 0 };
        if (before["clusterIPs"] is JsonArray { Count: > 0 } all && !listed && address == known) spec["clusterIPs"] = all.DeepClone();
        if (address == known || !spec["clusterIPs"].Same(before["clusterIPs"])) return;
        if (address.Length == 0) spec.Remove("clusterIPs");
        else spec["clusterIPs"] = new JsonArray(address);
    }

    /// <summary>What a client leaves out it does not mean to give up: an apply or a replacement without addresses and node ports.</summary>
    private static void KeepAllocated(JsonObject spec, JsonObject before)
    {
        if (NeedsAddress(before) && NeedsAddress(spec) && spec.Text("clusterIP") is null or "" && spec["clusterIPs"] is not JsonArray { Count: > 0 })
        {
            if (before["clusterIP"] is { } address) spec["clusterIP"] = address.DeepClone();
            if (before["clusterIPs"] is { } all) spec["clusterIPs"] = all.DeepClone();
        }

        if (!NeedsNodePorts(before) || !NeedsNodePorts(spec)) return;
        var known = new Dictionary<(string?, long?), JsonNode>();
        foreach (JsonObject port in before.Objects("ports"))
        {
            if (port["nodePort"] is { } number) known[(port.Text("protocol"), port.Number("port"))] = number;
        }

        HashSet<long> used = [.. NodePorts(spec)];
        foreach (JsonObject port in spec.Objects("ports"))
        {
            if (port.Number("nodePort") is null or 0 && known.TryGetValue((port.Text("protocol"), port.Number("port")), out JsonNode? number) && used.Add(number.Number() ?? 0)) port["nodePort"] = number.DeepClone();
        }
    }
}
