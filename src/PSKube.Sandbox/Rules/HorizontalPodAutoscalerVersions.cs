using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>
/// Autoscalers in other versions than the stored v2: v2beta2 has the same form; v1 knows the processors' use alone and keeps the
/// rest as JSON in annotations.
/// </summary>
/// <remarks><c>pkg/apis/autoscaling/v1/conversion.go</c>.</remarks>
internal static class HorizontalPodAutoscalerVersions
{
    private const string Prefix = "autoscaling.alpha.kubernetes.io/";
    private const string Metrics = Prefix + "metrics", Behavior = Prefix + "behavior", Conditions = Prefix + "conditions", Current = Prefix + "current-metrics";

    /// <summary>Between v2 and another version; null for v2 itself.</summary>
    public static VersionConversion? For(string version) => version switch
    {
        "v1" => new(ToV1, FromV1),
        "v2beta2" => new(json => Renamed(json, "autoscaling/v2beta2"), json => Renamed(json, "autoscaling/v2")),
        _ => null,
    };

    /// <summary>An autoscaler in v1; the argument is not changed.</summary>
    public static JsonObject ToV1(JsonObject stored)
    {
        JsonObject json = Renamed(stored, "autoscaling/v1");
        JsonNode? spec = stored["spec"], status = stored["status"];
        var said = new JsonObject();
        if (json["spec"] is JsonObject target)
        {
            target.Remove("metrics");
            target.Remove("behavior");
            var rest = new JsonArray();
            foreach (JsonObject metric in spec.Objects("metrics"))
            {
                if (target["targetCPUUtilizationPercentage"] is null && IsProcessor(metric) && metric.At("resource", "target", "averageUtilization") is { } percent) target["targetCPUUtilizationPercentage"] = percent.DeepClone();
                else rest.Add(Old(metric, "target", "target"));
            }

            if (rest.Count > 0) said[Metrics] = Text(rest);
            if (spec.At("behavior") is { } behavior) said[Behavior] = Text(behavior);
        }

        if (json["status"] is JsonObject state)
        {
            state.Remove("currentMetrics");
            state.Remove("conditions");
            foreach (JsonObject metric in status.Objects("currentMetrics"))
            {
                if (IsProcessor(metric) && metric.At("resource", "current", "averageUtilization") is { } percent) state["currentCPUUtilizationPercentage"] = percent.DeepClone();
            }

            JsonNode[] current = [.. status.Objects("currentMetrics").Select(metric => Old(metric, "current", "current"))];
            if (current.Length > 0) said[Current] = Text(new JsonArray(current));
            if (status.At("conditions") is JsonArray { Count: > 0 } conditions) said[Conditions] = Text(conditions);
        }

        if (said.Count == 0) return json;
        JsonObject annotations = json.Child("metadata").Child("annotations");
        foreach ((string name, JsonNode? value) in said) annotations[name] = value!.DeepClone();
        return json;
    }

    /// <summary>An autoscaler of v1 in v2; the argument is not changed.</summary>
    public static JsonObject FromV1(JsonObject old)
    {
        JsonObject json = Renamed(old, "autoscaling/v2");
        JsonObject? annotations = json.At("metadata", "annotations") as JsonObject;
        JsonNode? Taken(string name)
        {
            string? text = annotations.Text(name);
            annotations?.Remove(name);
            try
            {
                return text is null ? null : JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                // The server, too, drops what it cannot read.
                return null;
            }
        }

        JsonNode? metrics = Taken(Metrics), behavior = Taken(Behavior), conditions = Taken(Conditions), current = Taken(Current);
        if (annotations is { Count: 0 }) json.Child("metadata").Remove("annotations");
        if (json["spec"] is JsonObject spec)
        {
            var all = new JsonArray();
            foreach (JsonObject metric in (metrics as JsonArray ?? []).OfType<JsonObject>()) all.Add(New(metric, "target", "target"));
            if (spec.Number("targetCPUUtilizationPercentage") is { } percent) all.Add(PolicyDefaults.Resource("cpu", percent));
            spec.Remove("targetCPUUtilizationPercentage");
            if (all.Count > 0) spec["metrics"] = all;
            if (behavior is JsonObject) spec["behavior"] = behavior;
        }

        if (json["status"] is not JsonObject status) return json;
        status.Remove("currentCPUUtilizationPercentage");
        if (current is JsonArray list) status["currentMetrics"] = new JsonArray([.. list.OfType<JsonObject>().Select(metric => New(metric, "current", "current"))]);
        if (conditions is JsonArray) status["conditions"] = conditions;
        return json;
    }

    private static JsonObject Renamed(JsonObject json, string version)
    {
        JsonObject copy = json.Copy();
        copy["apiVersion"] = version;
        return copy;
    }

    private static string Text(JsonNode node) => node.ToJsonString(s_plain);

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool IsProcessor(JsonObject metric) => metric.Text("type") == "Resource" && metric.Text("resource", "name") == "cpu";

    private static string Source(JsonObject metric) => metric.Text("type") is { Length: > 0 } type ? char.ToLowerInvariant(type[0]) + type[1..] : "";

    /// <summary>A metric as v1 has it: <c>targetAverageValue</c> in place of a target with an average value.</summary>
    private static JsonNode Old(JsonObject metric, string holder, string prefix)
    {
        string source = Source(metric);
        if (metric[source] is not JsonObject from) return metric.DeepClone();
        var to = new JsonObject();
        if (from["describedObject"] is { } described) to["target"] = described.DeepClone();
        if (from["metric"] is JsonObject named)
        {
            to["metricName"] = named["name"]?.DeepClone();
            if (named["selector"] is { } selector) to[source == "external" ? "metricSelector" : "selector"] = selector.DeepClone();
        }

        foreach (string plain in s_kept)
        {
            if (from[plain] is { } value) to[plain] = value.DeepClone();
        }

        foreach ((string name, JsonNode? value) in from[holder] as JsonObject ?? [])
        {
            if (name == "type" || value is null) continue;
            string suffix = char.ToUpperInvariant(name[0]) + name[1..];
            to[source == "object" && name == "averageValue" ? name : prefix + suffix] = value.DeepClone();
        }

        return new JsonObject { ["type"] = metric.Text("type"), [source] = to };
    }

    /// <summary>A metric of v1 as v2 has it.</summary>
    private static JsonNode New(JsonObject metric, string holder, string prefix)
    {
        string source = Source(metric);
        if (metric[source] is not JsonObject from) return metric.DeepClone();
        var to = new JsonObject();
        var amount = new JsonObject();
        if (source == "object" && from["target"] is { } described) to["describedObject"] = described.DeepClone();
        if (from.Text("metricName") is { } name)
        {
            var named = new JsonObject { ["name"] = name };
            if ((from["selector"] ?? from["metricSelector"]) is { } selector) named["selector"] = selector.DeepClone();
            to["metric"] = named;
        }

        foreach (string plain in s_kept)
        {
            if (from[plain] is { } value) to[plain] = value.DeepClone();
        }

        foreach (string kind in s_amounts)
        {
            string suffix = char.ToUpperInvariant(kind[0]) + kind[1..];
            if ((from[prefix + suffix] ?? (source == "object" ? from[kind] : null)) is not { } value) continue;
            amount[kind] = value.DeepClone();
            if (holder == "target") amount["type"] = kind == "averageUtilization" ? "Utilization" : suffix;
        }

        to[holder] = amount;
        return new JsonObject { ["type"] = metric.Text("type"), [source] = to };
    }

    private static readonly string[] s_kept = ["name", "container"];
    private static readonly string[] s_amounts = ["value", "averageValue", "averageUtilization"];
}
