using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output.Describe;

/// <summary>Everything that makes pods.</summary>
internal static class WorkloadText
{
    /// <summary>Writes a Deployment.</summary>
    public static void Write(V1Deployment deployment, DescriptionWriter writer, DescribeFacts facts)
    {
        V1DeploymentSpec? spec = deployment.Spec;
        V1DeploymentStatus? status = deployment.Status;
        writer.Field("Name", deployment.Metadata?.Name);
        writer.Field("Namespace", deployment.Metadata?.NamespaceProperty);
        writer.Field("CreationTimestamp", facts.Time(deployment.Metadata?.CreationTimestamp));
        writer.LabelsAndAnnotations(deployment.Metadata);
        writer.Field("Selector", KubeMembers.SelectorOf(spec?.Selector));
        writer.Field("Replicas", Words.Plain($"{spec?.Replicas ?? 1} desired | {status?.UpdatedReplicas ?? 0} updated | {status?.Replicas ?? 0} total | {status?.AvailableReplicas ?? 0} available | {status?.UnavailableReplicas ?? 0} unavailable"));
        writer.Field("StrategyType", spec?.Strategy?.Type);
        writer.Field("MinReadySeconds", Words.Number(spec?.MinReadySeconds, "0"));
        if (spec?.Strategy?.RollingUpdate is { } rolling) writer.Field("RollingUpdateStrategy", $"{rolling.MaxUnavailable?.Value} max unavailable, {rolling.MaxSurge?.Value} max surge");
        PodText.Template(writer, spec?.Template, facts);
        Conditions(writer, status?.Conditions?.Select(condition => (condition.Type, condition.Status, condition.Reason)));
        (IReadOnlyList<V1ReplicaSet> old, V1ReplicaSet? current) = Revisions(deployment, facts.ReplicaSets ?? []);
        if (old.Count > 0 || current is not null)
        {
            writer.Field("OldReplicaSets", ReplicaSets(old));
            writer.Field("NewReplicaSet", ReplicaSets(current is null ? [] : [current]));
        }

        EventText.Write(writer, facts);
    }

    /// <summary>Writes a ReplicaSet.</summary>
    public static void Write(V1ReplicaSet set, DescriptionWriter writer, DescribeFacts facts)
    {
        writer.Field("Name", set.Metadata?.Name);
        writer.Field("Namespace", set.Metadata?.NamespaceProperty);
        writer.Field("Selector", KubeMembers.SelectorOf(set.Spec?.Selector));
        writer.LabelsAndAnnotations(set.Metadata);
        writer.ControlledBy(set.Metadata);
        writer.Field("Replicas", Words.Plain($"{set.Status?.Replicas ?? 0} current / {set.Spec?.Replicas ?? 1} desired"));
        PodsStatus(writer, facts);
        PodText.Template(writer, set.Spec?.Template, facts);
        Conditions(writer, set.Status?.Conditions?.Select(condition => (condition.Type, condition.Status, condition.Reason)));
        EventText.Write(writer, facts);
    }

    /// <summary>Writes a ReplicationController.</summary>
    public static void Write(V1ReplicationController controller, DescriptionWriter writer, DescribeFacts facts)
    {
        writer.Field("Name", controller.Metadata?.Name);
        writer.Field("Namespace", controller.Metadata?.NamespaceProperty);
        writer.Field("Selector", KubeMembers.Pairs(controller.Spec?.Selector));
        writer.LabelsAndAnnotations(controller.Metadata);
        writer.Field("Replicas", Words.Plain($"{controller.Status?.Replicas ?? 0} current / {controller.Spec?.Replicas ?? 1} desired"));
        PodsStatus(writer, facts);
        PodText.Template(writer, controller.Spec?.Template, facts);
        Conditions(writer, controller.Status?.Conditions?.Select(condition => (condition.Type, condition.Status, condition.Reason)));
        EventText.Write(writer, facts);
    }

    /// <summary>Writes a DaemonSet.</summary>
    public static void Write(V1DaemonSet set, DescriptionWriter writer, DescribeFacts facts)
    {
        V1DaemonSetStatus? status = set.Status;
        writer.Field("Name", set.Metadata?.Name);
        writer.Field("Selector", KubeMembers.SelectorOf(set.Spec?.Selector));
        writer.Field("Node-Selector", KubeMembers.Pairs(set.Spec?.Template?.Spec?.NodeSelector));
        writer.LabelsAndAnnotations(set.Metadata);
        writer.Plain("Desired Number of Nodes Scheduled", Words.Number(status?.DesiredNumberScheduled, "0"));
        writer.Plain("Current Number of Nodes Scheduled", Words.Number(status?.CurrentNumberScheduled, "0"));
        writer.Plain("Number of Nodes Scheduled with Up-to-date Pods", Words.Number(status?.UpdatedNumberScheduled, "0"));
        writer.Plain("Number of Nodes Scheduled with Available Pods", Words.Number(status?.NumberAvailable, "0"));
        writer.Plain("Number of Nodes Misscheduled", Words.Number(status?.NumberMisscheduled, "0"));
        PodsStatus(writer, facts);
        PodText.Template(writer, set.Spec?.Template, facts);
        EventText.Write(writer, facts);
    }

