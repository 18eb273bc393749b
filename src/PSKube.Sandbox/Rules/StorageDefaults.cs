using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server fills into claims, volumes and storage classes.</summary>
/// <remarks><c>pkg/apis/core/v1/defaults.go</c>, <c>pkg/apis/storage/v1/defaults.go</c>.</remarks>
internal static class StorageDefaults
{
    /// <summary>A claim, or a template of one.</summary>
    public static void Claim(JsonObject claim)
    {
        JsonObject spec = claim.Child("spec");
        spec.Default("volumeMode", "Filesystem");
        if (spec["resources"] is JsonObject resources)
        {
            PodDefaults.Round(resources["requests"] as JsonObject);
            PodDefaults.Round(resources["limits"] as JsonObject);
        }

        PodDefaults.Empty(claim.Child("status"), "phase", "Pending");
    }

    /// <summary>A volume.</summary>
    public static void Volume(JsonObject volume)
    {
        PodDefaults.Empty(volume.Child("status"), "phase", "Pending");
        JsonObject spec = volume.Child("spec");
        PodDefaults.Empty(spec, "persistentVolumeReclaimPolicy", "Retain");
        spec.Default("volumeMode", "Filesystem");
        PodDefaults.Round(spec["capacity"] as JsonObject);
        if (spec["hostPath"] is JsonObject path) path.Default("type", "");
        Source(spec);
    }

    /// <summary>A storage class.</summary>
    public static void Class(JsonObject json)
    {
        json.Default("reclaimPolicy", "Delete");
        json.Default("volumeBindingMode", "Immediate");
    }

    /// <summary>What the kinds of volumes of single vendors have in common between pods and persistent volumes.</summary>
    public static void Source(JsonObject volume)
    {
        if (volume["iscsi"] is JsonObject iscsi) PodDefaults.Empty(iscsi, "iscsiInterface", "default");
        if (volume["rbd"] is JsonObject rbd)
        {
            PodDefaults.Empty(rbd, "pool", "rbd");
            PodDefaults.Empty(rbd, "user", "admin");
            PodDefaults.Empty(rbd, "keyring", "/etc/ceph/keyring");
        }

        if (volume["azureDisk"] is JsonObject azure)
        {
            azure.Default("cachingMode", "ReadWrite");
            azure.Default("kind", "Shared");
            azure.Default("fsType", "ext4");
            azure.Default("readOnly", false);
        }

        if (volume["scaleIO"] is not JsonObject scale) return;
        PodDefaults.Empty(scale, "storageMode", "ThinProvisioned");
        PodDefaults.Empty(scale, "fsType", "xfs");
    }
}
