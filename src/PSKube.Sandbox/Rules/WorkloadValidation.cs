using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What deployments, replica sets, stateful sets, daemon sets and replication controllers must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/apps/validation/validation.go</c>, <c>pkg/apis/core/validation/validation.go</c>, the kinds' <c>strategy.go</c>.</remarks>
internal sealed class WorkloadValidation(Problems problems, MetadataValidation metadata)
{
    private readonly PodValidation _pods = new(problems, metadata);

    /// <summary>A new deployment.</summary>
    public void Deployment(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        DeploymentSpec(json);
    }

    /// <summary>A changed deployment.</summary>
    public void Deployment(JsonObject json, JsonObject old)
    {
        metadata.Update(json, old);
        DeploymentSpec(json);
        FixedSelector(json, old);
    }

    /// <summary>A new replica set.</summary>
    public void ReplicaSet(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        ReplicaSetSpec(json);
    }

    /// <summary>A changed replica set.</summary>
    public void ReplicaSet(JsonObject json, JsonObject old)
    {
        ReplicaSet(json);
        metadata.Update(json, old);
        ReplicaSetSpec(json);
        FixedSelector(json, old);
    }

    /// <summary>A new replication controller.</summary>
    public void ReplicationController(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        ReplicationControllerSpec(json);
    }

    /// <summary>A changed replication controller.</summary>
    public void ReplicationController(JsonObject json, JsonObject old)
    {
        ReplicationController(json);
        metadata.Update(json, old);
        ReplicationControllerSpec(json);
    }

    /// <summary>A new daemon set.</summary>
    public void DaemonSet(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        DaemonSetSpec(json);
    }

    /// <summary>A changed daemon set.</summary>
    public void DaemonSet(JsonObject json, JsonObject old)
    {
        DaemonSet(json);
        metadata.Update(json, old);
        DaemonSetSpec(json);
        FixedSelector(json, old);
    }

