using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Tells how much of each quota is used.</summary>
internal sealed class QuotaController(ControllerLoop loop) : Controller(loop)
{
    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.ResourceQuotas)
        {
            if (change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
        }
        else if (one.Namespace is { } ns && (change.Type != StoreEventType.Modified || one.Phase != change.Previous?.Phase) && one.Resource != Kinds.Events)
        {
            foreach (StoredObject quota in Store.List(Kinds.ResourceQuotas, ns)) Enqueue(KeyOf(quota));
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.ResourceQuotas, key) is not { } stored) return;
        JsonObject json = stored.Parse();
        if (json.At("spec", "hard") is not JsonObject hard) return;
        var used = new JsonObject();
        foreach ((string name, JsonNode? limit) in hard) used[name] = Used(stored.Namespace!, name, limit?.ToString() ?? "");
        ChangeStatus(stored, status =>
        {
            status["hard"] = hard.DeepClone();
            status["used"] = used;
        });
    }

    /// <summary>How much of one resource a namespace uses, as text.</summary>
    private string Used(string ns, string name, string limit)
    {
        bool binary = limit.EndsWith('i') || name.Contains("memory", StringComparison.Ordinal) || name.Contains("storage", StringComparison.Ordinal);
        IEnumerable<StoredObject> pods = Store.List(Kinds.Pods, ns).Where(pod => pod.Phase is not ("Succeeded" or "Failed"));
        switch (name)
        {
            case "pods": return Counts.Text(pods.Count());
            case "services.loadbalancers" or "services.nodeports":
                return Counts.Text(Store.List(Kinds.Services, ns).Select(one => one.Parse()).Count(one => one.Text("spec", "type") == "LoadBalancer" || (name == "services.nodeports" && one.Text("spec", "type") == "NodePort")));
            case "requests.storage": return Quantities.Text(Store.List(Kinds.PersistentVolumeClaims, ns).Sum(one => Quantities.Value(one.Parse().At("spec", "resources", "requests", "storage"))), binary);
            case "cpu" or "memory" or "requests.cpu" or "requests.memory" or "limits.cpu" or "limits.memory":
                string[] parts = name.Split('.');
                string of = parts.Length == 1 ? "requests" : parts[0];
                return Quantities.Text(pods.Sum(pod => pod.Parse().Objects("spec", "containers").Sum(one => Quantities.Value(one.At("resources", of, parts[^1])))), binary);
        }

        string plural = name.StartsWith("count/", StringComparison.Ordinal) ? name[6..] : name;
        Resource? resource = Loop.Resources.FirstOrDefault(one => one.Namespaced && (one.QualifiedName == plural || (one.Group.Length == 0 && one.Plural == plural)));
        return resource is null ? "0" : Counts.Text(Store.List(resource, ns).Length);
    }
}
