using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server fills into the kinds that make pods.</summary>
/// <remarks><c>pkg/apis/apps/v1/defaults.go</c>, <c>pkg/apis/batch/v1/defaults.go</c>, <c>pkg/apis/core/v1/defaults.go</c>.</remarks>
internal static class WorkloadDefaults
{
    /// <summary>A deployment.</summary>
    public static void Deployment(JsonObject json, int minor)
    {
        JsonObject spec = json.Child("spec");
        PodDefaults.Template(spec.Child("template"), minor);
        spec.Default("replicas", 1);
        JsonObject strategy = spec.Child("strategy");
        PodDefaults.Empty(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            JsonObject rolling = strategy.Child("rollingUpdate");
            rolling.Default("maxUnavailable", "25%");
            rolling.Default("maxSurge", "25%");
        }

        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
    }

    /// <summary>A replica set.</summary>
    public static void ReplicaSet(JsonObject json, int minor)
    {
        JsonObject spec = json.Child("spec");
        PodDefaults.Template(spec.Child("template"), minor);
        spec.Default("replicas", 1);
    }

    /// <summary>A replication controller; its selector and labels are those of its template when it has none.</summary>
    public static void ReplicationController(JsonObject json, int minor)
    {
        JsonObject spec = json.Child("spec");
        spec.Default("replicas", 1);
        if (spec["template"] is not JsonObject template) return;
        PodDefaults.Template(template, minor);
        if (template.At("metadata", "labels") is not JsonObject labels) return;
        if (spec["selector"] is not JsonObject { Count: > 0 }) spec["selector"] = labels.DeepClone();
        Labels(json, labels);
    }

    /// <summary>A stateful set, with the templates of its claims.</summary>
    public static void StatefulSet(JsonObject json, int minor)
    {
        JsonObject spec = json.Child("spec");
        PodDefaults.Template(spec.Child("template"), minor);
        PodDefaults.Empty(spec, "podManagementPolicy", "OrderedReady");
        JsonObject strategy = spec.Child("updateStrategy");
        if (strategy.Text("type") is null or "")
        {
            strategy["type"] = "RollingUpdate";
            strategy.Child("rollingUpdate");
        }

        if (strategy.Text("type") == "RollingUpdate" && strategy["rollingUpdate"] is JsonObject rolling) rolling.Default("partition", 0);
        if (minor >= 27)
        {
            JsonObject retention = spec.Child("persistentVolumeClaimRetentionPolicy");
            PodDefaults.Empty(retention, "whenDeleted", "Retain");
            PodDefaults.Empty(retention, "whenScaled", "Retain");
        }

        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        foreach (JsonObject claim in spec.Objects("volumeClaimTemplates"))
        {
            claim["kind"] = "PersistentVolumeClaim";
            claim["apiVersion"] = "v1";
            StorageDefaults.Claim(claim);
        }
    }

    /// <summary>A daemon set.</summary>
    public static void DaemonSet(JsonObject json, int minor)
    {
        // Written when the server's own form becomes apps/v1 (pkg/apis/apps/v1/conversion.go); the strategy counts it.
        json.Child("metadata").Child("annotations").Default(Strategies.TemplateGeneration, "0");
        JsonObject spec = json.Child("spec");
        PodDefaults.Template(spec.Child("template"), minor);
        JsonObject strategy = spec.Child("updateStrategy");
        PodDefaults.Empty(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            JsonObject rolling = strategy.Child("rollingUpdate");
            rolling.Default("maxUnavailable", 1);
            if (minor >= 22) rolling.Default("maxSurge", 0);
        }

        spec.Default("revisionHistoryLimit", 10);
    }

    /// <summary>A job; its labels are those of its template when it has none.</summary>
    public static void Job(JsonObject json, int minor)
    {
        JsonObject spec = json.Child("spec");
        JobSpec(spec, minor);
        if (spec.At("template", "metadata", "labels") is JsonObject labels) Labels(json, labels);
    }

    /// <summary>A cron job.</summary>
    public static void CronJob(JsonObject json, int minor)
    {
        JsonObject spec = json.Child("spec");
        PodDefaults.Empty(spec, "concurrencyPolicy", "Allow");
        spec.Default("suspend", false);
        spec.Default("successfulJobsHistoryLimit", 3);
        spec.Default("failedJobsHistoryLimit", 1);

        // A job template is no job: only its pods are filled in (SetObjectDefaults_CronJob).
        JsonObject template = spec.Child("jobTemplate");
        template.Child("metadata");
        PodDefaults.Template(template.Child("spec").Child("template"), minor);
    }

    private static void JobSpec(JsonObject spec, int minor)
    {
        PodDefaults.Template(spec.Child("template"), minor);
        if (spec["completions"] is null && spec["parallelism"] is null) spec["completions"] = 1;
        spec.Default("parallelism", 1);
        if (minor >= 29 && spec["backoffLimitPerIndex"] is not null) spec.Default("backoffLimit", int.MaxValue);
        spec.Default("backoffLimit", 6);
        if (minor >= 22)
        {
            spec.Default("completionMode", "NonIndexed");
            spec.Default("suspend", false);
        }

        if (minor >= 29) spec.Default("podReplacementPolicy", spec["podFailurePolicy"] is null ? "TerminatingOrFailed" : "Failed");
    }

    private static void Labels(JsonObject json, JsonObject labels)
    {
        JsonObject metadata = json.Child("metadata");
        if (metadata["labels"] is not JsonObject { Count: > 0 }) metadata["labels"] = labels.DeepClone();
    }
}
