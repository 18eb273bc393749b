using k8s;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Output.Describe;
using PSKube.Resources;

namespace PSKube.Commands.AnyKind;

/// <summary>Reads an object and what its description needs; what cannot be read is left out with a warning.</summary>
/// <param name="client">The cluster.</param>
/// <param name="warn">Takes a warning.</param>
internal sealed class DescriptionReader(KubeClient client, Action<string> warn)
{
    private static readonly ResourceKind ScalerV2 = BuiltInKinds.HorizontalPodAutoscaler with { Version = "v2" };
    private static readonly ResourceKind EndpointSlice = new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true);

    /// <summary>Describes one object.</summary>
    public async Task<KubeDescription> DescribeAsync(ResourceKind kind, string? ns, string name, bool events, CancellationToken cancel)
    {
        object target = await ReadAsync(kind, ns, name, cancel).ConfigureAwait(false);
        ResourceHeader header = ResourceHeader.Read(target);
        DescribeFacts facts = await RelatedAsync(target, header, cancel).ConfigureAwait(false);
        // kubectl shows no events of these.
        if (events && target is not (V1Secret or V1Namespace or V1ResourceQuota or V1LimitRange)) facts = facts with { Events = await TryAsync(header, "events", () => EventsAsync(header, cancel)).ConfigureAwait(false) };
        return Describer.Describe(target, facts with { Now = Duration.Clock.GetUtcNow().UtcDateTime, Related = [.. facts.ReplicaSets ?? [], .. facts.Pods ?? [], .. facts.Related, .. facts.Quotas ?? [], .. facts.Limits ?? []] });
    }

    /// <summary>The events about an object, the latest last.</summary>
    private async Task<IReadOnlyList<Corev1Event>?> EventsAsync(ResourceHeader header, CancellationToken cancel)
    {
        List<Corev1Event> events = await ListAsync<Corev1Event>(BuiltInKinds.Event, new ListOptions { Namespace = header.Namespace, FieldSelector = EventSelector(header, header.Uid) }, cancel).ConfigureAwait(false);
        // A kubelet names its node by the name where others give the uid.
        if (header.Kind == "Node") events.AddRange(await ListAsync<Corev1Event>(BuiltInKinds.Event, new ListOptions { FieldSelector = EventSelector(header, header.Name) }, cancel).ConfigureAwait(false));
        return [.. EventText.Ordered(events)];
    }

    /// <summary>The field selector of the events about an object; by uid when it is known.</summary>
    public static string EventSelector(ResourceHeader header, string? uid)
    {
        string selector = $"involvedObject.kind={header.Kind},involvedObject.name={header.Name}";
        if (header.Namespace is not null) selector += $",involvedObject.namespace={header.Namespace}";
        return uid is null ? selector : $"{selector},involvedObject.uid={uid}";
    }

    private async Task<object> ReadAsync(ResourceKind kind, string? ns, string name, CancellationToken cancel)
    {
        if (kind == BuiltInKinds.HorizontalPodAutoscaler)
        {
            try
            {
                // Version 1 knows of no metric but CPU.
                return await client.GetAsync(ScalerV2, ns, name, cancel).ConfigureAwait(false);
            }
            catch (KubeApiException refusal) when (refusal.StatusCode == 404)
            {
                // Clusters before 1.23 do not serve it; and when the object itself is missing, the next answer says so.
            }
        }

        return await client.GetAsync(kind, ns, name, cancel).ConfigureAwait(false);
    }

    private async Task<DescribeFacts> RelatedAsync(object target, ResourceHeader header, CancellationToken cancel)
    {
        var facts = new DescribeFacts { Now = default };
        switch (target)
        {
            case V1Deployment deployment:
                return facts with { ReplicaSets = await TryAsync(header, "ReplicaSets", () => OwnedAsync<V1ReplicaSet>(BuiltInKinds.ReplicaSet, header, deployment.Spec?.Selector, cancel)).ConfigureAwait(false) };
            case V1ReplicaSet set:
                return facts with { Pods = await TryAsync(header, "pods", () => OwnedAsync<V1Pod>(BuiltInKinds.Pod, header, set.Spec?.Selector, cancel)).ConfigureAwait(false) };
            case V1DaemonSet set:
                return facts with { Pods = await TryAsync(header, "pods", () => OwnedAsync<V1Pod>(BuiltInKinds.Pod, header, set.Spec?.Selector, cancel)).ConfigureAwait(false) };
            case V1StatefulSet set:
                return facts with { Pods = await TryAsync(header, "pods", () => OwnedAsync<V1Pod>(BuiltInKinds.Pod, header, set.Spec?.Selector, cancel)).ConfigureAwait(false) };
            case V1Job job:
                return facts with { Pods = await TryAsync(header, "pods", () => OwnedAsync<V1Pod>(BuiltInKinds.Pod, header, job.Spec?.Selector, cancel)).ConfigureAwait(false) };
            case V1ReplicationController controller:
                return facts with { Pods = await TryAsync(header, "pods", () => OwnedAsync<V1Pod>(BuiltInKinds.Pod, header, new V1LabelSelector { MatchLabels = controller.Spec?.Selector }, cancel)).ConfigureAwait(false) };
            case V1Service:
                return await EndpointsAsync(facts, header, cancel).ConfigureAwait(false);
            case V1Node:
                var running = new ListOptions { FieldSelector = $"spec.nodeName={header.Name},status.phase!=Succeeded,status.phase!=Failed" };
                return facts with
                {
                    Pods = await TryAsync(header, "pods", async () => (IReadOnlyList<V1Pod>?)await ListAsync<V1Pod>(BuiltInKinds.Pod, running, cancel).ConfigureAwait(false)).ConfigureAwait(false),
                    Lease = await TryAsync(header, "lease", async () => (V1Lease?)await client.GetAsync(BuiltInKinds.Lease, "kube-node-lease", header.Name!, cancel).ConfigureAwait(false)).ConfigureAwait(false),
                };
            case V1Namespace:
                var within = new ListOptions { Namespace = header.Name };
                return facts with
                {
                    Quotas = await TryAsync(header, "quotas", async () => (IReadOnlyList<V1ResourceQuota>?)await ListAsync<V1ResourceQuota>(BuiltInKinds.ResourceQuota, within, cancel).ConfigureAwait(false)).ConfigureAwait(false),
                    Limits = await TryAsync(header, "limit ranges", async () => (IReadOnlyList<V1LimitRange>?)await ListAsync<V1LimitRange>(BuiltInKinds.LimitRange, within, cancel).ConfigureAwait(false)).ConfigureAwait(false),
                };
            case V1PersistentVolumeClaim:
                return facts with { Pods = await TryAsync(header, "pods", () => UsersAsync(header, cancel)).ConfigureAwait(false) };
            default:
                return facts;
        }
    }

    private async Task<IReadOnlyList<T>?> OwnedAsync<T>(ResourceKind kind, ResourceHeader owner, V1LabelSelector? selector, CancellationToken cancel)
        where T : IKubernetesObject, IMetadata<V1ObjectMeta>
    {
        string? labels = selector is null || (selector.MatchLabels is not { Count: > 0 } && selector.MatchExpressions is not { Count: > 0 }) ? null : KubeMembers.SelectorOf(selector);
        List<T> all = await ListAsync<T>(kind, new ListOptions { Namespace = owner.Namespace, LabelSelector = labels }, cancel).ConfigureAwait(false);
        return [.. all.Where(item => Words.Controller(item.Metadata)?.Uid == owner.Uid)];
    }

    private async Task<IReadOnlyList<V1Pod>?> UsersAsync(ResourceHeader claim, CancellationToken cancel)
    {
        List<V1Pod> pods = await ListAsync<V1Pod>(BuiltInKinds.Pod, new ListOptions { Namespace = claim.Namespace }, cancel).ConfigureAwait(false);
        // The claim of an ephemeral volume is named after its pod and volume.
        return [.. pods.Where(pod => pod.Spec?.Volumes?.Any(volume => volume.PersistentVolumeClaim?.ClaimName == claim.Name || (volume.Ephemeral is not null && $"{pod.Metadata?.Name}-{volume.Name}" == claim.Name)) ?? false)];
    }

    private async Task<DescribeFacts> EndpointsAsync(DescribeFacts facts, ResourceHeader service, CancellationToken cancel)
    {
        IReadOnlyList<object>? found = await TryAsync(service, "endpoints", async () =>
        {
            try
            {
                var options = new ListOptions { Namespace = service.Namespace, LabelSelector = $"kubernetes.io/service-name={service.Name}" };
                return (IReadOnlyList<object>?)await ListAsync<V1EndpointSlice>(EndpointSlice, options, cancel).ConfigureAwait(false);
            }
            catch (KubeApiException refusal) when (refusal.StatusCode == 404)
            {
                // Clusters before 1.21 have no slices of this version.
                return await client.FindAsync(BuiltInKinds.Endpoints, service.Namespace, service.Name!, cancel).ConfigureAwait(false) is { } endpoints ? [endpoints] : [];
            }
        }).ConfigureAwait(false);
        return facts with
        {
            Endpoints = found is null ? null : [.. found.SelectMany(item => item is V1EndpointSlice slice ? ServiceEndpoint.Of(slice) : ServiceEndpoint.Of((V1Endpoints)item))],
            Related = found ?? [],
        };
    }

    private async Task<List<T>> ListAsync<T>(ResourceKind kind, ListOptions options, CancellationToken cancel)
    {
        (List<object> items, List<KubeException> failures) = await client.ListAllAsync(kind, options, cancel).ConfigureAwait(false);
        foreach (KubeException failure in failures) warn(failure.Message);
        return [.. items.OfType<T>()];
    }

    private async Task<T?> TryAsync<T>(ResourceHeader header, string what, Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            warn($"The {what} of {header.Reference} cannot be read: {failure.Message}");
            return null;
        }
    }
}
