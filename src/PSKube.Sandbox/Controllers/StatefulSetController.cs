using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Keeps the numbered pods of stateful sets, one after the other, with their claims.</summary>
/// <remarks>Behaviour: <c>pkg/controller/statefulset/stateful_set_control.go</c>.</remarks>
internal sealed class StatefulSetController(ControllerLoop loop) : Controller(loop)
{
    private const string Component = "statefulset-controller";
    private const int Burst = 50;

    private readonly Revisions _revisions = new(loop.Store, loop.Registry);

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.StatefulSets && change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
        else if (one.Resource == Kinds.Pods) EnqueueOwner(change, Kinds.StatefulSets);
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.StatefulSets, key) is not { IsBeingDeleted: false } stored) return;
        JsonObject json = stored.Parse();
        StoredObject update = _revisions.Current(stored, json, ManagerName);
        string currentName = json.Text("status", "currentRevision") is { Length: > 0 } known && Store.Find(Kinds.ControllerRevisions, stored.Namespace, known) is not null ? known : update.Name;
        var set = new Set(stored, json, currentName, update.Name);
        foreach (StoredObject pod in Store.OwnedBy(stored.Uid))
        {
            if (pod.Resource != Kinds.Pods || Templates.ControllerOf(pod)?.Uid != stored.Uid || Ordinal(stored, pod) is not { } ordinal) continue;
            set.Pods[ordinal] = pod;
        }

        Step(set);
        WriteStatus(set);
        _revisions.Trim(stored, json.Number("spec", "revisionHistoryLimit") ?? 10, one => one.Name == set.Current || one.Name == set.Update || set.Pods.Values.Any(pod => Revision(pod) == one.Name));
    }

    private static int? Ordinal(StoredObject set, StoredObject pod) =>
        pod.Name.StartsWith(set.Name + "-", StringComparison.Ordinal) && int.TryParse(pod.Name.AsSpan(set.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) ? ordinal : null;

    private static string? Revision(StoredObject pod) => pod.Labels.GetValueOrDefault("controller-revision-hash");

    private bool IsHealthy(Set set, StoredObject pod)
    {
        if (pod.IsBeingDeleted || pod.Phase != "Running") return false;
        TimeSpan? wait = null;
        bool available = PodFacts.IsAvailable(pod, Minor >= 23 ? set.MinReady : 0, Loop.Times, ref wait);
        if (wait is { } time) After(time, KeyOf(set.Stored));
        return available;
    }

    private void Step(Set set)
    {
        int made = 0;
        for (int ordinal = set.Start; ordinal < set.Start + set.Replicas; ordinal++)
        {
            set.Pods.TryGetValue(ordinal, out StoredObject? pod);
            if (pod is { IsBeingDeleted: false, Phase: "Failed" or "Succeeded" })
            {
                Loop.Events.Warning(set.Stored, Component, "RecreatingFailedPod", $"StatefulSet {set.Stored.Namespace}/{set.Stored.Name} is recreating failed Pod {pod.Name}");
                Delete(pod);
                set.Pods.Remove(ordinal);
                pod = Store.Find(Kinds.Pods, set.Stored.Namespace, pod.Name);
            }

            if (pod is null)
            {
                if (!Create(set, ordinal)) return;
                if (set.Ordered) return;
                if (++made >= Burst)
                {
                    Enqueue(KeyOf(set.Stored));
                    return;
                }

                continue;
            }

            EnsureClaims(set, pod.Name);
            if (set.Ordered && !IsHealthy(set, pod)) return;
        }

        int[] condemned = [.. set.Pods.Keys.Where(one => one < set.Start || one >= set.Start + set.Replicas).OrderDescending()];
        int? firstUnhealthy = set.Pods.OrderBy(one => one.Key).Where(one => !IsHealthy(set, one.Value)).Select(one => (int?)one.Key).FirstOrDefault();
        foreach (int ordinal in condemned)
        {
            StoredObject pod = set.Pods[ordinal];
            if (pod.IsBeingDeleted)
            {
                if (set.Ordered) return;
                continue;
            }

            if (set.Ordered && !IsHealthy(set, pod) && firstUnhealthy != ordinal) return;
            DeletePod(set, pod);
            if (set.Ordered) return;
        }

        if (set.Json.Text("spec", "updateStrategy", "type") == "OnDelete") return;
        for (int ordinal = set.Start + (int)set.Replicas - 1; ordinal >= set.Start + set.Partition; ordinal--)
        {
            if (!set.Pods.TryGetValue(ordinal, out StoredObject? pod)) continue;
            if (Revision(pod) != set.Update && !pod.IsBeingDeleted)
            {
                DeletePod(set, pod);
                return;
            }

            if (!IsHealthy(set, pod)) return;
        }
    }

    private void DeletePod(Set set, StoredObject pod)
    {
        Delete(pod);
        Loop.Events.Normal(set.Stored, Component, "SuccessfulDelete", $"delete Pod {pod.Name} in StatefulSet {set.Stored.Name} successful");
        if (Ordinal(set.Stored, pod) is { } ordinal && Store.Find(Kinds.Pods, pod.Namespace, pod.Name) is { } live) set.Pods[ordinal] = live;
    }

    private bool Create(Set set, int ordinal)
    {
        string name = $"{set.Stored.Name}-{ordinal.ToString(CultureInfo.InvariantCulture)}";
        bool old = set.Current != set.Update && set.Json.Text("spec", "updateStrategy", "type") != "OnDelete" && ordinal < set.Start + (set.Partition > 0 ? set.Partition : set.Json.Number("status", "currentReplicas") ?? 0);
        JsonNode? template = set.Json.At("spec", "template");
        if (old && Store.Find(Kinds.ControllerRevisions, set.Stored.Namespace, set.Current)?.Parse().At("data", "spec", "template") is { } before) template = before;
        try
        {
            if (!EnsureClaims(set, name)) return false;
            JsonObject pod = Templates.Pod(template, set.Stored);
            pod.Child("metadata")["name"] = name;
            Templates.Label(pod, "controller-revision-hash", old ? set.Current : set.Update);
            Templates.Label(pod, "statefulset.kubernetes.io/pod-name", name);
            if (Minor >= 28) Templates.Label(pod, "apps.kubernetes.io/pod-index", ordinal.ToString(CultureInfo.InvariantCulture));
            JsonObject spec = pod.Child("spec");
            spec["hostname"] = name;
            if (set.Json.Text("spec", "serviceName") is { Length: > 0 } service) spec["subdomain"] = service;
            foreach (JsonObject claim in set.Json.Objects("spec", "volumeClaimTemplates"))
            {
                string volume = claim.Text("metadata", "name") ?? "";
                JsonArray volumes = spec.ListOf("volumes");
                foreach (JsonObject same in volumes.OfType<JsonObject>().Where(one => one.Text("name") == volume).ToArray()) volumes.Remove(same);
                volumes.Insert(0, new JsonObject { ["name"] = volume, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = $"{volume}-{name}" } });
            }

            set.Pods[ordinal] = Registry.Create(Kinds.Pods, set.Stored.Namespace, pod, new WriteOptions(ManagerName));
            Loop.Events.Normal(set.Stored, Component, "SuccessfulCreate", $"create Pod {name} in StatefulSet {set.Stored.Name} successful");
            return true;
        }
        catch (StatusException refusal) when (refusal.Reason != "AlreadyExists")
        {
            Loop.Events.Warning(set.Stored, Component, "FailedCreate", $"create Pod {name} in StatefulSet {set.Stored.Name} failed error: {refusal.Message}");
        }
        catch (StatusException)
        {
            // Another's pod has the name: it may go.
        }

        After(TimeSpan.FromSeconds(5), KeyOf(set.Stored));
        return false;
    }

    private bool EnsureClaims(Set set, string pod)
    {
        foreach (JsonObject template in set.Json.Objects("spec", "volumeClaimTemplates"))
        {
            string name = $"{template.Text("metadata", "name")}-{pod}";
            if (Store.Find(Kinds.PersistentVolumeClaims, set.Stored.Namespace, name) is { } there)
            {
                if (there.IsBeingDeleted) return false;
                continue;
            }

            var metadata = new JsonObject { ["name"] = name };
            JsonObject labels = (template.At("metadata", "labels") as JsonObject).Copy() ?? [];
            foreach ((string key, string value) in set.Json.Map("spec", "selector", "matchLabels")) labels[key] = value;
            if (labels.Count > 0) metadata["labels"] = labels;
            if (template.At("metadata", "annotations") is { } annotations) metadata["annotations"] = annotations.DeepClone();
            Registry.Create(Kinds.PersistentVolumeClaims, set.Stored.Namespace, new JsonObject { ["metadata"] = metadata, ["spec"] = template["spec"]?.DeepClone() ?? new JsonObject() }, new WriteOptions(ManagerName));
            Loop.Events.Normal(set.Stored, Component, "SuccessfulCreate", $"create Claim {name} Pod {pod} in StatefulSet {set.Stored.Name} success");
        }

        return true;
    }

    private void WriteStatus(Set set)
    {
        StoredObject[] pods = [.. set.Pods.Values];
        long ready = pods.Count(pod => pod.Phase == "Running" && PodFacts.Of(pod).IsReady);
        long updated = pods.Count(pod => Revision(pod) == set.Update && !pod.IsBeingDeleted), current = pods.Count(pod => Revision(pod) == set.Current && !pod.IsBeingDeleted);
        string currentName = set.Current;
        // Everything is of the new revision: it is the current one now.
        if (set.Json.Text("spec", "updateStrategy", "type") != "OnDelete" && updated == set.Replicas && ready == set.Replicas && pods.Length == set.Replicas)
        {
            currentName = set.Update;
            current = updated;
        }

        ChangeStatus(set.Stored, status =>
        {
            if (set.Json.Number("metadata", "generation") is { } generation) status["observedGeneration"] = generation;
            status["replicas"] = pods.Length;
            Counts.Set(status, "readyReplicas", ready);
            if (Minor >= 22) status["availableReplicas"] = pods.Count(pod => IsHealthy(set, pod));
            Counts.Set(status, "currentReplicas", current);
            Counts.Set(status, "updatedReplicas", updated);
            status["currentRevision"] = currentName;
            status["updateRevision"] = set.Update;
            status["collisionCount"] = status.Number("collisionCount") ?? 0;
        });
    }

    private sealed record Set(StoredObject Stored, JsonObject Json, string Current, string Update)
    {
        public Dictionary<int, StoredObject> Pods { get; } = [];

        public long Replicas => Json.Number("spec", "replicas") ?? 1;

        public int Start => (int)(Json.Number("spec", "ordinals", "start") ?? 0);

        public bool Ordered => Json.Text("spec", "podManagementPolicy") != "Parallel";

        public long Partition => Json.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;

        public long MinReady => Json.Number("spec", "minReadySeconds") ?? 0;
    }
}
