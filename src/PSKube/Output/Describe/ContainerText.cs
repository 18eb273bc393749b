using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output.Describe;

/// <summary>Containers, of a pod with their states or of a template without.</summary>
internal static class ContainerText
{
    /// <summary>Writes one of a pod's lists of containers.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="title">The list's name.</param>
    /// <param name="containers">The containers.</param>
    /// <param name="statuses">Their states; null in a template.</param>
    /// <param name="pod">The pod, whose fields environment variables may hold; null in a template.</param>
    /// <param name="facts">The zone of times.</param>
    public static void Write(DescriptionWriter writer, string title, IEnumerable<V1Container>? containers, IEnumerable<V1ContainerStatus>? statuses, V1Pod? pod, DescribeFacts facts)
    {
        V1Container[] all = [.. containers ?? []];
        bool template = pod is null;
        // kubectl sets a template's containers one space further in, and what is in them where a pod's are.
        using IDisposable section = writer.Open(title, step: template ? 0 : 2, heading: all.Length == 0 ? $"{title}: {DescriptionWriter.None}" : null);
        foreach (V1Container container in all)
        {
            V1ContainerStatus? status = statuses?.FirstOrDefault(candidate => candidate.Name == container.Name);
            using IDisposable one = writer.Open(container.Name ?? "", shift: template ? 1 : 0);
            Basics(writer, container, status);
            Lines(writer, "Command", container.Command);
            Lines(writer, "Args", container.Args);
            if (status is not null) States(writer, status, facts);
            Resources(writer, container.Resources);
            Probe(writer, "Liveness", container.LivenessProbe);
            Probe(writer, "Readiness", container.ReadinessProbe);
            Probe(writer, "Startup", container.StartupProbe);
            EnvironmentFrom(writer, container.EnvFrom);
            Environment(writer, container, pod);
            Mounts(writer, container);
        }
    }

    /// <summary>Limits and requests.</summary>
    public static void Resources(DescriptionWriter writer, V1ResourceRequirements? resources)
    {
        Amounts(writer, "Limits", resources?.Limits);
        Amounts(writer, "Requests", resources?.Requests);
    }

    /// <summary>An ephemeral container has the same fields as any other, in a type of its own.</summary>
    public static V1Container Common(V1EphemeralContainer container) => ResourceJson.ToJson(container).Deserialize<V1Container>(ResourceJson.Options)!;

    private static void Basics(DescriptionWriter writer, V1Container container, V1ContainerStatus? status)
    {
        if (status is not null) writer.Field("Container ID", status.ContainerID);
        writer.Field("Image", container.Image);
        if (status is not null) writer.Field("Image ID", status.ImageID);
        IList<V1ContainerPort> ports = container.Ports ?? [];
        string open = string.Join(", ", ports.Select(port => Words.Plain($"{port.ContainerPort}/{port.Protocol ?? "TCP"}")));
        string host = string.Join(", ", ports.Select(port => Words.Plain($"{port.HostPort ?? 0}/{port.Protocol ?? "TCP"}")));
        writer.Field(ports.Count > 1 ? "Ports" : "Port", Words.OrNone(open));
        writer.Field(ports.Count > 1 ? "Host Ports" : "Host Port", Words.OrNone(host));
        if (container.SecurityContext?.SeccompProfile is not { } profile) return;
        using IDisposable section = writer.Open("SeccompProfile", profile.Type);
        if (profile.Type == "Localhost") writer.Field("LocalhostProfile", profile.LocalhostProfile);
    }

    private static void Lines(DescriptionWriter writer, string title, IList<string>? items)
    {
        if (items is not { Count: > 0 }) return;
        using IDisposable section = writer.Open(title);
        foreach (string line in items.SelectMany(item => item.Split('\n'))) writer.Entry(line);
    }

