using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Resources;

namespace PSKube.Conversion;

/// <summary>The rules that conversions to several kinds share.</summary>
internal static class ConversionRules
{
    /// <summary>The path of a pod template's spec in messages.</summary>
    public const string PodPath = "spec.template.spec";

    /// <summary>The metadata and spec as an object of a kind.</summary>
    public static T Make<T>(string apiVersion, string kind, JsonNode metadata, JsonNode spec)
    {
        var json = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata.DeepClone(), ["spec"] = spec.DeepClone() };
        return (T)ResourceJson.Decode(json.Deserialize<JsonElement>(), apiVersion, kind);
    }

    /// <summary>Copies fields that both kinds have.</summary>
    public static void Keep(WorkloadSource source, JsonObject spec, params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields)
        {
            if (source.Spec[field] is { } value) spec[field] = value.DeepClone();
        }
    }

    /// <summary>How many pods the source asked for; 1 where it does not say.</summary>
    public static int Replicas(WorkloadSource source) => source.Spec["replicas"]?.GetValue<int>() ?? 1;

    /// <summary>Kinds whose pods run for ever take no other restart policy.</summary>
    public static void RestartAlways(JsonObject pod, string target, List<ConversionNote> notes)
    {
        if (pod["restartPolicy"]?.ToString() is null or "Always") return;
        notes.Add(new ConversionNote(ConversionOutcome.Dropped, $"{PodPath}.restartPolicy", $"a {target}'s pods are always restarted; {pod["restartPolicy"]} is not possible"));
        pod["restartPolicy"] = "Always";
    }

    /// <summary>What only Deployments have.</summary>
    public static void DeploymentOnly(WorkloadSource source, string target, List<ConversionNote> notes)
    {
        if (source.Spec["progressDeadlineSeconds"] is { } deadline) notes.Add(new ConversionNote(deadline.ToString() == "600" ? ConversionOutcome.Left : ConversionOutcome.Dropped, "spec.progressDeadlineSeconds", $"a {target} has no deadline for a rollout"));
        if (source.Spec["paused"]?.GetValue<bool>() == true) notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.paused", $"a {target} cannot be paused; it starts its pods at once"));
    }

    /// <summary>What only Jobs have.</summary>
    public static void JobOnly(WorkloadSource source, string target, List<ConversionNote> notes)
    {
        if (source.Header.Kind is not ("Job" or "CronJob")) return;
        notes.Add(new ConversionNote(ConversionOutcome.Doubtful, "spec", $"a {source.Header.Kind}'s containers end when their work is done; a {target} starts them again for ever"));
    }

    /// <summary>The claims that a StatefulSet makes for each pod have no place elsewhere.</summary>
    public static void NoClaims(WorkloadSource source, string target, List<ConversionNote> notes)
    {
        if (source.Spec["volumeClaimTemplates"] is JsonArray { Count: > 0 } claims) notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.volumeClaimTemplates", $"a {target} makes no volume claims; the mounts of {string.Join(", ", claims.Select(claim => claim?["metadata"]?["name"]?.ToString()))} have no volume now"));
        if (source.Spec["serviceName"]?.ToString() is { Length: > 0 }) notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.serviceName", $"a {target}'s pods have no names of their own in DNS"));
    }

    /// <summary>Two controllers that select the same labels would claim each other's pods.</summary>
    public static void Overlap(WorkloadSource source, List<ConversionNote> notes)
    {
        if (source.Header.Uid is null || source.Header.Kind is "Job" or "CronJob" || source.Metadata["name"]?.ToString() != source.Header.Name) return;
        notes.Add(new ConversionNote(ConversionOutcome.Doubtful, "spec.selector", $"the {source.Header.Kind} {source.Header.Name} is on the cluster and has the same labels: both would claim each other's pods; give -Name, or remove it first"));
    }

    /// <summary>More pods than the kind can be told to run.</summary>
    public static void OnePod(WorkloadSource source, string reason, List<ConversionNote> notes)
    {
        if (source.Spec["replicas"] is null) return;
        int replicas = Replicas(source);
        notes.Add(replicas == 1
            ? new ConversionNote(ConversionOutcome.Left, "spec.replicas", reason)
            : new ConversionNote(ConversionOutcome.Dropped, "spec.replicas", string.Create(CultureInfo.InvariantCulture, $"{replicas} replicas were asked for; {reason}")));
    }
}
