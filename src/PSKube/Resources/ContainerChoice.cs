using System.Management.Automation;
using k8s.Models;
using PSKube.Errors;

namespace PSKube.Resources;

/// <summary>Which container of a pod is meant, by kubectl's rules (<c>pkg/cmd/util/podcmd/podcmd.go</c>).</summary>
/// <param name="Name">The container.</param>
/// <param name="Note">What to tell whoever named none, in kubectl's words; null when there was no choice.</param>
/// <param name="IsDoubtful">True when another one may well have been meant, so that the note is to be a warning.</param>
internal sealed record ContainerChoice(string Name, string? Note, bool IsDoubtful)
{
    private const string DefaultAnnotation = "kubectl.kubernetes.io/default-container";

    /// <summary>Chooses: the container that is named, else the pod's annotation's, else the first.</summary>
    /// <exception cref="KubeException">The pod has no such container (<c>KubeContainerNotFound</c>).</exception>
    public static ContainerChoice Of(V1Pod pod, string? name)
    {
        if (name is not null) return All(pod).Contains(name) ? new ContainerChoice(name, null, false) : throw NotFound(pod, $"container {name} is not valid for pod {pod.Metadata?.Name} out of: {Names(pod)}");
        string? annotated = null;
        pod.Metadata?.Annotations?.TryGetValue(DefaultAnnotation, out annotated);
        if (!string.IsNullOrEmpty(annotated) && All(pod).Contains(annotated)) return new ContainerChoice(annotated, null, false);
        string first = pod.Spec?.Containers?.FirstOrDefault()?.Name ?? throw NotFound(pod, $"pod {pod.Metadata?.Name} does not have any containers");
        if (!string.IsNullOrEmpty(annotated)) return new ContainerChoice(first, $"Default container name \"{annotated}\" not found in pod {pod.Metadata?.Name}; using \"{first}\" out of: {Names(pod)}", true);
        return All(pod).Count == 1 ? new ContainerChoice(first, null, false) : new ContainerChoice(first, $"Defaulted container \"{first}\" out of: {Names(pod)}", pod.Spec.Containers.Count > 1);
    }

    /// <summary>Every container of a pod in the order in which they begin: init, its own, ephemeral.</summary>
    public static IReadOnlyList<string> All(V1Pod pod) =>
    [
        .. pod.Spec?.InitContainers?.Select(container => container.Name) ?? [],
        .. pod.Spec?.Containers?.Select(container => container.Name) ?? [],
        .. pod.Spec?.EphemeralContainers?.Select(container => container.Name) ?? [],
    ];

    /// <summary>The state of one container; null when the node has not told it yet.</summary>
    public static V1ContainerStatus? Status(V1Pod pod, string name)
    {
        IEnumerable<V1ContainerStatus> all = [.. pod.Status?.ContainerStatuses ?? [], .. pod.Status?.InitContainerStatuses ?? [], .. pod.Status?.EphemeralContainerStatuses ?? []];
        return all.FirstOrDefault(status => status.Name == name);
    }

    private static string Names(V1Pod pod) => string.Join(", ",
    [
        .. pod.Spec?.Containers?.Select(container => container.Name) ?? [],
        .. pod.Spec?.EphemeralContainers?.Select(container => $"{container.Name} (ephem)") ?? [],
        .. pod.Spec?.InitContainers?.Select(container => $"{container.Name} (init)") ?? [],
    ]);

    private static KubeException NotFound(V1Pod pod, string message) => new("KubeContainerNotFound", ErrorCategory.ObjectNotFound, message)
    {
        Target = new KubeReference("Pod", pod.Metadata?.NamespaceProperty, pod.Metadata?.Name),
        RecommendedAction = "Give -Container one of the names in the message.",
    };
}
