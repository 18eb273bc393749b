using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Specs;

/// <summary>Makes services as <c>kubectl create service</c> (<c>create_service.go</c>) and <c>kubectl expose</c> (<c>pkg/cmd/expose</c>) do.</summary>
internal static class ServiceBuilder
{
    /// <summary>What the two ways to make a service share.</summary>
    public sealed record ServiceArgs
    {
        /// <summary>The ports.</summary>
        public IReadOnlyList<V1ServicePort> Ports { get; init; } = [];

        /// <summary><c>ClusterIP</c>, <c>NodePort</c>, <c>LoadBalancer</c>, <c>ExternalName</c>, or null for the server's choice.</summary>
        public string? Type { get; init; }

        /// <summary>No address of its own: names lead to the pods.</summary>
        public bool Headless { get; init; }

        /// <summary>The name outside that an ExternalName service stands for.</summary>
        public string? ExternalName { get; init; }

        /// <summary>Addresses outside that lead here.</summary>
        public IReadOnlyList<string> ExternalIPs { get; init; } = [];

        /// <summary><c>ClientIP</c> keeps a client at its pod.</summary>
        public string? SessionAffinity { get; init; }

        /// <summary>The pods' labels; null for what the maker says.</summary>
        public IReadOnlyDictionary<string, string>? Selector { get; init; }
    }

    /// <summary>Reads a port as people write it: <c>80</c>, <c>80:8080</c>, <c>web=80:http/TCP</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="targetPort">The target where the text names none; null for the port itself.</param>
    /// <param name="protocol">The protocol where the text names none.</param>
    public static V1ServicePort ParsePort(string text, string? targetPort, string protocol)
    {
        string rest = text.Trim();
        string? name = null;
        if (rest.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals) (name, rest) = (rest[..equals], rest[(equals + 1)..]);
        if (rest.LastIndexOf('/') is > 0 and var slash) (protocol, rest) = (rest[(slash + 1)..].ToUpperInvariant(), rest[..slash]);
        string[] parts = rest.Split(':');
        if (parts.Length > 2 || !IsPort(parts[0], out int port) || protocol is not ("TCP" or "UDP" or "SCTP")) throw PodTemplateBuilder.Invalid($"'{Api.ServerErrors.Escape(text)}' is no port of a service: write 80, 80:8080, 80:http or web=53:5353/UDP, with ports from 1 to 65535.");
        string target = parts.Length == 2 ? parts[1] : targetPort ?? parts[0];
        if (target.Length == 0 || (char.IsDigit(target[0]) && !IsPort(target, out _) && target.All(char.IsDigit))) throw PodTemplateBuilder.Invalid($"'{Api.ServerErrors.Escape(target)}' is no target port: a number from 1 to 65535, or the name of a container's port.");
        return new V1ServicePort { Name = name, Port = port, TargetPort = IsPort(target, out int number) ? number : target, Protocol = protocol };
    }

    /// <summary>A service for pods with the label <c>app</c> of its own name, unless a selector is given.</summary>
    public static V1Service Build(V1ObjectMeta metadata, ServiceArgs args)
    {
        NameRules.CheckLabel(metadata.Name, "name of a service");
        bool external = args.ExternalName is not null;
        if (args.Ports.Count == 0 && !args.Headless && !external) throw PodTemplateBuilder.Invalid("A service needs a port: -Port 80, or 80:8080 where the containers listen on another one. (A -Headless one or an -ExternalName can do without.)");
        metadata.Labels ??= new Dictionary<string, string> { ["app"] = metadata.Name };
        // kubectl names the ports of a created service by their numbers.
        foreach (V1ServicePort port in args.Ports) port.Name ??= port.TargetPort?.Value is { } target && target != Text(port.Port) ? $"{Text(port.Port)}-{target}" : Text(port.Port);
        return Make(metadata, args with { Selector = args.Selector ?? new Dictionary<string, string> { ["app"] = metadata.Name } });
    }

