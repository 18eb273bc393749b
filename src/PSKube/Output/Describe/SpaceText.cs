using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>A namespace with what is allowed in it; quotas and limit ranges by themselves.</summary>
internal static class SpaceText
{
    private static readonly string[] LimitColumns = ["Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio"];

    /// <summary>Writes a Namespace.</summary>
    public static void Write(V1Namespace space, DescriptionWriter writer, DescribeFacts facts)
    {
        writer.Field("Name", space.Metadata?.Name);
        writer.LabelsAndAnnotations(space.Metadata);
        writer.Field("Status", space.Status?.Phase);
        if (space.Status?.Conditions is { Count: > 0 } conditions)
        {
            using IDisposable section = writer.Open("Conditions");
            writer.Table(["Type", "Status", "LastTransitionTime", "Reason", "Message"], conditions.Select(condition => (string[])[condition.Type ?? "", condition.Status ?? "", facts.Time(condition.LastTransitionTime), condition.Reason ?? "", condition.Message ?? ""]));
        }

        if (facts.Quotas is not null) Quotas(writer, facts.Quotas);
        if (facts.Limits is null) return;
        writer.Text("");
        if (facts.Limits.Count == 0)
        {
            writer.Entry("No LimitRange resource.");
            return;
        }

        using IDisposable limits = writer.Open("Resource Limits", step: 1, heading: "Resource Limits");
        writer.Table(LimitColumns, facts.Limits.SelectMany(Limits));
    }

    /// <summary>Writes a ResourceQuota.</summary>
    public static void Write(V1ResourceQuota quota, DescriptionWriter writer)
    {
        writer.Field("Name", quota.Metadata?.Name);
        writer.Field("Namespace", quota.Metadata?.NamespaceProperty);
        Scopes(writer, quota, " * ");
        using IDisposable section = writer.Open("Resources", step: 0, heading: "");
        writer.Table(["Resource", "Used", "Hard"], Hard(quota));
    }

    /// <summary>Writes a LimitRange.</summary>
    public static void Write(V1LimitRange range, DescriptionWriter writer)
    {
        writer.Field("Name", range.Metadata?.Name);
        writer.Field("Namespace", range.Metadata?.NamespaceProperty);
        using IDisposable section = writer.Open("Limits", step: 0, heading: "");
        writer.Table(LimitColumns, Limits(range));
    }

    private static void Quotas(DescriptionWriter writer, IReadOnlyList<V1ResourceQuota> quotas)
    {
        writer.Text("");
        if (quotas.Count == 0)
        {
            writer.Entry("No resource quota.");
            return;
        }

        using IDisposable section = writer.Open("Resource Quotas", heading: "Resource Quotas");
        foreach (V1ResourceQuota quota in quotas.OrderBy(quota => quota.Metadata?.Name, StringComparer.Ordinal))
        {
            using IDisposable one = writer.Open(quota.Metadata?.Name ?? "", step: 0, heading: "");
            writer.Field("Name", quota.Metadata?.Name);
            Scopes(writer, quota, "* ");
            writer.Table(["Resource", "Used", "Hard"], Hard(quota), line: ["--------", "---", "---"]);
        }
    }

    private static void Scopes(DescriptionWriter writer, V1ResourceQuota quota, string bullet)
    {
        if (quota.Spec?.Scopes is not { Count: > 0 } given) return;
        string[] scopes = [.. given.Order(StringComparer.Ordinal)];
        writer.Field("Scopes", string.Join(", ", scopes));
        foreach (string scope in scopes)
        {
            string? help = scope switch
            {
                "Terminating" => "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
                "NotTerminating" => "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
                "BestEffort" => "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
                "NotBestEffort" => "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
                _ => null,
            };
            if (help is not null) writer.Entry(bullet + help);
        }
    }

    private static IEnumerable<string[]> Hard(V1ResourceQuota quota)
    {
        return Words.Sorted(quota.Status?.Hard).Select(hard => (string[])[hard.Key, Words.Amount(quota.Status?.Used is { } used && used.TryGetValue(hard.Key, out ResourceQuantity? amount) ? amount : null), Words.Amount(hard.Value)]);
    }

    private static IEnumerable<string[]> Limits(V1LimitRange range)
    {
        static string Of(IDictionary<string, ResourceQuantity>? amounts, string name) => amounts is not null && amounts.TryGetValue(name, out ResourceQuantity? amount) ? Words.Amount(amount) : "-";
        foreach (V1LimitRangeItem item in range.Spec?.Limits ?? [])
        {
            IDictionary<string, ResourceQuantity>?[] all = [item.Max, item.Min, item.DefaultProperty, item.DefaultRequest, item.MaxLimitRequestRatio];
            foreach (string name in all.SelectMany(amounts => amounts?.Keys ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                yield return [item.Type ?? "", name, Of(item.Min, name), Of(item.Max, name), Of(item.DefaultRequest, name), Of(item.DefaultProperty, name), Of(item.MaxLimitRequestRatio, name)];
            }
        }
    }
}
