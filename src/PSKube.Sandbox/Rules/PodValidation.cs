using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What pods and the pod templates of workloads must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: ValidatePodSpec, ValidatePodUpdate, ValidatePodTemplateSpec.</remarks>
internal sealed class PodValidation(Problems problems, MetadataValidation metadata)
{
    private static readonly string[] s_restartPolicies = ["Always", "OnFailure", "Never"];
    private static readonly string[] s_dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    private static readonly string[] s_effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    private static readonly string[] s_operators = ["Equal", "Exists"];
    private static readonly string[] s_planned = ["containers", "initContainers"];
    private static readonly string[] s_preemption = ["PreemptLowerPriority", "Never"];

    private readonly NameFormats _names = metadata.Names;
    private readonly VolumeValidation _volumes = new(problems, metadata.Names);
    private readonly ContainerValidation _containers = new(problems, metadata.Names);

    /// <summary>A new pod.</summary>
    public void Create(JsonObject pod)
    {
        Whole(pod);
        if (pod.At("spec", "ephemeralContainers") is JsonArray { Count: > 0 }) problems.Forbidden("spec.ephemeralContainers", "cannot be set on create");
    }

    /// <summary>A changed pod: little of it may change.</summary>
    public void Update(JsonObject pod, JsonObject old)
    {
        metadata.Update(pod, old);
        Whole(pod);
        foreach (string list in s_planned)
        {
            JsonObject[] now = [.. pod.Objects("spec", list)];
            if (now.Length != old.Objects("spec", list).Count())
            {
                problems.Forbidden($"spec.{list}", "pod updates may not add or remove containers");
                return;
            }

            for (int i = 0; i < now.Length; i++)
            {
                string image = now[i].Text("image") ?? "";
                if (image.Length == 0) problems.Required($"spec.{list}[{i}].image");
                if (image.Trim().Length != image.Length) problems.Invalid($"spec.{list}[{i}].image", image, "must not have leading or trailing whitespace");
            }
        }

        if (!Deadline(pod, old)) return;
        JsonObject rest = pod.Child("spec").Copy(), before = old.Child("spec");
        foreach (string list in s_planned)
        {
            foreach ((JsonObject one, JsonObject other) in rest.Objects(list).Zip(before.Objects(list)))
            {
                if (other["image"] is { } image) one["image"] = image.DeepClone();
            }
        }

        foreach (string free in problems.Minor >= 27 ? s_gated : s_free)
        {
            if (before[free] is { } value) rest[free] = value.DeepClone();
            else rest.Remove(free);
        }

        AddedTolerations(pod, before);

        // Since 1.22 a negative grace period, which older servers let pass, may be mended.
        if (problems.Minor >= 22 && before.Number("terminationGracePeriodSeconds") < 0 && rest.Number("terminationGracePeriodSeconds") == 1) rest["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]!.DeepClone();
        if (!rest.Same(before)) problems.Forbidden("spec", $"{Fixed()}\n{Difference(rest, before)}");
    }

    /// <summary>A changed pod by its ephemeral containers: they can only be added.</summary>
    public void UpdateEphemeral(JsonObject pod, JsonObject old)
    {
        Whole(pod);
        JsonObject[] now = [.. pod.Objects("spec", "ephemeralContainers")];
        foreach (JsonObject before in old.Objects("spec", "ephemeralContainers"))
        {
            string name = before.Text("name") ?? "";
            JsonObject? same = now.FirstOrDefault(one => one.Text("name") == name);
            if (same is null) problems.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers {GoText.Quote(name)} may not be removed\n");
            else if (!same.Same(before)) problems.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers {GoText.Quote(name)} may not be changed\n");
        }
    }

    /// <summary>The template of a workload.</summary>
    public void Template(string at, JsonNode? template)
    {
        metadata.Labels($"{at}.labels", template.At("metadata", "labels"));
        metadata.Annotations($"{at}.annotations", template.At("metadata", "annotations"));
        Spec($"{at}.spec", template.At("spec"));
        if (template.At("spec", "ephemeralContainers") is JsonArray { Count: > 0 }) problems.Forbidden($"{at}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template");
    }

    /// <summary>Tolerations.</summary>
    public void Tolerations(string at, JsonNode? spec)
    {
        int i = 0;
        foreach (JsonObject one in spec.Objects("tolerations"))
        {
            string here = $"{at}.tolerations[{i++}]";
            string key = one.Text("key") ?? "", value = one.Text("value") ?? "", effect = one.Text("effect") ?? "", comparison = one.Text("operator") ?? "";
            if (key.Length > 0) problems.Each($"{here}.key", key, _names.QualifiedName(key));
            if (key.Length == 0 && comparison != "Exists") problems.Invalid($"{here}.operator", comparison, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            if (one["tolerationSeconds"] is not null && effect != "NoExecute") problems.Invalid($"{here}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            switch (comparison)
            {
                case "" or "Equal":
                    string[] reasons = [.. _names.LabelValue(value)];
                    if (reasons.Length > 0) problems.Invalid($"{here}.operator", value, string.Join(";", reasons));
                    break;
                case "Exists":
                    if (value.Length > 0) problems.InvalidAs($"{here}.operator", $"core.Toleration{{Key:{GoText.Quote(key)}, Operator:\"Exists\", Value:{GoText.Quote(value)}, Effect:{GoText.Quote(effect)}, TolerationSeconds:(*int64)(nil)}}", "value must be empty when `operator` is 'Exists'");
                    break;
                default:
                    problems.NotSupported($"{here}.operator", comparison, s_operators);
                    break;
            }

            if (effect.Length > 0 && !s_effects.Contains(effect)) problems.NotSupported($"{here}.effect", effect, s_effects);
        }
    }

    private static readonly string[] s_free = ["activeDeadlineSeconds", "tolerations"];
    private static readonly string[] s_gated = ["activeDeadlineSeconds", "tolerations", "schedulingGates"];

    private void Whole(JsonObject pod)
    {
        metadata.Create(pod, true, _names.DnsName);
        Spec("spec", pod["spec"]);
        foreach (string list in s_planned)
        {
            int i = 0;
            foreach (JsonObject container in pod.Objects("spec", list))
            {
                string here = $"spec.{list}[{i++}].image", image = container.Text("image") ?? "";
                if (image.Trim().Length != image.Length) problems.Invalid(here, image, "must not have leading or trailing whitespace");
            }
        }
    }

    private void Spec(string at, JsonNode? spec)
    {
        Dictionary<string, JsonObject> volumes = _volumes.Check($"{at}.volumes", spec);
        _containers.Check(at, spec, volumes);
        Choice($"{at}.restartPolicy", spec.Text("restartPolicy"), s_restartPolicies);
        Choice($"{at}.dnsPolicy", spec.Text("dnsPolicy"), s_dnsPolicies);
        metadata.Labels($"{at}.nodeSelector", spec.At("nodeSelector"));
        SecurityValidation.Pod(problems, at, spec);
        new AffinityValidation(problems, metadata).Check($"{at}.affinity", spec.At("affinity"));
        if (spec.Text("dnsPolicy") == "None" && spec.At("dnsConfig", "nameservers") is not JsonArray { Count: > 0 }) problems.Required($"{at}.dnsConfig{(spec.At("dnsConfig") is null ? "" : ".nameservers")}", spec.At("dnsConfig") is null ? "must provide `dnsConfig` when `dnsPolicy` is None" : "must provide at least one DNS nameserver when `dnsPolicy` is None");
        Spread(at, spec);
        if (spec.Text("serviceAccountName") is { Length: > 0 } account) problems.Each($"{at}.serviceAccountName", account, _names.DnsName(account));
        if (spec.Text("nodeName") is { Length: > 0 } node) problems.Each($"{at}.nodeName", node, _names.DnsName(node));
        if (spec.Number("activeDeadlineSeconds") is < 1 or > int.MaxValue) problems.Invalid($"{at}.activeDeadlineSeconds", spec.Number("activeDeadlineSeconds")!.Value, "must be between 1 and 2147483647, inclusive");
        if (spec.Text("hostname") is { Length: > 0 } host) problems.Each($"{at}.hostname", host, _names.DnsLabel(host));
        if (spec.Text("subdomain") is { Length: > 0 } domain) problems.Each($"{at}.subdomain", domain, _names.DnsLabel(domain));
        Tolerations(at, spec);
        foreach (JsonObject alias in spec.Objects("hostAliases"))
        {
            if (NameFormats.Address(alias.Text("ip") ?? "").Any()) problems.Invalid($"{at}.hostAliases.ip", alias.Text("ip"), "must be valid IP address");
            foreach (JsonNode? name in alias["hostnames"] as JsonArray ?? []) problems.Each($"{at}.hostAliases.hostnames", name.Text(), _names.DnsName(name.Text() ?? ""));
        }

        if (spec.Text("priorityClassName") is { Length: > 0 } priority) problems.Each($"{at}.priorityClassName", priority, _names.DnsName(priority));
        if (spec.Text("runtimeClassName") is { } runtime) problems.Each($"{at}.runtimeClassName", runtime, _names.DnsName(runtime));
        if (spec.Text("preemptionPolicy") is { } preemption) Choice($"{at}.preemptionPolicy", preemption, s_preemption);
    }

    private void Spread(string at, JsonNode? spec)
    {
        int i = 0;
        foreach (JsonObject one in spec.Objects("topologySpreadConstraints"))
        {
            string here = $"{at}.topologySpreadConstraints[{i++}]";
            if ((one.Number("maxSkew") ?? 0) <= 0) problems.Invalid($"{here}.maxSkew", one.Number("maxSkew") ?? 0, "must be greater than zero");
            if (one.Text("topologyKey") is null or "") problems.Required($"{here}.topologyKey", "can not be empty");
            if (one.Text("whenUnsatisfiable") is not ("DoNotSchedule" or "ScheduleAnyway")) problems.NotSupported($"{here}.whenUnsatisfiable", one.Text("whenUnsatisfiable"), "DoNotSchedule", "ScheduleAnyway");
        }
    }

    private void Choice(string field, string? value, string[] known)
    {
        if (value is null or "") problems.Required(field);
        else if (!known.Contains(value)) problems.NotSupported(field, value, known);
    }

    /// <summary>The deadline may only come nearer. False when nothing more is checked.</summary>
    private bool Deadline(JsonObject pod, JsonObject old)
    {
        const string Field = "spec.activeDeadlineSeconds";
        long? now = pod.Number("spec", "activeDeadlineSeconds"), before = old.Number("spec", "activeDeadlineSeconds");
        if (now is < 0 or > int.MaxValue)
        {
            problems.Invalid(Field, now.Value, "must be between 0 and 2147483647, inclusive");
            return false;
        }

        if (now > before)
        {
            problems.Invalid(Field, now.Value, "must be less than or equal to previous value");
            return false;
        }

        if (now is null && before is not null) problems.InvalidAs(Field, "null", "must not update from a positive integer to nil value");
        return true;
    }

    private void AddedTolerations(JsonObject pod, JsonObject before)
    {
        static JsonObject Plain(JsonObject toleration)
        {
            JsonObject plain = toleration.Copy();
            plain.Remove("tolerationSeconds");
            return plain;
        }

        JsonObject[] now = [.. pod.Objects("spec", "tolerations").Select(Plain)];
        if (before.Objects("tolerations").Any(one => !now.Any(other => other.Same(Plain(one))))) problems.Forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
        else Tolerations("spec", pod["spec"]);
    }

    private string Fixed() => problems.Minor switch
    {
        < 22 => "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)",
        < 27 => "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing tolerations) or `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        _ => "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    };

    /// <summary>What differs. A server prints the whole spec as Go code; here are the fields in question, in the same manner.</summary>
    internal static string Difference(JsonObject now, JsonObject before)
    {
        var text = new System.Text.StringBuilder("  core.PodSpec{\n");
        foreach (string name in before.Select(field => field.Key).Union(now.Select(field => field.Key)))
        {
            if (now[name].Same(before[name])) continue;
            string shown = char.ToUpperInvariant(name[0]) + name[1..];
            if (now[name] is { } added) text.Append("- \t").Append(shown).Append(": ").Append(added.ToJsonString()).Append(",\n");
            if (before[name] is { } removed) text.Append("+ \t").Append(shown).Append(": ").Append(removed.ToJsonString()).Append(",\n");
        }

        return text.Append("  }\n").ToString();
    }
}
