using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;

namespace PSKube.Commands;

/// <summary>What the pods of a workload show of why it is not as it should be: for an error, so it must not become one itself.</summary>
internal static class PodEvidence
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The gravest thing that the pods show; null when they show nothing, or cannot be read.</summary>
    /// <param name="cmdlet">Who asks.</param>
    /// <param name="client">The cluster.</param>
    /// <param name="seen">The workload or pod as it was last seen.</param>
    /// <param name="ns">Its namespace.</param>
    public static string? Of(KubeCmdlet cmdlet, KubeClient client, object? seen, string? ns)
    {
        if (seen is V1Pod pod) return HealthRules.Gravest([pod]);
        if (seen is not (V1Deployment or V1StatefulSet or V1DaemonSet or V1ReplicaSet or V1Job)) return null;
        try
        {
            return HealthRules.Gravest(cmdlet.Await(async cancel =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(Patience);
                return await client.PodsOfAsync(seen, ns, limit.Token).ConfigureAwait(false);
            }));
        }
        catch (KubeException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cmdlet.CancelToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
