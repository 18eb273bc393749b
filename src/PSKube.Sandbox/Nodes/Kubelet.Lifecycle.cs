using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <content>The way of a pod from its node to its end.</content>
internal sealed partial class Kubelet
{
    private static readonly TimeSpan s_sandboxTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_serverEnd = TimeSpan.FromMilliseconds(300);

    private void Advance(StoredObject stored, JsonObject pod, PodRuntime runtime)
    {
        DateTime now = Clock.VirtualNow;
        if (runtime.Started is null)
        {
            runtime.Started = SandboxClock.Stamp(SandboxClock.Now);
            runtime.StartedAt = now;
            runtime.IsDirty = true;
        }

        if (pod.Number("spec", "activeDeadlineSeconds") is { } deadline && runtime.Failure is null)
        {
            DateTime end = runtime.StartedAt.AddSeconds(deadline);
            if (now < end) Wake(runtime, end);
            else
            {
                runtime.Failure = ("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
                Loop.Events.Normal(stored, "kubelet", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline", stored.NodeName);
                foreach (ContainerRuntime one in runtime.All.Where(one => one.IsRunning)) Finish(runtime, one, 137, "Error");
                KillAll(runtime);
                runtime.IsDirty = true;
                return;
            }
        }

        if (PodEnvironment.MountFailure(Store, pod) is { } missing)
        {
            Loop.Events.Warning(stored, "kubelet", "FailedMount", $"MountVolume.SetUp failed for volume \"{missing.Volume}\" : {missing.Message}", stored.NodeName);
            _waiting.Add(runtime.Key);
            Wake(runtime, now.AddSeconds(Math.Min(120, 1 << Math.Min(7, ++runtime.MountTries))));
            return;
        }

        _waiting.Remove(runtime.Key);
        if (runtime.Ip is null)
        {
            if (now < runtime.StartedAt + s_sandboxTime)
            {
                Wake(runtime, runtime.StartedAt + s_sandboxTime);
                return;
            }

            runtime.Ip = pod.Flag("spec", "hostNetwork") == true ? HostIp(Store.Find(Kinds.Nodes, null, stored.NodeName!)!) : NextAddress(stored.NodeName!);
            if (runtime.Ip is not null && pod.Flag("spec", "hostNetwork") != true) _addresses[runtime.Ip] = runtime;
            runtime.IsDirty = true;
        }

        if (runtime.Containers.All(one => one.Stage == ContainerStage.Terminated && !Restarts(pod, one)) && runtime.Containers.Count > 0)
        {
            // Sidecars end when all that they are beside has ended.
            foreach (ContainerRuntime one in runtime.Init.Where(one => one.IsSidecar && one.IsRunning)) Finish(runtime, one, 0, "Completed");
        }
        else if (StepInit(stored, pod, runtime, now))
        {
            foreach (ContainerRuntime one in runtime.Containers) Step(stored, pod, runtime, one, now);
            if (runtime.Containers.Any(one => one.Stage == ContainerStage.Terminated && !Restarts(pod, one)) && runtime.Init.Any(one => one.IsSidecar && one.IsRunning)) Enqueue(runtime.Key);
        }

        if (PodStatus.Phase(runtime, pod) is "Succeeded" or "Failed")
        {
            foreach (ContainerRuntime one in runtime.Init.Where(one => one.IsSidecar && one.IsRunning)) Finish(runtime, one, 0, "Completed");
            if (_addresses.Remove(runtime.Ip ?? "")) runtime.IsDirty = true;
        }
    }

    /// <summary>Takes the init containers further, one after the other. Returns true when they are done and the others may run.</summary>
    private bool StepInit(StoredObject stored, JsonObject pod, PodRuntime runtime, DateTime now)
    {
        foreach (ContainerRuntime one in runtime.Init)
        {
            if (one.ExitCode == 0 && !one.IsSidecar) continue;
            Step(stored, pod, runtime, one, now);
            if (one.IsSidecar ? !one.HasStarted : one.ExitCode != 0) return false;
        }

        return true;
    }

    /// <summary>True when a container that has ended is started again.</summary>
    private static bool Restarts(JsonObject pod, ContainerRuntime container) => (container.IsSidecar ? "Always" : pod.Text("spec", "restartPolicy") ?? "Always") switch
    {
        "Never" => false,
        "OnFailure" => container.ExitCode != 0,
        _ => !container.IsInit || container.IsSidecar || container.ExitCode != 0,
    };

    private void Terminate(StoredObject stored, JsonObject pod, PodRuntime runtime)
    {
        DateTime now = Clock.VirtualNow;
        double grace = pod.Number("metadata", "deletionGracePeriodSeconds") ?? 30;
        if (runtime.KillAt is null)
        {
            foreach (ContainerRuntime one in runtime.All.Where(one => one.IsRunning))
            {
                Loop.Events.Normal(stored, "kubelet", "Killing", $"Stopping container {one.Name}", stored.NodeName, FieldPath(one));
                if (one.Process is null || one.Process.HearsTerm) one.EndsAt = now + s_serverEnd;
                one.Process?.Terminate();
            }
        }

        DateTime kill = now.AddSeconds(grace);
        if (runtime.KillAt is null || kill < runtime.KillAt) runtime.KillAt = kill;
        foreach (ContainerRuntime one in runtime.All)
        {
            if (!one.IsRunning) continue;
            if (one.Process?.ExitCode is { } code) Finish(runtime, one, code, code == 0 ? "Completed" : "Error");
            else if (one.EndsAt is { } end && end <= now) Finish(runtime, one, 0, "Completed");
            else if (runtime.KillAt <= now) Finish(runtime, one, 137, "Error");
            else Wake(runtime, one.EndsAt is { } soon && soon < runtime.KillAt ? soon : runtime.KillAt.Value);
        }

        if (runtime.All.Any(one => one.IsRunning)) return;
        if (runtime.Started is null) runtime.Started = SandboxClock.Stamp(SandboxClock.Now);
        runtime.IsDirty = true;
    }

    /// <summary>Notes a container's end.</summary>
    private void Finish(PodRuntime runtime, ContainerRuntime container, int code, string reason, string? message = null)
    {
        container.Process?.Kill();
        container.Process = null;
        container.Log?.End();
        container.Stage = ContainerStage.Terminated;
        container.FinishedAt = Clock.VirtualNow;
        container.IsReady = container.IsInit && !container.IsSidecar && code == 0;
        container.HasStarted = container.IsSidecar && container.HasStarted;
        container.Reason = container.Message = null;
        var ended = new JsonObject { ["exitCode"] = code, ["reason"] = reason };
        if (message is not null) ended["message"] = message;
        string now = SandboxClock.Stamp(SandboxClock.Now);
        ended["startedAt"] = reason == "StartError" ? "1970-01-01T00:00:00Z" : container.Started ?? now;
        ended["finishedAt"] = now;
        ended["containerID"] = "containerd://" + container.Id;
        container.Terminated = ended;
        runtime.IsDirty = true;
    }

    private void Wake(PodRuntime runtime, DateTime moment)
    {
        TimeSpan delay = moment - Clock.VirtualNow;
        After(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, runtime.Key);
    }

    private static string FieldPath(ContainerRuntime one) => $"spec.{(one.IsInit ? "initContainers" : "containers")}{{{one.Name}}}";
}
