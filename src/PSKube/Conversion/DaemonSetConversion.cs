using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Conversion;

/// <summary>
/// Makes a DaemonSet of another workload: what both kinds have is kept, what a DaemonSet has in another form is mapped, and
/// what it does not have is told.
/// </summary>
internal static class DaemonSetConversion
{
    /// <summary>Converts a workload.</summary>
    public static (V1DaemonSet DaemonSet, IReadOnlyList<ConversionNote> Notes) Convert(WorkloadSource source, bool tolerateControlPlane)
    {
        var notes = new List<ConversionNote>();
        var spec = new JsonObject { ["selector"] = source.Selector.DeepClone(), ["template"] = source.Template.DeepClone() };
        foreach (string field in (string[])["minReadySeconds", "revisionHistoryLimit"])
        {
            if (source.Spec[field] is { } value) spec[field] = value.DeepClone();
        }

        if (source.Header.Kind == "DaemonSet")
        {
            if (source.Spec["updateStrategy"] is { } same) spec["updateStrategy"] = same.DeepClone();
        }
        else
        {
            Replicas(source, notes);
            Strategy(source, spec, notes);
            Rest(source, notes);
        }

        Template((JsonObject)spec["template"]!["spec"]!, notes);
        if (tolerateControlPlane) Tolerate((JsonObject)spec["template"]!["spec"]!);
        var json = new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "DaemonSet", ["metadata"] = source.Metadata.DeepClone(), ["spec"] = spec };
        return ((V1DaemonSet)ResourceJson.Decode(json.Deserialize<JsonElement>(), "apps/v1", "DaemonSet"), notes);
    }

    private static void Replicas(WorkloadSource source, List<ConversionNote> notes)
    {
        if (source.Spec["replicas"]?.GetValue<int>() is not { } replicas) return;
        notes.Add(replicas == 1
            ? new ConversionNote(ConversionOutcome.Left, "spec.replicas", "a DaemonSet runs one pod per node")
            : new ConversionNote(ConversionOutcome.Dropped, "spec.replicas", string.Create(CultureInfo.InvariantCulture, $"{replicas} replicas were asked for; a DaemonSet runs one pod per node")));
    }

    private static void Strategy(WorkloadSource source, JsonObject spec, List<ConversionNote> notes)
    {
        string field = source.Header.Kind == "StatefulSet" ? "updateStrategy" : "strategy";
        if (source.Spec[field] is not JsonObject strategy) return;
        string path = $"spec.{field}";
        switch (strategy["type"]?.ToString())
        {
            case "Recreate":
                notes.Add(new ConversionNote(ConversionOutcome.Dropped, path, "a DaemonSet cannot stop all pods before it starts new ones; the nearest is updateStrategy OnDelete, which was not chosen for you"));
                break;
            case "OnDelete":
                spec["updateStrategy"] = new JsonObject { ["type"] = "OnDelete" };
                notes.Add(new ConversionNote(ConversionOutcome.Mapped, path, "OnDelete is kept as updateStrategy"));
                break;
            default:
                RollingUpdate(strategy["rollingUpdate"] as JsonObject ?? [], path, spec, notes);
                break;
        }
    }

    private static void RollingUpdate(JsonObject rolling, string path, JsonObject spec, List<ConversionNote> notes)
    {
        string? unavailable = rolling["maxUnavailable"]?.ToString();
        string? surge = rolling["maxSurge"]?.ToString();
        if (rolling["partition"]?.ToString() is not null and not "0") notes.Add(new ConversionNote(ConversionOutcome.Dropped, $"{path}.rollingUpdate.partition", "a DaemonSet has no partition"));
        // The server's defaults were nobody's choice.
        if (unavailable is null or "25%" && surge is null or "25%") return;
        var mapped = new JsonObject();
        if (unavailable is not null && !IsZero(unavailable)) mapped["maxUnavailable"] = rolling["maxUnavailable"]!.DeepClone();
        if (surge is not null && !IsZero(surge))
        {
            if (mapped.Count == 0)
            {
                mapped["maxUnavailable"] = 0;
                mapped["maxSurge"] = rolling["maxSurge"]!.DeepClone();
            }
            else
            {
                notes.Add(new ConversionNote(ConversionOutcome.Dropped, $"{path}.rollingUpdate.maxSurge", $"a DaemonSet takes maxUnavailable or maxSurge, not both; maxUnavailable {unavailable} is kept, maxSurge {surge} is not"));
            }
        }

        if (mapped.Count == 0) return;
        spec["updateStrategy"] = new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = mapped };
        notes.Add(new ConversionNote(ConversionOutcome.Mapped, path, "the rolling update is kept as updateStrategy"));
    }

    private static bool IsZero(string amount) => amount is "0" or "0%";

    private static void Rest(WorkloadSource source, List<ConversionNote> notes)
    {
        if (source.Spec["progressDeadlineSeconds"] is { } deadline) notes.Add(new ConversionNote(deadline.ToString() == "600" ? ConversionOutcome.Left : ConversionOutcome.Dropped, "spec.progressDeadlineSeconds", "a DaemonSet has no deadline for a rollout"));
        if (source.Spec["paused"]?.GetValue<bool>() == true) notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.paused", "a DaemonSet cannot be paused; it starts its pods at once"));
        if (source.Spec["volumeClaimTemplates"] is JsonArray { Count: > 0 } claims) notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.volumeClaimTemplates", $"a DaemonSet makes no volume claims; the mounts of {string.Join(", ", claims.Select(claim => claim?["metadata"]?["name"]?.ToString()))} have no volume now"));
        if (source.Spec["serviceName"]?.ToString() is { Length: > 0 }) notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.serviceName", "a DaemonSet's pods have no names of their own in DNS"));
        if (source.Header.Uid is not null && source.Metadata["name"]?.ToString() == source.Header.Name) notes.Add(new ConversionNote(ConversionOutcome.Doubtful, "spec.selector", $"the {source.Header.Kind} {source.Header.Name} is on the cluster and has the same labels: both would claim each other's pods; give -Name, or remove it first"));
    }

    private static void Template(JsonObject pod, List<ConversionNote> notes)
    {
        const string path = "spec.template.spec";
        if (pod["restartPolicy"]?.ToString() is not null and not "Always")
        {
            notes.Add(new ConversionNote(ConversionOutcome.Dropped, $"{path}.restartPolicy", $"a DaemonSet's pods are always restarted; {pod["restartPolicy"]} is not possible"));
            pod["restartPolicy"] = "Always";
        }

        if (pod["nodeName"] is not null) notes.Add(new ConversionNote(ConversionOutcome.Doubtful, $"{path}.nodeName", "it keeps every pod on one node"));
        if (pod["affinity"]?["podAntiAffinity"] is not null) notes.Add(new ConversionNote(ConversionOutcome.Doubtful, $"{path}.affinity.podAntiAffinity", "a DaemonSet has one pod per node anyway"));
        if (pod["topologySpreadConstraints"] is JsonArray { Count: > 0 }) notes.Add(new ConversionNote(ConversionOutcome.Doubtful, $"{path}.topologySpreadConstraints", "a DaemonSet has one pod per node anyway"));
    }

    private static void Tolerate(JsonObject pod)
    {
        if (pod["tolerations"] is not JsonArray tolerations) pod["tolerations"] = tolerations = [];
        foreach (string taint in Specs.ControlPlane.Taints)
        {
            if (tolerations.Any(present => present?["key"]?.ToString() == taint)) continue;
            tolerations.Add(new JsonObject { ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoSchedule" });
        }
    }
}
