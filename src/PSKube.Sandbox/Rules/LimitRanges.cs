using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Rules;

/// <summary>What a namespace's limit ranges give to containers and forbid to pods and claims.</summary>
/// <param name="store">What there is.</param>
/// <remarks><c>plugin/pkg/admission/limitranger/admission.go</c>.</remarks>
internal sealed class LimitRanges(ObjectStore store)
{
    private static readonly (string List, string Words)[] s_containers = [("containers", "container"), ("initContainers", "init container")];

    /// <summary>One item of a limit range.</summary>
    /// <param name="Type"><c>Container</c>, <c>Pod</c> or <c>PersistentVolumeClaim</c>.</param>
    /// <param name="Item">The item.</param>
    internal sealed record Bounds(string Type, JsonObject Item);

    /// <summary>The limits of a namespace.</summary>
    public Bounds[] Of(string ns) => [.. store.List(Kinds.LimitRanges, ns).SelectMany(range => range.Parse().Objects("spec", "limits")).Select(item => new Bounds(item.Text("type") ?? "", item))];

    /// <summary>Gives containers the default requests and limits, and says so in an annotation.</summary>
    public static void Fill(JsonObject pod, Bounds[] bounds)
    {
        var told = new List<string>();
        foreach (Bounds bound in bounds.Where(bound => bound.Type == "Container"))
        {
            foreach ((string list, string words) in s_containers)
            {
                foreach (JsonObject container in pod.Objects("spec", list))
                {
                    Give(container, bound.Item, "defaultRequest", "requests", $" request for {words} {container.Text("name")}", told);
                    Give(container, bound.Item, "default", "limits", $" limit for {words} {container.Text("name")}", told);
                }
            }
        }

        if (told.Count > 0) pod.Child("metadata").Child("annotations")["kubernetes.io/limit-ranger"] = $"LimitRanger plugin set: {string.Join("; ", told)}";
    }

    /// <summary>Refuses a pod that is out of bounds.</summary>
    /// <exception cref="StatusException">It is.</exception>
    public static void CheckPod(Resource resource, string name, JsonObject pod, Bounds[] bounds)
    {
        var told = new List<string>();
        JsonObject[] containers = [.. pod.Objects("spec", "containers")], first = [.. pod.Objects("spec", "initContainers")];
        foreach (Bounds bound in bounds)
        {
            if (bound.Type == "Container")
            {
                foreach (JsonObject container in containers.Concat(first)) Compare(bound, Values(container, "requests"), Values(container, "limits"), told);
            }
            else if (bound.Type == "Pod")
            {
                Compare(bound, Total(containers, first, "requests"), Total(containers, first, "limits"), told);
            }
        }

        Throw(resource, name, told);
    }

    /// <summary>Refuses a claim that is out of bounds.</summary>
    /// <exception cref="StatusException">It is.</exception>
    public static void CheckClaim(Resource resource, string name, JsonObject claim, Bounds[] bounds)
    {
        var told = new List<string>();
        Dictionary<string, Quantity> requests = Read(claim.At("spec", "resources", "requests"));
        foreach (Bounds bound in bounds.Where(bound => bound.Type == "PersistentVolumeClaim"))
        {
            foreach ((string what, Quantity least) in Read(bound.Item["min"])) Least(bound.Type, what, least, requests, [], told);
            foreach ((string what, Quantity most) in Read(bound.Item["max"]))
            {
                if (!requests.TryGetValue(what, out Quantity asked)) told.Add($"maximum {what} usage per {bound.Type} is {most}.  No request is specified");
                else if (asked.CompareTo(most) > 0) told.Add($"maximum {what} usage per {bound.Type} is {most}, but request is {asked}");
            }
        }

        Throw(resource, name, told);
    }

    private static void Give(JsonObject container, JsonObject item, string from, string to, string words, List<string> told)
    {
        if (item[from] is not JsonObject { Count: > 0 } values) return;
        JsonObject target = container.Child("resources").Child(to);
        var given = new List<string>();
        foreach ((string what, JsonNode? value) in values)
        {
            if (value is null || target[what] is not null) continue;
            target[what] = value.DeepClone();
            given.Add(what);
        }

        if (given.Count > 0) told.Add(string.Join(", ", given.Order(StringComparer.Ordinal)) + words);
    }

    private static void Compare(Bounds bound, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits, List<string> told)
    {
        foreach ((string what, Quantity least) in Read(bound.Item["min"])) Least(bound.Type, what, least, requests, limits, told);
        foreach ((string what, Quantity most) in Read(bound.Item["max"]))
        {
            string start = $"maximum {what} usage per {bound.Type} is {most}";
            if (!limits.TryGetValue(what, out Quantity limit)) told.Add($"{start}.  No limit is specified");
            else if (limit.CompareTo(most) > 0) told.Add($"{start}, but limit is {limit}");
            else if (requests.TryGetValue(what, out Quantity request) && request.CompareTo(most) > 0) told.Add($"{start}, but request is {request}");
        }

        foreach ((string what, Quantity ratio) in Read(bound.Item["maxLimitRequestRatio"]))
        {
            string start = $"{what} max limit to request ratio per {bound.Type} is {ratio}";
            if (!requests.TryGetValue(what, out Quantity request) || request.Nano.IsZero) told.Add($"{start}, but no request is specified or request is 0");
            else if (!limits.TryGetValue(what, out Quantity limit) || limit.Nano.IsZero) told.Add($"{start}, but no limit is specified or limit is 0");
            else if ((double)limit.Nano / (double)request.Nano is var observed && observed > (double)ratio.Nano / 1e9) told.Add($"{start}, but provided ratio is {observed.ToString("F6", CultureInfo.InvariantCulture)}");
        }
    }

    private static void Least(string type, string what, Quantity least, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits, List<string> told)
    {
        string start = $"minimum {what} usage per {type} is {least}";
        if (!requests.TryGetValue(what, out Quantity request)) told.Add($"{start}.  No request is specified");
        else if (request.CompareTo(least) < 0) told.Add($"{start}, but request is {request}");
        else if (limits.TryGetValue(what, out Quantity limit) && limit.CompareTo(least) < 0) told.Add($"{start}, but limit is {limit}");
    }

    /// <summary>What the containers ask for together, or a single one before them when that is more; only what all of them name.</summary>
    private static Dictionary<string, Quantity> Total(JsonObject[] containers, JsonObject[] first, string list)
    {
        Dictionary<string, Quantity>[] all = [.. containers.Select(container => Values(container, list))];
        var total = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (string what in all.SelectMany(one => one.Keys).Distinct())
        {
            if (all.All(one => one.ContainsKey(what))) total[what] = all.Select(one => one[what]).Aggregate((sum, next) => sum + next);
        }

        foreach ((string what, Quantity value) in first.SelectMany(container => Values(container, list)))
        {
            if (!total.TryGetValue(what, out Quantity known) || value.CompareTo(known) > 0) total[what] = value;
        }

        return total;
    }

    private static Dictionary<string, Quantity> Values(JsonObject container, string list) => Read(container.At("resources", list));

    /// <summary>A resource list.</summary>
    internal static Dictionary<string, Quantity> Read(JsonNode? list)
    {
        var values = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach ((string what, JsonNode? value) in list as JsonObject ?? []) values[what] = Quantity.Of(value);
        return values;
    }

    private static void Throw(Resource resource, string name, List<string> told)
    {
        string[] all = [.. told.Distinct()];
        if (all.Length > 0) throw Refusals.Forbidden(resource, name, all.Length == 1 ? all[0] : $"[{string.Join(", ", all)}]");
    }
}
