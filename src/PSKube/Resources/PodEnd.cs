using System.Management.Automation;
using k8s.Models;
using PSKube.Errors;

namespace PSKube.Resources;

/// <summary>Whether a pod that runs once has come to its end, and how.</summary>
internal static class PodEnd
{
    /// <summary>States of a container that has not begun and will not by itself.</summary>
    private static readonly string[] Hopeless =
    [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
    ];

    /// <summary>What is still to come; null when the pod has ended.</summary>
    /// <param name="seen">The pod, or null when it is gone.</param>
    /// <param name="name">Its name.</param>
    /// <param name="ns">Its namespace.</param>
    /// <exception cref="KubeException">It never will: it cannot begin (<c>KubePodNotStarted</c>), or is gone (<c>KubePodRemoved</c>).</exception>
    public static string? PendingBecause(object? seen, string name, string ns)
    {
        var reference = new KubeReference("Pod", ns, name);
        if (seen is not V1Pod pod) throw new KubeException("KubePodRemoved", ErrorCategory.InvalidOperation, $"{reference} was removed before it ended.") { Target = reference };
        if (pod.Status?.Phase is "Succeeded" or "Failed") return null;
        V1ContainerStateWaiting? stuck = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).Select(status => status.State?.Waiting).FirstOrDefault(waiting => Hopeless.Contains(waiting?.Reason));
        if (stuck is null) return $"its state is {Output.PodPrinter.State(pod)}";
        throw new KubeException("KubePodNotStarted", ErrorCategory.ResourceUnavailable, $"{reference} cannot start: {stuck.Reason}{(string.IsNullOrEmpty(stuck.Message) ? "" : $": {Api.ServerErrors.Escape(stuck.Message)}")}")
        {
            Target = reference,
            RecommendedAction = stuck.Reason.Contains("Image", StringComparison.Ordinal) ? "Check the image's name and tag, and that the nodes may fetch it." : "Check what the container refers to: config maps, secrets, volumes, its command.",
        };
    }

    /// <summary>How a container of a pod that has ended did.</summary>
    /// <exception cref="KubeException">It never began: the pod was evicted, say (<c>KubePodFailed</c>).</exception>
    public static V1ContainerStateTerminated Of(V1Pod pod, string container)
    {
        if (ContainerChoice.Status(pod, container)?.State?.Terminated is { } end) return end;
        var reference = new KubeReference("Pod", pod.Metadata?.NamespaceProperty, pod.Metadata?.Name);
        throw new KubeException("KubePodFailed", ErrorCategory.InvalidResult, $"{reference} ended before its container did: {string.Join(": ", new[] { pod.Status?.Reason, pod.Status?.Message }.Where(part => !string.IsNullOrEmpty(part)).DefaultIfEmpty(pod.Status?.Phase))}") { Target = reference };
    }
}
