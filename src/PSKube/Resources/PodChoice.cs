using k8s.Models;

namespace PSKube.Resources;

/// <summary>
/// Which pod of a workload or a service is meant when one is, in kubectl's order (<c>pkg/util/podutils/podutils.go</c>): on a
/// node, running, ready, not being deleted, ready for the longest, then by restarts, then the oldest.
/// </summary>
internal static class PodChoice
{
    /// <summary>The pod to run something in: of equals, the one that was restarted less (<c>ActivePods</c> from its end).</summary>
    public static V1Pod? ForExec(IEnumerable<V1Pod> pods) => pods.Min(Comparer<V1Pod>.Create((one, other) => Compare(one, other, fewerRestartsFirst: true)));

    /// <summary>The pods in the order in which their logs are worth reading: of equals, the one that was restarted more has more to tell (<c>ByLogging</c>).</summary>
    public static IReadOnlyList<V1Pod> ForLogs(IEnumerable<V1Pod> pods) => [.. pods.Order(Comparer<V1Pod>.Create((one, other) => Compare(one, other, fewerRestartsFirst: false)))];

    private static int Compare(V1Pod one, V1Pod other, bool fewerRestartsFirst)
    {
        int order = IsAssigned(other).CompareTo(IsAssigned(one));
        if (order == 0) order = Phase(one).CompareTo(Phase(other));
        if (order == 0) order = (ReadySince(other) is not null).CompareTo(ReadySince(one) is not null);
        if (order == 0) order = IsLeaving(one).CompareTo(IsLeaving(other));
        if (order == 0) order = Nullable.Compare(ReadySince(one), ReadySince(other));
        if (order == 0) order = fewerRestartsFirst ? Restarts(one).CompareTo(Restarts(other)) : Restarts(other).CompareTo(Restarts(one));
        return order != 0 ? order : (one.Metadata?.CreationTimestamp ?? DateTime.MaxValue).CompareTo(other.Metadata?.CreationTimestamp ?? DateTime.MaxValue);
    }

    private static bool IsAssigned(V1Pod pod) => !string.IsNullOrEmpty(pod.Spec?.NodeName);

    private static bool IsLeaving(V1Pod pod) => pod.Metadata?.DeletionTimestamp is not null;

    /// <summary>A pod that has ended can still tell its log, which one that has not begun cannot.</summary>
    private static int Phase(V1Pod pod) => pod.Status?.Phase switch
    {
        "Running" => 0,
        "Unknown" => 1,
        "Succeeded" or "Failed" => 2,
        _ => 3,
    };

    /// <summary>When the pod became ready; the end of time when it does not say, null when it is not ready.</summary>
    private static DateTime? ReadySince(V1Pod pod) => pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "Ready", Status: "True" }) is { } ready ? ready.LastTransitionTime ?? DateTime.MaxValue : null;

    private static int Restarts(V1Pod pod) => pod.Status?.ContainerStatuses?.Select(status => status.RestartCount).DefaultIfEmpty().Max() ?? 0;
}
