using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server fills into autoscalers, network policies, roles' bindings, priority classes and definitions of kinds.</summary>
/// <remarks>The <c>defaults.go</c> of <c>pkg/apis/autoscaling</c>, <c>networking</c>, <c>rbac</c>, <c>scheduling</c>; apiextensions'.</remarks>
internal static class PolicyDefaults
{
    /// <summary>A horizontal pod autoscaler.</summary>
    public static void HorizontalPodAutoscaler(JsonObject json)
    {
        JsonObject spec = json.Child("spec");
        spec.Default("minReplicas", 1);
        if (spec["metrics"] is not JsonArray { Count: > 0 }) spec["metrics"] = new JsonArray(Resource("cpu", 80));
        if (spec["behavior"] is not JsonObject behavior) return;
        JsonObject up = behavior.Child("scaleUp");
        up.Default("stabilizationWindowSeconds", 0);
        up.Default("selectPolicy", "Max");
        up.Default("policies", new JsonArray(Policy("Pods", 4), Policy("Percent", 100)));
        JsonObject down = behavior.Child("scaleDown");
        down.Default("selectPolicy", "Max");
        down.Default("policies", new JsonArray(Policy("Percent", 100)));
    }

    /// <summary>A network policy.</summary>
    public static void NetworkPolicy(JsonObject json)
    {
        JsonObject spec = json.Child("spec");
        foreach (JsonObject port in spec.Objects("ingress").Concat(spec.Objects("egress")).SelectMany(rule => rule.Objects("ports"))) port.Default("protocol", "TCP");
        if (spec["policyTypes"] is JsonArray { Count: > 0 }) return;
        var types = new JsonArray("Ingress");
        if (spec["egress"] is JsonArray { Count: > 0 }) types.Add("Egress");
        spec["policyTypes"] = types;
    }

    /// <summary>A binding of a role.</summary>
    public static void Binding(JsonObject json)
    {
        const string Group = "rbac.authorization.k8s.io";
        if (json["roleRef"] is JsonObject role) PodDefaults.Empty(role, "apiGroup", Group);
        foreach (JsonObject subject in json.Objects("subjects"))
        {
            if (subject.Text("kind") is "User" or "Group") PodDefaults.Empty(subject, "apiGroup", Group);
        }
    }

    /// <summary>A priority class.</summary>
    public static void PriorityClass(JsonObject json) => json.Default("preemptionPolicy", "PreemptLowerPriority");

    /// <summary>An ingress class.</summary>
    public static void IngressClass(JsonObject json, int minor)
    {
        if (minor >= 22 && json.At("spec", "parameters") is JsonObject parameters) parameters.Default("scope", "Cluster");
    }

    /// <summary>A definition of a kind.</summary>
    public static void CustomResourceDefinition(JsonObject json)
    {
        JsonObject spec = json.Child("spec");
        PodDefaults.Empty(spec, "scope", "Namespaced");
        JsonObject names = spec.Child("names");
        if (names.Text("kind") is { Length: > 0 } kind)
        {
            PodDefaults.Empty(names, "singular", kind.ToLowerInvariant());
            PodDefaults.Empty(names, "listKind", kind + "List");
        }

        JsonObject conversion = spec.Child("conversion");
        PodDefaults.Empty(conversion, "strategy", "None");
        if (conversion.At("webhook", "clientConfig", "service") is JsonObject service) service.Default("port", 443);
    }

    /// <summary>A metric of a resource's use in percent of what was requested.</summary>
    internal static JsonObject Resource(string name, long percent) => new()
    {
        ["type"] = "Resource",
        ["resource"] = new JsonObject { ["name"] = name, ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = percent } },
    };

    private static JsonObject Policy(string type, int value) => new() { ["type"] = type, ["value"] = value, ["periodSeconds"] = 15 };
}
