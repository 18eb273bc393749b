using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Scales workloads by what their pods use.</summary>
/// <remarks>Behaviour: <c>pkg/controller/podautoscaler/horizontal.go</c>, of which it has the metrics of resources.</remarks>
internal sealed class AutoscalerController(ControllerLoop loop) : Controller(loop)
{
    private const string Component = "horizontal-pod-autoscaler";
    private const double Tolerance = 0.1;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, List<(DateTime Time, long Replicas)>> _wished = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource != Kinds.HorizontalPodAutoscalers) return;
        if (change.Type == StoreEventType.Added) Enqueue(KeyOf(one));
        else if (change.Type == StoreEventType.Deleted) _wished.Remove(one.Uid);
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.HorizontalPodAutoscalers, key) is not { } stored) return;
        After(s_period, key);
        JsonObject json = stored.Parse();
        string kind = json.Text("spec", "scaleTargetRef", "kind") ?? "", name = json.Text("spec", "scaleTargetRef", "name") ?? "";
        Resource? resource = Loop.Resources.FirstOrDefault(one => one.Kind == kind && one.HasScale);
        if (resource is null || Store.Find(resource, stored.Namespace, name) is not { } target)
        {
            string missing = $"the HPA controller was unable to get the target's current scale: {resource?.QualifiedName ?? kind.ToLowerInvariant()} \"{name}\" not found";
            ChangeStatus(stored, status =>
            {
                Conditions.Set(status, "AbleToScale", "False", "FailedGetScale", missing);
                status["desiredReplicas"] = 0;
            });
            Loop.Events.Warning(stored, Component, "FailedGetScale", missing[(missing.IndexOf(':', StringComparison.Ordinal) + 2)..]);
            return;
        }

        JsonObject scaled = target.Parse();
        long current = scaled.Number("spec", "replicas") ?? 1, least = json.Number("spec", "minReplicas") ?? 1, most = json.Number("spec", "maxReplicas") ?? 1;
        if (current == 0)
        {
            ChangeStatus(stored, status => Conditions.Set(status, "ScalingActive", "False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero"));
            return;
        }

        StoredObject[] pods = [.. Store.List(Kinds.Pods, stored.Namespace).Where(pod => PodFacts.IsActive(pod) && (resource == Kinds.ReplicationControllers ? Selectors.MatchesMap(scaled.At("spec", "selector"), pod.Labels) : Selectors.Matches(scaled.At("spec", "selector"), pod.Labels)))];
        Measure? best = null;
        string? failure = null;
        var shown = new JsonArray();
        foreach (JsonObject metric in json.Objects("spec", "metrics"))
        {
            Measure? one = Read(metric, pods, current, out string? why);
            failure ??= why;
            if (one is null) continue;
            shown.Add(one.Shown);
            if (best is null || one.Replicas > best.Replicas) best = one;
        }

        Apply(stored, target, json, current, least, most, best, failure, shown);
    }

    private Measure? Read(JsonObject metric, StoredObject[] pods, long current, out string? failure)
    {
        string name = metric.Text("resource", "name") ?? "cpu";
        failure = $"failed to get {name} utilization: unable to get metrics for resource {name}: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";
        if (metric.Text("type") is not (null or "Resource")) return null;
        long used = 0, asked = 0, known = 0;
        foreach (StoredObject pod in pods)
        {
            long? value = name == "cpu" ? Loop.Settings.Metrics.CpuMillis(pod.Namespace!, pod.Name) : Loop.Settings.Metrics.MemoryBytes(pod.Namespace!, pod.Name);
            if (value is null) continue;
            long request = name == "cpu" ? PodFacts.Of(pod).CpuMillis : PodFacts.Of(pod).MemoryBytes;
            if (request == 0 && metric.At("resource", "target", "averageUtilization") is not null)
            {
                failure = $"failed to get {name} utilization: missing request for {name} in container {pod.Parse().Objects("spec", "containers").FirstOrDefault().Text("name")} of Pod {pod.Name}";
                return null;
            }

            known++;
            used += value.Value;
            asked += request;
        }

        if (known == 0) return null;
        failure = null;
        long average = used / known;
        var now = new JsonObject();
        double ratio;
        if (metric.Number("resource", "target", "averageUtilization") is { } wanted)
        {
            long percent = used * 100 / Math.Max(1, asked);
            ratio = (double)percent / wanted;
            now["averageUtilization"] = percent;
        }
        else ratio = (double)average / Math.Max(1, name == "cpu" ? Quantities.Millis(metric.At("resource", "target", "averageValue")) : Quantities.Whole(metric.At("resource", "target", "averageValue")));

        now["averageValue"] = name == "cpu" ? average + "m" : Counts.Text(average);
        long replicas = Math.Abs(ratio - 1) <= Tolerance ? current : (long)Math.Ceiling(ratio * known);
        return new Measure(replicas, name, new JsonObject { ["type"] = "Resource", ["resource"] = new JsonObject { ["name"] = name, ["current"] = now } });
    }

    private void Apply(StoredObject stored, StoredObject target, JsonObject json, long current, long least, long most, Measure? best, string? failure, JsonArray shown)
    {
        if (best is null)
        {
            Loop.Events.Warning(stored, Component, "FailedGetResourceMetric", failure ?? "");
            Loop.Events.Warning(stored, Component, "FailedComputeMetricsReplicas", $"invalid metrics (1 invalid out of 1), first error is: {failure}");
        }

        long wished = best is null ? current : Stable(stored, json, best.Replicas, current);
        long bounded = Math.Clamp(wished, least, most);
        // Scaling up goes by at most the double or four more at once.
        bounded = Math.Min(bounded, Math.Max(current * 2, current + 4));
        bool outside = current < least || current > most;
        if (best is null && !outside) bounded = current;
        string changed = "";
        if (bounded != current)
        {
            string reason = current > most ? "Current number of replicas above Spec.MaxReplicas" : current < least ? "Current number of replicas below Spec.MinReplicas" : bounded < current ? "All metrics below target" : $"{best!.Name} resource utilization (percentage of request) above target";
            Change(target, change => change.Child("spec")["replicas"] = bounded);
            Loop.Events.Normal(stored, Component, "SuccessfulRescale", $"New size: {bounded}; reason: {reason}");
            changed = SandboxClock.Stamp(SandboxClock.Now);
        }

        ChangeStatus(stored, status =>
        {
            if (bounded != current) Conditions.Set(status, "AbleToScale", "True", "SucceededRescale", $"the HPA controller was able to update the target scale to {bounded}");
            else if (best is null) Conditions.Set(status, "AbleToScale", "True", "SucceededGetScale", "the HPA controller was able to get the target's current scale");
            else if (best.Replicas < wished) Conditions.Set(status, "AbleToScale", "True", "ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation");
            else Conditions.Set(status, "AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size");
            if (best is null) Conditions.Set(status, "ScalingActive", "False", "FailedGetResourceMetric", $"the HPA was unable to compute the replica count: {failure}");
            else
            {
                Conditions.Set(status, "ScalingActive", "True", "ValidMetricFound", $"the HPA was able to successfully calculate a replica count from {best.Name} resource utilization (percentage of request)");
                if (wished > most) Conditions.Set(status, "ScalingLimited", "True", "TooManyReplicas", "the desired replica count is more than the maximum replica count");
                else if (wished < least) Conditions.Set(status, "ScalingLimited", "True", "TooFewReplicas", "the desired replica count is less than the minimum replica count");
                else Conditions.Set(status, "ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range");
            }

            status["currentReplicas"] = current;
            status["desiredReplicas"] = best is null && !outside ? 0 : bounded;
            if (shown.Count > 0) status["currentMetrics"] = shown;
            else if (best is null) status["currentMetrics"] = null;
            if (changed.Length > 0) status["lastScaleTime"] = changed;
            if (json.Number("metadata", "generation") is { } generation) status["observedGeneration"] = generation;
        });
    }

    /// <summary>Scaling down waits until all of the last minutes wanted it.</summary>
    private long Stable(StoredObject stored, JsonObject json, long replicas, long current)
    {
        DateTime now = Clock.VirtualNow;
        if (!_wished.TryGetValue(stored.Uid, out List<(DateTime Time, long Replicas)>? wished)) _wished[stored.Uid] = wished = [(now, current)];
        wished.Add((now, replicas));
        TimeSpan window = TimeSpan.FromSeconds(json.Number("spec", "behavior", "scaleDown", "stabilizationWindowSeconds") ?? 300);
        wished.RemoveAll(one => one.Time < now - window);
        return replicas >= current ? replicas : Math.Min(current, wished.Select(one => one.Replicas).Append(replicas).Max());
    }

    private sealed record Measure(long Replicas, string Name, JsonObject Shown);
}
