using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Output;

namespace PSKube.Resources;

/// <summary>
/// How far a rollout is: the tests of <c>kubectl rollout status</c> in their order, and its texts
/// (<c>pkg/polymorphichelpers/rollout_status.go</c>); a missing count is 0.
/// </summary>
internal static class RolloutRules
{
    /// <summary>Where a deployment and its ReplicaSets say which revision they are.</summary>
    public const string RevisionAnnotation = "deployment.kubernetes.io/revision";

    private const string Rolling = "RollingUpdate";

    /// <summary>Judges a workload as it was read.</summary>
    /// <param name="workload">A Deployment, DaemonSet or StatefulSet of the model.</param>
    /// <param name="revision">The revision that has to be the one that runs; null for any. Deployments only.</param>
    /// <exception cref="KubeException">It has no rollout that could be followed (<c>KubeRolloutNotSupported</c>).</exception>
    public static KubeRolloutStatus Judge(object workload, long? revision = null)
    {
        return workload switch
        {
            V1Deployment deployment => Of(deployment, revision),
            V1DaemonSet set => Of(set),
            V1StatefulSet set => Of(set),
            _ => throw NotSupported(ResourceHeader.Read(workload).Reference),
        };
    }

    /// <summary>What a rollout that is waited for still lacks; null when it is done.</summary>
    /// <param name="seen">The workload; null when it is gone.</param>
    /// <param name="name">What is waited for.</param>
    /// <param name="revision">See <see cref="Judge"/>.</param>
    /// <param name="before">The workload as it was when it was changed: what it then said of an earlier rollout counts no more.</param>
    /// <exception cref="KubeException">It will not get done by itself.</exception>
    public static string? PendingBecause(object? seen, KubeReference name, long? revision = null, object? before = null)
    {
        if (seen is null) throw new KubeException("KubeNotFound", ErrorCategory.ObjectNotFound, $"{name} was deleted while its rollout was waited for.") { Target = name };
        KubeRolloutStatus status = Judge(seen, revision);
        if (status.Failed && revision is { } asked && asked != status.Revision) throw new KubeException("KubePreconditionFailed", ErrorCategory.InvalidOperation, $"{name}: {status.Message}.") { Target = name };
        CheckProgress(seen, before);
        return status.Done ? null : status.Message.TrimEnd('.') + Suspended(seen);
    }

    /// <summary>Says so when a deployment's rollout got stuck; of others nothing is known.</summary>
    /// <param name="seen">The object as it is now.</param>
    /// <param name="before">The object as it was when it was changed, or null: a failure that it showed already then is that of an earlier rollout.</param>
    /// <exception cref="KubeException">The progress deadline has passed (<c>KubeProgressDeadlineExceeded</c>).</exception>
    public static void CheckProgress(object? seen, object? before = null)
    {
        if (seen is not V1Deployment deployment || !Exceeded(deployment)) return;
        // Where no pods are wanted nothing can be stuck; the controller says so a moment later.
        if (deployment.Spec?.Replicas == 0) return;
        V1DeploymentCondition failure = Progressing(deployment)!;
        if (before is V1Deployment earlier && Progressing(earlier) is { } known && known.Reason == failure.Reason && known.LastUpdateTime == failure.LastUpdateTime) return;
        KubeReference reference = ResourceHeader.Read(deployment).Reference;
        throw new KubeException("KubeProgressDeadlineExceeded", ErrorCategory.InvalidResult, $"{Of(deployment, null).Message}{(string.IsNullOrEmpty(failure.Message) ? "" : $" ({failure.Message})")}")
        {
            Target = reference,
            RecommendedAction = $"See what keeps its pods (Test-KubeWorkload deployment/{reference.Name}), then mend it, or go back with Undo-KubeRollout.",
        };
    }

    /// <summary>Refuses kinds that have no rollout.</summary>
    /// <exception cref="KubeException">The kind has none (<c>KubeRolloutNotSupported</c>).</exception>
    public static void CheckKind(ResourceKind kind, KubeReference reference)
    {
        if (kind.Group != "apps" || kind.Kind is not ("Deployment" or "DaemonSet" or "StatefulSet")) throw NotSupported(reference);
    }

    /// <summary>Refuses what cannot be suspended and resumed: everything but deployments.</summary>
    /// <exception cref="KubeException">It is no deployment (<c>KubeRolloutNotSupported</c>).</exception>
    public static void CheckPausable(ResourceKind kind, KubeReference reference)
    {
        CheckKind(kind, reference);
        if (kind.Kind != "Deployment") throw new KubeException("KubeRolloutNotSupported", ErrorCategory.NotImplemented, $"{reference} cannot be suspended or resumed; only deployments can.") { Target = reference };
    }

    /// <summary>The merge patch that suspends a deployment's rollouts or resumes them.</summary>
    public static JsonObject Pause(bool paused) => new() { ["spec"] = new JsonObject { ["paused"] = paused } };

    /// <summary>The revision that a deployment or one of its ReplicaSets says it is; null when it says none.</summary>
    public static long? RevisionOf(V1ObjectMeta? metadata) => metadata?.Annotations is { } notes && notes.TryGetValue(RevisionAnnotation, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long revision) ? revision : null;