    /// <summary>A service that leads to what another object selects or is.</summary>
    /// <param name="source">The pod, service or workload.</param>
    /// <param name="metadata">What the user says of the service; the name and labels of the source fill it.</param>
    /// <param name="args">The rest.</param>
    /// <param name="targetPort">The containers' port where the user names one.</param>
    /// <param name="protocol">The protocol where the user names one.</param>
    public static V1Service Expose(JsonObject source, V1ObjectMeta metadata, ServiceArgs args, string? targetPort, string? protocol)
    {
        ResourceHeader header = ResourceHeader.Read(source);
        IReadOnlyDictionary<string, string> selector = args.Selector ?? SelectorOf(source, header);
        List<V1ServicePort> ports = args.Ports.Count > 0 ? [.. args.Ports] : ContainerPorts(source, targetPort);
        foreach (V1ServicePort port in ports) port.Protocol ??= protocol ?? ProtocolOf(source, port) ?? "TCP";
        if (ports.Count > 1)
        {
            for (int i = 0; i < ports.Count; i++) ports[i].Name ??= string.Create(CultureInfo.InvariantCulture, $"port-{i + 1}");
        }

        string name = string.IsNullOrEmpty(metadata.Name) ? header.Name ?? "" : metadata.Name;
        metadata.Name = name.Length > 63 ? name[..63].TrimEnd('-', '.') : name;
        NameRules.CheckLabel(metadata.Name, "name of a service");
        metadata.NamespaceProperty ??= header.Namespace;
        metadata.Labels ??= Labels(source["metadata"]?["labels"]);
        if (ports.Count == 0 && !args.Headless && args.ExternalName is null) throw PodTemplateBuilder.Invalid($"{header.Reference} names no container port, so -Port is needed.");
        return Make(metadata, args with { Ports = ports, Selector = selector });
    }

    private static V1Service Make(V1ObjectMeta metadata, ServiceArgs args)
    {
        if (args.Headless && args.Type is not (null or "ClusterIP")) throw PodTemplateBuilder.Invalid($"A headless service has no address, so it cannot be of type {args.Type}.");
        return new V1Service
        {
            ApiVersion = "v1",
            Kind = "Service",
            Metadata = metadata,
            Spec = new V1ServiceSpec
            {
                Type = args.ExternalName is not null ? "ExternalName" : args.Type,
                ClusterIP = args.Headless ? "None" : null,
                ExternalName = args.ExternalName,
                ExternalIPs = args.ExternalIPs.Count > 0 ? [.. args.ExternalIPs] : null,
                SessionAffinity = args.SessionAffinity,
                Selector = args.Selector is null ? null : new Dictionary<string, string>(args.Selector),
                Ports = args.Ports.Count > 0 ? [.. args.Ports] : null,
            },
        };
    }

    private static Dictionary<string, string> SelectorOf(JsonObject source, ResourceHeader header)
    {
        JsonNode? spec = source["spec"];
        JsonNode? labels = header.Kind switch
        {
            "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" => spec?["selector"]?["matchLabels"],
            "ReplicationController" or "Service" => spec?["selector"],
            "Pod" => source["metadata"]?["labels"],
            _ => throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"{header.Reference} cannot be exposed: a Pod, Service, Deployment, ReplicaSet, StatefulSet, DaemonSet or ReplicationController was expected.") { Target = header.Reference },
        };
        if (spec?["selector"]?["matchExpressions"] is JsonArray { Count: > 0 }) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"{header.Reference} selects its pods by expressions, which a service cannot do; give -Selector.") { Target = header.Reference };
        return Labels(labels) ?? throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"{header.Reference} has no labels that a service could select its pods by; give -Selector.") { Target = header.Reference };
    }

    private static List<V1ServicePort> ContainerPorts(JsonObject source, string? targetPort)
    {
        var ports = new List<V1ServicePort>();
        if (ResourceHeader.Read(source).Kind == "Service")
        {
            foreach (JsonNode? port in source["spec"]?["ports"] as JsonArray ?? []) ports.Add(ParsePort(port!["port"]!.ToString(), targetPort ?? port["targetPort"]?.ToString(), port["protocol"]?.ToString() ?? "TCP"));
            return ports;
        }

        foreach (JsonNode? port in Containers(source).SelectMany(container => container?["ports"] as JsonArray ?? [])) ports.Add(ParsePort(port!["containerPort"]!.ToString(), targetPort, port["protocol"]?.ToString() ?? "TCP"));
        return ports;
    }

    private static string? ProtocolOf(JsonObject source, V1ServicePort port) => Containers(source)
        .SelectMany(container => container?["ports"] as JsonArray ?? [])
        .FirstOrDefault(own => own?["containerPort"]?.ToString() == port.TargetPort?.Value || own?["name"]?.ToString() == port.TargetPort?.Value)?["protocol"]?.ToString();

    private static JsonArray Containers(JsonObject source) => (source["spec"]?["template"]?["spec"] ?? source["spec"])?["containers"] as JsonArray ?? [];

    private static Dictionary<string, string>? Labels(JsonNode? labels) => labels is JsonObject { Count: > 0 } map ? map.ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "", StringComparer.Ordinal) : null;

    private static bool IsPort(string text, out int port) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