    private static void States(DescriptionWriter writer, V1ContainerStatus status, DescribeFacts facts)
    {
        State(writer, "State", status.State, facts);
        if (status.LastState?.Terminated is not null) State(writer, "Last State", status.LastState, facts);
        writer.Field("Ready", Words.Upper(status.Ready));
        writer.Field("Restart Count", Words.Number(status.RestartCount));
    }

    private static void State(DescriptionWriter writer, string title, V1ContainerState? state, DescribeFacts facts)
    {
        using IDisposable section = writer.Open(title, state?.Running is not null ? "Running" : state?.Waiting is null && state?.Terminated is not null ? "Terminated" : "Waiting");
        if (state?.Running is { } running)
        {
            writer.Field("Started", facts.Time(running.StartedAt));
        }
        else if (state?.Waiting is { } waiting)
        {
            if (!string.IsNullOrEmpty(waiting.Reason)) writer.Field("Reason", waiting.Reason);
        }
        else if (state?.Terminated is { } ended)
        {
            if (!string.IsNullOrEmpty(ended.Reason)) writer.Field("Reason", ended.Reason);
            if (!string.IsNullOrEmpty(ended.Message)) writer.Field("Message", ended.Message);
            writer.Field("Exit Code", Words.Number(ended.ExitCode));
            if (ended.Signal > 0) writer.Field("Signal", Words.Number(ended.Signal));
            writer.Field("Started", facts.Time(ended.StartedAt));
            writer.Field("Finished", facts.Time(ended.FinishedAt));
        }
    }

    private static void Amounts(DescriptionWriter writer, string title, IDictionary<string, ResourceQuantity>? amounts)
    {
        if (amounts is not { Count: > 0 }) return;
        using IDisposable section = writer.Open(title);
        foreach ((string name, ResourceQuantity amount) in Words.Sorted(amounts)) writer.Field(name, Words.Amount(amount));
    }

    private static void Probe(DescriptionWriter writer, string title, V1Probe? probe)
    {
        if (probe is null) return;
        string what = probe switch
        {
            { Exec: { } exec } => $"exec {Words.List(exec.Command)}",
            { HttpGet: { } get } => $"http-get {Address(get)}",
            { TcpSocket: { } socket } => $"tcp-socket {socket.Host}:{socket.Port?.Value}",
            { Grpc: { } call } => Words.Plain($"grpc <pod>:{call.Port} {call.Service}"),
            _ => "unknown",
        };
        writer.Field(title, Words.Plain($"{what} delay={probe.InitialDelaySeconds ?? 0}s timeout={probe.TimeoutSeconds ?? 1}s period={probe.PeriodSeconds ?? 10}s #success={probe.SuccessThreshold ?? 1} #failure={probe.FailureThreshold ?? 3}"));
    }

    private static string Address(V1HTTPGetAction get)
    {
        string host = get.Host?.Contains(':', StringComparison.Ordinal) == true ? $"[{get.Host}]" : get.Host ?? "";
        string path = get.Path is null or "" || get.Path.StartsWith('/') ? get.Path ?? "" : "/" + get.Path;
        return $"{(get.Scheme ?? "HTTP").ToLowerInvariant()}://{host}:{get.Port?.Value}{path}";
    }

    private static void EnvironmentFrom(DescriptionWriter writer, IList<V1EnvFromSource>? sources)
    {
        if (sources is not { Count: > 0 }) return;
        using IDisposable section = writer.Open("Environment Variables from");
        foreach (V1EnvFromSource source in sources)
        {
            (string from, string? name, bool? optional) = source.ConfigMapRef is { } map ? ("ConfigMap", map.Name, map.Optional) : ("Secret", source.SecretRef?.Name, source.SecretRef?.Optional);
            writer.Entry(name ?? "", string.IsNullOrEmpty(source.Prefix) ? from : $"{from} with prefix '{source.Prefix}'", $"Optional: {Words.Lower(optional)}");
        }
    }

