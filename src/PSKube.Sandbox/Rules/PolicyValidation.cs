using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What autoscalers, ingresses, network policies, budgets, roles, priority classes and definitions must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks>The <c>validation.go</c> of <c>pkg/apis/autoscaling</c>, <c>networking</c>, <c>policy</c>, <c>rbac</c>, <c>scheduling</c>; apiextensions'.</remarks>
internal sealed class PolicyValidation(Problems problems, MetadataValidation metadata)
{
    private static readonly string[] s_pathTypes = ["Exact", "ImplementationSpecific", "Prefix"];
    private static readonly string[] s_budget = ["minAvailable", "maxUnavailable"];

    /// <summary>A horizontal pod autoscaler.</summary>
    public void HorizontalPodAutoscaler(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, true, metadata.Names.DnsName);
        else metadata.Update(json, old);
        JsonNode? spec = json["spec"];
        long least = spec.Number("minReplicas") ?? 1, most = spec.Number("maxReplicas") ?? 0;
        if (least < 1) problems.Invalid("spec.minReplicas", least, "must be greater than or equal to 1");
        if (most < 1) problems.Invalid("spec.maxReplicas", most, "must be greater than 0");
        if (most < least) problems.Invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
        if (spec.Text("scaleTargetRef", "kind") is null or "") problems.Required("spec.scaleTargetRef.kind");
        if (spec.Text("scaleTargetRef", "name") is null or "") problems.Required("spec.scaleTargetRef.name");
        int i = 0;
        foreach (JsonObject metric in spec.Objects("metrics"))
        {
            string at = $"spec.metrics[{i++}]", type = metric.Text("type") ?? "";
            if (type.Length == 0) problems.Required($"{at}.type", "must specify a metric source type");
            else if (type is not ("ContainerResource" or "External" or "Object" or "Pods" or "Resource")) problems.NotSupported($"{at}.type", type, "ContainerResource", "External", "Object", "Pods", "Resource");
            else if (metric[char.ToLowerInvariant(type[0]) + type[1..]] is null) problems.Required($"{at}.{char.ToLowerInvariant(type[0]) + type[1..]}", "must populate information for the given metric source");
            if (metric.Number("resource", "target", "averageUtilization") is < 1) problems.Invalid($"{at}.resource.target.averageUtilization", metric.Number("resource", "target", "averageUtilization")!.Value, "must be greater than 0");
        }
    }

    /// <summary>An ingress.</summary>
    public void Ingress(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, true, metadata.Names.DnsName);
        else metadata.Update(json, old);
        JsonNode? spec = json["spec"];
        if (spec.At("rules") is not JsonArray { Count: > 0 } && spec.At("defaultBackend") is null) problems.Add("FieldValueInvalid", "spec", $"Invalid value: {(problems.Minor >= 34 ? "null" : "[]networking.IngressRule(nil)")}: either `defaultBackend` or `rules` must be specified");
        if (spec.At("defaultBackend") is { } standard) Backend("spec.defaultBackend", standard);
        int i = 0;
        foreach (JsonObject rule in spec.Objects("rules"))
        {
            string at = $"spec.rules[{i++}]";
            if (rule.Text("host") is { Length: > 0 } host) problems.Each($"{at}.host", host, host.Contains('*', StringComparison.Ordinal) ? NameFormats.Wildcard(host) : metadata.Names.DnsName(host));
            if (rule["http"] is not { } http) continue;
            if (http.At("paths") is not JsonArray { Count: > 0 }) problems.Required($"{at}.http.paths");
            int j = 0;
            foreach (JsonObject path in http.Objects("paths")) Path($"{at}.http.paths[{j++}]", path);
        }

        if (spec.Text("ingressClassName") is { } name) problems.Each("spec.ingressClassName", name, metadata.Names.DnsName(name));
    }

    /// <summary>A network policy.</summary>
    public void NetworkPolicy(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, true, metadata.Names.DnsName);
        else metadata.Update(json, old);
        new NetworkPolicyValidation(problems, metadata).Spec(json["spec"]);
    }

    /// <summary>A disruption budget.</summary>
    public void PodDisruptionBudget(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, true, metadata.Names.DnsName);
        else metadata.Update(json, old);
        JsonNode? spec = json["spec"];
        if (s_budget.All(name => spec.At(name) is not null)) problems.InvalidAs("spec", problems.Print(spec, static value => $"policy.PodDisruptionBudgetSpec{value?.ToJsonString()}"), "minAvailable and maxUnavailable cannot be both set");
        var portions = new WorkloadValidation(problems, metadata);
        foreach (string name in s_budget)
        {
            if (spec.At(name) is not { } portion) continue;
            portions.Portion($"spec.{name}", portion);
            portions.NotMoreThanAll($"spec.{name}", portion);
        }

        metadata.Selector("spec.selector", spec.At("selector"));
    }

    /// <summary>A role.</summary>
    public void Role(JsonObject json, JsonObject? old, bool namespaced)
    {
        metadata.Create(json, namespaced, NameFormats.PathSegment);
        int i = 0;
        foreach (JsonObject rule in json.Objects("rules"))
        {
            string at = $"rules[{i++}]";
            bool Has(string field) => rule[field] is JsonArray { Count: > 0 };
            if (!Has("verbs")) problems.Required($"{at}.verbs", "verbs must contain at least one value");
            if (Has("nonResourceURLs"))
            {
                if (namespaced) problems.InvalidAs($"{at}.nonResourceURLs", GoText.Strings(((JsonArray)rule["nonResourceURLs"]!).Select(one => one.Text() ?? "")), "namespaced rules cannot apply to non-resource URLs");
                continue;
            }

            if (!Has("apiGroups")) problems.Required($"{at}.apiGroups", "resource rules must supply at least one api group");
            if (!Has("resources")) problems.Required($"{at}.resources", "resource rules must supply at least one resource");
        }

        if (old is not null) metadata.Update(json, old);
    }

    /// <summary>A binding of a role.</summary>
    public void Binding(JsonObject json, JsonObject? old, bool namespaced)
    {
        const string Group = "rbac.authorization.k8s.io";
        metadata.Create(json, namespaced, NameFormats.PathSegment);
        if (json.Text("roleRef", "apiGroup") != Group) problems.NotSupported("roleRef.apiGroup", json.Text("roleRef", "apiGroup"), Group);
        string? kind = json.Text("roleRef", "kind");
        if (kind is not "ClusterRole" && (kind is not "Role" || !namespaced)) problems.NotSupported("roleRef.kind", kind, namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]);
        if (json.Text("roleRef", "name") is null or "") problems.Required("roleRef.name");
        int i = 0;
        foreach (JsonObject subject in json.Objects("subjects"))
        {
            string at = $"subjects[{i++}]", group = subject.Text("apiGroup") ?? "";
            if (subject.Text("name") is null or "") problems.Required($"{at}.name");
            switch (subject.Text("kind"))
            {
                case "ServiceAccount":
                    if (subject.Text("name") is { Length: > 0 } name) problems.Each($"{at}.name", name, metadata.Names.DnsName(name));
                    if (group.Length > 0) problems.NotSupported($"{at}.apiGroup", group, "");
                    if (!namespaced && subject.Text("namespace") is null or "") problems.Required($"{at}.namespace");
                    break;
                case "User" or "Group":
                    if (group != Group) problems.NotSupported($"{at}.apiGroup", group, Group);
                    break;
                default:
                    problems.NotSupported($"{at}.kind", subject.Text("kind"), "ServiceAccount", "User", "Group");
                    break;
            }
        }

        if (old is null) return;
        metadata.Update(json, old);
        if (!json["roleRef"].Same(old["roleRef"])) problems.InvalidAs("roleRef", problems.Print(json["roleRef"], static role => $"rbac.RoleRef{{APIGroup:{GoText.Quote(role.Text("apiGroup") ?? "")}, Kind:{GoText.Quote(role.Text("kind") ?? "")}, Name:{GoText.Quote(role.Text("name") ?? "")}}}"), "cannot change roleRef");
    }

    /// <summary>A priority class.</summary>
    public void PriorityClass(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, false, metadata.Names.DnsName);
        else metadata.Update(json, old);
        if (old is not null)
        {
            if (json.Number("value") != old.Number("value")) problems.Forbidden("value", "may not be changed in an update.");
            problems.Immutable("preemptionPolicy", json["preemptionPolicy"], old["preemptionPolicy"], GoText.Value);
            return;
        }

        string name = json.Text("metadata", "name") ?? "";
        long value = json.Number("value") ?? 0;
        if (name.StartsWith("system-", StringComparison.Ordinal) && name is not ("system-node-critical" or "system-cluster-critical")) problems.Forbidden("metadata.name", $"priority class names with 'system-' prefix are reserved for system use only. error: {name} is not a known system priority class");
        else if (!name.StartsWith("system-", StringComparison.Ordinal) && value > 1_000_000_000) problems.Forbidden("value", "maximum allowed value of a user defined priority is 1000000000");
    }

    /// <summary>A definition of a kind.</summary>
    public void CustomResourceDefinition(JsonObject json, JsonObject? old)
    {
        JsonNode? spec = json["spec"];
        string plural = spec.Text("names", "plural") ?? "", group = spec.Text("group") ?? "", expected = $"{plural}.{group}";
        if (old is null)
        {
            metadata.Create(json, false, NameFormats.PathSegment);
            if (json.Text("metadata", "name") is { } name && name != expected) problems.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        }
        else
        {
            metadata.Update(json, old);
        }

        if (group.Length == 0) problems.Required("spec.group");
        else problems.Each("spec.group", group, metadata.Names.DnsName(group));
        if (spec.Text("scope") is not ("Cluster" or "Namespaced")) problems.NotSupported("spec.scope", spec.Text("scope"), "Cluster", "Namespaced");
        JsonObject[] versions = [.. spec.Objects("versions")];
        int stored = versions.Count(version => version.Flag("storage") == true);
        if (stored != 1) problems.InvalidAs("spec.versions", problems.Print(spec.At("versions"), static value => value?.ToJsonString() ?? "[]"), "must have exactly one version marked as storage version");
        for (int i = 0; i < versions.Length; i++)
        {
            if (versions[i].At("schema", "openAPIV3Schema") is null) problems.Required($"spec.versions[{i}].schema.openAPIV3Schema", "schemas are required");
        }

        if (plural.Length == 0) problems.Required("spec.names.plural");
        if (spec.Text("names", "kind") is null or "") problems.Required("spec.names.kind");
        if (old is null) return;
        problems.Immutable("spec.group", json.At("spec", "group"), old.At("spec", "group"), GoText.Value);
        problems.Immutable("spec.scope", json.At("spec", "scope"), old.At("spec", "scope"), GoText.Value);
        problems.Immutable("spec.names.kind", json.At("spec", "names", "kind"), old.At("spec", "names", "kind"), GoText.Value);
        problems.Immutable("spec.names.plural", json.At("spec", "names", "plural"), old.At("spec", "names", "plural"), GoText.Value);
    }

    private void Path(string at, JsonObject path)
    {
        string? type = path.Text("pathType"), text = path.Text("path");
        if (type is null) problems.Required($"{at}.pathType", "pathType must be specified");
        else if (!s_pathTypes.Contains(type)) problems.NotSupported($"{at}.pathType", type, s_pathTypes);
        else if (type is "Exact" or "Prefix" && text?.StartsWith('/') != true) problems.Invalid($"{at}.path", text, "must be an absolute path");
        else if (type == "ImplementationSpecific" && text is { Length: > 0 } && text[0] != '/') problems.Invalid($"{at}.path", text, "must be an absolute path");
        Backend($"{at}.backend", path["backend"]);
    }

    private void Backend(string at, JsonNode? backend)
    {
        JsonNode? service = backend.At("service");
        if (service is null && backend.At("resource") is null)
        {
            problems.Required(at, problems.Minor >= 22 ? "port name or number is required" : "");
            return;
        }

        if (service is null) return;
        string name = service.Text("name") ?? "";
        if (name.Length == 0) problems.Required($"{at}.service.name");
        else problems.Each($"{at}.service.name", name, metadata.Names.ServiceLabel(name));
        string port = service.Text("port", "name") ?? "";
        long number = service.Number("port", "number") ?? 0;
        if (port.Length == 0 && number == 0) problems.Required(at, "port name or number is required");
        else if (port.Length > 0) problems.Each($"{at}.service.port.name", port, metadata.Names.PortName(port));
        else foreach (string reason in NameFormats.PortNumber(number)) problems.Invalid($"{at}.service.port.number", number, reason);
    }
}
