using System.ComponentModel;
using System.Text.Json.Nodes;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.Commands.Rollouts;

/// <summary>A cmdlet that changes what a Deployment, DaemonSet or StatefulSet rolls out; waiting is waiting for the rollout.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RolloutCmdlet : ChangeWorkloadCmdlet
{
    private protected RolloutCmdlet()
    {
    }

    /// <summary>Changes one workload that has rollouts.</summary>
    private protected abstract void Roll(NamedObject one);

    private protected sealed override void Act(NamedObject one)
    {
        RolloutRules.CheckKind(one.Kind, one.Reference);
        Roll(one);
    }

    private protected sealed override string? PendingBecause(PendingObject one, object? seen) => RolloutRules.PendingBecause(seen, new KubeReference(one.Kind.Kind, one.Namespace, one.Name), revision: null, one.Note);

    /// <summary>Reads a workload as the server has it.</summary>
    private protected JsonObject Read(NamedObject one) => Await(cancel => one.Client.GetJsonAsync(one.Kind, one.Namespace, one.Name, null, cancel));

    /// <summary>True for a deployment that is suspended.</summary>
    private protected static bool IsPaused(JsonObject workload) => workload["spec"]?["paused"] is JsonValue value && value.TryGetValue(out bool paused) && paused;
}

/// <summary>Reads the revisions of workloads.</summary>
internal static class RolloutReader
{
    /// <summary>The revisions of a workload, the newest last.</summary>
    public static async Task<IReadOnlyList<KubeRolloutRevision>> HistoryAsync(NamedObject one, object workload, CancellationToken cancel)
    {
        ResourceKind kind = one.Kind.Kind == "Deployment" ? BuiltInKinds.ReplicaSet : BuiltInKinds.ControllerRevision;
        string? labels = LabelSelectorText.Of(ResourceJson.ToJsonObject(workload)["spec"]?["selector"]);
        (List<object> items, _) = await one.Client.ListAllAsync(kind, new ListOptions { Namespace = one.Namespace, LabelSelector = labels }, cancel).ConfigureAwait(false);
        return RolloutHistory.Of(workload, items);
    }
}