    private static void Environment(DescriptionWriter writer, V1Container container, V1Pod? pod)
    {
        if (container.Env is not { Count: > 0 })
        {
            writer.Field("Environment", DescriptionWriter.None);
            return;
        }

        using IDisposable section = writer.Open("Environment");
        foreach (V1EnvVar variable in container.Env)
        {
            string name = variable.Name ?? "";
            switch (variable.ValueFrom)
            {
                case null:
                    string[] lines = (variable.Value ?? "").Split('\n');
                    writer.Field(name, lines[0]);
                    writer.Below(lines[1..]);
                    break;
                case { FieldRef: { } field }:
                    writer.Field(name, $"{(pod is null ? "" : PodField(pod, field.FieldPath))} ({field.ApiVersion ?? "v1"}:{field.FieldPath})");
                    break;
                case { ResourceFieldRef: { } resource }:
                    writer.Field(name, $"{ContainerResource(container, resource)} ({resource.Resource})");
                    break;
                // Only where a value comes from is shown, never the value.
                case { SecretKeyRef: { } key }:
                    writer.Field(name, $"<set to the key '{key.Key}' in secret '{key.Name}'>", $"Optional: {Words.Lower(key.Optional)}");
                    break;
                case { ConfigMapKeyRef: { } key }:
                    writer.Field(name, $"<set to the key '{key.Key}' of config map '{key.Name}'>", $"Optional: {Words.Lower(key.Optional)}");
                    break;
            }
        }
    }

    private static string PodField(V1Pod pod, string? path)
    {
        // kubectl leaves the node's and the pod's addresses out; here they are shown as the container sees them.
        JsonNode? node = ResourceJson.ToJson(pod);
        string[] steps = (path ?? "").Split('.', 3);
        if (steps is ["metadata", _] && steps[1].IndexOf('[', StringComparison.Ordinal) is > 0 and int bracket && steps[1].EndsWith("']", StringComparison.Ordinal))
        {
            return (node?["metadata"]?[steps[1][..bracket]] as JsonObject)?[steps[1][(bracket + 2)..^2]]?.ToString() ?? "";
        }

        foreach (string step in steps) node = (node as JsonObject)?[step];
        return node is JsonValue value ? value.ToString() : "";
    }

    private static string ContainerResource(V1Container container, V1ResourceFieldSelector selector)
    {
        string[] parts = (selector.Resource ?? "").Split('.', 2);
        if (parts.Length < 2) return "";
        IDictionary<string, ResourceQuantity>? amounts = parts[0] == "limits" ? container.Resources?.Limits : container.Resources?.Requests;
        decimal divisor = selector.Divisor?.ToDecimal() is { } given and > 0 ? given : 1;
        decimal amount = amounts is not null && amounts.TryGetValue(parts[1], out ResourceQuantity? found) ? found.ToDecimal() : 0;
        string text = Math.Ceiling(amount / divisor).ToString("0", CultureInfo.InvariantCulture);
        return text == "0" && selector.Resource is "limits.cpu" or "limits.memory" && amount == 0 ? "node allocatable" : text;
    }

    private static void Mounts(DescriptionWriter writer, V1Container container)
    {
        V1VolumeMount[] mounts = [.. (container.VolumeMounts ?? []).OrderBy(mount => mount.MountPath, StringComparer.Ordinal)];
        if (mounts.Length == 0) writer.Field("Mounts", DescriptionWriter.None);
        else using (writer.Open("Mounts"))
        {
            foreach (V1VolumeMount mount in mounts) writer.Entry($"{mount.MountPath} from {mount.Name} ({(mount.ReadOnlyProperty == true ? "ro" : "rw")}{(string.IsNullOrEmpty(mount.SubPath) ? "" : $",path=\"{mount.SubPath}\"")})");
        }

        if (container.VolumeDevices is not { Count: > 0 } devices) return;
        using IDisposable section = writer.Open("Devices");
        foreach (V1VolumeDevice device in devices.OrderBy(device => device.DevicePath, StringComparer.Ordinal)) writer.Entry($"{device.DevicePath} from {device.Name}");
    }
}