    /// <summary>Writes a StatefulSet.</summary>
    public static void Write(V1StatefulSet set, DescriptionWriter writer, DescribeFacts facts)
    {
        V1StatefulSetSpec? spec = set.Spec;
        writer.Field("Name", set.Metadata?.Name);
        writer.Field("Namespace", set.Metadata?.NamespaceProperty);
        writer.Field("CreationTimestamp", facts.Time(set.Metadata?.CreationTimestamp));
        writer.Field("Selector", KubeMembers.SelectorOf(spec?.Selector));
        writer.LabelsAndAnnotations(set.Metadata);
        writer.Field("Replicas", Words.Plain($"{spec?.Replicas ?? 1} desired | {set.Status?.Replicas ?? 0} total"));
        using (writer.Open("Update Strategy", spec?.UpdateStrategy?.Type ?? ""))
        {
            if (spec?.UpdateStrategy?.RollingUpdate is { Partition: { } partition } rolling)
            {
                writer.Field("Partition", Words.Number(partition));
                if (rolling.MaxUnavailable is { } most) writer.Field("MaxUnavailable", most.Value);
            }
        }

        PodsStatus(writer, facts);
        PodText.Template(writer, spec?.Template, facts);
        ClaimTemplates(writer, spec?.VolumeClaimTemplates);
        EventText.Write(writer, facts);
    }

    /// <summary>Writes a Job.</summary>
    public static void Write(V1Job job, DescriptionWriter writer, DescribeFacts facts)
    {
        V1JobSpec? spec = job.Spec;
        V1JobStatus? status = job.Status;
        writer.Field("Name", job.Metadata?.Name);
        writer.Field("Namespace", job.Metadata?.NamespaceProperty);
        writer.Field("Selector", KubeMembers.SelectorOf(spec?.Selector));
        writer.LabelsAndAnnotations(job.Metadata);
        writer.ControlledBy(job.Metadata);
        if (spec?.Parallelism is { } parallelism) writer.Field("Parallelism", Words.Number(parallelism));
        writer.Field("Completions", Words.Number(spec?.Completions));
        if (spec?.CompletionMode is { } mode) writer.Field("Completion Mode", mode);
        if (spec?.Suspend is { } suspend) writer.Field("Suspend", Words.Lower(suspend));
        if (spec?.BackoffLimit is { } backoff) writer.Field("Backoff Limit", Words.Number(backoff));
        if (spec?.TtlSecondsAfterFinished is { } ttl) writer.Field("TTL Seconds After Finished", Words.Number(ttl));
        if (status?.StartTime is { } start) writer.Field("Start Time", facts.Time(start));
        if (status?.CompletionTime is { } end) writer.Field("Completed At", facts.Time(end));
        if (status?.StartTime is { } from && status.CompletionTime is { } to) writer.Field("Duration", Duration.Text(to - from));
        if (spec?.ActiveDeadlineSeconds is { } deadline) writer.Field("Active Deadline Seconds", Words.Plain($"{deadline}s"));
        string ready = status?.Ready is { } count ? Words.Plain($" ({count} Ready)") : "";
        writer.Field("Pods Statuses", Words.Plain($"{status?.Active ?? 0} Active{ready} / {status?.Succeeded ?? 0} Succeeded / {status?.Failed ?? 0} Failed"));
        if (spec?.CompletionMode == "Indexed") writer.Field("Completed Indexes", Indexes(status?.CompletedIndexes));
        PodText.Template(writer, spec?.Template, facts);
        EventText.Write(writer, facts);
    }

