using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Errors;

namespace PSKube.Resources;

/// <summary>
/// Whether an object has become what it asks for, by the rules of kubectl's <c>rollout status</c>
/// (<c>pkg/polymorphichelpers/rollout_status.go</c>); a missing count is 0.
/// </summary>
internal static class Readiness
{
    /// <summary>What is still missing; null when the object is as it should be, or is of a kind that has no such state.</summary>
    public static string? PendingBecause(object? value)
    {
        return value switch
        {
            null => "it is gone",
            V1Deployment deployment => Of(deployment) is { } lacks ? lacks + RolloutRules.Suspended(deployment) : null,
            V1StatefulSet set => Of(set),
            V1DaemonSet set => Of(set),
            V1ReplicaSet set => Of(set),
            V1Pod pod => Of(pod),
            V1Job job => Of(job),
            _ => null,
        };
    }

    /// <summary>As <see cref="PendingBecause"/>, for one who waits: it also says when the object will never be as it should.</summary>
    /// <param name="value">The object as it is now.</param>
    /// <param name="before">The object as a change left it, or null: a failure that it showed then is that of an earlier rollout.</param>
    /// <exception cref="KubeException">A deployment's rollout got stuck (<c>KubeProgressDeadlineExceeded</c>), or a job or pod has failed (<c>KubeWaitFailed</c>).</exception>
    public static string? StillPending(object? value, object? before = null)
    {
        RolloutRules.CheckProgress(value, before);
        CheckEnd(value);
        return PendingBecause(value);
    }

    /// <summary>Says so when a job or a pod has come to an end that is no success; it will not run again.</summary>
    /// <exception cref="KubeException">It has failed (<c>KubeWaitFailed</c>).</exception>
    public static void CheckEnd(object? value)
    {
        string? reason = value switch
        {
            V1Job job => job.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "Failed", Status: "True" }) is { } failed ? Told(failed.Reason, failed.Message) : null,
            V1Pod { Status.Phase: "Failed" } pod => FailedContainer(pod) ?? Told(pod.Status.Reason, pod.Status.Message),
            _ => null,
        };
        if (reason is null) return;
        KubeReference reference = ResourceHeader.Read(value).Reference;
        throw new KubeException("KubeWaitFailed", ErrorCategory.InvalidResult, $"{reference} has failed{(reason.Length == 0 ? "" : $": {reason}")}")
        {
            Target = reference,
            RecommendedAction = $"Read what it wrote (Get-KubeLog {(value is V1Pod ? "" : "job/")}{reference.Name}) and how it ended (Get-KubeDescription).",
        };
    }

    private static string? FailedContainer(V1Pod pod)
    {
        if (!string.IsNullOrEmpty(pod.Status.Reason)) return null;
        V1ContainerStatus? failed = (pod.Status.InitContainerStatuses ?? []).Concat(pod.Status.ContainerStatuses ?? []).FirstOrDefault(status => status.State?.Terminated is { ExitCode: not 0 });
        return failed?.State.Terminated is { } end ? Plain($"container {failed.Name} ended with exit code {end.ExitCode}{(string.IsNullOrEmpty(end.Reason) ? "" : $" ({end.Reason})")}{(string.IsNullOrEmpty(end.Message) ? "" : $": {Api.ServerErrors.Escape(end.Message.Trim())}")}") : null;
    }

    private static string Told(string? reason, string? message) => Api.ServerErrors.Escape(string.Join(": ", new[] { reason, message }.Where(part => !string.IsNullOrEmpty(part))));

    private static string? Of(V1Deployment deployment)
    {
        int wanted = deployment.Spec?.Replicas ?? 1;
        V1DeploymentStatus? status = deployment.Status;
        if (Behind(deployment.Metadata, status?.ObservedGeneration)) return "its new specification has not been seen yet";
        if ((status?.UpdatedReplicas ?? 0) < wanted) return Count(status?.UpdatedReplicas, wanted, "updated");
        if ((status?.Replicas ?? 0) > (status?.UpdatedReplicas ?? 0)) return Plain($"{(status?.Replicas ?? 0) - (status?.UpdatedReplicas ?? 0)} old pods are still there");
        if ((status?.Replicas ?? 0) > wanted) return Plain($"{status!.Replicas - wanted} pods too many are still there");
        return (status?.AvailableReplicas ?? 0) < wanted ? Count(status?.AvailableReplicas, wanted, "available") : null;
    }

    private static string? Of(V1StatefulSet set)
    {
        int wanted = set.Spec?.Replicas ?? 1;
        V1StatefulSetStatus? status = set.Status;
        if (Behind(set.Metadata, status?.ObservedGeneration)) return "its new specification has not been seen yet";
        if ((status?.Replicas ?? 0) > wanted) return Plain($"{status!.Replicas - wanted} pods too many are still there");
        if ((status?.ReadyReplicas ?? 0) < wanted) return Count(status?.ReadyReplicas, wanted, "ready");
        int partition = set.Spec?.UpdateStrategy?.RollingUpdate?.Partition ?? 0;
        bool rolling = set.Spec?.UpdateStrategy?.Type is null or "RollingUpdate";
        return rolling && status?.UpdateRevision != status?.CurrentRevision && (status?.UpdatedReplicas ?? 0) < wanted - partition ? Count(status?.UpdatedReplicas, wanted - partition, "updated") : null;
    }

    private static string? Of(V1DaemonSet set)
    {
        V1DaemonSetStatus? status = set.Status;
        if (Behind(set.Metadata, status?.ObservedGeneration)) return "its new specification has not been seen yet";
        int wanted = status?.DesiredNumberScheduled ?? 0;
        if ((status?.UpdatedNumberScheduled ?? 0) < wanted) return Count(status?.UpdatedNumberScheduled, wanted, "updated");
        return (status?.NumberAvailable ?? 0) < wanted ? Count(status?.NumberAvailable, wanted, "available") : null;
    }

    private static string? Of(V1ReplicaSet set)
    {
        int wanted = set.Spec?.Replicas ?? 1;
        if (Behind(set.Metadata, set.Status?.ObservedGeneration)) return "its new specification has not been seen yet";
        if ((set.Status?.Replicas ?? 0) > wanted) return Plain($"{set.Status!.Replicas - wanted} pods too many are still there");
        return (set.Status?.AvailableReplicas ?? 0) < wanted ? Count(set.Status?.AvailableReplicas, wanted, "available") : null;
    }

    private static string? Of(V1Pod pod)
    {
        if (pod.Status?.Phase == "Succeeded") return null;
        bool ready = pod.Status?.Conditions?.Any(condition => condition.Type == "Ready" && condition.Status == "True") ?? false;
        return ready ? null : $"its state is {Output.PodPrinter.State(pod)}";
    }

    private static string? Of(V1Job job)
    {
        bool complete = job.Status?.Conditions?.Any(condition => condition.Type == "Complete" && condition.Status == "True") ?? false;
        return complete ? null : Count(job.Status?.Succeeded, job.Spec?.Completions ?? 1, "completed");
    }

    private static bool Behind(V1ObjectMeta? metadata, long? observed) => (metadata?.Generation ?? 0) > (observed ?? 0);

    private static string Count(int? have, int wanted, string what) => Plain($"{have ?? 0} of {wanted} pods are {what}");

    private static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
