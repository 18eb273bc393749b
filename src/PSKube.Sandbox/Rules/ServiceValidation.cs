using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What services must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: ValidateService, ValidateServiceUpdate.</remarks>
internal sealed class ServiceValidation(Problems problems, MetadataValidation metadata)
{
    private static readonly string[] s_types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    private static readonly string[] s_affinities = ["ClientIP", "None"];
    private static readonly string[] s_protocols = ["SCTP", "TCP", "UDP"];

    private readonly ContainerValidation _ports = new(problems, metadata.Names);

    /// <summary>A changed service.</summary>
    public void Update(JsonObject json, JsonObject old)
    {
        metadata.Update(json, old);
        string type = json.Text("spec", "type") ?? "", before = old.Text("spec", "type") ?? "";
        bool both = IsHeadless(json) && IsHeadless(old);
        if (type != "ExternalName" && before != "ExternalName" && !both) Addresses(Texts(json.At("spec", "clusterIPs")), Texts(old.At("spec", "clusterIPs")));
        Create(json);
    }

    /// <summary>A new service.</summary>
    public void Create(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.ServiceLabel);
        JsonNode? spec = json["spec"];
        string type = spec.Text("type") ?? "";
        bool headless = IsHeadless(json);
        JsonObject[] ports = [.. spec.Objects("ports")];
        if (ports.Length == 0 && !headless && type != "ExternalName") problems.Required("spec.ports");
        Type(spec, type, headless, ports);
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < ports.Length; i++) Port($"spec.ports[{i}]", ports[i], ports.Length > 1, known);
        metadata.Labels("spec.selector", spec.At("selector"));
        string? affinity = spec.Text("sessionAffinity");
        if (!s_affinities.Contains(affinity ?? "")) problems.NotSupported("spec.sessionAffinity", affinity, s_affinities);
        if (affinity == "ClientIP" && spec.Number("sessionAffinityConfig", "clientIP", "timeoutSeconds") is <= 0 or > 86400)
        {
            problems.Invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", spec.Number("sessionAffinityConfig", "clientIP", "timeoutSeconds")!.Value, "must be greater than 0 and less than 86400");
        }

        if (type != "ExternalName") ClusterAddresses(spec);
        string[] outside = Texts(spec.At("externalIPs"));
        for (int i = 0; i < outside.Length; i++) problems.Each($"spec.externalIPs[{i}]", outside[i], NameFormats.Address(outside[i]));
        if (!s_types.Contains(type)) problems.NotSupported("spec.type", type, s_types);
        NodePorts(type, ports);
        if (spec.At("loadBalancerSourceRanges") is JsonArray { Count: > 0 } && type != "LoadBalancer") problems.Forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
        if (spec.At("allocateLoadBalancerNodePorts") is not null && type != "LoadBalancer") problems.Forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
        Traffic(spec, type);
    }

    private static bool IsHeadless(JsonObject json) => Texts(json.At("spec", "clusterIPs")) is ["None"];

    private static string[] Texts(JsonNode? list) => list is JsonArray all ? [.. all.Select(one => one.Text() ?? "")] : [];

    private void Type(JsonNode? spec, string type, bool headless, JsonObject[] ports)
    {
        if (type is "LoadBalancer" or "NodePort")
        {
            for (int i = 0; i < ports.Length; i++)
            {
                if (type == "LoadBalancer" && ports[i].Number("port") == 10250) problems.Invalid($"spec.ports[{i}]", 10250, "may not expose port 10250 externally since it is used by kubelet");
            }

            if (headless) problems.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {type} services");
        }

        if (type != "ExternalName") return;
        if (Texts(spec.At("clusterIPs")).Length > 0) problems.Forbidden("spec.clusterIPs", "may not be set for ExternalName services");
        if (spec.At("ipFamilies") is JsonArray { Count: > 0 }) problems.Forbidden("spec.ipFamilies", "may not be set for ExternalName services");
        if (spec.At("ipFamilyPolicy") is not null) problems.Forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services");
        string name = spec.Text("externalName") ?? "";
        if (name.EndsWith('.')) name = name[..^1];
        if (name.Length == 0) problems.Required("spec.externalName");
        else problems.Each("spec.externalName", name, metadata.Names.DnsName(name));
    }

    private void Port(string at, JsonObject port, bool named, HashSet<string> known)
    {
        string name = port.Text("name") ?? "";
        if (named && name.Length == 0) problems.Required($"{at}.name");
        else if (name.Length > 0)
        {
            problems.Each($"{at}.name", name, metadata.Names.DnsLabel(name));
            if (!known.Add(name)) problems.Duplicate($"{at}.name", name);
        }

        foreach (string reason in NameFormats.PortNumber(port.Number("port") ?? 0)) problems.Invalid($"{at}.port", port.Number("port") ?? 0, reason);
        if (!s_protocols.Contains(port.Text("protocol") ?? "")) problems.NotSupported($"{at}.protocol", port.Text("protocol"), s_protocols);
        _ports.Port($"{at}.targetPort", port["targetPort"]);
        if (port.Text("appProtocol") is { } application) problems.Each($"{at}.appProtocol", application, metadata.Names.QualifiedName(application));
    }

    private void ClusterAddresses(JsonNode? spec)
    {
        string one = spec.Text("clusterIP") ?? "";
        string[] all = Texts(spec.At("clusterIPs"));
        if (one.Length == 0 && all.Length > 0) problems.InvalidAs("spec.clusterIPs", Strings(all), "must be empty when `clusterIP` is not specified");
        else if (one.Length > 0 && all.Length == 0) problems.Required("spec.clusterIPs");
        else if (one.Length > 0 && all[0] != one) problems.InvalidAs("spec.clusterIPs", Strings(all), problems.Minor >= 21 ? "first value must match `clusterIP`" : "element [0] must match clusterIP");
        for (int i = 0; i < all.Length; i++)
        {
            if (i == 0 && all[i] == "None")
            {
                if (all.Length > 1) problems.InvalidAs("spec.clusterIPs", Strings(all), "'None' must be the first and only value");
                continue;
            }

            problems.Each($"spec.clusterIPs[{i}]", all[i], NameFormats.Address(all[i]));
        }

        if (all.Length > 2) problems.InvalidAs("spec.clusterIPs", Strings(all), "may only hold up to 2 values");
    }

    private void NodePorts(string type, JsonObject[] ports)
    {
        var nodePorts = new HashSet<(string?, long)>();
        var numbers = new HashSet<(string?, long?)>();
        for (int i = 0; i < ports.Length; i++)
        {
            if (type == "ClusterIP" && ports[i].Number("nodePort") is not (null or 0)) problems.Forbidden($"spec.ports[{i}].nodePort", "may not be used when `type` is 'ClusterIP'");
        }

        for (int i = 0; i < ports.Length; i++)
        {
            if (ports[i].Number("nodePort") is { } node && node != 0 && !nodePorts.Add((ports[i].Text("protocol"), node))) problems.Add("FieldValueDuplicate", $"spec.ports[{i}].nodePort", $"Duplicate value: {node}");
        }

        for (int i = 0; i < ports.Length; i++)
        {
            string? protocol = ports[i].Text("protocol");
            if (numbers.Add((protocol, ports[i].Number("port")))) continue;
            string key = problems.Minor >= 34
                ? $"{{\"protocol\":{GoText.Quote(protocol ?? "")},\"port\":{ports[i].Number("port")},\"targetPort\":0}}"
                : $"core.ServicePort{{Name:\"\", Protocol:{GoText.Quote(protocol ?? "")}, AppProtocol:(*string)(nil), Port:{ports[i].Number("port")}, TargetPort:intstr.IntOrString{{Type:0, IntVal:0, StrVal:\"\"}}, NodePort:0}}";
            problems.Add("FieldValueDuplicate", $"spec.ports[{i}]", $"Duplicate value: {key}");
        }
    }

    private void Traffic(JsonNode? spec, string type)
    {
        string policy = spec.Text("externalTrafficPolicy") ?? "";
        bool outside = type is "NodePort" or "LoadBalancer" || (problems.Minor >= 26 && type == "ClusterIP" && spec.At("externalIPs") is JsonArray { Count: > 0 });
        if (policy is not ("" or "Cluster" or "Local"))
        {
            if (problems.Minor >= 26) problems.NotSupported("spec.externalTrafficPolicy", policy, "Cluster", "Local");
            else problems.Invalid("spec.externalTrafficPolicy", policy, "ExternalTrafficPolicy must be empty, Cluster or Local");
        }

        if (!outside && policy.Length > 0) problems.Invalid("spec.externalTrafficPolicy", policy, problems.Minor >= 26 ? "may only be set for externally-accessible services" : "ExternalTrafficPolicy can only be set on NodePort and LoadBalancer service");
        if (spec.Number("healthCheckNodePort") is not { } port || port == 0) return;
        if (port < 0) problems.Invalid("spec.healthCheckNodePort", port, "HealthCheckNodePort must be not less than 0");
        if (type != "LoadBalancer" || policy != "Local") problems.Invalid("spec.healthCheckNodePort", port, problems.Minor >= 26 ? "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'" : "HealthCheckNodePort can only be set on LoadBalancer service with ExternalTrafficPolicy=Local");
    }

    private void Addresses(string[] now, string[] before)
    {
        if (now.Length == before.Length)
        {
            for (int i = 0; i < now.Length; i++)
            {
                if (now[i] != before[i]) problems.InvalidAs($"spec.clusterIPs[{i}]", Strings(now), "may not change once set");
            }
        }
        else if (now.Length == 0)
        {
            problems.InvalidAs("spec.clusterIPs[0]", problems.Minor >= 34 ? "null" : "[]string(nil)", "primary clusterIP can not be unset");
        }
        else if (before.Length > 0 && now[0] != before[0])
        {
            problems.InvalidAs("spec.clusterIPs[0]", Strings(now), "may not change once set");
        }
    }

    private string Strings(string[] texts) => problems.Minor >= 34 ? new JsonArray([.. texts.Select(text => (JsonNode)text)]).ToJsonString() : GoText.Strings(texts);
}
