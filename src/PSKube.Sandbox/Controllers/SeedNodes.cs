using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>The nodes of a new cluster, and the pods that make it one.</summary>
internal static class SeedNodes
{
    /// <summary>The address of a node by its number.</summary>
    public static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"192.168.{49 + (number / 250)}.{1 + (number % 250)}");

    /// <summary>A node by its number. None is tainted, so that daemon sets reach every one, as in a cluster of one node.</summary>
    public static JsonObject Node(int number, int minor, ControllerSettings settings)
    {
        string name = settings.NodePrefix + number.ToString(CultureInfo.InvariantCulture), now = SandboxClock.Stamp(SandboxClock.Now);
        var labels = new JsonObject
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = name,
            ["kubernetes.io/os"] = "linux",
        };
        if (number == 1)
        {
            labels["node-role.kubernetes.io/control-plane"] = "";
            if (minor < 24) labels["node-role.kubernetes.io/master"] = "";
        }

        JsonObject Room() => new() { ["cpu"] = "8", ["ephemeral-storage"] = "102686648Ki", ["hugepages-2Mi"] = "0", ["memory"] = "16Gi", ["pods"] = "110" };
        JsonObject Condition(string type, string status, string reason, string message) => new() { ["type"] = type, ["status"] = status, ["lastHeartbeatTime"] = now, ["lastTransitionTime"] = now, ["reason"] = reason, ["message"] = message };
        string version = SandboxSeed.Version(minor, settings);
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = labels, ["annotations"] = new JsonObject { ["node.alpha.kubernetes.io/ttl"] = "0", ["volumes.kubernetes.io/controller-managed-attach-detach"] = "true" } },
            ["spec"] = new JsonObject { ["podCIDR"] = string.Create(CultureInfo.InvariantCulture, $"10.244.{number - 1}.0/24"), ["podCIDRs"] = new JsonArray(string.Create(CultureInfo.InvariantCulture, $"10.244.{number - 1}.0/24")) },
            ["status"] = new JsonObject
            {
                ["capacity"] = Room(),
                ["allocatable"] = Room(),
                ["conditions"] = new JsonArray(
                    Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                    Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                    Condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                    Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")),
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = Address(number) }, new JsonObject { ["type"] = "Hostname", ["address"] = name }),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250 } },
                ["nodeInfo"] = new JsonObject
                {
                    ["machineID"] = Guid.NewGuid().ToString("N"),
                    ["systemUUID"] = Guid.NewGuid().ToString(),
                    ["bootID"] = Guid.NewGuid().ToString(),
                    ["kernelVersion"] = "5.15.0-1-sandbox",
                    ["osImage"] = "PSKube sandbox",
                    ["containerRuntimeVersion"] = minor >= 26 ? "containerd://1.7.13" : "containerd://1.4.3",
                    ["kubeletVersion"] = version,
                    ["kubeProxyVersion"] = version,
                    ["operatingSystem"] = "linux",
                    ["architecture"] = "amd64",
                },
            },
        };
    }

    /// <summary>The pods of kube-system, running.</summary>
    public static void SystemPods(ObjectStore store, int minor, ControllerSettings settings)
    {
        if (settings.Nodes == 0) return;
        string registry = minor >= 25 ? "registry.k8s.io" : "k8s.gcr.io", version = SandboxSeed.Version(minor, settings), first = settings.NodePrefix + "1";
        foreach (string name in (string[])["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"])
        {
            Pod(store, minor, $"{name}-{first}", first, Address(1), hostNetwork: true, name, $"{registry}/{name}:{(name == "etcd" ? "3.4.13-0" : version)}", new JsonObject { ["component"] = name, ["tier"] = "control-plane" }, "system-node-critical");
        }

        for (int at = 1; at <= 2; at++)
        {
            int node = settings.Nodes > 1 ? at : 1;
            Pod(store, minor, $"coredns-{Templates.Hash(JsonValue.Create("coredns"), null)}-{ObjectRegistry.RandomSuffix(5)}", settings.NodePrefix + node.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"10.244.250.{at + 1}"), hostNetwork: false, "coredns", minor >= 25 ? $"{registry}/coredns/coredns:v1.10.1" : $"{registry}/coredns:1.7.0", new JsonObject { ["k8s-app"] = "kube-dns" }, "system-cluster-critical");
        }

        for (int at = 1; at <= settings.Nodes; at++)
        {
            Pod(store, minor, $"kube-proxy-{ObjectRegistry.RandomSuffix(5)}", settings.NodePrefix + at.ToString(CultureInfo.InvariantCulture), Address(at), hostNetwork: true, "kube-proxy", $"{registry}/kube-proxy:{version}", new JsonObject { ["k8s-app"] = "kube-proxy" }, "system-node-critical");
        }
    }

    private static void Pod(ObjectStore store, int minor, string name, string node, string ip, bool hostNetwork, string container, string image, JsonObject labels, string priority)
    {
        string now = SandboxClock.Stamp(SandboxClock.Now);
        var spec = new JsonObject
        {
            ["containers"] = new JsonArray(new JsonObject { ["name"] = container, ["image"] = image, ["imagePullPolicy"] = "IfNotPresent", ["resources"] = new JsonObject(), ["terminationMessagePath"] = "/dev/termination-log", ["terminationMessagePolicy"] = "File" }),
            ["restartPolicy"] = "Always",
            ["terminationGracePeriodSeconds"] = 30,
            ["dnsPolicy"] = "ClusterFirst",
            ["nodeName"] = node,
        };
        if (hostNetwork) spec["hostNetwork"] = true;
        spec["securityContext"] = new JsonObject();
        spec["schedulerName"] = "default-scheduler";
        spec["tolerations"] = new JsonArray(new JsonObject { ["operator"] = "Exists", ["effect"] = "NoExecute" });
        spec["priorityClassName"] = priority;
        spec["priority"] = priority == "system-node-critical" ? 2000001000 : 2000000000;
        spec["enableServiceLinks"] = true;
        var json = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "kube-system", ["labels"] = labels }, ["spec"] = spec };
        json["metadata"]!["uid"] = Guid.NewGuid().ToString();
        var runtime = new PodRuntime($"kube-system/{name}", json.Text("metadata", "uid")!) { Started = now, Ip = ip };
        runtime.Containers.Add(new ContainerRuntime(container, false, false) { Stage = ContainerStage.Running, Image = image, Id = Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant(), Started = now, IsReady = true, HasStarted = true });
        PodStatus.Write(json.Child("status"), json, runtime, Address(int.Parse(node[(node.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture)), minor);
        SandboxSeed.Put(store, Kinds.Pods, json);
    }
}
