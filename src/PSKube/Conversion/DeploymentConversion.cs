using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;

namespace PSKube.Conversion;

/// <summary>Makes a Deployment of another workload.</summary>
internal static class DeploymentConversion
{
    /// <summary>Converts a workload.</summary>
    /// <param name="source">The workload.</param>
    /// <param name="replicas">How many pods; null for as many as the source.</param>
    /// <param name="force">Convert although the data of a StatefulSet's pods is left behind.</param>
    public static (V1Deployment Deployment, IReadOnlyList<ConversionNote> Notes) Convert(WorkloadSource source, int? replicas, bool force)
    {
        if (source.Spec["volumeClaimTemplates"] is JsonArray { Count: > 0 } && !force)
        {
            throw new KubeException("KubeConversionLossy", ErrorCategory.InvalidOperation, $"{source.Header.Reference} gives each pod a volume of its own, which a Deployment cannot do: its pods would start without their data.")
            {
                Target = source.Header.Reference,
                RecommendedAction = "Give -Force to convert without the volumes.",
            };
        }

        var notes = new List<ConversionNote>();
        var spec = new JsonObject { ["selector"] = source.Selector.DeepClone(), ["template"] = source.Template.DeepClone() };
        ConversionRules.Keep(source, spec, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds", "paused");
        if (replicas is { } asked) spec["replicas"] = asked;
        else if (source.Spec["replicas"] is { } own) spec["replicas"] = own.DeepClone();
        else if (source.Header.Kind == "DaemonSet") notes.Add(new ConversionNote(ConversionOutcome.Doubtful, "spec", "a DaemonSet runs one pod per node, a Deployment as many as it is told: one, unless -Replicas says more"));
        Strategy(source, spec, notes);
        ConversionRules.NoClaims(source, "Deployment", notes);
        ConversionRules.JobOnly(source, "Deployment", notes);
        if (source.Header.Kind is not "Deployment") ConversionRules.Overlap(source, notes);
        ConversionRules.RestartAlways((JsonObject)spec["template"]!["spec"]!, "Deployment", notes);
        return (ConversionRules.Make<V1Deployment>("apps/v1", "Deployment", source.Metadata, spec), notes);
    }

    private static void Strategy(WorkloadSource source, JsonObject spec, List<ConversionNote> notes)
    {
        if (source.Header.Kind == "Deployment")
        {
            ConversionRules.Keep(source, spec, "strategy");
            return;
        }

        if (source.Spec["updateStrategy"] is not JsonObject strategy) return;
        if (strategy["type"]?.ToString() == "OnDelete")
        {
            notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.updateStrategy", "a Deployment replaces its pods itself; OnDelete is not possible"));
            return;
        }

        if (strategy["rollingUpdate"] is not JsonObject rolling) return;
        if (rolling["partition"]?.ToString() is not (null or "0")) notes.Add(new ConversionNote(ConversionOutcome.Dropped, "spec.updateStrategy.rollingUpdate.partition", "a Deployment has no partition"));
        string? unavailable = rolling["maxUnavailable"]?.ToString();
        string? surge = rolling["maxSurge"]?.ToString();
        // The server's defaults for the other kinds were nobody's choice.
        if (unavailable is null or "1" && surge is null or "0" or "0%") return;
        var mapped = new JsonObject();
        if (unavailable is not null) mapped["maxUnavailable"] = rolling["maxUnavailable"]!.DeepClone();
        if (surge is not null) mapped["maxSurge"] = rolling["maxSurge"]!.DeepClone();
        spec["strategy"] = new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = mapped };
        notes.Add(new ConversionNote(ConversionOutcome.Mapped, "spec.updateStrategy", "the rolling update is kept as strategy"));
    }
}
