using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>A service with the addresses behind it.</summary>
internal static class ServiceText
{
    private const int MaxAddresses = 3;

    /// <summary>Writes a Service.</summary>
    public static void Write(V1Service service, DescriptionWriter writer, DescribeFacts facts)
    {
        V1ServiceSpec spec = service.Spec ?? new V1ServiceSpec();
        writer.Header(service.Metadata);
        writer.Field("Selector", KubeMembers.Pairs(spec.Selector));
        writer.Field("Type", spec.Type);
        if (spec.IpFamilyPolicy is { } policy) writer.Field("IP Family Policy", policy);
        writer.Field("IP Families", Words.OrNone(string.Join(',', spec.IpFamilies ?? [])));
        writer.Field("IP", spec.ClusterIP);
        writer.Field("IPs", Words.OrNone(string.Join(',', spec.ClusterIPs ?? [])));
        if (spec.ExternalIPs is { Count: > 0 } external) writer.Field("External IPs", string.Join(',', external));
        if (!string.IsNullOrEmpty(spec.LoadBalancerIP)) writer.Field("Desired LoadBalancer IP", spec.LoadBalancerIP);
        if (!string.IsNullOrEmpty(spec.ExternalName)) writer.Field("External Name", spec.ExternalName);
        if (service.Status?.LoadBalancer?.Ingress is { Count: > 0 } ingress) writer.Field("LoadBalancer Ingress", string.Join(", ", ingress.Select(Ingress)));
        foreach (V1ServicePort port in spec.Ports ?? [])
        {
            string name = string.IsNullOrEmpty(port.Name) ? "<unset>" : port.Name;
            string protocol = port.Protocol ?? "TCP";
            writer.Field("Port", name, Words.Plain($"{port.Port}/{protocol}"));
            writer.Field("TargetPort", $"{port.TargetPort?.Value ?? Words.Number(port.Port)}/{protocol}");
            if (port.NodePort is > 0) writer.Field("NodePort", name, Words.Plain($"{port.NodePort}/{protocol}"));
            writer.Field("Endpoints", facts.Endpoints is null ? "<unknown>" : Endpoints(facts.Endpoints, port.Name ?? ""));
        }

        writer.Field("Session Affinity", spec.SessionAffinity);
        if (!string.IsNullOrEmpty(spec.ExternalTrafficPolicy)) writer.Field("External Traffic Policy", spec.ExternalTrafficPolicy);
        if (spec.InternalTrafficPolicy is { } inner) writer.Field("Internal Traffic Policy", inner);
        if (spec.HealthCheckNodePort is > 0) writer.Field("HealthCheck NodePort", Words.Number(spec.HealthCheckNodePort));
        if (spec.LoadBalancerSourceRanges is { Count: > 0 } ranges) writer.Field("LoadBalancer Source Ranges", string.Join(',', ranges));
        EventText.Write(writer, facts);
    }

    /// <summary>The first addresses of a port, and how many more there are.</summary>
    internal static string Endpoints(IReadOnlyList<ServiceEndpoint> endpoints, string port)
    {
        string[] all = [.. endpoints.Where(endpoint => endpoint.PortName is null || endpoint.PortName == port).Select(endpoint => endpoint.Address)];
        return endpoints.Count == 0 ? DescriptionWriter.None : Shorten(all);
    }

    /// <summary>The first of several addresses, and how many more there are.</summary>
    internal static string Shorten(string[] all)
    {
        string text = string.Join(',', all.Take(MaxAddresses));
        return all.Length > MaxAddresses ? Words.Plain($"{text} + {all.Length - MaxAddresses} more...") : text;
    }

    private static string Ingress(V1LoadBalancerIngress ingress) => string.IsNullOrEmpty(ingress.Ip) ? ingress.Hostname ?? "" : ingress.IpMode is { } mode ? $"{ingress.Ip} ({mode})" : ingress.Ip;
}
