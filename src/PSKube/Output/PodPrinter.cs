using System.Globalization;
using k8s.Models;

namespace PSKube.Output;

/// <summary>
/// A pod's READY, STATUS and RESTARTS as the API server prints them (kubernetes
/// <c>pkg/printers/internalversion/printers.go</c>, printPod).
/// </summary>
internal static class PodPrinter
{
    /// <summary>What the columns say.</summary>
    /// <param name="Ready">Containers that are ready.</param>
    /// <param name="Total">Containers that should be.</param>
    /// <param name="State">kubectl's STATUS.</param>
    /// <param name="Restarts">Restarts of the containers that count.</param>
    /// <param name="LastRestart">When the last of them ended before it was started again.</param>
    public readonly record struct Summary(int Ready, int Total, string State, int Restarts, DateTime? LastRestart);

    /// <summary>kubectl's STATUS.</summary>
    public static string State(V1Pod pod) => Summarize(pod).State;

    /// <summary>Works the columns out.</summary>
    public static Summary Summarize(V1Pod pod)
    {
        IList<V1Container> initContainers = pod.Spec?.InitContainers ?? [];
        V1PodStatus status = pod.Status ?? new V1PodStatus();
        var walk = new Walk { Reason = string.IsNullOrEmpty(status.Reason) ? status.Phase ?? "" : status.Reason };
        if (HasCondition(status, "PodScheduled", reason: "SchedulingGated")) walk.Reason = "SchedulingGated";
        int total = (pod.Spec?.Containers?.Count ?? 0) + initContainers.Count(IsSidecar);

        bool initializing = WalkInit(initContainers, status.InitContainerStatuses ?? [], ref walk);
        if (!initializing || HasCondition(status, "Initialized", value: "True")) WalkContainers(status.ContainerStatuses ?? [], status, ref walk);
        if (pod.Metadata?.DeletionTimestamp is not null)
        {
            if (status.Reason == "NodeLost") walk.Reason = "Unknown";
            else if (status.Phase is not ("Succeeded" or "Failed")) walk.Reason = "Terminating";
        }

        return new Summary(walk.Ready, total, walk.Reason, walk.Restarts, walk.LastRestart);
    }

    /// <summary>RESTARTS with the time since the last one: <c>3 (5m ago)</c>.</summary>
    public static string RestartsText(int restarts, TimeSpan? sinceLast)
    {
        string count = restarts.ToString(CultureInfo.InvariantCulture);
        return restarts > 0 && sinceLast is not null ? $"{count} ({Duration.Text(sinceLast)} ago)" : count;
    }

    private struct Walk
    {
        public int Ready;
        public string Reason;
        public int Restarts;
        public DateTime? LastRestart;
        public int SidecarRestarts;
        public DateTime? LastSidecarRestart;
    }

    /// <summary>Walks the init containers up to the first that is not done; true when there is one.</summary>
    private static bool WalkInit(IList<V1Container> containers, IList<V1ContainerStatus> statuses, ref Walk walk)
    {
        for (int i = 0; i < statuses.Count; i++)
        {
            V1ContainerStatus status = statuses[i];
            bool sidecar = containers.FirstOrDefault(container => container.Name == status.Name) is { } own && IsSidecar(own);
            walk.Restarts += status.RestartCount;
            walk.LastRestart = Later(walk.LastRestart, status);
            if (sidecar)
            {
                walk.SidecarRestarts += status.RestartCount;
                walk.LastSidecarRestart = Later(walk.LastSidecarRestart, status);
            }

            V1ContainerState? state = status.State;
            if (state?.Terminated is { ExitCode: 0 }) continue;
            if (sidecar && status.Started == true)
            {
                if (status.Ready) walk.Ready++;
                continue;
            }

            if (state?.Terminated is { } terminated)
            {
                walk.Reason = "Init:" + (string.IsNullOrEmpty(terminated.Reason) ? Ended(terminated) : terminated.Reason);
            }
            else if (!string.IsNullOrEmpty(state?.Waiting?.Reason) && state.Waiting.Reason != "PodInitializing")
            {
                walk.Reason = "Init:" + state.Waiting.Reason;
            }
            else
            {
                walk.Reason = string.Create(CultureInfo.InvariantCulture, $"Init:{i}/{containers.Count}");
            }

            return true;
        }

        return false;
    }

    private static void WalkContainers(IList<V1ContainerStatus> statuses, V1PodStatus pod, ref Walk walk)
    {
        walk.Restarts = walk.SidecarRestarts;
        walk.LastRestart = walk.LastSidecarRestart;
        bool hasRunning = false;
        string errorReason = "";
        // From last to first, so that the first container's reason stands in the end.
        for (int i = statuses.Count - 1; i >= 0; i--)
        {
            V1ContainerStatus status = statuses[i];
            walk.Restarts += status.RestartCount;
            walk.LastRestart = Later(walk.LastRestart, status);
            V1ContainerState? state = status.State;
            if (!string.IsNullOrEmpty(state?.Waiting?.Reason))
            {
                walk.Reason = state.Waiting.Reason;
            }
            else if (state?.Terminated is { } terminated)
            {
                walk.Reason = string.IsNullOrEmpty(terminated.Reason) ? Ended(terminated) : terminated.Reason;
                if (terminated.ExitCode != 0) errorReason = walk.Reason;
            }
            else if (status.Ready && state?.Running is not null)
            {
                hasRunning = true;
                walk.Ready++;
            }
        }

        if (walk.Reason != "Completed") return;
        if (hasRunning && HasCondition(pod, "Ready", value: "True")) walk.Reason = "Running";
        else if (errorReason.Length > 0) walk.Reason = errorReason;
        else if (hasRunning) walk.Reason = "NotReady";
    }

    private static string Ended(V1ContainerStateTerminated terminated) => terminated.Signal is { } signal and not 0
        ? string.Create(CultureInfo.InvariantCulture, $"Signal:{signal}")
        : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{terminated.ExitCode}");

    private static DateTime? Later(DateTime? known, V1ContainerStatus status)
    {
        DateTime? finished = status.LastState?.Terminated?.FinishedAt;
        return known is null || finished > known ? finished ?? known : known;
    }

    private static bool IsSidecar(V1Container container) => container.RestartPolicy == "Always";

    private static bool HasCondition(V1PodStatus status, string type, string? value = null, string? reason = null)
    {
        return status.Conditions?.Any(condition => condition.Type == type && (value is null || condition.Status == value) && (reason is null || condition.Reason == reason)) ?? false;
    }
}
