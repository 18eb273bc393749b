using System.Text.Json.Nodes;
using k8s.Models;

namespace PSKube.Conversion;

/// <summary>Makes a Job, or a plain Pod, of another workload.</summary>
internal static class JobConversion
{
    /// <summary>Converts a workload to a job.</summary>
    /// <param name="source">The workload.</param>
    /// <param name="restartPolicy"><c>Never</c> or <c>OnFailure</c>; null for the source's own where a job can have it, else <c>Never</c>.</param>
    public static (V1Job Job, IReadOnlyList<ConversionNote> Notes) Convert(WorkloadSource source, string? restartPolicy)
    {
        var notes = new List<ConversionNote>();
        // The server gives each job a selector of its own.
        var spec = new JsonObject { ["template"] = source.Template.DeepClone() };
        if (source.Header.Kind is "Job" or "CronJob") ConversionRules.Keep(source, spec, "completions", "parallelism", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "completionMode", "podFailurePolicy");
        ConversionRules.OnePod(source, "a Job's pods run one after the other, unless its parallelism says more", notes);
        ConversionRules.DeploymentOnly(source, "Job", notes);
        ConversionRules.NoClaims(source, "Job", notes);
        var pod = (JsonObject)spec["template"]!["spec"]!;
        string? own = pod["restartPolicy"]?.ToString();
        string policy = restartPolicy ?? (own is "Never" or "OnFailure" ? own : "Never");
        if (own is not null && own != policy) notes.Add(new ConversionNote(ConversionOutcome.Mapped, $"{ConversionRules.PodPath}.restartPolicy", $"{own} became {policy}: a Job's containers are not started again when they have done their work"));
        pod["restartPolicy"] = policy;
        if (source.Header.Kind is "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" or "ReplicationController") notes.Add(new ConversionNote(ConversionOutcome.Doubtful, "spec.template", "the containers were made to run for ever; a Job is done when they end"));
        return (ConversionRules.Make<V1Job>("batch/v1", "Job", source.Metadata, spec), notes);
    }

    /// <summary>Converts a workload to one pod.</summary>
    public static (V1Pod Pod, IReadOnlyList<ConversionNote> Notes) ConvertToPod(WorkloadSource source)
    {
        var notes = new List<ConversionNote>();
        ConversionRules.OnePod(source, "a Pod is one instance, and nobody starts another when its node is lost", notes);
        ConversionRules.NoClaims(source, "Pod", notes);
        var metadata = new JsonObject { ["name"] = source.Metadata["name"]?.DeepClone() };
        if (source.Metadata["namespace"] is { } ns) metadata["namespace"] = ns.DeepClone();
        if (source.Template["metadata"]?["labels"] is { } labels) metadata["labels"] = labels.DeepClone();
        if (source.Template["metadata"]?["annotations"] is { } annotations) metadata["annotations"] = annotations.DeepClone();
        if (source.Header.Uid is not null && source.Header.Kind is "ReplicaSet" or "StatefulSet" or "DaemonSet" or "ReplicationController")
        {
            notes.Add(new ConversionNote(ConversionOutcome.Doubtful, "metadata.labels", $"the {source.Header.Kind} {source.Header.Name} is on the cluster and selects these labels: it would take the pod as its own, or delete it as one too many"));
        }

        return (ConversionRules.Make<V1Pod>("v1", "Pod", metadata, source.Template["spec"]!), notes);
    }
}
