using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server fills into services, save for the addresses, which <see cref="ServiceAddresses"/> allocates.</summary>
/// <remarks><c>pkg/apis/core/v1/defaults.go</c>.</remarks>
internal static class ServiceDefaults
{
    /// <summary>A service.</summary>
    public static void Service(JsonObject json, int minor)
    {
        JsonObject spec = json.Child("spec");
        PodDefaults.Empty(spec, "sessionAffinity", "None");
        if (spec.Text("sessionAffinity") == "None") spec.Remove("sessionAffinityConfig");
        else if (spec.Text("sessionAffinity") == "ClientIP" && spec.Number("sessionAffinityConfig", "clientIP", "timeoutSeconds") is null) spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = 10800 } };
        PodDefaults.Empty(spec, "type", "ClusterIP");
        foreach (JsonObject port in spec.Objects("ports"))
        {
            PodDefaults.Empty(port, "protocol", "TCP");
            if (IsUnset(port["targetPort"]) && port["port"] is { } number) port["targetPort"] = number.DeepClone();
        }

        string type = spec.Text("type")!;
        bool outside = type is "NodePort" or "LoadBalancer" || (minor >= 26 && type == "ClusterIP" && spec["externalIPs"] is JsonArray { Count: > 0 });
        if (outside) PodDefaults.Empty(spec, "externalTrafficPolicy", "Cluster");
        if (minor < 22) return;
        if (type is "ClusterIP" or "NodePort" or "LoadBalancer") spec.Default("internalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer") spec.Default("allocateLoadBalancerNodePorts", true);
    }

    private static bool IsUnset(JsonNode? port) => port is null || port.GetValueKind() switch
    {
        JsonValueKind.Number => port.Number() == 0,
        JsonValueKind.String => port.Text() is { Length: 0 },
        _ => false,
    };
}
