using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>A claim for storage, and the pods that use it.</summary>
internal static class ClaimText
{
    /// <summary>Writes a PersistentVolumeClaim.</summary>
    public static void Write(V1PersistentVolumeClaim claim, DescriptionWriter writer, DescribeFacts facts)
    {
        Body(writer, claim, facts);
        writer.Values("Used By", facts.Pods is null ? ["<unknown>"] : facts.Pods.Select(pod => pod.Metadata?.Name ?? "").Order(StringComparer.Ordinal));
        if (claim.Status?.Conditions is { Count: > 0 } conditions)
        {
            using IDisposable section = writer.Open("Conditions");
            writer.Table(
                ["Type", "Status", "LastProbeTime", "LastTransitionTime", "Reason", "Message"],
                conditions.Select(condition => (string[])[condition.Type ?? "", condition.Status ?? "", facts.Time(condition.LastProbeTime), facts.Time(condition.LastTransitionTime), condition.Reason ?? "", condition.Message ?? ""]),
                spaced: 5,
                line: ["----", "------", "-----------------", "------------------", "------", "-------"]);
        }

        EventText.Write(writer, facts);
    }

    /// <summary>Writes the claim itself; without facts, one that a pod brings along and that has no name and state of its own.</summary>
    public static void Body(DescriptionWriter writer, V1PersistentVolumeClaim claim, DescribeFacts? facts)
    {
        V1PersistentVolumeClaimSpec? spec = claim.Spec;
        bool bound = !string.IsNullOrEmpty(spec?.VolumeName);
        if (facts is not null)
        {
            writer.Field("Name", claim.Metadata?.Name);
            writer.Field("Namespace", claim.Metadata?.NamespaceProperty);
        }

        writer.Field("StorageClass", Class(claim));
        if (facts is not null) writer.Field("Status", claim.Metadata?.DeletionTimestamp is { } deleted ? $"Terminating (lasts {facts.Since(deleted)})" : claim.Status?.Phase);
        writer.Field("Volume", spec?.VolumeName);
        writer.LabelsAndAnnotations(claim.Metadata);
        if (facts is not null) writer.Field("Finalizers", Words.List(claim.Metadata?.Finalizers));
        writer.Field("Capacity", bound ? claim.Status?.Capacity is { } capacity && capacity.TryGetValue("storage", out ResourceQuantity? amount) ? Words.Amount(amount) : "0" : "");
        writer.Field("Access Modes", bound ? KubeMembers.Modes(claim.Status?.AccessModes) : "");
        if (spec?.VolumeMode is { } mode) writer.Field("VolumeMode", mode);
        if (spec?.DataSource is not { } source) return;
        using IDisposable section = writer.Open("DataSource");
        if (source.ApiGroup is { } group) writer.Field("APIGroup", group);
        writer.Field("Kind", source.Kind);
        writer.Field("Name", source.Name);
    }

    /// <summary>A claim's storage class; the old annotation says it too.</summary>
    public static string Class(V1PersistentVolumeClaim claim) => claim.Metadata?.Annotations is { } annotations && annotations.TryGetValue("volume.beta.kubernetes.io/storage-class", out string? old) ? old : claim.Spec?.StorageClassName ?? "";
}
