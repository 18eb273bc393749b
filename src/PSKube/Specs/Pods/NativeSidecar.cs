using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>
/// Sidecars as Kubernetes 1.29 and later know them: init containers with restartPolicy Always (KEP-753). An older server drops
/// that field without a word, and the pod waits for ever for the sidecar's end.
/// </summary>
internal static class NativeSidecar
{
    /// <summary>The first minor version that has them without being asked to.</summary>
    public const int FirstMinor = 29;

    /// <summary>The name of the first one in an object or a patch of it; null when there is none.</summary>
    public static string? Find(string group, string kind, JsonObject json)
    {
        if (PodPatch.FindPath(group, kind) is not { } path || PodPatch.SpecAt(json, path)?[PodContainers.Init] is not JsonArray containers) return null;
        return containers.FirstOrDefault(container => container is JsonObject && container["restartPolicy"]?.ToString() == "Always")?["name"]?.ToString();
    }

    /// <summary>The refusal.</summary>
    public static KubeException Refuse(KubeReference reference, string name, string version) => new("KubeNotSupported", ErrorCategory.NotImplemented, $"{reference}: the sidecar '{name}' needs Kubernetes 1.{FirstMinor} or later, and this server is {version}. It would take it for an init container and wait for its end for ever.")
    {
        Target = reference,
        RecommendedAction = "Make it a plain container: Add-KubeSidecar -Classic, or Add-KubeContainer.",
    };
}
