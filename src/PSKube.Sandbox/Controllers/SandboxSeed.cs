using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>What there is in a new cluster.</summary>
internal static class SandboxSeed
{
    /// <summary>The certificate authority that every namespace is told of.</summary>
    public const string RootCertificate = "-----BEGIN CERTIFICATE-----\nMIIBdDCCARmgAwIBAgIBADAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApzYW5kYm94\n-----END CERTIFICATE-----\n";

    /// <summary>The service account that every namespace has.</summary>
    public const string Account = "default";

    /// <summary>The version of the server.</summary>
    public static string Version(int minor, ControllerSettings settings) => settings.ServerVersion ?? (minor == 20 ? "v1.20.2" : string.Create(CultureInfo.InvariantCulture, $"v1.{minor}.0"));

    /// <summary>Fills a new cluster.</summary>
    public static void Fill(ObjectStore store, ObjectRegistry registry, int minor, ControllerSettings settings)
    {
        lock (store.Gate)
        {
            foreach (string name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"])
            {
                var json = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") }, ["status"] = new JsonObject { ["phase"] = "Active" } };
                if (minor >= 21) Templates.Label(json, "kubernetes.io/metadata.name", name);
                Put(store, Kinds.Namespaces, json);
                AddAccount(registry, name);
            }

            Priority(registry, "system-node-critical", 2000001000, "Used for system critical pods that must not be moved from their current node.");
            Priority(registry, "system-cluster-critical", 2000000000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.");
            registry.Create(Kinds.StorageClasses, null, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "standard", ["annotations"] = new JsonObject { ["storageclass.kubernetes.io/is-default-class"] = "true" } },
                ["provisioner"] = "pskube.dev/sandbox",
                ["reclaimPolicy"] = "Delete",
                ["volumeBindingMode"] = "Immediate",
            }, new WriteOptions("sandbox"));
            for (int at = 1; at <= settings.Nodes; at++) Put(store, Kinds.Nodes, SeedNodes.Node(at, minor, settings));
            SystemServices(store, registry, minor);
            SeedNodes.SystemPods(store, minor, settings);
        }
    }

    /// <summary>
    /// Gives a namespace the service account of pods that name none. The namespace controller would make it too, but whoever has
    /// just started a sandbox wants a pod at once.
    /// </summary>
    public static void AddAccount(ObjectRegistry registry, string ns) => registry.Create(Kinds.ServiceAccounts, ns, new JsonObject { ["metadata"] = new JsonObject { ["name"] = Account } }, new WriteOptions("kube-controller-manager"));

    /// <summary>Stores an object as it is, with a uid and a time.</summary>
    public static StoredObject Put(ObjectStore store, Resource resource, JsonObject json)
    {
        JsonObject metadata = json.Child("metadata");
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = SandboxClock.Stamp(SandboxClock.Now);
        return store.Put(resource, json);
    }

    private static void Priority(ObjectRegistry registry, string name, int value, string description) => registry.Create(Kinds.PriorityClasses, null, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["value"] = value,
        ["description"] = description,
        ["preemptionPolicy"] = "PreemptLowerPriority",
    }, new WriteOptions("kube-apiserver"));

    private static void SystemServices(ObjectStore store, ObjectRegistry registry, int minor)
    {
        _ = registry;
        Put(store, Kinds.Services, Service("kubernetes", "default", "10.96.0.1", new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" }, null, minor,
            new JsonObject { ["name"] = "https", ["protocol"] = "TCP", ["port"] = 443, ["targetPort"] = 6443 }));
        Put(store, Kinds.Endpoints, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "kubernetes", ["namespace"] = "default", ["labels"] = new JsonObject { ["endpointslice.kubernetes.io/skip-mirror"] = "true" } },
            ["subsets"] = new JsonArray(new JsonObject
            {
                ["addresses"] = new JsonArray(new JsonObject { ["ip"] = SeedNodes.Address(1) }),
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 6443, ["protocol"] = "TCP" }),
            }),
        });
        Put(store, Kinds.Services, Service("kube-dns", "kube-system", "10.96.0.10", new JsonObject { ["k8s-app"] = "kube-dns", ["kubernetes.io/cluster-service"] = "true", ["kubernetes.io/name"] = minor >= 21 ? "CoreDNS" : "KubeDNS" }, new JsonObject { ["k8s-app"] = "kube-dns" }, minor,
            new JsonObject { ["name"] = "dns", ["protocol"] = "UDP", ["port"] = 53, ["targetPort"] = 53 },
            new JsonObject { ["name"] = "dns-tcp", ["protocol"] = "TCP", ["port"] = 53, ["targetPort"] = 53 }));
    }

    private static JsonObject Service(string name, string ns, string address, JsonObject labels, JsonObject? selector, int minor, params JsonNode[] ports)
    {
        var spec = new JsonObject { ["ports"] = new JsonArray(ports) };
        if (selector is not null) spec["selector"] = selector;
        spec["clusterIP"] = address;
        spec["clusterIPs"] = new JsonArray(address);
        spec["type"] = "ClusterIP";
        spec["sessionAffinity"] = "None";
        if (minor >= 21)
        {
            spec["ipFamilies"] = new JsonArray("IPv4");
            spec["ipFamilyPolicy"] = "SingleStack";
            spec["internalTrafficPolicy"] = "Cluster";
        }

        return new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = labels }, ["spec"] = spec, ["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() } };
    }
}
