using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output;

/// <summary>Puts objects below their owners.</summary>
internal static class WorkloadTree
{
    /// <summary>The trees of the objects whose owner is not among them; a claim stands below the pods that use it, and alone when none does.</summary>
    public static IReadOnlyList<KubeTreeNode> Build(IEnumerable<object> objects)
    {
        object[] all = [.. objects];
        Dictionary<string, object> byUid = new(StringComparer.Ordinal);
        foreach (object item in all)
        {
            if (ResourceHeader.Read(item).Uid is { } uid) byUid[uid] = item;
        }

        ILookup<string, object> owned = all.Where(item => Owner(item) is { } owner && byUid.ContainsKey(owner)).ToLookup(item => Owner(item)!, StringComparer.Ordinal);
        V1PersistentVolumeClaim[] claims = [.. all.OfType<V1PersistentVolumeClaim>()];
        var used = new HashSet<object>(all.OfType<V1Pod>().SelectMany(pod => ClaimsOf(pod, claims)), ReferenceEqualityComparer.Instance);
        return [.. all.Where(item => (Owner(item) is not { } owner || !byUid.ContainsKey(owner)) && !used.Contains(item)).Select(item => Node(item, owned, claims, 0))];
    }

    private static KubeTreeNode Node(object item, ILookup<string, object> owned, V1PersistentVolumeClaim[] claims, int depth)
    {
        ResourceHeader header = ResourceHeader.Read(item);
        (string ready, string state) = Columns(item);
        var node = new KubeTreeNode(header.Kind, header.Namespace, header.Name ?? "", ready, state, item);
        // A ring of owners is nonsense, but a server does not refuse it.
        IEnumerable<object> below = header.Uid is { } uid && depth < 20 ? owned[uid] : [];
        List<KubeTreeNode> children = [.. below.Select(child => Node(child, owned, claims, depth + 1)).OrderBy(child => child.Kind, StringComparer.Ordinal).ThenBy(child => child.Name, StringComparer.Ordinal)];
        if (item is V1Pod pod)
        {
            children.AddRange(Containers(pod, header));
            children.AddRange(ClaimsOf(pod, claims).Select(claim => Node(claim, owned, claims, depth + 1)));
        }

        node.Children = children;
        return node;
    }

    private static IEnumerable<KubeTreeNode> Containers(V1Pod pod, ResourceHeader header)
    {
        foreach ((V1Container container, string kind, IList<V1ContainerStatus>? statuses) in (pod.Spec?.InitContainers ?? []).Select(container => (container, "InitContainer", pod.Status?.InitContainerStatuses))
            .Concat((pod.Spec?.Containers ?? []).Select(container => (container, "Container", pod.Status?.ContainerStatuses))))
        {
            V1ContainerStatus? status = statuses?.FirstOrDefault(status => status.Name == container.Name);
            yield return new KubeTreeNode(kind, header.Namespace, container.Name ?? "", "", ContainerState(status), container);
        }
    }

    /// <summary>A container's state in one word.</summary>
    public static string ContainerState(V1ContainerStatus? status) => status?.State switch
    {
        { Running: not null } => "Running",
        { Waiting.Reason: { Length: > 0 } reason } => reason,
        { Terminated: { } ended } => string.IsNullOrEmpty(ended.Reason) ? string.Create(CultureInfo.InvariantCulture, $"ExitCode:{ended.ExitCode}") : ended.Reason,
        _ => "Waiting",
    };

    private static IEnumerable<V1PersistentVolumeClaim> ClaimsOf(V1Pod pod, V1PersistentVolumeClaim[] claims) => (pod.Spec?.Volumes ?? [])
        .Select(volume => claims.FirstOrDefault(claim => claim.Metadata?.NamespaceProperty == pod.Metadata?.NamespaceProperty && claim.Metadata?.Name == volume.PersistentVolumeClaim?.ClaimName))
        .OfType<V1PersistentVolumeClaim>();

    private static (string Ready, string State) Columns(object item)
    {
        PSObject shown = PSObject.AsPSObject(item);
        return item switch
        {
            V1Pod => (KubeMembers.PodReady(shown) ?? "", KubeMembers.PodState(shown) ?? ""),
            V1Deployment or V1StatefulSet => (KubeMembers.WorkloadReady(shown) ?? "", ""),
            V1ReplicaSet or V1DaemonSet or V1ReplicationController => (string.Create(CultureInfo.InvariantCulture, $"{KubeMembers.ReadyCount(shown)}/{KubeMembers.Desired(shown)}"), ""),
            V1Job job => (string.Create(CultureInfo.InvariantCulture, $"{job.Status?.Succeeded ?? 0}/{job.Spec?.Completions ?? 1}"), shown.Properties["State"]?.Value?.ToString() ?? ""),
            V1PersistentVolumeClaim => ("", KubeMembers.VolumeState(shown) ?? ""),
            _ => ("", ""),
        };
    }

    private static string? Owner(object item)
    {
        if (item is IMetadata<V1ObjectMeta> model) return model.Metadata?.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true)?.Uid;
        return ResourceJson.ToJsonObject(item)["metadata"]?["ownerReferences"] is JsonArray owners ? owners.FirstOrDefault(owner => owner?["controller"]?.GetValue<bool>() == true)?["uid"]?.ToString() : null;
    }
}
