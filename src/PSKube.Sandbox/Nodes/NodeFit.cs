using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>Whether a pod fits on nodes, and how well.</summary>
internal sealed class NodeFit(ObjectStore store, NodeUsage usage, StoredObject stored, JsonObject pod)
{
    private static readonly ConditionalWeakTable<StoredObject, NodeRoom> s_nodes = [];

    private readonly PodFacts _facts = PodFacts.Of(stored);
    private readonly JsonArray? _tolerations = pod.At("spec", "tolerations") as JsonArray;
    private readonly (string Name, long Wanted)[] _extended = [.. Extended(pod)];
    private readonly int[] _ports = [.. Ports(pod)];

    /// <summary>A node, read once for each of its versions; not to be changed.</summary>
    public static JsonObject Node(StoredObject node) => Room(node).Json;

    /// <summary>Why a pod's claims keep it from any node; null when they do not.</summary>
    public string? ClaimFailure()
    {
        foreach (string name in _facts.Claims)
        {
            if (store.Find(Kinds.PersistentVolumeClaims, stored.Namespace, name) is not { } claim) return $"persistentvolumeclaim \"{name}\" not found";
            if (claim.IsBeingDeleted) return $"persistentvolumeclaim \"{name}\" is being deleted";
            JsonObject json = claim.Parse();
            if (json.Text("spec", "volumeName") is { Length: > 0 } && claim.Phase == "Bound") continue;
            string? name2 = json.Text("spec", "storageClassName");
            bool waits = name2 is { Length: > 0 } && store.Find(Kinds.StorageClasses, null, name2)?.Parse().Text("volumeBindingMode") == "WaitForFirstConsumer";
            if (!waits) return "pod has unbound immediate PersistentVolumeClaims";
        }

        return null;
    }

    /// <summary>Why a pod does not fit on a node, in the scheduler's words; empty when it does.</summary>
    public List<string> Failures(StoredObject node)
    {
        NodeRoom room = Room(node);
        JsonObject json = room.Json;
        if (Untolerated(json) is { } taint) return [taint.Key == "node.kubernetes.io/unschedulable" ? "node(s) were unschedulable" : TaintReason(taint)];
        if (!Wants(node, json)) return ["node(s) didn't match Pod's node affinity/selector"];
        var failures = new List<string>();
        (long cpu, long memory, int pods) = usage.On(node.Name);
        if (pods + 1 > room.Pods) failures.Add("Too many pods");
        if (_facts.CpuMillis > 0 && cpu + _facts.CpuMillis > room.CpuMillis) failures.Add("Insufficient cpu");
        if (_facts.MemoryBytes > 0 && memory + _facts.MemoryBytes > room.MemoryBytes) failures.Add("Insufficient memory");
        foreach ((string name, long wanted) in _extended)
        {
            if (wanted > Quantities.Whole(room.Allocatable.At(name))) failures.Add($"Insufficient {name}");
        }

        if (failures.Count == 0 && HostPortTaken(node.Name)) failures.Add("node(s) didn't have free ports for the requested pod ports");
        if (failures.Count == 0 && AntiAffinityBroken(json)) failures.Add("node(s) didn't match pod anti-affinity rules");
        if (failures.Count == 0 && AffinityMissing(json)) failures.Add("node(s) didn't match pod affinity rules");
        return failures;
    }

    /// <summary>How much of a node would be left, and whether it is liked.</summary>
    public double Score(StoredObject node)
    {
        NodeRoom room = Room(node);
        (long cpu, long memory, int pods) = usage.On(node.Name);
        double score = Left(cpu + _facts.CpuMillis, room.CpuMillis) + Left(memory + _facts.MemoryBytes, room.MemoryBytes) + (room.Pods == long.MaxValue ? 0 : Left(pods + 1, room.Pods));
        foreach (JsonObject liked in pod.Objects("spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution"))
        {
            if (Selectors.MatchesNode(new JsonObject { ["nodeSelectorTerms"] = new JsonArray(liked["preference"]?.DeepClone()) }, node.Labels, node.Name)) score += (liked.Number("weight") ?? 1) / 10.0;
        }

        foreach (JsonObject liked in pod.Objects("spec", "affinity", "podAffinity", "preferredDuringSchedulingIgnoredDuringExecution")) score += Liking(room.Json, liked);
        foreach (JsonObject disliked in pod.Objects("spec", "affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution")) score -= Liking(room.Json, disliked);

        // Pods of one owner are spread.
        if (stored.Owners.Count > 0) score -= usage.PodsOn(node.Name).Count(one => one.Owners.Count > 0 && one.Owners[0] == stored.Owners[0]) * 0.01;
        return score;
    }

