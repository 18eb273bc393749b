using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <content>How many pods each replica set has, and what the deployment's status says of it.</content>
internal sealed partial class DeploymentController
{
    private void RolloutRolling(Deployment deployment, List<ReplicaSet> sets)
    {
        if (SyncRevision(deployment, sets, create: true) is not { } current) return;
        List<ReplicaSet> old = [.. sets.Where(set => set != current)];
        long size = current.Replicas > deployment.Replicas ? deployment.Replicas : NewReplicas(deployment, sets, current.Replicas);
        if (!ScaleTo(deployment, current, size) && !ScaleOldDown(deployment, current, old) && IsComplete(deployment, deployment.Json["status"])) CleanUp(deployment, current, sets);
        SyncStatus(deployment, sets, current, rollout: true);
    }

    private void RolloutRecreate(Deployment deployment, List<ReplicaSet> sets)
    {
        ReplicaSet? current = SyncRevision(deployment, sets, create: false);
        List<ReplicaSet> old = [.. sets.Where(set => set != current)];
        bool down = false;
        foreach (ReplicaSet set in old) down |= ScaleTo(deployment, set, 0);
        bool running = old.Any(set => Store.OwnedBy(set.Stored.Uid).Any(pod => pod.Resource == Kinds.Pods && pod.Phase is not ("Succeeded" or "Failed")));
        if (!down && !running)
        {
            current ??= SyncRevision(deployment, sets, create: true);
            if (current is null) return;
            if (!ScaleTo(deployment, current, deployment.Replicas) && IsComplete(deployment, deployment.Json["status"])) CleanUp(deployment, current, sets);
        }

        SyncStatus(deployment, sets, current, rollout: true);
    }

    private static long NewReplicas(Deployment deployment, List<ReplicaSet> sets, long current)
    {
        if (deployment.Recreates) return deployment.Replicas;
        long total = sets.Sum(set => set.Replicas), most = deployment.Replicas + deployment.MaxSurge;
        return total >= most ? current : current + Math.Min(most - total, deployment.Replicas - current);
    }

    /// <summary>Takes pods from old replica sets: those that are not available first, then as many as may be missing.</summary>
    private bool ScaleOldDown(Deployment deployment, ReplicaSet current, List<ReplicaSet> old)
    {
        if (old.Sum(set => set.Replicas) == 0) return false;
        long least = deployment.Replicas - deployment.MaxUnavailable;
        long most = old.Sum(set => set.Replicas) + current.Replicas - least - (current.Replicas - current.Available);
        if (most <= 0) return false;
        long cleaned = 0;
        bool any = false;
        foreach (ReplicaSet set in old.Where(set => set.Replicas > set.Available))
        {
            long fewer = Math.Min(most - cleaned, set.Replicas - set.Available);
            if (fewer <= 0) continue;
            any |= ScaleTo(deployment, set, set.Replicas - fewer);
            cleaned += fewer;
        }

        long spare = old.Sum(set => set.Available) + current.Available - least;
        foreach (ReplicaSet set in old)
        {
            long fewer = Math.Min(set.Replicas, spare);
            if (fewer <= 0) continue;
            any |= ScaleTo(deployment, set, set.Replicas - fewer);
            spare -= fewer;
        }

        return any;
    }

    /// <summary>Brings a changed size to the replica sets: to the one that is active, or in proportion to all.</summary>
    private void Scale(Deployment deployment, ReplicaSet? current, List<ReplicaSet> sets)
    {
        List<ReplicaSet> active = [.. sets.Where(set => set.Replicas > 0)];
        if (active.Count <= 1)
        {
            if ((active.FirstOrDefault() ?? current ?? sets.LastOrDefault()) is { } only) ScaleTo(deployment, only, deployment.Replicas);
            return;
        }

        if (current is not null && current.Replicas == deployment.Replicas && current.Desired == deployment.Replicas && current.Available == deployment.Replicas)
        {
            foreach (ReplicaSet set in active.Where(set => set != current)) ScaleTo(deployment, set, 0);
            return;
        }

        if (deployment.Recreates) return;
        long allowed = deployment.Replicas > 0 ? deployment.Replicas + deployment.MaxSurge : 0;
        long more = allowed - active.Sum(set => set.Replicas), added = 0;
        IEnumerable<ReplicaSet> bySize = more > 0
            ? active.OrderByDescending(set => set.Replicas).ThenByDescending(set => set.Created, StringComparer.Ordinal)
            : active.OrderByDescending(set => set.Replicas).ThenBy(set => set.Created, StringComparer.Ordinal);
        var sizes = new List<(ReplicaSet Set, long Size)>();
        foreach (ReplicaSet set in bySize.ToArray())
        {
            long share = more == 0 ? 0 : Proportion(deployment, set, more, added);
            sizes.Add((set, set.Replicas + share));
            added += share;
        }

        for (int at = 0; at < sizes.Count; at++)
        {
            long size = at == 0 ? Math.Max(0, sizes[at].Size + more - added) : sizes[at].Size;
            ScaleTo(deployment, sizes[at].Set, size);
        }
    }

