using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output.Describe;

/// <summary>A pod, and the pod template of everything that makes pods.</summary>
internal static class PodText
{
    /// <summary>Writes a pod.</summary>
    public static void Write(V1Pod pod, DescriptionWriter writer, DescribeFacts facts)
    {
        V1PodSpec spec = pod.Spec ?? new V1PodSpec();
        V1PodStatus status = pod.Status ?? new V1PodStatus();
        writer.Field("Name", pod.Metadata?.Name);
        writer.Field("Namespace", pod.Metadata?.NamespaceProperty);
        if (spec.Priority is not null) writer.Field("Priority", Words.Number(spec.Priority));
        Optional(writer, "Priority Class Name", spec.PriorityClassName);
        Optional(writer, "Runtime Class Name", spec.RuntimeClassName);
        Optional(writer, "Service Account", spec.ServiceAccountName);
        writer.Field("Node", string.IsNullOrEmpty(spec.NodeName) ? DescriptionWriter.None : $"{spec.NodeName}/{status.HostIP}");
        if (status.StartTime is not null) writer.Field("Start Time", facts.Time(status.StartTime));
        writer.LabelsAndAnnotations(pod.Metadata);
        Phase(writer, pod, facts);
        Optional(writer, "Reason", status.Reason);
        Optional(writer, "Message", status.Message);
        if (spec.SecurityContext?.SeccompProfile is { } profile)
        {
            writer.Field("SeccompProfile", profile.Type);
            if (profile.Type == "Localhost") writer.Field("LocalhostProfile", profile.LocalhostProfile);
        }

        Addresses(writer, status);
        writer.ControlledBy(pod.Metadata);
        Optional(writer, "NominatedNodeName", status.NominatedNodeName);
        if (spec.Resources is not null)
        {
            using IDisposable resources = writer.Open("Resources");
            ContainerText.Resources(writer, spec.Resources);
        }

        if (spec.InitContainers is { Count: > 0 }) ContainerText.Write(writer, "Init Containers", spec.InitContainers, status.InitContainerStatuses, pod, facts);
        ContainerText.Write(writer, "Containers", spec.Containers, status.ContainerStatuses, pod, facts);
        if (spec.EphemeralContainers is { Count: > 0 } ephemeral) ContainerText.Write(writer, "Ephemeral Containers", ephemeral.Select(ContainerText.Common), status.EphemeralContainerStatuses, pod, facts);
        Gates(writer, spec, status);
        if (status.Conditions is { Count: > 0 } conditions)
        {
            using IDisposable section = writer.Open("Conditions");
            writer.Table(["Type", "Status"], conditions.Select(condition => (string[])[condition.Type ?? "", condition.Status ?? ""]), spaced: 2, dashes: false);
        }

        VolumeText.Write(writer, spec.Volumes, template: false);
        writer.Field("QoS Class", string.IsNullOrEmpty(status.QosClass) ? PodResources.QualityOfService(pod) : status.QosClass);
        writer.Values("Node-Selectors", Words.Labels(spec.NodeSelector));
        writer.Values("Tolerations", Tolerations(spec.Tolerations));
        Spread(writer, spec.TopologySpreadConstraints);
        EventText.Write(writer, facts);
    }

    /// <summary>Writes the template of the pods that a controller makes.</summary>
    public static void Template(DescriptionWriter writer, V1PodTemplateSpec? template, DescribeFacts facts)
    {
        using IDisposable section = writer.Open("Pod Template");
        if (template is null)
        {
            writer.Entry("<unset>");
            return;
        }

        V1PodSpec spec = template.Spec ?? new V1PodSpec();
        writer.Values("Labels", Words.Labels(template.Metadata?.Labels));
        if (template.Metadata?.Annotations is { Count: > 0 } annotations) writer.Annotations(annotations);
        Optional(writer, "Service Account", spec.ServiceAccountName);
        if (spec.InitContainers is { Count: > 0 }) ContainerText.Write(writer, "Init Containers", spec.InitContainers, null, null, facts);
        ContainerText.Write(writer, "Containers", spec.Containers, null, null, facts);
        VolumeText.Write(writer, spec.Volumes, template: true);
        Spread(writer, spec.TopologySpreadConstraints);
        Optional(writer, "Priority Class Name", spec.PriorityClassName);
        writer.Values("Node-Selectors", Words.Labels(spec.NodeSelector));
        writer.Values("Tolerations", Tolerations(spec.Tolerations));
    }

