using k8s.Models;

namespace PSKube.Specs;

/// <summary>Makes what <c>kubectl create job</c> and <c>kubectl create cronjob</c> make (<c>create_job.go</c>, <c>create_cronjob.go</c>).</summary>
internal static class JobBuilder
{
    /// <summary>How a job runs its pods; null for the server's choice.</summary>
    public sealed record JobArgs(string RestartPolicy, int? Completions, int? Parallelism, int? BackoffLimit, int? ActiveDeadlineSeconds, int? TtlSecondsAfterFinished);

    /// <summary>The job.</summary>
    public static V1Job Build(PodTemplateArgs args, JobArgs how)
    {
        return new V1Job
        {
            ApiVersion = "batch/v1",
            Kind = "Job",
            Metadata = Metadata(args),
            Spec = Spec(args, how),
        };
    }

    /// <summary>The cron job.</summary>
    public static V1CronJob BuildCron(PodTemplateArgs args, JobArgs how, string schedule, string? timeZone, string? concurrencyPolicy, bool suspend)
    {
        // The job's name gets eleven characters of time behind it.
        if (args.Name.Length > 52) throw PodTemplateBuilder.Invalid($"The name {args.Name} is too long for a CronJob: at most 52 characters.");
        if (!IsSchedule(schedule)) throw PodTemplateBuilder.Invalid($"'{Api.ServerErrors.Escape(schedule)}' is no schedule: five fields (minute hour day month weekday) such as '*/5 * * * *', or @hourly, @daily, @weekly, @monthly, @yearly.");
        return new V1CronJob
        {
            ApiVersion = "batch/v1",
            Kind = "CronJob",
            Metadata = Metadata(args),
            Spec = new V1CronJobSpec
            {
                Schedule = schedule,
                TimeZone = timeZone,
                ConcurrencyPolicy = concurrencyPolicy,
                Suspend = suspend ? true : null,
                JobTemplate = new V1JobTemplateSpec { Metadata = new V1ObjectMeta { Name = args.Name }, Spec = Spec(args, how) },
            },
        };
    }

    /// <summary>A job with a cron job's template, as <c>kubectl create job --from=cronjob/x</c> makes it.</summary>
    public static System.Text.Json.Nodes.JsonObject FromCron(System.Text.Json.Nodes.JsonObject cronJob, string name)
    {
        System.Text.Json.Nodes.JsonNode? template = cronJob["spec"]?["jobTemplate"];
        var metadata = new System.Text.Json.Nodes.JsonObject { ["name"] = name };
        System.Text.Json.Nodes.JsonObject annotations = template?["metadata"]?["annotations"]?.DeepClone() as System.Text.Json.Nodes.JsonObject ?? [];
        annotations["cronjob.kubernetes.io/instantiate"] = "manual";
        metadata["annotations"] = annotations;
        if (template?["metadata"]?["labels"] is { } labels) metadata["labels"] = labels.DeepClone();
        if (cronJob["metadata"]?["uid"] is { } uid)
        {
            if (cronJob["metadata"]?["namespace"] is { } ns) metadata["namespace"] = ns.DeepClone();
            metadata["ownerReferences"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject
            {
                ["apiVersion"] = cronJob["apiVersion"]?.DeepClone(),
                ["kind"] = "CronJob",
                ["name"] = cronJob["metadata"]!["name"]?.DeepClone(),
                ["uid"] = uid.DeepClone(),
                ["controller"] = true,
            });
        }

        return new System.Text.Json.Nodes.JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["metadata"] = metadata, ["spec"] = template?["spec"]?.DeepClone() };
    }

    private static V1ObjectMeta Metadata(PodTemplateArgs args) => new() { Name = args.Name, NamespaceProperty = args.Namespace, Labels = PodTemplateBuilder.Map(args.Labels), Annotations = PodTemplateBuilder.Map(args.Annotations) };

    private static V1JobSpec Spec(PodTemplateArgs args, JobArgs how)
    {
        PodTemplateBuilder.Check(args);
        if (args.Images.Count > 0) NameRules.CheckLabel(args.Name, "name of a job's container");
        Dictionary<string, string>? labels = PodTemplateBuilder.Map(args.Labels);
        var pod = new V1PodSpec { Containers = [.. args.Images.Select(image => PodTemplateBuilder.Container(args, args.Name, image, withPort: true))], RestartPolicy = how.RestartPolicy };
        PodTemplateBuilder.Complete(pod, args);
        return new V1JobSpec
        {
            Completions = how.Completions,
            Parallelism = how.Parallelism,
            BackoffLimit = how.BackoffLimit,
            ActiveDeadlineSeconds = how.ActiveDeadlineSeconds,
            TtlSecondsAfterFinished = how.TtlSecondsAfterFinished,
            Template = new V1PodTemplateSpec { Metadata = labels is null ? null : new V1ObjectMeta { Labels = labels }, Spec = pod },
        };
    }

    private static bool IsSchedule(string text) => text.StartsWith('@') ? text.Length > 1 : text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length == 5 || text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal);
}
