using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>Autoscalers, in both versions that clusters serve.</summary>
internal static class ScalerText
{
    private const string Unknown = "<unknown>";

    /// <summary>Writes a HorizontalPodAutoscaler of autoscaling/v1.</summary>
    public static void Write(V1HorizontalPodAutoscaler scaler, DescriptionWriter writer, DescribeFacts facts)
    {
        V1HorizontalPodAutoscalerSpec? spec = scaler.Spec;
        writer.Header(scaler.Metadata);
        writer.Field("CreationTimestamp", facts.Time(scaler.Metadata?.CreationTimestamp));
        writer.Field("Reference", $"{spec?.ScaleTargetRef?.Kind}/{spec?.ScaleTargetRef?.Name}");
        if (spec?.TargetCPUUtilizationPercentage is { } target)
        {
            writer.Field("Target CPU utilization", Words.Plain($"{target}%"));
            writer.Field("Current CPU utilization", Words.Number(scaler.Status?.CurrentCPUUtilizationPercentage, Unknown) + "%");
        }

        Replicas(writer, spec?.MinReplicas, spec?.MaxReplicas);
        writer.Field($"{spec?.ScaleTargetRef?.Kind} pods", Words.Plain($"{scaler.Status?.CurrentReplicas ?? 0} current / {scaler.Status?.DesiredReplicas ?? 0} desired"));
        EventText.Write(writer, facts);
    }

    /// <summary>Writes a HorizontalPodAutoscaler of autoscaling/v2.</summary>
    public static void Write(V2HorizontalPodAutoscaler scaler, DescriptionWriter writer, DescribeFacts facts)
    {
        V2HorizontalPodAutoscalerSpec? spec = scaler.Spec;
        writer.Header(scaler.Metadata);
        writer.Field("CreationTimestamp", facts.Time(scaler.Metadata?.CreationTimestamp));
        writer.Field("Reference", $"{spec?.ScaleTargetRef?.Kind}/{spec?.ScaleTargetRef?.Name}");
        using (writer.Open("Metrics", "( current / target )"))
        {
            IList<V2MetricStatus> current = scaler.Status?.CurrentMetrics ?? [];
            IList<V2MetricSpec> metrics = spec?.Metrics ?? [];
            for (int i = 0; i < metrics.Count; i++) Metric(writer, metrics[i], i < current.Count ? current[i] : null);
        }

        Replicas(writer, spec?.MinReplicas, spec?.MaxReplicas);
        if (spec?.Behavior is { } behavior)
        {
            using IDisposable section = writer.Open("Behavior");
            Direction(writer, "Scale Up", behavior.ScaleUp);
            Direction(writer, "Scale Down", behavior.ScaleDown);
        }

        writer.Field($"{spec?.ScaleTargetRef?.Kind} pods", Words.Plain($"{scaler.Status?.CurrentReplicas ?? 0} current / {scaler.Status?.DesiredReplicas ?? 0} desired"));
        if (scaler.Status?.Conditions is { Count: > 0 } conditions)
        {
            using IDisposable section = writer.Open("Conditions");
            writer.Table(["Type", "Status", "Reason", "Message"], conditions.Select(condition => (string[])[condition.Type ?? "", condition.Status ?? "", condition.Reason ?? "", condition.Message ?? ""]));
        }

        EventText.Write(writer, facts);
    }

    private static void Metric(DescriptionWriter writer, V2MetricSpec metric, V2MetricStatus? now)
    {
        switch (metric)
        {
            case { Type: "External", External: { } external }:
                bool perPod = external.Target?.AverageValue is not null;
                writer.Field($"\"{external.Metric?.Name}\" (target {(perPod ? "average value" : "value")})", Values(perPod ? now?.External?.Current?.AverageValue : now?.External?.Current?.Value, perPod ? external.Target?.AverageValue : external.Target?.Value));
                break;
            case { Type: "Pods", Pods: { } pods }:
                writer.Field($"\"{pods.Metric?.Name}\" on pods", Values(now?.Pods?.Current?.AverageValue, pods.Target?.AverageValue));
                break;
            case { Type: "Object", ObjectProperty: { } single }:
                bool average = single.Target?.Type == "AverageValue";
                V2MetricValueStatus? value = now?.ObjectProperty?.Current;
                writer.Field($"\"{single.Metric?.Name}\" on {single.DescribedObject?.Kind}/{single.DescribedObject?.Name} (target {(average ? "average value" : "value")})", Values(average ? value?.AverageValue : value?.Value, average ? single.Target?.AverageValue : single.Target?.Value));
                break;
            case { Type: "Resource", Resource: { } resource }:
                Resource(writer, $"resource {resource.Name} on pods", resource.Target, now?.Resource?.Current);
                break;
            case { Type: "ContainerResource", ContainerResource: { } resource }:
                Resource(writer, $"resource {resource.Name} of container \"{resource.Container}\" on pods", resource.Target, now?.ContainerResource?.Current);
                break;
            default:
                writer.Entry($"<unknown metric type \"{metric.Type}\">");
                break;
        }
    }

    private static void Resource(DescriptionWriter writer, string name, V2MetricTarget? target, V2MetricValueStatus? now)
    {
        if (target?.AverageValue is not null)
        {
            writer.Field(name, Values(now?.AverageValue, target.AverageValue));
            return;
        }

        string current = now?.AverageUtilization is { } percent ? Words.Plain($"{percent}% ({Words.Amount(now.AverageValue)})") : Unknown;
        writer.Field($"{name}  (as a percentage of request)", $"{current} / {(target?.AverageUtilization is { } wanted ? Words.Plain($"{wanted}%") : "<auto>")}");
    }

    private static string Values(ResourceQuantity? current, ResourceQuantity? target) => $"{Words.Amount(current, Unknown)} / {Words.Amount(target)}";

    private static void Replicas(DescriptionWriter writer, int? minimum, int? maximum)
    {
        writer.Field("Min replicas", Words.Number(minimum));
        writer.Field("Max replicas", Words.Number(maximum, "0"));
    }

    private static void Direction(DescriptionWriter writer, string name, V2HPAScalingRules? rules)
    {
        if (rules is null) return;
        using IDisposable section = writer.Open(name);
        if (rules.StabilizationWindowSeconds is { } window) writer.Plain("Stabilization Window", Words.Plain($"{window} seconds"));
        if (rules.Policies is not { Count: > 0 } policies) return;
        writer.Plain("Select Policy", rules.SelectPolicy ?? "Max");
        using IDisposable list = writer.Open("Policies");
        foreach (V2HPAScalingPolicy policy in policies) writer.Entry($"- Type: {policy.Type}", Words.Plain($"Value: {policy.Value}"), Words.Plain($"Period: {policy.PeriodSeconds} seconds"));
    }
}