    /// <summary>How many of a controller's pods are in which phase.</summary>
    public static string Phases(IReadOnlyList<V1Pod> pods)
    {
        int Count(string phase) => pods.Count(pod => pod.Status?.Phase == phase);
        return Words.Plain($"{Count("Running")} Running / {Count("Pending")} Waiting / {Count("Succeeded")} Succeeded / {Count("Failed")} Failed");
    }

    private static void Optional(DescriptionWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) writer.Field(name, value);
    }

    private static void Phase(DescriptionWriter writer, V1Pod pod, DescribeFacts facts)
    {
        if (pod.Metadata?.DeletionTimestamp is { } deleted && pod.Status?.Phase is not ("Failed" or "Succeeded"))
        {
            writer.Field("Status", $"Terminating (lasts {facts.Since(deleted)})");
            writer.Field("Termination Grace Period", $"{Words.Number(pod.Metadata.DeletionGracePeriodSeconds, "0")}s");
            return;
        }

        writer.Field("Status", pod.Status?.Phase);
    }

    private static void Addresses(DescriptionWriter writer, V1PodStatus status)
    {
        writer.Field("IP", status.PodIP);
        if (status.PodIPs is not { Count: > 0 } addresses)
        {
            writer.Field("IPs", DescriptionWriter.None);
            return;
        }

        using IDisposable section = writer.Open("IPs");
        foreach (V1PodIP address in addresses) writer.Field("IP", address.Ip);
    }

    private static void Gates(DescriptionWriter writer, V1PodSpec spec, V1PodStatus status)
    {
        if (spec.ReadinessGates is not { Count: > 0 } gates) return;
        using IDisposable section = writer.Open("Readiness Gates");
        writer.Table(["Type", "Status"], gates.Select(gate => (string[])[gate.ConditionType ?? "", status.Conditions?.FirstOrDefault(condition => condition.Type == gate.ConditionType)?.Status ?? DescriptionWriter.None]), spaced: 2, dashes: false);
    }

    private static IEnumerable<string> Tolerations(IList<V1Toleration>? tolerations)
    {
        return (tolerations ?? []).OrderBy(toleration => toleration.Key ?? "", StringComparer.Ordinal).Select(toleration =>
        {
            string text = toleration.Key ?? "";
            if (!string.IsNullOrEmpty(toleration.Value)) text += $"={toleration.Value}";
            if (!string.IsNullOrEmpty(toleration.Effect)) text += $":{toleration.Effect}";
            if (toleration.OperatorProperty == "Exists" && string.IsNullOrEmpty(toleration.Value)) text += text.Length > 0 ? " op=Exists" : "op=Exists";
            return toleration.TolerationSeconds is { } seconds ? text + Words.Plain($" for {seconds}s") : text;
        });
    }

    private static void Spread(DescriptionWriter writer, IList<V1TopologySpreadConstraint>? constraints)
    {
        if (constraints is not { Count: > 0 }) return;
        writer.Values("Topology Spread Constraints", constraints.OrderBy(constraint => constraint.TopologyKey, StringComparer.Ordinal).Select(constraint =>
            Words.Plain($"{constraint.TopologyKey}:{constraint.WhenUnsatisfiable} when max skew {constraint.MaxSkew} is exceeded") + (constraint.LabelSelector is null ? "" : $" for selector {KubeMembers.SelectorOf(constraint.LabelSelector)}")));
    }
}
