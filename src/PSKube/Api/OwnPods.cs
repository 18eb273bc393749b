using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>Which of the pods that a selector selects are a workload's own: selectors may overlap, and then the pods' controller decides.</summary>
/// <param name="client">The cluster.</param>
/// <param name="owner">The workload or service.</param>
internal sealed class OwnPods(KubeClient client, ResourceHeader owner)
{
    private readonly Dictionary<string, bool> _replicaSets = new(StringComparer.Ordinal);

    /// <summary>The pods less those that are known to be another workload's.</summary>
    public async Task<IReadOnlyList<V1Pod>> AmongAsync(IEnumerable<V1Pod> pods, CancellationToken cancel)
    {
        var own = new List<V1Pod>();
        foreach (V1Pod pod in pods)
        {
            if (await IsOwnAsync(pod, cancel).ConfigureAwait(false)) own.Add(pod);
        }

        return own;
    }

    private async Task<bool> IsOwnAsync(V1Pod pod, CancellationToken cancel)
    {
        // A service has the pods that it selects, whoever runs them.
        if (owner.Kind == "Service" || owner.Uid is null) return true;
        V1OwnerReference? controller = pod.Metadata?.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true);
        if (controller is null || controller.Uid == owner.Uid) return true;
        if (owner.Kind != "Deployment" || controller.Kind != "ReplicaSet") return false;
        // The name that the controller gives its ReplicaSets needs no look at them.
        if (pod.Metadata!.Labels is { } labels && labels.TryGetValue("pod-template-hash", out string? hash) && controller.Name == $"{owner.Name}-{hash}") return true;
        if (_replicaSets.TryGetValue(controller.Name, out bool known)) return known;
        return _replicaSets[controller.Name] = await IsOwnSetAsync(pod.Metadata.NamespaceProperty ?? owner.Namespace, controller.Name, cancel).ConfigureAwait(false);
    }

    private async Task<bool> IsOwnSetAsync(string? ns, string name, CancellationToken cancel)
    {
        try
        {
            return await client.FindAsync(BuiltInKinds.ReplicaSet, ns, name, cancel).ConfigureAwait(false) is V1ReplicaSet set && (set.Metadata?.OwnerReferences?.Any(reference => reference.Uid == owner.Uid) ?? false);
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 403)
        {
            // Who may not look is told what the selector says.
            return true;
        }
    }
}
