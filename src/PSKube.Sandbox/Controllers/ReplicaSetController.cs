using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Keeps as many pods as a replica set, or a replication controller, wants.</summary>
/// <remarks>Behaviour: <c>pkg/controller/replicaset/replica_set.go</c>, which also runs replication controllers.</remarks>
internal sealed class ReplicaSetController(ControllerLoop loop, Resource resource) : Controller(loop)
{
    /// <summary>How many pods one step makes or ends; the next step goes on.</summary>
    private const int Burst = 50;

    private readonly PodOrphans _orphans = new();
    private readonly Dictionary<string, int> _failed = new(StringComparer.Ordinal);
    private readonly string _component = resource == Kinds.ReplicaSets ? "replicaset-controller" : "replication-controller";

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == resource)
        {
            if (change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
        }
        else if (one.Resource == Kinds.Pods)
        {
            if (_orphans.Note(change))
            {
                foreach (StoredObject set in Store.List(resource, one.Namespace))
                {
                    if (Selects(set.Parse(), one)) Enqueue(KeyOf(set));
                }
            }

            EnqueueOwner(change, resource);
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(resource, key) is not { } set)
        {
            _failed.Remove(key);
            return;
        }

        JsonObject json = set.Parse();
        List<StoredObject> active = [.. Claim(set, json).Where(PodFacts.IsActive)];
        long wanted = json.Number("spec", "replicas") ?? 1;
        string? failure = null;
        if (!set.IsBeingDeleted)
        {
            long missing = wanted - active.Count;
            if (missing > 0) failure = CreatePods(set, json, (int)Math.Min(missing, Burst), active);
            else if (missing < 0) DeletePods(set, (int)Math.Min(-missing, Burst), active);
            if (Math.Abs(missing) > Burst && failure is null) Enqueue(key);
            if (failure is null) _failed.Remove(key);
            else After(Patience(key), key);
        }

        WriteStatus(set, json, active, failure, wanted);
    }

    /// <summary>How long until a set is tried again: longer each time, as the real queue has it.</summary>
    private TimeSpan Patience(string key)
    {
        int tries = _failed[key] = _failed.GetValueOrDefault(key) + 1;
        return TimeSpan.FromSeconds(Math.Min(1000, Math.Pow(2, tries)));
    }

    private bool Selects(JsonObject set, StoredObject pod)
    {
        JsonNode? selector = set.At("spec", "selector");
        if (resource == Kinds.ReplicaSets) return Selectors.Matches(selector, pod.Labels);
        return Selectors.MatchesMap(selector ?? set.At("spec", "template", "metadata", "labels"), pod.Labels);
    }

    /// <summary>The pods of a set: those it controls and selects, and those it takes because nobody controls them.</summary>
    private List<StoredObject> Claim(StoredObject set, JsonObject json)
    {
        var pods = new List<StoredObject>();
        foreach (StoredObject pod in Store.OwnedBy(set.Uid))
        {
            if (pod.Resource != Kinds.Pods || Templates.ControllerOf(pod)?.Uid != set.Uid) continue;
            if (Selects(json, pod)) pods.Add(pod);
            else if (!set.IsBeingDeleted && !pod.IsBeingDeleted) Change(pod, PodOrphans.Release(set.Uid));
        }

        if (set.IsBeingDeleted) return pods;
        foreach (string name in _orphans.Of(set.Namespace))
        {
            if (Store.Find(Kinds.Pods, set.Namespace, name) is not { } pod || !PodFacts.IsActive(pod) || !Selects(json, pod)) continue;
            if (Change(pod, change => change.Child("metadata").ListOf("ownerReferences").Add(Templates.Reference(set))) is { } adopted) pods.Add(adopted);
        }

        return pods;
    }

    private string? CreatePods(StoredObject set, JsonObject json, int count, List<StoredObject> active)
    {
        for (int made = 0; made < count; made++)
        {
            JsonObject pod = Templates.Pod(json.At("spec", "template"), set);
            pod.Child("metadata")["generateName"] = set.Name + "-";
            try
            {
                StoredObject created = Registry.Create(Kinds.Pods, set.Namespace, pod, new WriteOptions(ManagerName));
                Loop.Events.Normal(set, _component, "SuccessfulCreate", $"Created pod: {created.Name}");
                active.Add(created);
            }
            catch (StatusException refusal)
            {
                Loop.Events.Warning(set, _component, "FailedCreate", $"Error creating: {refusal.Message}");
                return refusal.Message;
            }
        }

        return null;
    }

    private void DeletePods(StoredObject set, int count, List<StoredObject> active)
    {
        foreach (StoredObject pod in PodVictims.Order(active, Siblings(set), Minor).Take(count).ToArray())
        {
            Delete(pod);
            Loop.Events.Normal(set, _component, "SuccessfulDelete", $"Deleted pod: {pod.Name}");
            active.Remove(pod);
        }
    }

    /// <summary>The active pods of this set and of the others of its owner: a node with many of them loses one first.</summary>
    private IEnumerable<StoredObject> Siblings(StoredObject set)
    {
        IEnumerable<string> sets = Templates.ControllerOf(set) is { } owner ? Store.OwnedBy(owner.Uid).Where(one => one.Resource == resource).Select(one => one.Uid) : [set.Uid];
        return sets.SelectMany(Store.OwnedBy).Where(one => one.Resource == Kinds.Pods && PodFacts.IsActive(one));
    }

    private void WriteStatus(StoredObject set, JsonObject json, List<StoredObject> active, string? failure, long wanted)
    {
        long ready = 0, available = 0, labelled = 0, minReady = json.Number("spec", "minReadySeconds") ?? 0;
        JsonNode? labels = json.At("spec", "template", "metadata", "labels");
        TimeSpan? wait = null;
        foreach (StoredObject pod in active)
        {
            if (Selectors.MatchesMap(labels, pod.Labels)) labelled++;
            if (!PodFacts.Of(pod).IsReady) continue;
            ready++;
            if (PodFacts.IsAvailable(pod, minReady, Loop.Times, ref wait)) available++;
        }

        if (wait is { } time) After(time, KeyOf(set));
        ChangeStatus(set, status =>
        {
            status["replicas"] = active.Count;
            Counts.Set(status, "fullyLabeledReplicas", labelled);
            Counts.Set(status, "readyReplicas", ready);
            Counts.Set(status, "availableReplicas", available);
            if (json.Number("metadata", "generation") is { } generation) status["observedGeneration"] = generation;
            // The name in the message is another at each try: the first is kept, or each would set off the next (replica_set_utils.go).
            if (failure is not null && Conditions.Find(status, "ReplicaFailure") is null) Conditions.Set(status, "ReplicaFailure", "True", "FailedCreate", failure);
            else if (failure is null && active.Count >= wanted) Conditions.Remove(status, "ReplicaFailure");
            if (status["conditions"] is JsonArray { Count: 0 }) status.Remove("conditions");
        });
    }
}

/// <summary>Numbers in a status.</summary>
internal static class Counts
{
    /// <summary>Sets a number; 0 is left out, as the API's types do.</summary>
    public static void Set(JsonObject status, string name, long value)
    {
        if (value == 0) status.Remove(name);
        else status[name] = value;
    }

    /// <summary>A number as text.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
