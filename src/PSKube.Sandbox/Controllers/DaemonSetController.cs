using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Keeps a pod of each daemon set on every node that it wants.</summary>
/// <remarks>Behaviour: <c>pkg/controller/daemon</c>.</remarks>
internal sealed class DaemonSetController(ControllerLoop loop) : Controller(loop)
{
    private const string Component = "daemonset-controller";

    private readonly Revisions _revisions = new(loop.Store, loop.Registry);

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.DaemonSets)
        {
            if (change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
        }
        else if (one.Resource == Kinds.Pods) EnqueueOwner(change, Kinds.DaemonSets);
        else if (one.Resource == Kinds.Nodes)
        {
            foreach (StoredObject set in Store.List(Kinds.DaemonSets)) Enqueue(KeyOf(set));
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.DaemonSets, key) is not { IsBeingDeleted: false } stored) return;
        JsonObject json = stored.Parse();
        string hash = _revisions.Current(stored, json, ManagerName).Labels.GetValueOrDefault("controller-revision-hash") ?? "";
        var pods = new Dictionary<string, List<StoredObject>>(StringComparer.Ordinal);
        foreach (StoredObject pod in Store.OwnedBy(stored.Uid))
        {
            if (pod.Resource != Kinds.Pods || Templates.ControllerOf(pod)?.Uid != stored.Uid || Target(pod) is not { } node) continue;
            if (!pods.TryGetValue(node, out List<StoredObject>? list)) pods[node] = list = [];
            list.Add(pod);
        }

        StoredObject[] nodes = Store.List(Kinds.Nodes);
        JsonArray tolerations = Tolerations(json);
        var wanted = nodes.Where(node => ShouldRun(json, tolerations, node)).Select(node => node.Name).ToHashSet();
        Manage(stored, json, hash, nodes, wanted, pods, tolerations);
        if (json.Text("spec", "updateStrategy", "type") != "OnDelete") RollOut(stored, json, hash, wanted, pods, tolerations);
        WriteStatus(stored, json, hash, wanted, pods);
        _revisions.Trim(stored, json.Number("spec", "revisionHistoryLimit") ?? 10, one => one.Labels.GetValueOrDefault("controller-revision-hash") is { } own && (own == hash || pods.Values.Any(list => list.Exists(pod => Hash(pod) == own))));
    }

    private static string? Hash(StoredObject pod) => pod.Labels.GetValueOrDefault("controller-revision-hash");

    /// <summary>The node that a pod is on, or is meant for.</summary>
    private static string? Target(StoredObject pod) => pod.NodeName ?? (pod.Parse().At("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Objects("nodeSelectorTerms").SelectMany(term => term.Objects("matchFields")).FirstOrDefault(field => field.Text("key") == "metadata.name")?["values"] as JsonArray)?[0]?.GetValue<string>();

    private static bool ShouldRun(JsonObject json, JsonArray tolerations, StoredObject node)
    {
        JsonNode? spec = json.At("spec", "template", "spec");
        if (spec.Text("nodeName") is { Length: > 0 } only && only != node.Name) return false;
        if (!NodeFit.Wants(spec, node.Labels, node.Name)) return false;
        return NodeFit.Node(node).Objects("spec", "taints").All(taint => taint.Text("effect") is not ("NoSchedule" or "NoExecute") || NodeFit.Tolerates(tolerations, taint.Text("key"), taint.Text("value"), taint.Text("effect")));
    }

    private static JsonArray Tolerations(JsonObject json)
    {
        JsonArray tolerations = (json.At("spec", "template", "spec", "tolerations") as JsonArray).Copy() ?? [];
        void Add(string key, string effect)
        {
            if (!tolerations.OfType<JsonObject>().Any(one => one.Text("key") == key && one.Text("effect") == effect && one.Text("operator") == "Exists")) tolerations.Add(new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = effect });
        }

        Add("node.kubernetes.io/not-ready", "NoExecute");
        Add("node.kubernetes.io/unreachable", "NoExecute");
        Add("node.kubernetes.io/disk-pressure", "NoSchedule");
        Add("node.kubernetes.io/memory-pressure", "NoSchedule");
        Add("node.kubernetes.io/pid-pressure", "NoSchedule");
        Add("node.kubernetes.io/unschedulable", "NoSchedule");
        if (json.Flag("spec", "template", "spec", "hostNetwork") == true) Add("node.kubernetes.io/network-unavailable", "NoSchedule");
        return tolerations;
    }

    private void Manage(StoredObject stored, JsonObject json, string hash, StoredObject[] nodes, HashSet<string> wanted, Dictionary<string, List<StoredObject>> pods, JsonArray tolerations)
    {
        foreach ((string node, List<StoredObject> list) in pods)
        {
            if (wanted.Contains(node)) continue;
            foreach (StoredObject pod in list.Where(pod => !pod.IsBeingDeleted)) DeletePod(stored, pod);
        }

        foreach (StoredObject node in nodes.Where(node => wanted.Contains(node.Name)))
        {
            List<StoredObject> own = pods.GetValueOrDefault(node.Name) ?? [];
            foreach (StoredObject failed in own.Where(pod => pod.Phase is "Failed" or "Succeeded" && !pod.IsBeingDeleted).ToArray())
            {
                Loop.Events.Warning(stored, Component, "FailedDaemonPod", $"Found failed daemon pod {failed.Namespace}/{failed.Name} on node {node.Name}, will try to kill it");
                DeletePod(stored, failed);
                own.Remove(failed);
            }

            StoredObject[] running = [.. own.Where(pod => !pod.IsBeingDeleted)];
            if (own.Count == 0) CreatePod(stored, json, hash, node.Name, tolerations, pods);
            else if (running.Length > 1 && Surge(json, wanted.Count) == 0)
            {
                foreach (StoredObject extra in running.OrderBy(pod => PodFacts.Of(pod).Created, StringComparer.Ordinal).ThenBy(pod => pod.Version).Skip(1)) DeletePod(stored, extra);
            }
        }
    }

    private static long Surge(JsonObject json, int nodes) => Quantities.Share(json.At("spec", "updateStrategy", "rollingUpdate", "maxSurge"), nodes, up: true, "0");

    private void RollOut(StoredObject stored, JsonObject json, string hash, HashSet<string> wanted, Dictionary<string, List<StoredObject>> pods, JsonArray tolerations)
    {
        long surge = Surge(json, wanted.Count), most = Quantities.Share(json.At("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), wanted.Count, up: true, "1");
        if (surge == 0 && most == 0) most = 1;
        long unavailable = 0, surging = 0;
        var old = new List<StoredObject>();
        foreach (string node in wanted.Order(StringComparer.Ordinal))
        {
            StoredObject[] own = [.. (pods.GetValueOrDefault(node) ?? []).Where(pod => !pod.IsBeingDeleted)];
            StoredObject? before = own.FirstOrDefault(pod => Hash(pod) != hash), now = own.FirstOrDefault(pod => Hash(pod) == hash);
            bool available = own.Any(pod => IsAvailable(stored, json, pod));
            if (surge > 0)
            {
                if (before is null) continue;
                if (now is not null)
                {
                    surging++;
                    if (IsAvailable(stored, json, now)) DeletePod(stored, before);
                }
                else if (!IsAvailable(stored, json, before)) DeletePod(stored, before);
                else old.Add(before);
                continue;
            }

            if (before is not null && !available) DeletePod(stored, before);
            if (!available) unavailable++;
            else if (before is not null) old.Add(before);
        }

        if (surge > 0)
        {
            foreach (StoredObject pod in old.Take((int)Math.Max(0, surge - surging))) CreatePod(stored, json, hash, Target(pod)!, tolerations, pods);
        }
        else
        {
            foreach (StoredObject pod in old.Take((int)Math.Max(0, most - unavailable))) DeletePod(stored, pod);
        }
    }

    private bool IsAvailable(StoredObject stored, JsonObject json, StoredObject pod)
    {
        TimeSpan? wait = null;
        bool available = PodFacts.IsAvailable(pod, json.Number("spec", "minReadySeconds") ?? 0, Loop.Times, ref wait);
        if (wait is { } time) After(time, KeyOf(stored));
        return available;
    }

    private void DeletePod(StoredObject stored, StoredObject pod)
    {
        Delete(pod);
        Loop.Events.Normal(stored, Component, "SuccessfulDelete", $"Deleted pod: {pod.Name}");
    }

    private void CreatePod(StoredObject stored, JsonObject json, string hash, string node, JsonArray tolerations, Dictionary<string, List<StoredObject>> pods)
    {
        JsonObject pod = Templates.Pod(json.At("spec", "template"), stored);
        pod.Child("metadata")["generateName"] = stored.Name + "-";
        Templates.Label(pod, "controller-revision-hash", hash);
        Templates.Label(pod, "pod-template-generation", json.Text("metadata", "annotations", "deprecated.daemonset.template.generation") ?? Counts.Text(json.Number("metadata", "generation") ?? 1));
        JsonObject spec = pod.Child("spec");
        spec["tolerations"] = tolerations.DeepClone();
        JsonObject required = spec.Child("affinity").Child("nodeAffinity").Child("requiredDuringSchedulingIgnoredDuringExecution");
        JsonArray terms = required.ListOf("nodeSelectorTerms");
        if (terms.Count == 0) terms.Add(new JsonObject());
        foreach (JsonObject term in terms.OfType<JsonObject>()) term["matchFields"] = new JsonArray(new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node) });
        try
        {
            StoredObject made = Registry.Create(Kinds.Pods, stored.Namespace, pod, new WriteOptions(ManagerName));
            Loop.Events.Normal(stored, Component, "SuccessfulCreate", $"Created pod: {made.Name}");
            if (!pods.TryGetValue(node, out List<StoredObject>? list)) pods[node] = list = [];
            list.Add(made);
        }
        catch (StatusException refusal)
        {
            Loop.Events.Warning(stored, Component, "FailedCreate", $"Error creating: {refusal.Message}");
            After(TimeSpan.FromSeconds(5), KeyOf(stored));
        }
    }

    private void WriteStatus(StoredObject stored, JsonObject json, string hash, HashSet<string> wanted, Dictionary<string, List<StoredObject>> pods)
    {
        long current = 0, misplaced = 0, ready = 0, updated = 0, available = 0;
        foreach ((string node, List<StoredObject> list) in pods)
        {
            StoredObject[] live = [.. list.Select(pod => Store.Find(pod.Resource, pod.Namespace, pod.Name)).OfType<StoredObject>()];
            if (live.Length == 0) continue;
            if (!wanted.Contains(node))
            {
                misplaced++;
                continue;
            }

            current++;
            StoredObject pod = live.OrderBy(one => PodFacts.Of(one).Created, StringComparer.Ordinal).FirstOrDefault(one => PodFacts.Of(one).IsReady) ?? live[^1];
            if (PodFacts.Of(pod).IsReady) ready++;
            if (IsAvailable(stored, json, pod)) available++;
            if (live.Any(one => Hash(one) == hash)) updated++;
        }

        ChangeStatus(stored, status =>
        {
            status["currentNumberScheduled"] = current;
            status["numberMisscheduled"] = misplaced;
            status["desiredNumberScheduled"] = wanted.Count;
            status["numberReady"] = ready;
            if (json.Number("metadata", "generation") is { } generation) status["observedGeneration"] = generation;
            Counts.Set(status, "updatedNumberScheduled", updated);
            Counts.Set(status, "numberAvailable", available);
            Counts.Set(status, "numberUnavailable", wanted.Count - available);
        });
    }
}
