using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Tells how many pods of each disruption budget may be evicted.</summary>
internal sealed class DisruptionController(ControllerLoop loop) : Controller(loop)
{
    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.PodDisruptionBudgets)
        {
            if (change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
        }
        else if (one.Resource == Kinds.Pods)
        {
            foreach (StoredObject budget in Store.List(Kinds.PodDisruptionBudgets, one.Namespace)) Enqueue(KeyOf(budget));
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.PodDisruptionBudgets, key) is not { } stored) return;
        JsonObject json = stored.Parse();
        StoredObject[] pods = [.. Store.List(Kinds.Pods, stored.Namespace).Where(pod => pod.Phase is not ("Succeeded" or "Failed") && Selectors.Matches(json.At("spec", "selector"), pod.Labels))];
        long healthy = pods.Count(pod => !pod.IsBeingDeleted && PodFacts.Of(pod).IsReady);
        JsonNode? least = json.At("spec", "minAvailable"), most = json.At("spec", "maxUnavailable");
        // A plain number of pods that must be there does not ask how many there should be.
        long expected = least is not null && !least.ToString().EndsWith('%') ? pods.Length : Expected(pods);
        long wanted = most is not null ? Math.Max(0, expected - Quantities.Share(most, expected, up: true, "0")) : Quantities.Share(least, expected, up: true, "1");
        long allowed = expected <= 0 ? 0 : Math.Max(0, healthy - wanted);
        ChangeStatus(stored, status =>
        {
            if (json.Number("metadata", "generation") is { } generation) status["observedGeneration"] = generation;
            status["disruptionsAllowed"] = allowed;
            status["currentHealthy"] = healthy;
            status["desiredHealthy"] = wanted;
            status["expectedPods"] = expected;
            if (Minor < 22) return;
            Conditions.Set(status, "DisruptionAllowed", allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods", "");
        });
    }

    /// <summary>How many pods their controllers want.</summary>
    private long Expected(StoredObject[] pods)
    {
        long total = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (StoredObject pod in pods)
        {
            if (Templates.ControllerOf(pod) is not { } owner) continue;
            if (!seen.Add(owner.Uid)) continue;
            Resource? resource = Loop.Resources.FirstOrDefault(one => one.Kind == owner.Kind && one.Group == owner.Group);
            if (resource is null || Store.Find(resource, pod.Namespace, owner.Name)?.Parse() is not { } json) continue;
            total += json.Number("spec", "replicas") ?? pods.Count(one => one.Owners.Contains(owner.Uid));
        }

        return total;
    }
}
