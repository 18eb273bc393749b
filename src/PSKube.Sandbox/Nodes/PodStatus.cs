using System.Text.Json.Nodes;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Nodes;

/// <summary>Writes the status of a pod as a kubelet does.</summary>
/// <remarks>Behaviour: <c>pkg/kubelet/kubelet_pods.go</c> and <c>pkg/kubelet/status/generate.go</c>.</remarks>
internal static class PodStatus
{
    /// <summary>The phase of a pod by its containers.</summary>
    public static string Phase(PodRuntime runtime, JsonObject pod)
    {
        if (runtime.Failure is not null) return "Failed";
        string policy = pod.Text("spec", "restartPolicy") ?? "Always";
        foreach (ContainerRuntime one in runtime.Init)
        {
            if (one.IsSidecar ? one.HasStarted || runtime.Containers.Any(main => main.Stage == ContainerStage.Terminated) : one.ExitCode == 0) continue;
            return !one.IsSidecar && one.ExitCode is not (null or 0) && policy == "Never" ? "Failed" : "Pending";
        }

        int running = 0, waiting = 0, stopped = 0, succeeded = 0;
        foreach (ContainerRuntime one in runtime.Containers)
        {
            switch (one.Stage)
            {
                case ContainerStage.Running: running++; break;
                case ContainerStage.Terminated:
                    stopped++;
                    if (one.ExitCode == 0) succeeded++;
                    break;
                default:
                    if (one.Last is null) waiting++;
                    else stopped++;
                    break;
            }
        }

        if (waiting > 0) return "Pending";
        if (running > 0 || policy == "Always") return "Running";
        if (stopped == succeeded) return "Succeeded";
        return policy == "Never" ? "Failed" : "Running";
    }

    /// <summary>Writes what a pod is like into its status.</summary>
    public static void Write(JsonObject status, JsonObject pod, PodRuntime runtime, string? hostIp, int minor)
    {
        string phase = Phase(runtime, pod);
        status["phase"] = phase;
        if (runtime.Failure is { } failure)
        {
            status["reason"] = failure.Reason;
            status["message"] = failure.Message;
        }

        if (minor >= 29) Conditions.Set(status, "PodReadyToStartContainers", runtime.Ip is not null && phase is not ("Succeeded" or "Failed") ? "True" : "False", null, null, probes: true);
        string[] notInitialized = [.. runtime.Init.Where(one => one.IsSidecar ? !one.HasStarted : one.ExitCode != 0).Select(one => one.Name)];
        if (notInitialized.Length == 0 || phase == "Succeeded") Conditions.Set(status, "Initialized", "True", phase == "Succeeded" ? "PodCompleted" : null, null, probes: true);
        else Conditions.Set(status, "Initialized", "False", "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', notInitialized)}]", probes: true);
        string[] notReady = [.. runtime.Containers.Concat(runtime.Init.Where(one => one.IsSidecar)).Where(one => !one.IsReady).Select(one => one.Name)];
        foreach (string type in (string[])["Ready", "ContainersReady"])
        {
            string? gate = type == "Ready" ? pod.Objects("spec", "readinessGates").Select(one => one.Text("conditionType")).FirstOrDefault(one => one is not null && Conditions.Find(status, one).Text("status") != "True") : null;
            if (phase == "Succeeded") Conditions.Set(status, type, "False", "PodCompleted", null, probes: true);
            else if (phase == "Failed" && minor >= 26) Conditions.Set(status, type, "False", "PodFailed", null, probes: true);
            else if (notReady.Length > 0) Conditions.Set(status, type, "False", "ContainersNotReady", $"containers with unready status: [{string.Join(' ', notReady)}]", probes: true);
            else if (gate is not null) Conditions.Set(status, type, "False", "ReadinessGatesNotReady", $"corresponding condition of pod readiness gate \"{gate}\" does not exist.", probes: true);
            else Conditions.Set(status, type, "True", null, null, probes: true);
        }

        Conditions.Set(status, "PodScheduled", "True", null, null, probes: true);
        Order(status);
        if (hostIp is not null) status["hostIP"] = hostIp;
        if (runtime.Ip is { } ip)
        {
            status["podIP"] = ip;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = ip });
        }

        status["startTime"] = runtime.Started;
        bool restarts = pod.Text("spec", "restartPolicy") != "Never";
        if (runtime.Init.Count > 0) status["initContainerStatuses"] = Containers(runtime.Init, runtime, restarts, minor);
        status["containerStatuses"] = Containers(runtime.Containers, runtime, restarts, minor);
        status["qosClass"] = status.Text("qosClass") ?? QualityOfService.Of(pod);
    }

    private static readonly string[] s_order = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    private static void Order(JsonObject status)
    {
        JsonArray list = status.ListOf("conditions");
        JsonObject[] sorted = [.. list.OfType<JsonObject>().OrderBy(one => Array.IndexOf(s_order, one.Text("type")) is >= 0 and var at ? at : -1)];
        list.Clear();
        foreach (JsonObject one in sorted) list.Add(one);
    }

    private static JsonArray Containers(List<ContainerRuntime> containers, PodRuntime runtime, bool restarts, int minor)
    {
        var list = new JsonArray();
        foreach (ContainerRuntime one in containers.OrderBy(one => one.IsInit ? "" : one.Name, StringComparer.Ordinal))
        {
            bool run = one.Id is not null;
            // A container that could not be started and will be tried again is shown as one that waits, and its end as that of the one before.
            bool unstarted = (restarts || one.IsSidecar) && one.Stage == ContainerStage.Terminated && one.Terminated.Text("reason") == "StartError";
            JsonObject? last = unstarted ? one.Terminated : one.Last;
            JsonObject state = unstarted ? new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "RunContainerError", ["message"] = one.Terminated.Text("message") } } : State(one, runtime);
            var json = new JsonObject { ["name"] = one.Name, ["state"] = state, ["lastState"] = last is null ? new JsonObject() : new JsonObject { ["terminated"] = last.DeepClone() } };
            json["ready"] = one.IsReady;
            json["restartCount"] = one.Restarts;
            json["image"] = run ? ContainerBehavior.FullName(one.Image) : one.Image;
            string repository = ContainerBehavior.FullName(one.Image);
            json["imageID"] = run ? $"{repository[..(repository.LastIndexOf(':') is > 0 and var colon && colon > repository.LastIndexOf('/') ? colon : repository.Length)]}@sha256:{ContainerBehavior.Digest(one.Image)}" : "";
            if (run) json["containerID"] = "containerd://" + one.Id;
            if (!one.IsInit || minor >= 28) json["started"] = one.IsRunning && one.HasStarted;
            list.Add(json);
        }

        return list;
    }

    private static JsonObject State(ContainerRuntime one, PodRuntime runtime)
    {
        switch (one.Stage)
        {
            case ContainerStage.Running: return new JsonObject { ["running"] = new JsonObject { ["startedAt"] = one.Started } };
            case ContainerStage.Terminated: return new JsonObject { ["terminated"] = one.Terminated?.DeepClone() };
        }

        bool waits = one.IsInit ? runtime.Init.Count > 0 : runtime.Init.Any(init => init.IsSidecar ? !init.HasStarted : init.ExitCode != 0);
        var waiting = new JsonObject { ["reason"] = one.Reason ?? (waits || one.IsInit ? "PodInitializing" : "ContainerCreating") };
        if (one.Message is not null) waiting["message"] = one.Message;
        return new JsonObject { ["waiting"] = waiting };
    }
}