    private static long Proportion(Deployment deployment, ReplicaSet set, long more, long added)
    {
        long allowed = more - added;
        if (set.Replicas == 0 || allowed == 0) return 0;
        long part = deployment.Replicas == 0
            ? -set.Replicas
            : (long)Math.Round((double)set.Replicas * (deployment.Replicas + deployment.MaxSurge) / Math.Max(1, set.Max ?? deployment.Json.Number("status", "replicas") ?? 1), MidpointRounding.AwayFromZero) - set.Replicas;
        return more > 0 ? Math.Min(part, allowed) : Math.Max(part, allowed);
    }

    private bool ScaleTo(Deployment deployment, ReplicaSet set, long size)
    {
        long before = set.Replicas;
        long most = deployment.Replicas + deployment.MaxSurge;
        if (before == size && set.Desired == deployment.Replicas && set.Max == most) return false;
        Update(set, json =>
        {
            json.Child("spec")["replicas"] = size;
            JsonObject annotations = json.Child("metadata").Child("annotations");
            annotations["deployment.kubernetes.io/desired-replicas"] = Counts.Text(deployment.Replicas);
            annotations["deployment.kubernetes.io/max-replicas"] = Counts.Text(most);
        });
        if (before == size) return false;
        string how = Minor switch { >= 31 => $"from {before} to {size}", >= 26 => $"to {size} from {before}", _ => $"to {size}" };
        Loop.Events.Normal(deployment.Stored, Component, "ScalingReplicaSet", $"Scaled {(size > before ? "up" : "down")} replica set {set.Name} {how}");
        return true;
    }

    private void CleanUp(Deployment deployment, ReplicaSet? current, List<ReplicaSet> sets)
    {
        long limit = deployment.Json.Number("spec", "revisionHistoryLimit") ?? 10;
        List<ReplicaSet> old = [.. sets.Where(set => set != current && !set.Stored.IsBeingDeleted).OrderBy(set => set.Revision)];
        foreach (ReplicaSet set in old.Take((int)Math.Max(0, old.Count - limit)))
        {
            if (set.Running == 0 && set.Replicas == 0) Delete(set.Stored);
        }
    }

    private void CheckPaused(Deployment deployment)
    {
        if (deployment.ProgressDeadline is null) return;
        string? reason = Conditions.Find(deployment.Json["status"], "Progressing").Text("reason");
        if (reason == "ProgressDeadlineExceeded" || deployment.Paused == (reason == "DeploymentPaused")) return;
        ChangeStatus(deployment.Stored, status => Conditions.Set(status, "Progressing", "Unknown", deployment.Paused ? "DeploymentPaused" : "DeploymentResumed", deployment.Paused ? "Deployment is paused" : "Deployment is resumed", updates: true));
        deployment.Refresh(Store);
    }

    private static bool IsComplete(Deployment deployment, JsonNode? status) =>
        (status.Number("updatedReplicas") ?? 0) == deployment.Replicas && (status.Number("replicas") ?? 0) == deployment.Replicas && (status.Number("availableReplicas") ?? 0) == deployment.Replicas
        && (status.Number("observedGeneration") ?? 0) >= (deployment.Json.Number("metadata", "generation") ?? 0);

