using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Gives a namespace what every one has, and empties one that is being deleted.</summary>
internal sealed class NamespaceController(ControllerLoop loop) : Controller(loop)
{
    private const int Burst = 100;

    /// <summary>Who makes objects goes before what they make: a pod that is deleted under its replica set would come back.</summary>
    private static readonly Resource[] s_first = [Kinds.CronJobs, Kinds.HorizontalPodAutoscalers, Kinds.Deployments, Kinds.StatefulSets, Kinds.DaemonSets, Kinds.Jobs, Kinds.ReplicaSets, Kinds.ReplicationControllers, Kinds.Pods];

    private readonly HashSet<string> _ending = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.Namespaces)
        {
            if (change.Type == StoreEventType.Deleted) _ending.Remove(one.Name);
            else
            {
                if (one.IsBeingDeleted) _ending.Add(one.Name);
                Enqueue(one.Name);
            }
        }
        else if (change.Type == StoreEventType.Deleted && one.Namespace is { } ns && (_ending.Contains(ns) || (one.Resource == Kinds.ServiceAccounts && one.Name == "default") || (one.Resource == Kinds.ConfigMaps && one.Name == "kube-root-ca.crt"))) Enqueue(ns);
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Store.Find(Kinds.Namespaces, null, key) is not { } stored) return;
        if (stored.IsBeingDeleted) Empty(stored);
        else
        {
            Ensure(Kinds.ServiceAccounts, key, "default", new JsonObject());
            if (Minor >= 20) Ensure(Kinds.ConfigMaps, key, "kube-root-ca.crt", new JsonObject { ["data"] = new JsonObject { ["ca.crt"] = SandboxSeed.RootCertificate } });
        }
    }

    private void Ensure(Resource resource, string ns, string name, JsonObject json)
    {
        if (Store.Find(resource, ns, name) is not null) return;
        json["metadata"] = new JsonObject { ["name"] = name };
        if (resource == Kinds.ConfigMaps && Minor >= 24) json["metadata"]!["annotations"] = new JsonObject { ["kubernetes.io/description"] = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters." };
        Registry.Create(resource, ns, json, new WriteOptions(ManagerName));
    }

    private void Empty(StoredObject stored)
    {
        int deleted = 0;
        var remaining = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (Resource resource in s_first.Concat(Loop.Resources.Where(one => one.Namespaced && !s_first.Contains(one))))
        {
            foreach (StoredObject one in Store.List(resource, stored.Name))
            {
                if (!one.IsBeingDeleted)
                {
                    if (deleted++ >= Burst)
                    {
                        Enqueue(stored.Name);
                        return;
                    }

                    try
                    {
                        Registry.Delete(resource, stored.Name, one.Name, new DeleteOptions { PropagationPolicy = "Background" });
                    }
                    catch (StatusException refusal) when (refusal.Code == 404)
                    {
                        // Its owner's end has taken it along.
                    }
                }

                if (Store.Find(resource, stored.Name, one.Name) is not null) remaining[resource.QualifiedName] = remaining.GetValueOrDefault(resource.QualifiedName) + 1;
            }
        }

        if (remaining.Count == 0)
        {
            Registry.FinishNamespace(stored.Name);
            return;
        }

        string what = string.Join(", ", remaining.Select(one => $"{one.Key} has {one.Value} resource instances"));
        ChangeStatus(stored, status =>
        {
            Conditions.Set(status, "NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered");
            Conditions.Set(status, "NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", "All legacy kube types successfully parsed");
            Conditions.Set(status, "NamespaceDeletionContentFailure", "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization");
            Conditions.Set(status, "NamespaceContentRemaining", "True", "SomeResourcesRemain", $"Some resources are remaining: {what}");
            Conditions.Set(status, "NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished");
        });
    }
}