    /// <summary>True when a pod's node selector and required node affinity allow a node.</summary>
    public bool Wants(StoredObject node, JsonObject json) => Wants(pod["spec"], node.Labels, node.Name);

    /// <summary>True when a pod's node selector and required node affinity allow a node.</summary>
    public static bool Wants(JsonNode? spec, IReadOnlyDictionary<string, string> labels, string name) =>
        Selectors.MatchesMap(spec.At("nodeSelector"), labels)
        && (spec.At("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") is not { } required || Selectors.MatchesNode(required, labels, name));

    /// <summary>True when one of the tolerations tolerates a taint.</summary>
    public static bool Tolerates(JsonArray? tolerations, string? key, string? value, string? effect)
    {
        foreach (JsonObject one in tolerations?.OfType<JsonObject>() ?? [])
        {
            if (one.Text("effect") is { Length: > 0 } only && only != effect) continue;
            if (one.Text("key") is { Length: > 0 } whose && whose != key) continue;
            if (one.Text("operator") == "Exists" || (one.Text("key") is { Length: > 0 } && (one.Text("value") ?? "") == (value ?? ""))) return true;
        }

        return false;
    }

    private (string Key, string Value)? Untolerated(JsonObject node)
    {
        foreach (JsonObject taint in node.Objects("spec", "taints"))
        {
            if (taint.Text("effect") is "NoSchedule" or "NoExecute" && !Tolerates(_tolerations, taint.Text("key"), taint.Text("value"), taint.Text("effect"))) return (taint.Text("key") ?? "", taint.Text("value") ?? "");
        }

        if (node.Flag("spec", "unschedulable") == true && !Tolerates(_tolerations, "node.kubernetes.io/unschedulable", "", "NoSchedule")) return ("node.kubernetes.io/unschedulable", "");
        return null;
    }

    private static string TaintReason((string Key, string Value) taint) => $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}";

    private static double Left(long used, long room) => room <= 0 ? 0 : (double)(room - used) / room;

    private static NodeRoom Room(StoredObject node) => s_nodes.GetValue(node, static one => new NodeRoom(one.Parse()));

    private static IEnumerable<(string Name, long Wanted)> Extended(JsonObject pod) =>
        pod.Objects("spec", "containers").SelectMany(one => one.At("resources", "requests") as JsonObject ?? []).Where(one => one.Key.Contains('/', StringComparison.Ordinal)).GroupBy(one => one.Key).Select(one => (one.Key, one.Sum(value => Quantities.Whole(value.Value))));

    private bool HostPortTaken(string node) => _ports.Length > 0 && usage.PodsOn(node).Any(one => Ports(one.Parse()).Intersect(_ports).Any());

    private static IEnumerable<int> Ports(JsonObject pod) => pod.Objects("spec", "containers").SelectMany(one => one.Objects("ports")).Select(one => (int)(one.Number("hostPort") ?? 0)).Where(port => port > 0);

    private double Liking(JsonObject node, JsonObject preference) => preference["podAffinityTerm"] is JsonObject term ? (preference.Number("weight") ?? 1) / 10.0 * Near(node, term).Count() : 0;

    private bool AntiAffinityBroken(JsonObject node) => pod.Objects("spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Any(term => Near(node, term).Any());

    private bool AffinityMissing(JsonObject node) => pod.Objects("spec", "affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Any(term =>
        !Near(node, term).Any() && !(Selectors.Matches(term["labelSelector"], stored.Labels) && !store.List(Kinds.Pods, stored.Namespace).Any(one => one.NodeName is not null && Selectors.Matches(term["labelSelector"], one.Labels))));

    /// <summary>The pods that a term selects, on the nodes of this node's topology.</summary>
    private IEnumerable<StoredObject> Near(JsonObject node, JsonObject term)
    {
        string key = term.Text("topologyKey") ?? "kubernetes.io/hostname";
        if (node.Text("metadata", "labels", key) is not { } value) return [];
        string[] spaces = term["namespaces"] is JsonArray list ? [.. list.Select(one => one?.GetValue<string>() ?? "")] : [stored.Namespace ?? ""];
        return store.List(Kinds.Nodes).Where(one => one.Labels.TryGetValue(key, out string? own) && own == value)
            .SelectMany(one => usage.PodsOn(one.Name)).Where(one => spaces.Contains(one.Namespace) && Selectors.Matches(term["labelSelector"], one.Labels));
    }
}
