using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>The kubelets of all nodes: starts the containers of pods that are bound to a node, watches them, and ends them.</summary>
internal sealed partial class Kubelet : Controller, IDisposable
{
    private readonly Dictionary<string, PodRuntime> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PodRuntime> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastAddress = new(StringComparer.Ordinal);
    private readonly HashSet<(string Node, string Image)> _images = [];
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly PodVolumes _volumes;

    /// <summary>Makes the kubelets.</summary>
    public Kubelet(ControllerLoop loop)
        : base(loop)
    {
        _volumes = new PodVolumes(loop.Store);
        Net = new PodNetwork(loop.Store, this);
    }

    /// <inheritdoc/>
    public override bool Urgent => true;

    /// <summary>What pods can reach.</summary>
    public PodNetwork Net { get; }

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.Pods)
        {
            if (change.Type == StoreEventType.Deleted) Forget(one.Uid);
            else if (one.NodeName is not null) Enqueue(KeyOf(one));
        }
        else if (_waiting.Count > 0 && (one.Resource == Kinds.ConfigMaps || one.Resource == Kinds.Secrets || one.Resource == Kinds.PersistentVolumeClaims))
        {
            foreach (string key in _waiting)
            {
                if (key.StartsWith(one.Namespace + "/", StringComparison.Ordinal)) Enqueue(key);
            }
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.Pods, key) is not { NodeName: { } node } stored) return;
        if (stored.Phase is "Succeeded" or "Failed")
        {
            if (stored.IsBeingDeleted) End(stored);
            return;
        }

        bool known = _pods.TryGetValue(stored.Uid, out PodRuntime? runtime);
        // A pod that already runs when it is first seen came with the sandbox: it is left as it is until somebody wants something of it.
        if (!known && stored.Phase == "Running" && !stored.IsBeingDeleted) return;
        if (Store.Find(Kinds.Nodes, null, node) is not { } host) return;
        JsonObject pod = stored.Parse();
        runtime ??= Take(stored, pod);
        if (stored.IsBeingDeleted) Terminate(stored, pod, runtime);
        else Advance(stored, pod, runtime);
        if (!runtime.IsDirty || !_pods.ContainsKey(stored.Uid)) return;
        if (runtime.All.Any(one => one.IsRunning && one.Process is { HasSettled: false }))
        {
            After(ContainerProcess.Patience * Clock.Speed, key);
            return;
        }

        runtime.IsDirty = false;
        string? hostIp = HostIp(host);
        ChangeStatus(stored, status => PodStatus.Write(status, pod, runtime, hostIp, Minor), "kubelet");
        if (stored.IsBeingDeleted && runtime.All.All(one => !one.IsRunning)) End(stored);
    }

    /// <summary>The pod of that namespace and name as it is on its node; null when it is on none. Within the store's gate.</summary>
    public (StoredObject Stored, JsonObject Pod, PodRuntime Runtime)? Get(string ns, string name)
    {
        if (Store.Find(Kinds.Pods, ns, name) is not { NodeName: not null } stored) return null;
        JsonObject pod = stored.Parse();
        if (!_pods.TryGetValue(stored.Uid, out PodRuntime? runtime)) runtime = Take(stored, pod);
        return (stored, pod, runtime);
    }

    /// <summary>The pod with an address; null when there is none.</summary>
    public (string Namespace, string Name)? ByAddress(string ip)
    {
        if (!_addresses.TryGetValue(ip, out PodRuntime? runtime)) return null;
        (string? ns, string name) = Split(runtime.Key);
        return (ns!, name);
    }

    /// <summary>The files of a container.</summary>
    public ContainerFiles Files(PodRuntime runtime, JsonObject pod, ContainerRuntime container) =>
        container.Files ??= _volumes.Files(runtime, pod, Spec(pod, container), Hostname(pod));

    /// <summary>The host's name within a pod.</summary>
    public static string Hostname(JsonObject pod) => pod.Flag("spec", "hostNetwork") == true ? pod.Text("spec", "nodeName") ?? "" : pod.Text("spec", "hostname") ?? pod.Text("metadata", "name") ?? "";

    /// <summary>What a pod's spec says of a container.</summary>
    public static JsonObject Spec(JsonObject pod, ContainerRuntime container) => pod.Objects("spec", container.IsInit ? "initContainers" : "containers").FirstOrDefault(one => one.Text("name") == container.Name) ?? [];

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Store.Gate)
        {
            foreach (PodRuntime runtime in _pods.Values) KillAll(runtime);
            _pods.Clear();
        }
    }

    private static void KillAll(PodRuntime runtime)
    {
        foreach (ContainerRuntime one in runtime.All)
        {
            one.Process?.Kill();
            one.Log?.End();
        }
    }

    private void Forget(string uid)
    {
        if (!_pods.Remove(uid, out PodRuntime? runtime)) return;
        _waiting.Remove(runtime.Key);
        if (runtime.Ip is not null) _addresses.Remove(runtime.Ip);
        KillAll(runtime);
    }

    private void End(StoredObject pod)
    {
        if (Store.Find(Kinds.Pods, pod.Namespace, pod.Name) is { } live && live.Uid == pod.Uid) Registry.Delete(Kinds.Pods, pod.Namespace, pod.Name, new DeleteOptions { GracePeriodSeconds = 0, Uid = pod.Uid });
    }

    /// <summary>Begins to look after a pod; one that came running is taken as it is.</summary>
    private PodRuntime Take(StoredObject stored, JsonObject pod)
    {
        var runtime = new PodRuntime(KeyOf(stored), stored.Uid);
        foreach (JsonObject one in pod.Objects("spec", "initContainers")) runtime.Init.Add(new ContainerRuntime(one.Text("name") ?? "", true, one.Text("restartPolicy") == "Always") { Image = one.Text("image") ?? "" });
        foreach (JsonObject one in pod.Objects("spec", "containers")) runtime.Containers.Add(new ContainerRuntime(one.Text("name") ?? "", false, false) { Image = one.Text("image") ?? "" });
        _pods[stored.Uid] = runtime;
        if (pod.Text("status", "podIP") is { } ip)
        {
            runtime.Ip = ip;
            _addresses[ip] = runtime;
        }

        if (stored.Phase is null or "Pending") return runtime;
        runtime.Started = pod.Text("status", "startTime") ?? pod.Text("metadata", "creationTimestamp");
        runtime.StartedAt = Clock.VirtualNow;
        foreach (JsonObject status in pod.Objects("status", "containerStatuses").Concat(pod.Objects("status", "initContainerStatuses")))
        {
            if (runtime.Find(status.Text("name") ?? "") is not { } container) continue;
            container.Restarts = (int)(status.Number("restartCount") ?? 0);
            container.Id = status.Text("containerID")?.Split("//")[^1];
            container.Last = (status.At("lastState", "terminated") as JsonObject).Copy();
            container.Log = new ContainerLog();
            if (status.At("state", "terminated") is JsonObject ended)
            {
                container.Stage = ContainerStage.Terminated;
                container.Terminated = ended.Copy();
                container.Log.End();
            }
            else if (status.At("state", "running") is JsonObject running)
            {
                container.Stage = ContainerStage.Running;
                container.Started = running.Text("startedAt");
                container.StartedAt = Clock.VirtualNow;
                container.IsReady = status.Flag("ready") == true;
                container.HasStarted = true;
                container.ProbeAt = DateTime.MaxValue;
            }
        }

        return runtime;
    }

    private string NextAddress(string node)
    {
        int last = _lastAddress[node] = _lastAddress.GetValueOrDefault(node) + 1;
        if (!_lastAddress.TryGetValue("\0" + node, out int index)) _lastAddress["\0" + node] = index = _lastAddress.Keys.Count(one => one[0] == '\0');
        int number = last + 1;
        // Nodes have 256 addresses each in a real cluster; a sandbox's may have more pods than that.
        return string.Create(CultureInfo.InvariantCulture, $"10.{244 + (number / 65536)}.{(index + (number / 250 * 16)) % 256}.{number % 250 + 1}");
    }

    private static string? HostIp(StoredObject node) => node.Parse().Objects("status", "addresses").FirstOrDefault(one => one.Text("type") == "InternalIP").Text("address");
}
