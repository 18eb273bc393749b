using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>Binds pods to nodes: to the one on which they fit and that has the most left.</summary>
/// <remarks>Messages: <c>pkg/scheduler/framework</c>, FitError and the plugins' reasons.</remarks>
internal sealed class Scheduler(ControllerLoop loop) : Controller(loop)
{
    private readonly NodeUsage _usage = new();
    private readonly HashSet<string> _unschedulable = new(StringComparer.Ordinal);
    private int _first;

    /// <inheritdoc/>
    public override bool Urgent => true;

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        bool room = false;
        if (one.Resource == Kinds.Pods)
        {
            _usage.Note(change);
            if (change.Type == StoreEventType.Deleted) _unschedulable.Remove(KeyOf(one));
            else if (one.NodeName is null && !one.IsBeingDeleted && one.Phase is null or "Pending" && change.Type == StoreEventType.Added) Enqueue(KeyOf(one));
            room = change.Previous?.NodeName is not null && (change.Type == StoreEventType.Deleted || (one.Phase is "Succeeded" or "Failed" && change.Previous.Phase != one.Phase));
            // An update of its own spec or labels may make it fit: gates that were taken away, for one.
            if (change.Type == StoreEventType.Modified && one.NodeName is null && _unschedulable.Contains(KeyOf(one)) && change.Previous is { } before && !SameSpec(before, one)) Enqueue(KeyOf(one));
        }
        else if (one.Resource == Kinds.Nodes) room = true;
        else if (one.Resource == Kinds.PersistentVolumeClaims || one.Resource == Kinds.PersistentVolumes || one.Resource == Kinds.StorageClasses) room = true;
        if (!room || _unschedulable.Count == 0) return;
        foreach (string key in _unschedulable) Enqueue(key);
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.Pods, key) is not { NodeName: null, IsBeingDeleted: false } stored)
        {
            _unschedulable.Remove(key);
            return;
        }

        JsonObject pod = stored.Parse();
        if ((pod.Text("spec", "schedulerName") ?? "default-scheduler") != "default-scheduler") return;
        if (pod.Objects("spec", "schedulingGates").Any())
        {
            _unschedulable.Add(key);
            SetUnscheduled(stored, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
            return;
        }

        StoredObject[] nodes = Store.List(Kinds.Nodes);
        var fit = new NodeFit(Store, _usage, stored, pod);
        if (nodes.Length == 0)
        {
            Refuse(stored, "no nodes available to schedule pods");
            return;
        }

        if (fit.ClaimFailure() is { } claim)
        {
            // The binder that waits for the first consumer is asked when the node is known.
            Refuse(stored, Minor >= 24 ? $"0/{nodes.Length} nodes are available: {claim}. preemption: 0/{nodes.Length} nodes are available: {nodes.Length} {(Minor >= 27 ? "Preemption is not helpful for scheduling" : "Preemption is not helpful for scheduling")}." : $"0/{nodes.Length} nodes are available: {nodes.Length} {claim}.");
            return;
        }

        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);
        StoredObject? best = null;
        double score = double.MinValue;
        bool helps = false;
        int enough = Enough(nodes.Length), found = 0, first = _first;
        for (int i = 0; i < nodes.Length && found < enough; i++)
        {
            StoredObject node = nodes[(first + i) % nodes.Length];
            _first = (first + i + 1) % nodes.Length;
            List<string> failures = fit.Failures(node);
            if (failures.Count > 0)
            {
                foreach (string reason in failures) reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
                helps |= failures.TrueForAll(reason => reason.StartsWith("Insufficient", StringComparison.Ordinal) || reason.StartsWith("Too many", StringComparison.Ordinal));
                continue;
            }

            found++;
            double free = fit.Score(node);
            if (free <= score) continue;
            score = free;
            best = node;
        }

        if (best is null) Refuse(stored, Message(nodes.Length, reasons, helps));
        else Bind(stored, pod, best);
    }

    /// <summary>In large clusters, how many nodes that fit are looked at; the next pod begins behind them (<c>numFeasibleNodesToFind</c>).</summary>
    private static int Enough(int nodes) => nodes < 100 ? nodes : Math.Max(100, nodes * Math.Max(5, 50 - (nodes / 125)) / 100);

    private static bool SameSpec(StoredObject one, StoredObject other) => JsonNode.DeepEquals(one.Parse()["spec"], other.Parse()["spec"]);

    private string Message(int nodes, Dictionary<string, int> reasons, bool helps)
    {
        string text = string.Join(", ", reasons.Select(one => $"{one.Value} {one.Key}").Order(StringComparer.Ordinal));
        if (Minor < 24) return $"0/{nodes} nodes are available: {text}.";
        string preemption = helps ? $"{nodes} No preemption victims found for incoming pod" : $"{nodes} Preemption is not helpful for scheduling";
        return $"0/{nodes} nodes are available: {text}. preemption: 0/{nodes} nodes are available: {preemption}{(Minor >= 33 ? "." : ".")}";
    }

    private void Refuse(StoredObject pod, string message)
    {
        _unschedulable.Add(KeyOf(pod));
        Loop.Events.Scheduling(pod, "Warning", "FailedScheduling", "Scheduling", message);
        SetUnscheduled(pod, "Unschedulable", message);
    }

    private void SetUnscheduled(StoredObject pod, string reason, string message) => ChangeStatus(pod, status =>
    {
        status["phase"] = status.Text("phase") ?? "Pending";
        Conditions.Set(status, "PodScheduled", "False", reason, message, probes: true);
    }, "kube-scheduler");

    /// <summary>
    /// Binds a pod. The binding is a subresource that writes the node and nothing of managedFields: it goes past the registry,
    /// which would refuse the change of a pod's spec.
    /// </summary>
    private void Bind(StoredObject stored, JsonObject pod, StoredObject node)
    {
        foreach (string name in PodFacts.Of(stored).Claims)
        {
            if (Store.Find(Kinds.PersistentVolumeClaims, stored.Namespace, name) is not { } claim || claim.Parse().Text("spec", "volumeName") is { Length: > 0 }) continue;
            // The claim waits for its first consumer: it is told the node, and the pod comes back when it is bound.
            Change(claim, json => json.Child("metadata").Child("annotations")["volume.kubernetes.io/selected-node"] = node.Name, "kube-scheduler");
            _unschedulable.Add(KeyOf(stored));
            return;
        }

        pod.Child("spec")["nodeName"] = node.Name;
        JsonObject status = pod.Child("status");
        status["phase"] = status.Text("phase") ?? "Pending";
        Conditions.Set(status, "PodScheduled", "True", null, null, probes: true);
        _unschedulable.Remove(KeyOf(stored));
        StoredObject bound = Store.Put(Kinds.Pods, pod);
        Loop.Events.Scheduling(bound, "Normal", "Scheduled", "Binding", $"Successfully assigned {stored.Namespace}/{stored.Name} to {node.Name}");
    }
}
