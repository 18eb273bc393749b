using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PSKube.EngineTests.Fidelity;

/// <summary>Compares two servers' answers to one request: all but what no two servers have in common.</summary>
internal static partial class AnswerDifference
{
    private static readonly string[] s_ofEachServer = ["uid", "creationTimestamp", "resourceVersion", "selfLink"];

    /// <summary>Kinds whose status controllers write while the script runs.</summary>
    private static readonly string[] s_controlled = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "HorizontalPodAutoscaler", "PersistentVolumeClaim", "ResourceQuota", "PodDisruptionBudget"];

    private static readonly string[] s_controllers = ["kube-controller-manager", "kube-scheduler", "kubelet"];

    /// <summary>What differs, each with its path; empty when the answers are the same.</summary>
    public static List<string> Between(JsonObject real, JsonObject played, JsonObject request)
    {
        var differences = new List<string>();
        if (real["status"]!.GetValue<int>() != played["status"]!.GetValue<int>()) differences.Add($"status: really {real["status"]}, here {played["status"]}");
        Compare(Clean(real["body"], request), Clean(played["body"], request), "", differences);
        return differences;
    }

    private static JsonNode? Clean(JsonNode? body, JsonObject request)
    {
        JsonNode? copy = body?.DeepClone();
        if (copy is not JsonObject json) return copy is null ? null : JsonValue.Create(Anonymous(copy.ToString()));
        string asked = request["body"]?.ToJsonString() ?? "";
        string kind = json["kind"]?.ToString() ?? "";
        if (json["items"] is JsonArray items)
        {
            foreach (JsonObject one in items.OfType<JsonObject>()) CleanObject(one, kind[..^"List".Length], asked);
        }
        else CleanObject(json, kind, asked);

        if (json["items"] is JsonArray && json["metadata"] is JsonObject list)
        {
            foreach (string name in s_ofEachServer) list.Remove(name);
        }

        return Walk(json);
    }

    private static void CleanObject(JsonObject json, string kind, string asked)
    {
        if (json["details"] is JsonObject details)
        {
            details.Remove("uid");
            // Conflicts come out of a map of managers, in no order.
            if (details["causes"] is JsonArray causes) details["causes"] = new JsonArray([.. causes.Select(cause => cause!.DeepClone()).OrderBy(cause => Anonymous(cause.ToJsonString()), StringComparer.Ordinal)]);
        }

        if (s_controlled.Contains(kind)) json.Remove("status");
        // Real servers choose addresses and ports, each its own.
        if (kind == "Service" && json["spec"] is JsonObject spec)
        {
            if (spec["clusterIP"] is { } address && address.ToString() != "None" && !asked.Contains("clusterIP", StringComparison.Ordinal))
            {
                spec["clusterIP"] = "chosen";
                if (spec["clusterIPs"] is JsonArray) spec["clusterIPs"] = new JsonArray("chosen");
            }

            foreach (JsonObject port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (port["nodePort"] is not null && !asked.Contains("nodePort", StringComparison.Ordinal)) port["nodePort"] = "chosen";
            }
        }

        if (json["metadata"] is not JsonObject metadata) return;
        foreach (string name in s_ofEachServer) metadata.Remove(name);
        if (metadata.ContainsKey("deletionTimestamp")) metadata["deletionTimestamp"] = "set";
        if (metadata["annotations"] is JsonObject annotations)
        {
            foreach (string name in annotations.Select(pair => pair.Key).Where(name => name.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal) || name.StartsWith("deprecated.daemonset", StringComparison.Ordinal)).ToList()) annotations.Remove(name);
            if (annotations.Count == 0) metadata.Remove("annotations");
        }

        if (metadata["managedFields"] is not JsonArray managed) return;
        foreach (JsonObject entry in managed.OfType<JsonObject>().ToList())
        {
            entry.Remove("time");
            if (s_controllers.Contains(entry["manager"]?.ToString())) managed.Remove(entry);
        }

        // A server has them in the order of their times, by the second: which of them share one is a matter of how fast it was.
        List<JsonObject> ordered = [.. managed.OfType<JsonObject>().OrderBy(entry => $"{entry["operation"]} {entry["manager"]} {entry["apiVersion"]} {entry["subresource"]}", StringComparer.Ordinal)];
        managed.Clear();
        foreach (JsonObject entry in ordered) managed.Add((JsonNode)entry);
    }

    private static JsonNode? Walk(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                var sorted = new JsonObject();
                foreach ((string name, JsonNode? value) in json.OrderBy(pair => pair.Key, StringComparer.Ordinal)) sorted[Anonymous(name)] = Walk(value);
                return sorted;
            case JsonArray list:
                return new JsonArray([.. list.Select(Walk)]);
            case JsonValue value when value.TryGetValue(out string? text):
                return JsonValue.Create(Anonymous(text));
            default:
                return node?.DeepClone();
        }
    }

    private static string Anonymous(string text) => RandomName().Replace(Uuid().Replace(text, "<uid>"), "$1<suffix>");

    private static void Compare(JsonNode? real, JsonNode? played, string path, List<string> differences)
    {
        if (JsonNode.DeepEquals(real, played)) return;
        if (real is JsonObject one && played is JsonObject other)
        {
            foreach (string name in one.Select(pair => pair.Key).Union(other.Select(pair => pair.Key))) Compare(one[name], other[name], $"{path}.{name}", differences);
        }
        else if (real is JsonArray these && played is JsonArray those && these.Count == those.Count)
        {
            for (int i = 0; i < these.Count; i++) Compare(these[i], those[i], $"{path}[{i}]", differences);
        }
        else differences.Add($"{path}: really {Short(real)}, here {Short(played)}");
    }

    private static string Short(JsonNode? node)
    {
        string text = node?.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "nothing";
        return text.Length > 600 ? text[..600] + "…" : text;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex("(-token-|Bad_)[a-z0-9]{5}\\b")]
    private static partial Regex RandomName();
}