    /// <summary>A new stateful set.</summary>
    public void StatefulSet(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        JsonNode? spec = json["spec"];
        if (spec.Text("podManagementPolicy") is not ("OrderedReady" or "Parallel")) problems.Invalid("spec.podManagementPolicy", spec.Text("podManagementPolicy"), "must be 'OrderedReady' or 'Parallel'");
        switch (spec.Text("updateStrategy", "type"))
        {
            case "OnDelete":
                if (spec.At("updateStrategy", "rollingUpdate") is { } rolling) problems.InvalidAs("spec.updateStrategy.rollingUpdate", $"apps.RollingUpdateStatefulSetStrategy{{Partition:{rolling.Number("partition") ?? 0}}}", "only allowed for updateStrategy 'RollingUpdate'");
                break;
            case "RollingUpdate":
                problems.NonNegative("spec.updateStrategy.rollingUpdate.partition", spec.Number("updateStrategy", "rollingUpdate", "partition"));
                break;
            case string other:
                problems.InvalidAs("spec.updateStrategy", $"apps.StatefulSetUpdateStrategy{{Type:{GoText.Quote(other)}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}}", "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }

        problems.NonNegative("spec.replicas", spec.Number("replicas"));
        Selector(spec, "statefulset");

        // The pods of stateful sets are not looked at before they are made (ValidatePodTemplateSpecForStatefulSet).
        JsonNode? template = spec.At("template");
        Matching(spec, "spec.template.metadata.labels");
        metadata.Labels("spec.template.labels", template.At("metadata", "labels"));
        metadata.Annotations("spec.template.annotations", template.At("metadata", "annotations"));
        RestartsAlways(spec, "StatefulSet");
    }

    /// <summary>A changed stateful set: only a few fields may change.</summary>
    public void StatefulSet(JsonObject json, JsonObject old)
    {
        StatefulSet(json);
        metadata.Update(json, old);
        (string[] free, string words) = problems.Minor switch
        {
            < 22 => (s_free20, "'replicas', 'template', and 'updateStrategy'"),
            < 23 => (s_free22, "'replicas', 'template', 'updateStrategy' and 'minReadySeconds'"),
            < 26 => (s_free23, "'replicas', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"),
            < 33 => (s_free26, "'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"),
            _ => (s_free33, "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"),
        };
        JsonObject now = json.Child("spec").Copy(), before = old.Child("spec").Copy();
        foreach (string name in free)
        {
            now.Remove(name);
            before.Remove(name);
        }

        if (!now.Same(before)) problems.Forbidden("spec", $"updates to statefulset spec for fields other than {words} are forbidden");
        problems.NonNegative("spec.replicas", json.Number("spec", "replicas"));
    }

    private static readonly string[] s_free20 = ["replicas", "template", "updateStrategy"];
    private static readonly string[] s_free22 = [.. s_free20, "minReadySeconds"];
    private static readonly string[] s_free23 = [.. s_free22, "persistentVolumeClaimRetentionPolicy"];
    private static readonly string[] s_free26 = [.. s_free23, "ordinals"];
    private static readonly string[] s_free33 = [.. s_free26, "revisionHistoryLimit"];
    private static readonly string[] s_always = ["Always"];

    private void DeploymentSpec(JsonObject json)
    {
        JsonNode? spec = json["spec"];
        problems.NonNegative("spec.replicas", spec.Number("replicas"));
        Selector(spec, "deployment");
        ReplicatedTemplate(spec);
        switch (spec.Text("strategy", "type"))
        {
            case "Recreate":
                if (spec.At("strategy", "rollingUpdate") is not null) problems.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "RollingUpdate":
                Rolling(spec.At("strategy", "rollingUpdate"));
                break;
            case string other:
                problems.Add("FieldValueNotSupported", "spec.strategy", $"Unsupported value: apps.DeploymentStrategy{{Type:{GoText.Quote(other)}, RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}}: supported values: \"Recreate\", \"RollingUpdate\"");
                break;
        }

        problems.NonNegative("spec.minReadySeconds", spec.Number("minReadySeconds"));
        problems.NonNegative("spec.revisionHistoryLimit", spec.Number("revisionHistoryLimit"));
        if (spec.Number("progressDeadlineSeconds") is not { } deadline) return;
        problems.NonNegative("spec.progressDeadlineSeconds", deadline);
        if (deadline <= (spec.Number("minReadySeconds") ?? 0)) problems.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
    }

    private void ReplicaSetSpec(JsonObject json)
    {
        JsonNode? spec = json["spec"];
        problems.NonNegative("spec.replicas", spec.Number("replicas"));
        problems.NonNegative("spec.minReadySeconds", spec.Number("minReadySeconds"));

        // It does say deployment.
        Selector(spec, "deployment");
        ReplicatedTemplate(spec);
    }

    private void ReplicationControllerSpec(JsonObject json)
    {
        JsonNode? spec = json["spec"];
        problems.NonNegative("spec.minReadySeconds", spec.Number("minReadySeconds"));
        if (spec.At("selector") is not JsonObject { Count: > 0 }) problems.Required("spec.selector");
        problems.NonNegative("spec.replicas", spec.Number("replicas"));
        if (spec.At("template") is not { } template)
        {
            problems.Required("spec.template");
            return;
        }

        JsonNode? labels = template.At("metadata", "labels");
        if ((spec.At("selector") as JsonObject ?? []).Any(one => labels.Text(one.Key) != one.Value.Text())) problems.InvalidAs("spec.template.metadata.labels", problems.Print(labels, GoText.Map), "`selector` does not match template `labels`");
        _pods.Template("spec.template", template);
        RestartsAlways(spec, "ReplicationController");
    }

    private void DaemonSetSpec(JsonObject json)
    {
        JsonNode? spec = json["spec"];
        metadata.Selector("spec.selector", spec.At("selector"));
        if (!MetadataValidation.Selects(spec.At("selector"), spec.At("template", "metadata", "labels"))) problems.InvalidAs("spec.template.metadata.labels", problems.Print(spec.At("template", "metadata", "labels"), GoText.Map), "`selector` does not match template `labels`");
        if (spec.At("selector") is { } selector && IsEmpty(selector)) problems.InvalidAs("spec.selector", problems.Print(selector, GoText.Selector), "empty selector is invalid for daemonset");
        _pods.Template("spec.template", spec.At("template"));
        RestartsAlways(spec, "DaemonSet");
        problems.NonNegative("spec.minReadySeconds", spec.Number("minReadySeconds"));
        switch (spec.Text("updateStrategy", "type"))
        {
            case "OnDelete": break;
            case "RollingUpdate":
                const string Field = "spec.updateStrategy.rollingUpdate";
                JsonNode? unavailable = spec.At("updateStrategy", "rollingUpdate", "maxUnavailable"), surge = spec.At("updateStrategy", "rollingUpdate", "maxSurge");
                Portion($"{Field}.maxUnavailable", unavailable);
                if (problems.Minor >= 22) Portion($"{Field}.maxSurge", surge);
                if (problems.Minor < 22 && Value(unavailable) == 0) problems.InvalidAs($"{Field}.maxUnavailable", Print(unavailable), "cannot be 0");
                else if (Value(unavailable) == 0 && Value(surge) == 0) problems.Required($"{Field}.maxUnavailable", "cannot be 0 when maxSurge is 0");
                else if (Value(unavailable) != 0 && Value(surge) != 0) problems.InvalidAs($"{Field}.maxSurge", Print(surge), "may not be set when maxUnavailable is non-zero");
                NotMoreThanAll($"{Field}.maxUnavailable", unavailable);
                break;
            case string other:
                problems.Add("FieldValueNotSupported", "spec.updateStrategy", $"Unsupported value: apps.DaemonSetUpdateStrategy{{Type:{GoText.Quote(other)}, RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}}: supported values: \"RollingUpdate\", \"OnDelete\"");
                break;
        }

        problems.NonNegative("spec.revisionHistoryLimit", spec.Number("revisionHistoryLimit"));
    }

    private void ReplicatedTemplate(JsonNode? spec)
    {
        if (!MetadataValidation.IsSelector(spec.At("selector")))
        {
            problems.InvalidAs("spec.selector", problems.Print(spec.At("selector"), GoText.Selector), "invalid label selector");
            return;
        }

        Matching(spec, "spec.template.metadata.labels");
        _pods.Template("spec.template", spec.At("template"));
        RestartsAlways(spec, "ReplicaSet");
    }

    private void RestartsAlways(JsonNode? spec, string kind)
    {
        string? policy = spec.Text("template", "spec", "restartPolicy");
        if (policy != "Always") problems.NotSupported("spec.template.spec.restartPolicy", policy, s_always);
        if (spec.At("template", "spec", "activeDeadlineSeconds") is not null) problems.Forbidden("spec.template.spec.activeDeadlineSeconds", $"activeDeadlineSeconds in {kind} is not Supported");
    }

    private void Selector(JsonNode? spec, string kind)
    {
        if (spec.At("selector") is not { } selector)
        {
            problems.Required("spec.selector");
            return;
        }

        metadata.Selector("spec.selector", selector);
        if (IsEmpty(selector)) problems.InvalidAs("spec.selector", problems.Print(selector, GoText.Selector), $"empty selector is invalid for {kind}");
    }

    /// <summary>The selector must select the template's pods; one that selects nothing or everything says so elsewhere.</summary>
    private void Matching(JsonNode? spec, string field)
    {
        JsonNode? selector = spec.At("selector"), labels = spec.At("template", "metadata", "labels");
        if (selector is not null && IsEmpty(selector)) return;
        if (!MetadataValidation.Selects(selector, labels)) problems.InvalidAs(field, problems.Print(labels, GoText.Map), "`selector` does not match template `labels`");
    }

    private static bool IsEmpty(JsonNode selector) => selector.At("matchLabels") is not JsonObject { Count: > 0 } && selector.At("matchExpressions") is not JsonArray { Count: > 0 };

    private void FixedSelector(JsonObject json, JsonObject old) => problems.Immutable("spec.selector", json.At("spec", "selector"), old.At("spec", "selector"), GoText.Selector);

    private void Rolling(JsonNode? rolling)
    {
        const string Field = "spec.strategy.rollingUpdate";
        JsonNode? unavailable = rolling.At("maxUnavailable"), surge = rolling.At("maxSurge");
        Portion($"{Field}.maxUnavailable", unavailable);
        Portion($"{Field}.maxSurge", surge);
        if (Value(unavailable) == 0 && Value(surge) == 0) problems.InvalidAs($"{Field}.maxUnavailable", Print(unavailable), "may not be 0 when `maxSurge` is 0");
        NotMoreThanAll($"{Field}.maxUnavailable", unavailable);
    }

    /// <summary>A number or a percentage of pods.</summary>
    public void Portion(string field, JsonNode? portion)
    {
        if (portion?.GetValueKind() == JsonValueKind.String)
        {
            foreach (string reason in NameFormats.Percent(portion.Text()!)) problems.InvalidAs(field, Print(portion), reason);
        }
        else
        {
            problems.NonNegative(field, portion.Number());
        }
    }

    /// <summary>Not more than all pods.</summary>
    public void NotMoreThanAll(string field, JsonNode? portion)
    {
        if (portion?.GetValueKind() == JsonValueKind.String && Value(portion) > 100) problems.InvalidAs(field, Print(portion), "must not be greater than 100%");
    }

    private static long Value(JsonNode? portion) => portion switch
    {
        null => 0,
        _ when portion.GetValueKind() == JsonValueKind.String => long.TryParse(portion.Text()!.AsSpan().TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0,
        _ => portion.Number() ?? 0,
    };

    private string Print(JsonNode? portion) => problems.Print(portion, static portion => portion?.GetValueKind() == JsonValueKind.String
        ? $"intstr.IntOrString{{Type:1, IntVal:0, StrVal:{GoText.Quote(portion.Text()!)}}}"
        : $"intstr.IntOrString{{Type:0, IntVal:{portion.Number() ?? 0}, StrVal:\"\"}}");
}
