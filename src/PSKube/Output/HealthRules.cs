using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output;

/// <summary>Says whether a workload is well, by what kubectl's printer and the controllers' conditions tell of it, its pods and their claims.</summary>
internal static class HealthRules
{
    /// <summary>States of containers that do not pass by themselves, the gravest first.</summary>
    private static readonly string[] Failing =
    [
        "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError",
        "RunContainerError", "StartError", "ContainerCannotRun", "OOMKilled", "Error", "DeadlineExceeded", "Evicted", "NodeLost",
    ];

    /// <summary>One thing that was found.</summary>
    /// <param name="Rank">Its gravity: 0 is the gravest.</param>
    /// <param name="Reason">One word.</param>
    /// <param name="Text">What was seen.</param>
    private readonly record struct Finding(int Rank, string Reason, string Text);

    /// <summary>The verdict.</summary>
    /// <param name="workload">The workload, or a pod.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="claims">The claims of its namespace.</param>
    public static KubeWorkloadHealth Judge(object workload, IReadOnlyList<V1Pod> pods, IReadOnlyList<V1PersistentVolumeClaim> claims)
    {
        ResourceHeader header = ResourceHeader.Read(workload);
        var found = new List<Finding>();
        OfConditions(workload, found);
        foreach (V1Pod pod in pods) OfPod(pod, found);
        foreach (string name in pods.SelectMany(pod => pod.Spec?.Volumes ?? []).Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>().Distinct(StringComparer.Ordinal)) OfClaim(name, claims, found);
        if (Readiness.PendingBecause(workload) is { } pending) found.Add(new Finding(90, "NotReady", pending));
        Finding[] ordered = [.. found.OrderBy(finding => finding.Rank)];
        string[] evidence = [.. ordered.Select(finding => finding.Text).Distinct(StringComparer.Ordinal)];
        return new KubeWorkloadHealth(header.Kind, header.Namespace, header.Name ?? "", ordered.Length == 0, ordered.Length == 0 ? "Healthy" : ordered[0].Reason, evidence, workload);
    }

    /// <summary>The gravest thing that pods show; null when they show nothing.</summary>
    public static string? Gravest(IReadOnlyList<V1Pod> pods)
    {
        var found = new List<Finding>();
        foreach (V1Pod pod in pods) OfPod(pod, found);
        return found.Count == 0 ? null : Api.ServerErrors.Escape(found.MinBy(finding => finding.Rank).Text);
    }

    private static void OfConditions(object workload, List<Finding> found)
    {
        if (workload is V1Pod) return;
        foreach (JsonNode? condition in ResourceJson.ToJsonObject(workload)["status"]?["conditions"] as JsonArray ?? [])
        {
            string type = condition?["type"]?.ToString() ?? "";
            string status = condition?["status"]?.ToString() ?? "";
            string reason = condition?["reason"]?.ToString() ?? type;
            string text = $"{type}={status} {reason}: {condition?["message"]}";
            if (type == "Progressing" && status == "False") found.Add(new Finding(40, reason, text));
            else if (type == "ReplicaFailure" && status == "True") found.Add(new Finding(20, reason, text));
            else if (type == "Failed" && status == "True") found.Add(new Finding(10, reason, text));
        }
    }

    private static void OfPod(V1Pod pod, List<Finding> found)
    {
        // A pod that is on its way out says nothing of the workload.
        if (pod.Metadata?.DeletionTimestamp is not null) return;
        string name = $"pod/{pod.Metadata?.Name}";
        V1PodCondition? unscheduled = pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        if (unscheduled is not null) found.Add(new Finding(30, string.IsNullOrEmpty(unscheduled.Reason) ? "Unschedulable" : unscheduled.Reason, $"{name}: {unscheduled.Reason}: {unscheduled.Message}"));
        int before = found.Count;
        foreach (V1ContainerStatus status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? [])) OfContainer(name, status, found);
        string? phaseReason = pod.Status?.Reason;
        // How its container ended says more than that the pod has failed.
        if (string.IsNullOrEmpty(phaseReason) && found.Count > before) return;
        if (pod.Status?.Phase == "Failed") found.Add(new Finding(5, string.IsNullOrEmpty(phaseReason) ? "Failed" : phaseReason, $"{name}: {(string.IsNullOrEmpty(phaseReason) ? "Failed" : phaseReason)}{(string.IsNullOrEmpty(pod.Status.Message) ? "" : $": {pod.Status.Message}")}"));
    }

    private static void OfContainer(string pod, V1ContainerStatus status, List<Finding> found)
    {
        string state = WorkloadTree.ContainerState(status);
        int rank = Array.IndexOf(Failing, state);
        if (rank < 0 && status.State?.Terminated is { ExitCode: not 0 }) rank = Failing.Length;
        if (rank < 0) return;
        string? message = status.State?.Waiting?.Message ?? status.State?.Terminated?.Message;
        V1ContainerStateTerminated? last = status.LastState?.Terminated ?? status.State?.Terminated;
        string ended = last is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (ended with {last.ExitCode}{(string.IsNullOrEmpty(last.Reason) ? "" : $", {last.Reason}")}; {status.RestartCount} restarts)");
        found.Add(new Finding(rank, state, $"{pod}: container {status.Name}: {state}{ended}{(string.IsNullOrEmpty(message) ? "" : $": {message}")}"));
    }

    private static void OfClaim(string name, IReadOnlyList<V1PersistentVolumeClaim> claims, List<Finding> found)
    {
        V1PersistentVolumeClaim? claim = claims.FirstOrDefault(claim => claim.Metadata?.Name == name);
        if (claim is null || claim.Status?.Phase is "Bound" or null) return;
        found.Add(new Finding(25, "VolumePending", $"persistentvolumeclaim/{name}: {claim.Status.Phase}{(claim.Spec?.StorageClassName is { } storageClass ? $" (storage class {storageClass})" : "")}"));
    }
}