    private static KubeRolloutStatus Of(V1Deployment deployment, long? revision)
    {
        string name = deployment.Metadata?.Name ?? "";
        V1DeploymentStatus? status = deployment.Status;
        int wanted = deployment.Spec?.Replicas ?? 1;
        int updated = status?.UpdatedReplicas ?? 0, available = status?.AvailableReplicas ?? 0, all = status?.Replicas ?? 0;
        long? running = RevisionOf(deployment.Metadata);
        (string message, bool done, bool failed) = revision is { } asked && asked != running ? Failure($"desired revision ({asked}) is different from the running revision ({running ?? 0})")
            : Behind(deployment.Metadata, status?.ObservedGeneration) ? Waiting($"Waiting for deployment spec update to be observed...")
            : Exceeded(deployment) ? Failure($"deployment \"{name}\" exceeded its progress deadline")
            : updated < wanted ? Waiting($"Waiting for deployment \"{name}\" rollout to finish: {updated} out of {wanted} new replicas have been updated...")
            : all > updated ? Waiting($"Waiting for deployment \"{name}\" rollout to finish: {all - updated} old replicas are pending termination...")
            : available < updated ? Waiting($"Waiting for deployment \"{name}\" rollout to finish: {available} of {updated} updated replicas are available...")
            : Done($"deployment \"{name}\" successfully rolled out");
        return new KubeRolloutStatus("Deployment", deployment.Metadata?.NamespaceProperty, name, running, wanted, updated, available, done, failed, message) { Paused = deployment.Spec?.Paused ?? false };
    }

    /// <summary>What a deployment that is suspended adds to what it lacks: waiting alone does not mend that.</summary>
    public static string Suspended(object? workload) => workload is V1Deployment { Spec.Paused: true } deployment ? $"; it is suspended, and goes on with Resume-KubeRollout deployment/{deployment.Metadata?.Name}" : "";

    private static KubeRolloutStatus Of(V1DaemonSet set)
    {
        CheckStrategy(set.Spec?.UpdateStrategy?.Type, ResourceHeader.Read(set).Reference);
        string name = set.Metadata?.Name ?? "";
        V1DaemonSetStatus? status = set.Status;
        int wanted = status?.DesiredNumberScheduled ?? 0, updated = status?.UpdatedNumberScheduled ?? 0, available = status?.NumberAvailable ?? 0;
        (string message, bool done, bool failed) = Behind(set.Metadata, status?.ObservedGeneration) ? Waiting($"Waiting for daemon set spec update to be observed...")
            : updated < wanted ? Waiting($"Waiting for daemon set \"{name}\" rollout to finish: {updated} out of {wanted} new pods have been updated...")
            : available < wanted ? Waiting($"Waiting for daemon set \"{name}\" rollout to finish: {available} of {wanted} updated pods are available...")
            : Done($"daemon set \"{name}\" successfully rolled out");
        return new KubeRolloutStatus("DaemonSet", set.Metadata?.NamespaceProperty, name, null, wanted, updated, available, done, failed, message);
    }

    private static KubeRolloutStatus Of(V1StatefulSet set)
    {
        CheckStrategy(set.Spec?.UpdateStrategy?.Type, ResourceHeader.Read(set).Reference);
        V1StatefulSetStatus? status = set.Status;
        V1RollingUpdateStatefulSetStrategy? rolling = set.Spec?.UpdateStrategy?.RollingUpdate;
        int wanted = set.Spec?.Replicas ?? 1, updated = status?.UpdatedReplicas ?? 0, ready = status?.ReadyReplicas ?? 0;
        int due = wanted - (rolling?.Partition ?? 0);
        (string message, bool done, bool failed) = status?.ObservedGeneration is null or 0 || Behind(set.Metadata, status.ObservedGeneration) ? Waiting($"Waiting for statefulset spec update to be observed...")
            : ready < wanted ? Waiting($"Waiting for {wanted - ready} pods to be ready...")
            : rolling?.Partition is not null && updated < due ? Waiting($"Waiting for partitioned roll out to finish: {updated} out of {due} new pods have been updated...")
            : rolling is not null ? Done($"partitioned roll out complete: {updated} new pods have been updated...")
            : status.UpdateRevision != status.CurrentRevision ? Waiting($"waiting for statefulset rolling update to complete {updated} pods at revision {status.UpdateRevision}...")
            : Done($"statefulset rolling update complete {status.CurrentReplicas ?? 0} pods at revision {status.CurrentRevision}...");
        return new KubeRolloutStatus("StatefulSet", set.Metadata?.NamespaceProperty, set.Metadata?.Name ?? "", null, wanted, updated, ready, done, failed, message);
    }

    private static void CheckStrategy(string? type, KubeReference reference)
    {
        if (type is null or Rolling) return;
        throw new KubeException("KubeRolloutNotSupported", ErrorCategory.NotImplemented, $"{reference}: rollout status is only available for {Rolling} strategy type, and its own is {type}.")
        {
            Target = reference,
            RecommendedAction = $"Delete its pods, one by one, to have them made anew from the template, or set spec.updateStrategy.type to {Rolling}.",
        };
    }

    private static KubeException NotSupported(KubeReference reference) => new("KubeRolloutNotSupported", ErrorCategory.NotImplemented, $"{reference} has no rollout; only deployments, daemon sets and stateful sets have.") { Target = reference };

    private static bool Exceeded(object workload) => workload is V1Deployment deployment && !Behind(deployment.Metadata, deployment.Status?.ObservedGeneration) && Progressing(deployment)?.Reason == "ProgressDeadlineExceeded";

    private static V1DeploymentCondition? Progressing(V1Deployment deployment) => deployment.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Progressing");

    private static bool Behind(V1ObjectMeta? metadata, long? observed) => (metadata?.Generation ?? 0) > (observed ?? 0);

    private static (string Message, bool Done, bool Failed) Waiting(FormattableString text) => (text.ToString(CultureInfo.InvariantCulture), false, false);

    private static (string Message, bool Done, bool Failed) Done(FormattableString text) => (text.ToString(CultureInfo.InvariantCulture), true, false);

    private static (string Message, bool Done, bool Failed) Failure(FormattableString text) => (text.ToString(CultureInfo.InvariantCulture), false, true);
}
