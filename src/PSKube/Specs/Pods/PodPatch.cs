using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Specs;

/// <summary>
/// One change to what a pod is: the strategic merge patch that makes it, worked out on the pod spec as it is. The same patch
/// is sent to a cluster or laid over an object that is on none.
/// </summary>
/// <param name="podSpec">The pod spec; not changed.</param>
/// <exception cref="KubeException">The change does not fit the pod spec.</exception>
internal delegate JsonObject PodEdit(JsonObject podSpec);

/// <summary>Where each kind keeps the pods that it is or makes, and changes there.</summary>
internal static class PodPatch
{
    private static readonly string[] Pods = ["spec"];
    private static readonly string[] Templates = ["spec", "template", "spec"];
    private static readonly string[] CronJobs = ["spec", "jobTemplate", "spec", "template", "spec"];
    private static readonly string[] BareTemplates = ["template", "spec"];

    /// <summary>The fields that lead to a kind's pod spec.</summary>
    /// <exception cref="KubeException">The kind has none (<c>KubeInputInvalid</c>).</exception>
    public static IReadOnlyList<string> PathOf(string group, string kind, KubeReference reference) => FindPath(group, kind)
        ?? throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"{reference} has no containers: a Pod, Deployment, ReplicaSet, DaemonSet, StatefulSet, Job, CronJob or ReplicationController was expected.") { Target = reference };

    /// <summary>The fields that lead to a kind's pod spec; null when it has none. Older versions keep it at the same place.</summary>
    public static IReadOnlyList<string>? FindPath(string group, string kind) => (group, kind) switch
    {
        ("", "Pod") => Pods,
        ("", "PodTemplate") => BareTemplates,
        ("", "ReplicationController") or ("apps" or "extensions", "Deployment" or "ReplicaSet" or "DaemonSet") or ("apps", "StatefulSet") or ("batch", "Job") => Templates,
        ("batch", "CronJob") => CronJobs,
        _ => null,
    };

    /// <summary>The patch of a whole object that makes a change to its pods.</summary>
    public static JsonObject For(JsonObject workload, IReadOnlyList<string> path, PodEdit edit)
    {
        JsonObject patch = edit(SpecAt(workload, path) ?? []);
        foreach (string field in path.Reverse()) patch = new JsonObject { [field] = patch };
        return patch;
    }

    /// <summary>A changed copy of an object that is on no cluster.</summary>
    public static JsonObject Apply(JsonObject workload, IReadOnlyList<string> path, PodEdit edit) => JsonOverrides.Apply((JsonObject)workload.DeepClone(), For(workload, path, edit), OverrideType.Strategic);

    /// <summary>The pod spec at a place; null when there is none.</summary>
    public static JsonObject? SpecAt(JsonObject workload, IReadOnlyList<string> path)
    {
        JsonNode? node = workload;
        foreach (string field in path) node = (node as JsonObject)?[field];
        return node as JsonObject;
    }

    /// <summary>
    /// Puts elements into a list that is merged by a key, behind those that are there. Without an order of its own the
    /// server would put new ones in front, where the first container and the first init container have a meaning.
    /// </summary>
    /// <param name="present">The map that has the list now.</param>
    /// <param name="patch">The patch of that map.</param>
    /// <param name="list">The list's name.</param>
    /// <param name="key">Its key.</param>
    /// <param name="elements">What is added or changed.</param>
    /// <param name="removed">The keys of what is taken out.</param>
    public static void Put(JsonObject present, JsonObject patch, string list, string key, IEnumerable<JsonObject> elements, IReadOnlyCollection<string>? removed = null)
    {
        List<string> there = [.. (present[list] as JsonArray ?? []).Select(item => item?[key]?.ToString()).OfType<string>().Distinct(StringComparer.Ordinal)];
        JsonObject[] given = [.. elements];
        List<string> order = [.. there.Except(removed ?? []).Union(given.Select(element => element[key]!.ToString()), StringComparer.Ordinal)];
        JsonObject[] gone = [.. there.Intersect(removed ?? [], StringComparer.Ordinal).Select(name => new JsonObject { [key] = name, [JsonOverrides.Directive] = "delete" })];
        if (given.Length + gone.Length == 0) return;
        // The server refuses a patch whose elements are in another order than it asks for.
        patch[list] = new JsonArray([.. given.OrderBy(element => order.IndexOf(element[key]!.ToString())), .. gone]);
        if (order.Count > 0) patch[JsonOverrides.OrderOf + list] = new JsonArray([.. order.Select(name => new JsonObject { [key] = name })]);
    }
}
