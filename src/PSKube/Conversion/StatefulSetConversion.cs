using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Conversion;

/// <summary>Makes a StatefulSet of another workload.</summary>
internal static class StatefulSetConversion
{
    /// <summary>Converts a workload.</summary>
    /// <param name="source">The workload.</param>
    /// <param name="serviceName">The headless service that names the pods.</param>
    /// <param name="podManagementPolicy">The policy, or null.</param>
    /// <param name="claims">The claims that each pod gets, with where they are mounted; each takes the place of a volume of its name.</param>
    public static (V1StatefulSet StatefulSet, IReadOnlyList<ConversionNote> Notes) Convert(WorkloadSource source, string serviceName, string? podManagementPolicy, IReadOnlyList<(V1PersistentVolumeClaim Claim, string? MountPath)> claims)
    {
        var notes = new List<ConversionNote>();
        var template = (JsonObject)source.Template.DeepClone();
        var spec = new JsonObject { ["serviceName"] = serviceName, ["selector"] = source.Selector.DeepClone(), ["template"] = template };
        ConversionRules.Keep(source, spec, "replicas", "minReadySeconds", "revisionHistoryLimit");
        if (podManagementPolicy is not null) spec["podManagementPolicy"] = podManagementPolicy;
        if (source.Header.Kind == "StatefulSet") ConversionRules.Keep(source, spec, "updateStrategy", "volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy", "ordinals");
        else Strategy(source, notes);
        if (source.Header.Kind == "StatefulSet" && podManagementPolicy is null) ConversionRules.Keep(source, spec, "podManagementPolicy");
        if (source.Header.Kind == "DaemonSet") notes.Add(new ConversionNote(ConversionOutcome.Doubtful, "spec", "a DaemonSet runs one pod per node, a StatefulSet as many as its replicas say: one"));
        ConversionRules.DeploymentOnly(source, "StatefulSet", notes);
        ConversionRules.JobOnly(source, "StatefulSet", notes);
        if (source.Header.Kind is not "StatefulSet") ConversionRules.Overlap(source, notes);
        var pod = (JsonObject)template["spec"]!;
        ConversionRules.RestartAlways(pod, "StatefulSet", notes);
        Claims(pod, spec, claims, notes);
        SharedClaims(pod, notes);
        notes.Add(new ConversionNote(ConversionOutcome.Left, "spec.serviceName", $"a headless service named {serviceName} has to exist: New-KubeService {serviceName} -Headless"));
        return (ConversionRules.Make<V1StatefulSet>("apps/v1", "StatefulSet", source.Metadata, spec), notes);
    }

    private static void Strategy(WorkloadSource source, List<ConversionNote> notes)
    {
        string field = source.Header.Kind == "DaemonSet" ? "updateStrategy" : "strategy";
        if (source.Spec[field] is not JsonObject strategy) return;
        if (strategy["type"]?.ToString() is "Recreate" or "OnDelete")
        {
            notes.Add(new ConversionNote(ConversionOutcome.Dropped, $"spec.{field}", $"a StatefulSet replaces its pods one by one; {strategy["type"]} is not kept"));
            return;
        }

        string? unavailable = strategy["rollingUpdate"]?["maxUnavailable"]?.ToString();
        string? surge = strategy["rollingUpdate"]?["maxSurge"]?.ToString();
        bool isDefault = (unavailable is null or "25%" && surge is null or "25%") || (unavailable is null or "1" && surge is null or "0" or "0%");
        if (!isDefault) notes.Add(new ConversionNote(ConversionOutcome.Dropped, $"spec.{field}.rollingUpdate", "a StatefulSet replaces its pods one by one; it has no surge"));
    }

    private static void Claims(JsonObject pod, JsonObject spec, IReadOnlyList<(V1PersistentVolumeClaim Claim, string? MountPath)> claims, List<ConversionNote> notes)
    {
        if (claims.Count == 0) return;
        if (spec["volumeClaimTemplates"] is not JsonArray templates) spec["volumeClaimTemplates"] = templates = [];
        foreach ((V1PersistentVolumeClaim claim, string? path) in claims)
        {
            string name = claim.Metadata.Name;
            templates.Add(ResourceJson.ToJson(claim));
            if (pod["volumes"] is JsonArray volumes && volumes.FirstOrDefault(volume => volume?["name"]?.ToString() == name) is { } old)
            {
                volumes.Remove(old);
                if (volumes.Count == 0) pod.Remove("volumes");
                notes.Add(new ConversionNote(ConversionOutcome.Mapped, $"{ConversionRules.PodPath}.volumes", $"the volume {name} is now a claim of each pod's own"));
            }

            if (path is null) continue;
            foreach (JsonNode? container in pod["containers"] as JsonArray ?? [])
            {
                if (container is not JsonObject owner) continue;
                if (owner["volumeMounts"] is not JsonArray mounts) owner["volumeMounts"] = mounts = [];
                if (!mounts.Any(mount => mount?["mountPath"]?.ToString() == path)) mounts.Add(new JsonObject { ["name"] = name, ["mountPath"] = path });
            }
        }
    }

    private static void SharedClaims(JsonObject pod, List<ConversionNote> notes)
    {
        foreach (JsonNode? volume in pod["volumes"] as JsonArray ?? [])
        {
            if (volume?["persistentVolumeClaim"]?["claimName"]?.ToString() is { } claim) notes.Add(new ConversionNote(ConversionOutcome.Doubtful, $"{ConversionRules.PodPath}.volumes", $"all pods share the claim {claim} of the volume {volume["name"]}; -VolumeClaimTemplate @{{ {volume["name"]} = '1Gi' }} gives each its own"));
        }
    }
}