    /// <summary>Writes a CronJob.</summary>
    public static void Write(V1CronJob cron, DescriptionWriter writer, DescribeFacts facts)
    {
        V1CronJobSpec? spec = cron.Spec;
        V1JobSpec? job = spec?.JobTemplate?.Spec;
        writer.Header(cron.Metadata);
        writer.Field("Schedule", spec?.Schedule);
        writer.Field("Concurrency Policy", spec?.ConcurrencyPolicy);
        writer.Field("Suspend", Words.Upper(spec?.Suspend));
        writer.Field("Successful Job History Limit", Words.Number(spec?.SuccessfulJobsHistoryLimit));
        writer.Field("Failed Job History Limit", Words.Number(spec?.FailedJobsHistoryLimit));
        writer.Field("Starting Deadline Seconds", spec?.StartingDeadlineSeconds is { } start ? Words.Plain($"{start}s") : "<unset>");
        writer.Field("Selector", job?.Selector is null ? "<unset>" : KubeMembers.SelectorOf(job.Selector));
        writer.Field("Parallelism", Words.Number(job?.Parallelism));
        writer.Field("Completions", Words.Number(job?.Completions));
        if (job?.ActiveDeadlineSeconds is { } deadline) writer.Field("Active Deadline Seconds", Words.Plain($"{deadline}s"));
        PodText.Template(writer, job?.Template, facts);
        writer.Field("Last Schedule Time", cron.Status?.LastScheduleTime is { } last ? facts.Time(last) : "<unset>");
        writer.Field("Active Jobs", Words.OrNone(string.Join(", ", (cron.Status?.Active ?? []).Select(active => active.Name))));
        EventText.Write(writer, facts);
    }

    /// <summary>Tells a deployment's current ReplicaSet, the one with its template, from the others.</summary>
    internal static (IReadOnlyList<V1ReplicaSet> Old, V1ReplicaSet? Current) Revisions(V1Deployment deployment, IReadOnlyList<V1ReplicaSet> sets)
    {
        JsonNode? wanted = RolloutHistory.Bare(ResourceJson.ToJson(deployment.Spec?.Template));
        V1ReplicaSet[] ordered = [.. sets.OrderBy(set => set.Metadata?.CreationTimestamp ?? DateTime.MinValue)];
        V1ReplicaSet? current = Array.Find(ordered, set => JsonNode.DeepEquals(RolloutHistory.Bare(ResourceJson.ToJson(set.Spec?.Template)), wanted));
        return ([.. ordered.Where(set => !ReferenceEquals(set, current))], current);
    }

    private static string ReplicaSets(IEnumerable<V1ReplicaSet> sets) => Words.OrNone(string.Join(", ", sets.Select(set => Words.Plain($"{set.Metadata?.Name} ({set.Status?.Replicas ?? 0}/{set.Spec?.Replicas ?? 1} replicas created)"))));

    private static void PodsStatus(DescriptionWriter writer, DescribeFacts facts) => writer.Field("Pods Status", facts.Pods is null ? "<unknown>" : PodText.Phases(facts.Pods));

    private static void Conditions(DescriptionWriter writer, IEnumerable<(string Type, string Status, string Reason)>? conditions)
    {
        string[][] rows = [.. (conditions ?? []).Select(condition => (string[])[condition.Type ?? "", condition.Status ?? "", condition.Reason ?? ""])];
        if (rows.Length == 0) return;
        using IDisposable section = writer.Open("Conditions");
        writer.Table(["Type", "Status", "Reason"], rows, spaced: 1);
    }

    private static void ClaimTemplates(DescriptionWriter writer, IList<V1PersistentVolumeClaim>? templates)
    {
        if (templates is not { Count: > 0 })
        {
            writer.Field("Volume Claims", DescriptionWriter.None);
            return;
        }

        using IDisposable section = writer.Open("Volume Claims");
        foreach (V1PersistentVolumeClaim claim in templates)
        {
            using IDisposable one = writer.Open(claim.Metadata?.Name ?? "", step: 0, heading: "");
            writer.Field("Name", claim.Metadata?.Name);
            writer.Field("StorageClass", ClaimText.Class(claim));
            writer.Values("Labels", Words.Labels(claim.Metadata?.Labels));
            writer.Values("Annotations", Words.Labels(claim.Metadata?.Annotations));
            writer.Field("Capacity", claim.Spec?.Resources?.Requests is { } requests && requests.TryGetValue("storage", out ResourceQuantity? amount) ? Words.Amount(amount) : "<default>");
            writer.Field("Access Modes", Words.List(claim.Spec?.AccessModes));
        }
    }

    /// <summary>Indexes up to about fifty characters, cut at a comma.</summary>
    private static string Indexes(string? indexes)
    {
        const int limit = 50;
        if (string.IsNullOrEmpty(indexes)) return DescriptionWriter.None;
        int comma = indexes.Length > limit ? indexes.IndexOf(',', limit) : -1;
        return comma < 0 ? indexes : indexes[..(comma + 1)] + "...";
    }
}
