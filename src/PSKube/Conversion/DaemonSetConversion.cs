using System.Text.Json.Nodes;
using k8s.Models;

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
        ConversionRules.Keep(source, spec, "minReadySeconds", "revisionHistoryLimit");

        if (source.Header.Kind == "DaemonSet")
        {
            if (source.Spec["updateStrategy"] is { } same) spec["updateStrategy"] = same.DeepClone();
        }
        else
        {
            ConversionRules.OnePod(source, "a DaemonSet runs one pod per node", notes);
            Strategy(source, spec, notes);
            ConversionRules.DeploymentOnly(source, "DaemonSet", notes);
            ConversionRules.NoClaims(source, "DaemonSet", notes);
            ConversionRules.JobOnly(source, "DaemonSet", notes);
            ConversionRules.Overlap(source, notes);
        }

        Template((JsonObject)spec["template"]!["spec"]!, notes);
        if (tolerateControlPlane) Tolerate((JsonObject)spec["template"]!["spec"]!);
        return (ConversionRules.Make<V1DaemonSet>("apps/v1", "DaemonSet", source.Metadata, spec), notes);
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

    private static void Template(JsonObject pod, List<ConversionNote> notes)
    {
        const string path = ConversionRules.PodPath;
        ConversionRules.RestartAlways(pod, "DaemonSet", notes);
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