    private void SyncStatus(Deployment deployment, List<ReplicaSet> sets, ReplicaSet? current, bool rollout)
    {
        deployment.Refresh(Store);
        JsonNode? before = deployment.Json["status"].Copy();
        ChangeStatus(deployment.Stored, status =>
        {
            long available = sets.Sum(set => set.Available);
            if (deployment.Json.Number("metadata", "generation") is { } generation) status["observedGeneration"] = generation;
            Counts.Set(status, "replicas", sets.Sum(set => set.Running));
            Counts.Set(status, "updatedReplicas", current?.Running ?? 0);
            Counts.Set(status, "readyReplicas", sets.Sum(set => set.Ready));
            Counts.Set(status, "availableReplicas", available);
            Counts.Set(status, "unavailableReplicas", Math.Max(0, sets.Sum(set => set.Replicas) - available));
            if (available >= deployment.Replicas - deployment.MaxUnavailable) Conditions.Set(status, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", updates: true);
            else Conditions.Set(status, "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", updates: true);
            if (rollout) SetProgress(deployment, status, before, sets, current);
        });
        if (rollout) WatchDeadline(deployment);
    }

    private void SetProgress(Deployment deployment, JsonObject status, JsonNode? before, List<ReplicaSet> sets, ReplicaSet? current)
    {
        JsonObject? progressing = Conditions.Find(status, "Progressing");
        if (deployment.ProgressDeadline is not { } deadline) Conditions.Remove(status, "Progressing");
        else if (progressing.Text("reason") != "NewReplicaSetAvailable" || Number(status, "replicas") != Number(status, "updatedReplicas"))
        {
            string whose = current is null ? $"Deployment \"{deployment.Stored.Name}\"" : $"ReplicaSet \"{current.Name}\"";
            if (IsComplete(deployment, status)) Conditions.Set(status, "Progressing", "True", "NewReplicaSetAvailable", $"{whose} has successfully progressed.", updates: true);
            else if (HasProgressed(status, before))
            {
                // The same condition anew: its time of the last update is what the deadline counts from.
                string? since = progressing?.Text("status") == "True" ? progressing.Text("lastTransitionTime") : null;
                Conditions.Remove(status, "Progressing");
                Conditions.Set(status, "Progressing", "True", "ReplicaSetUpdated", $"{whose} is progressing.", updates: true);
                if (since is not null) Conditions.Find(status, "Progressing")!["lastTransitionTime"] = since;
                Loop.Times.Forget(deployment.Stored.Uid);
            }
            else if (IsLate(deployment, progressing, deadline)) Conditions.Set(status, "Progressing", "False", "ProgressDeadlineExceeded", $"{whose} has timed out progressing.", updates: true);
        }

        Conditions.Remove(status, "ReplicaFailure");
        foreach (ReplicaSet set in current is null ? sets : [current])
        {
            if (Conditions.Find(set.Json["status"], "ReplicaFailure") is not { } failure) continue;
            Conditions.Set(status, "ReplicaFailure", failure.Text("status") ?? "True", failure.Text("reason"), failure.Text("message"), updates: true);
            JsonObject copied = Conditions.Find(status, "ReplicaFailure")!;
            copied["lastTransitionTime"] = failure["lastTransitionTime"]?.DeepClone();
            copied["lastUpdateTime"] = failure["lastTransitionTime"]?.DeepClone();
            break;
        }
    }

    private bool IsLate(Deployment deployment, JsonObject? progressing, long deadline) => progressing.Text("reason") switch
    {
        null or "NewReplicaSetAvailable" => false,
        "ProgressDeadlineExceeded" => true,
        _ => Loop.Times.Lasting(deployment.Stored.Uid, "Progressing", progressing.Text("lastUpdateTime")) >= TimeSpan.FromSeconds(deadline),
    };

    /// <summary>Comes back when the deadline is over, whether or not anything happens until then.</summary>
    private void WatchDeadline(Deployment deployment)
    {
        deployment.Refresh(Store);
        JsonObject? progressing = Conditions.Find(deployment.Json["status"], "Progressing");
        if (deployment.ProgressDeadline is not { } deadline || progressing is null || progressing.Text("reason") is "NewReplicaSetAvailable" or "ProgressDeadlineExceeded") return;
        After(TimeSpan.FromSeconds(deadline + 0.1) - Loop.Times.Lasting(deployment.Stored.Uid, "Progressing", progressing.Text("lastUpdateTime")), KeyOf(deployment.Stored));
    }

    private static bool HasProgressed(JsonNode status, JsonNode? before) =>
        Number(status, "updatedReplicas") > Number(before, "updatedReplicas")
        || Number(status, "replicas") - Number(status, "updatedReplicas") < Number(before, "replicas") - Number(before, "updatedReplicas")
        || Number(status, "readyReplicas") > Number(before, "readyReplicas")
        || Number(status, "availableReplicas") > Number(before, "availableReplicas");

    private static long Number(JsonNode? status, string name) => status.Number(name) ?? 0;
}
