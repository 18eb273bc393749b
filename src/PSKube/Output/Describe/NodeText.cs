using System.Management.Automation;
using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>A node: its state, what it has, and what its pods take of that.</summary>
internal static class NodeText
{
    /// <summary>Writes a Node.</summary>
    public static void Write(V1Node node, DescriptionWriter writer, DescribeFacts facts)
    {
        V1NodeStatus status = node.Status ?? new V1NodeStatus();
        writer.Field("Name", node.Metadata?.Name);
        writer.Field("Roles", KubeMembers.NodeRoles(PSObject.AsPSObject(node)));
        writer.LabelsAndAnnotations(node.Metadata);
        writer.Field("CreationTimestamp", facts.Time(node.Metadata?.CreationTimestamp));
        writer.Values("Taints", (node.Spec?.Taints ?? []).OrderBy(taint => $"{taint.Effect},{taint.Key}", StringComparer.Ordinal).Select(Taint));
        writer.Field("Unschedulable", Words.Lower(node.Spec?.Unschedulable));
        Lease(writer, facts);
        if (status.Conditions is { Count: > 0 } conditions)
        {
            using IDisposable section = writer.Open("Conditions");
            writer.Table(
                ["Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"],
                conditions.Select(condition => (string[])[condition.Type ?? "", condition.Status ?? "", facts.Time(condition.LastHeartbeatTime), facts.Time(condition.LastTransitionTime), condition.Reason ?? "", condition.Message ?? ""]),
                spaced: 5);
        }

        using (writer.Open("Addresses"))
        {
            foreach (V1NodeAddress address in status.Addresses ?? []) writer.Field(address.Type ?? "", address.Address);
        }

        Amounts(writer, "Capacity", status.Capacity);
        Amounts(writer, "Allocatable", status.Allocatable);
        System(writer, status.NodeInfo);
        if (!string.IsNullOrEmpty(node.Spec?.PodCIDR)) writer.Field("PodCIDR", node.Spec.PodCIDR);
        if (node.Spec?.PodCIDRs is { Count: > 0 } ranges) writer.Field("PodCIDRs", string.Join(',', ranges));
        if (!string.IsNullOrEmpty(node.Spec?.ProviderID)) writer.Field("ProviderID", node.Spec.ProviderID);
        if (facts.Pods is null) writer.Field("Pods", "not authorized");
        else Pods(writer, status.Allocatable is { Count: > 0 } allocatable ? allocatable : status.Capacity ?? new Dictionary<string, ResourceQuantity>(), facts);
        EventText.Write(writer, facts);
    }

    private static string Taint(V1Taint taint) => $"{taint.Key}{(string.IsNullOrEmpty(taint.Value) ? "" : $"={taint.Value}")}{(string.IsNullOrEmpty(taint.Effect) ? "" : $":{taint.Effect}")}";

    private static void Lease(DescriptionWriter writer, DescribeFacts facts)
    {
        if (facts.Lease is not { } lease)
        {
            writer.Field("Lease", "<unknown>");
            return;
        }

        using IDisposable section = writer.Open("Lease");
        writer.Field("HolderIdentity", lease.Spec?.HolderIdentity ?? "<unset>");
        writer.Field("AcquireTime", lease.Spec?.AcquireTime is { } acquired ? facts.Time(acquired) : "<unset>");
        writer.Field("RenewTime", lease.Spec?.RenewTime is { } renewed ? facts.Time(renewed) : "<unset>");
    }

    private static void Amounts(DescriptionWriter writer, string title, IDictionary<string, ResourceQuantity>? amounts)
    {
        if (amounts is not { Count: > 0 }) return;
        using IDisposable section = writer.Open(title);
        foreach ((string name, ResourceQuantity amount) in Words.Sorted(amounts)) writer.Field(name, Words.Amount(amount));
    }

    private static void System(DescriptionWriter writer, V1NodeSystemInfo? info)
    {
        using IDisposable section = writer.Open("System Info");
        writer.Field("Machine ID", info?.MachineID);
        writer.Field("System UUID", info?.SystemUUID);
        writer.Field("Boot ID", info?.BootID);
        writer.Field("Kernel Version", info?.KernelVersion);
        writer.Field("OS Image", info?.OsImage);
        writer.Field("Operating System", info?.OperatingSystem);
        writer.Field("Architecture", info?.Architecture);
        writer.Field("Container Runtime Version", info?.ContainerRuntimeVersion);
        writer.Field("Kubelet Version", info?.KubeletVersion);
        writer.Field("Kube-Proxy Version", info?.KubeProxyVersion);
    }

    private static void Pods(DescriptionWriter writer, IDictionary<string, ResourceQuantity> available, DescribeFacts facts)
    {
        var requests = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        var limits = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        using (writer.Open("Non-terminated Pods", Words.Plain($"({facts.Pods!.Count} in total)")))
        {
            var rows = new List<string[]>();
            foreach (V1Pod pod in facts.Pods)
            {
                Dictionary<string, ResourceQuantity> asked = PodResources.Requests(pod);
                Dictionary<string, ResourceQuantity> most = PodResources.Limits(pod);
                foreach ((string name, ResourceQuantity amount) in asked) PodResources.Add(requests, name, amount);
                foreach ((string name, ResourceQuantity amount) in most) PodResources.Add(limits, name, amount);
                rows.Add([pod.Metadata?.NamespaceProperty ?? "", pod.Metadata?.Name ?? "", "", Share(asked, "cpu", available), Share(most, "cpu", available), Share(asked, "memory", available), Share(most, "memory", available), facts.Since(pod.Metadata?.CreationTimestamp)]);
            }

            writer.Table(["Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age"], rows);
        }

        using (writer.Open("Allocated resources"))
        {
            writer.Entry("(Total limits may be over 100 percent, i.e., overcommitted.)");
            string[] pages = [.. available.Keys.Where(name => name.StartsWith("hugepages-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            string[] others = [.. available.Keys.Except(pages).Where(name => name is not ("cpu" or "memory" or "ephemeral-storage" or "pods")).Order(StringComparer.Ordinal)];
            IEnumerable<string[]> shares = ((string[])["cpu", "memory", "ephemeral-storage", .. pages]).Select(name => (string[])[name, Share(requests, name, available), Share(limits, name, available)]);
            IEnumerable<string[]> amounts = others.Select(name => (string[])[name, Words.Amount(requests.GetValueOrDefault(name)), Words.Amount(limits.GetValueOrDefault(name))]);
            writer.Table(["Resource", "Requests", "Limits"], shares.Concat(amounts));
        }
    }

    private static string Share(Dictionary<string, ResourceQuantity> amounts, string name, IDictionary<string, ResourceQuantity> available)
    {
        ResourceQuantity? amount = amounts.GetValueOrDefault(name);
        decimal whole = available.TryGetValue(name, out ResourceQuantity? found) ? found.ToDecimal() : 0;
        decimal percent = whole == 0 || amount is null ? 0 : decimal.Truncate(amount.ToDecimal() / whole * 100);
        return Words.Plain($"{Words.Amount(amount)} ({percent:0}%)");
    }
}
