using System.Globalization;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Which pods go first when there are too many.</summary>
/// <remarks>Order: <c>ActivePodsWithRanks</c> of <c>pkg/controller/controller_utils.go</c>.</remarks>
internal static class PodVictims
{
    /// <summary>The pods, those that go first first.</summary>
    /// <param name="pods">The pods.</param>
    /// <param name="siblings">The pods that count when a node is crowded.</param>
    /// <param name="minor">The minor version of the cluster.</param>
    public static IEnumerable<StoredObject> Order(IEnumerable<StoredObject> pods, IEnumerable<StoredObject> siblings, int minor)
    {
        Dictionary<string, int> crowd = siblings.GroupBy(one => one.NodeName ?? "").ToDictionary(group => group.Key, group => group.Count());
        return pods
            .OrderBy(pod => pod.NodeName is null ? 0 : 1)
            .ThenBy(pod => pod.Phase switch { null or "Pending" => 0, "Running" => 2, _ => 1 })
            .ThenBy(pod => PodFacts.Of(pod).IsReady ? 1 : 0)
            .ThenBy(pod => minor >= 22 ? Cost(pod) : 0)
            .ThenByDescending(pod => crowd.GetValueOrDefault(pod.NodeName ?? ""))
            .ThenByDescending(pod => PodFacts.Of(pod).ReadySince ?? "", StringComparer.Ordinal)
            .ThenByDescending(pod => PodFacts.Of(pod).Restarts)
            .ThenByDescending(pod => PodFacts.Of(pod).Created, StringComparer.Ordinal)
            .ThenByDescending(pod => pod.Version);
    }

    private static int Cost(StoredObject pod) =>
        int.TryParse(pod.Parse().Text("metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost"), CultureInfo.InvariantCulture, out int cost) ? cost : 0;
}
