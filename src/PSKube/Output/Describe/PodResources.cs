using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>What pods ask for and may use, added up as the scheduler does it.</summary>
internal static class PodResources
{
    /// <summary>What one pod asks for.</summary>
    public static Dictionary<string, ResourceQuantity> Requests(V1Pod pod)
    {
        Dictionary<string, ResourceQuantity> sum = Sum(pod, static resources => resources.Requests);
        foreach ((string name, ResourceQuantity amount) in pod.Spec?.Overhead ?? new Dictionary<string, ResourceQuantity>()) Add(sum, name, amount);
        return sum;
    }

    /// <summary>What one pod may use at most.</summary>
    public static Dictionary<string, ResourceQuantity> Limits(V1Pod pod)
    {
        Dictionary<string, ResourceQuantity> sum = Sum(pod, static resources => resources.Limits);
        foreach ((string name, ResourceQuantity amount) in pod.Spec?.Overhead ?? new Dictionary<string, ResourceQuantity>())
        {
            // Without a limit there is none with the overhead either.
            if (sum.TryGetValue(name, out ResourceQuantity? limit) && limit.ToDecimal() != 0) Add(sum, name, amount);
        }

        return sum;
    }

    /// <summary>Adds an amount to what is there; the first amount's form is kept.</summary>
    public static void Add(Dictionary<string, ResourceQuantity> sum, string name, ResourceQuantity amount)
    {
        sum[name] = sum.TryGetValue(name, out ResourceQuantity? before) ? new ResourceQuantity(before.ToDecimal() + amount.ToDecimal(), 0, before.ToDecimal() == 0 ? amount.Format : before.Format) : amount;
    }

    /// <summary>The class that the server gives a pod, worked out for one that no server has seen.</summary>
    public static string QualityOfService(V1Pod pod)
    {
        V1Container[] containers = [.. pod.Spec?.Containers ?? [], .. pod.Spec?.InitContainers ?? []];
        static bool Counts(KeyValuePair<string, ResourceQuantity> amount) => amount.Key is "cpu" or "memory" && amount.Value.ToDecimal() > 0;
        if (!Array.Exists(containers, container => (container.Resources?.Limits?.Any(Counts) ?? false) || (container.Resources?.Requests?.Any(Counts) ?? false))) return "BestEffort";
        bool guaranteed = Array.TrueForAll(containers, container => (string[])["cpu", "memory"] is var names && Array.TrueForAll(names, name =>
            container.Resources?.Limits is { } limits && limits.TryGetValue(name, out ResourceQuantity? limit) && limit.ToDecimal() > 0
            && (container.Resources.Requests is not { } requests || !requests.TryGetValue(name, out ResourceQuantity? request) || request.ToDecimal() == limit.ToDecimal())));
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static Dictionary<string, ResourceQuantity> Sum(V1Pod pod, Func<V1ResourceRequirements, IDictionary<string, ResourceQuantity>?> which)
    {
        var sum = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        foreach (V1Container container in pod.Spec?.Containers ?? []) AddAll(sum, which, container);
        var sidecars = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        var start = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        foreach (V1Container container in pod.Spec?.InitContainers ?? [])
        {
            var now = new Dictionary<string, ResourceQuantity>(sidecars, StringComparer.Ordinal);
            AddAll(now, which, container);
            if (container.RestartPolicy == "Always")
            {
                AddAll(sum, which, container);
                sidecars = now;
            }

            Raise(start, now);
        }

        Raise(sum, start);
        return sum;
    }

    private static void AddAll(Dictionary<string, ResourceQuantity> sum, Func<V1ResourceRequirements, IDictionary<string, ResourceQuantity>?> which, V1Container container)
    {
        foreach ((string name, ResourceQuantity amount) in (container.Resources is null ? null : which(container.Resources)) ?? new Dictionary<string, ResourceQuantity>()) Add(sum, name, amount);
    }

    private static void Raise(Dictionary<string, ResourceQuantity> to, Dictionary<string, ResourceQuantity> from)
    {
        foreach ((string name, ResourceQuantity amount) in from)
        {
            if (!to.TryGetValue(name, out ResourceQuantity? before) || amount.ToDecimal() > before.ToDecimal()) to[name] = amount;
        }
    }
}
