using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What jobs and cron jobs must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/batch/validation/validation.go</c>.</remarks>
internal sealed class JobValidation(Problems problems, MetadataValidation metadata)
{
    private static readonly string[] s_numbers = ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"];
    private static readonly string[] s_concurrency = ["Allow", "Forbid", "Replace"];
    private static readonly string[] s_policies = ["OnFailure", "Never"];

    private readonly PodValidation _pods = new(problems, metadata);

    /// <summary>A new job.</summary>
    public void Job(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        Generated(json);
        Spec(json);
    }

    /// <summary>A changed job: neither its number of completions nor its selector nor its template may change.</summary>
    public void Job(JsonObject json, JsonObject old)
    {
        Job(json);
        metadata.Update(json, old);
        Spec(json);
        problems.Immutable("spec.completions", json.At("spec", "completions"), old.At("spec", "completions"), static value => value?.ToJsonString() ?? "null");
        problems.Immutable("spec.selector", json.At("spec", "selector"), old.At("spec", "selector"), GoText.Selector);

        // A job that is suspended and never ran may still get other wishes for its nodes (1.24).
        JsonNode? template = json.At("spec", "template"), before = old.At("spec", "template");
        if (problems.Minor >= 24 && old.Flag("spec", "suspend") == true && old.At("status", "startTime") is null) template = Movable(template, before);
        if (!template.Same(before)) problems.InvalidAs("spec.template", problems.Print(json.At("spec", "template"), static value => $"core.PodTemplateSpec{value?.ToJsonString()}"), "field is immutable");
        if (problems.Minor >= 22) problems.Immutable("spec.completionMode", json.At("spec", "completionMode"), old.At("spec", "completionMode"), GoText.Value);
    }

    /// <summary>A cron job.</summary>
    /// <param name="json">The cron job.</param>
    /// <param name="old">What it was; null for a new one.</param>
    public void CronJob(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, true, metadata.Names.DnsName);
        else metadata.Update(json, old);
        JsonNode? spec = json["spec"];
        string schedule = spec.Text("schedule") ?? "";
        if (schedule.Length == 0) problems.Required("spec.schedule");
        else if (CronFormat.Error(schedule, problems.Minor) is { } error) problems.Invalid("spec.schedule", schedule, error);
        problems.NonNegative("spec.startingDeadlineSeconds", spec.Number("startingDeadlineSeconds"));
        if (!s_concurrency.Contains(spec.Text("concurrencyPolicy") ?? "")) problems.NotSupported("spec.concurrencyPolicy", spec.Text("concurrencyPolicy"), s_concurrency);
        JsonNode? job = spec.At("jobTemplate", "spec");
        Plan("spec.jobTemplate.spec", job);
        if (job.At("selector") is { } selector) problems.InvalidAs("spec.jobTemplate.spec.selector", problems.Print(selector, GoText.Selector), "`selector` will be auto-generated");
        if (job.Flag("manualSelector") == true) problems.Add("FieldValueNotSupported", "spec.jobTemplate.spec.manualSelector", "Unsupported value: true: supported values: \"nil\", \"false\"");
        problems.NonNegative("spec.successfulJobsHistoryLimit", spec.Number("successfulJobsHistoryLimit"));
        problems.NonNegative("spec.failedJobsHistoryLimit", spec.Number("failedJobsHistoryLimit"));
        string name = json.Text("metadata", "name") ?? "";
        if (old is null && name.Length > 52) problems.Invalid("metadata.name", name, "must be no more than 52 characters");
    }

    private void Spec(JsonObject json)
    {
        JsonNode? spec = json["spec"];
        Plan("spec", spec);
        if (spec.At("selector") is not { } selector)
        {
            problems.Required("spec.selector");
            return;
        }

        metadata.Selector("spec.selector", selector);
        JsonNode? labels = spec.At("template", "metadata", "labels");
        if (!MetadataValidation.Selects(selector, labels)) problems.InvalidAs("spec.template.metadata.labels", problems.Print(labels, GoText.Map), "`selector` does not match template `labels`");
    }

    private void Plan(string at, JsonNode? spec)
    {
        foreach (string number in s_numbers) problems.NonNegative($"{at}.{number}", spec.Number(number));
        if (spec.Text("completionMode") is { } mode)
        {
            if (mode is not ("NonIndexed" or "Indexed")) problems.NotSupported($"{at}.completionMode", mode, "NonIndexed", "Indexed");
            else if (mode == "Indexed" && spec.Number("completions") is null) problems.Required($"{at}.completions", "when completion mode is Indexed");
        }

        _pods.Template($"{at}.template", spec.At("template"));
        string policy = spec.Text("template", "spec", "restartPolicy") ?? "";
        if (policy is "" or "Always") problems.Required($"{at}.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
        else if (!s_policies.Contains(policy)) problems.NotSupported($"{at}.template.spec.restartPolicy", policy, s_policies);
    }

    /// <summary>The labels and the selector that the server sets itself (ValidateGeneratedSelector).</summary>
    private void Generated(JsonObject json)
    {
        if (json.Flag("spec", "manualSelector") == true || json.At("spec", "selector") is not { } selector) return;
        string uid = json.Text("metadata", "uid") ?? "", name = json.Text("metadata", "name") ?? "";
        JsonNode? labels = json.At("spec", "template", "metadata", "labels");
        var expected = new JsonObject();
        (string Key, string Value)[] all = [("controller-uid", uid), ("job-name", name), ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", name)];
        foreach ((string key, string value) in all.AsSpan(0, problems.Minor >= 27 ? 4 : 2))
        {
            expected[key] = value;
            string? label = labels.Text(key);
            if (label is null) problems.Required($"spec.template.metadata.labels[{key}]", $"must be '{value}'");
            else if (label != value) problems.Invalid($"spec.template.metadata.labels[{key}]", problems.Print(labels, GoText.Map), $"must be '{value}'");
        }

        if (!MetadataValidation.Selects(selector, expected)) problems.InvalidAs("spec.selector", problems.Print(selector, GoText.Selector), "`selector` not auto-generated");
    }

    private static JsonNode? Movable(JsonNode? template, JsonNode? before)
    {
        if (template.Copy() is not JsonObject copy || before is null) return template;
        foreach ((string holder, string[] fields) in s_movable)
        {
            JsonObject target = copy.Child(holder);
            foreach (string field in fields)
            {
                if (before.At(holder, field) is { } value) target[field] = value.DeepClone();
                else target.Remove(field);
            }
        }

        return copy;
    }

    private static readonly (string Holder, string[] Fields)[] s_movable = [("metadata", ["labels", "annotations"]), ("spec", ["nodeSelector", "tolerations", "affinity", "schedulingGates"])];
}
