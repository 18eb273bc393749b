using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Specs;

/// <summary>Makes the autoscaler that <c>kubectl autoscale</c> makes (<c>pkg/cmd/autoscale/autoscale.go</c>), in the version that a server takes.</summary>
internal static class AutoscalerBuilder
{
    /// <summary>A target for one resource: a share of what the containers request, or an amount per pod.</summary>
    /// <param name="Resource"><c>cpu</c> or <c>memory</c>.</param>
    /// <param name="Percent">The share in percent, or null.</param>
    /// <param name="Amount">The amount, or null.</param>
    public sealed record Metric(string Resource, int? Percent, string? Amount)
    {
        /// <summary>Reads <c>70%</c>, <c>70</c> (percent, as kubectl's --cpu-percent) or <c>500m</c>, <c>200Mi</c>.</summary>
        public static Metric Parse(string resource, string text)
        {
            string share = text.EndsWith('%') ? text[..^1] : text;
            if (int.TryParse(share, NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && (text.EndsWith('%') || resource == "cpu"))
            {
                return percent > 0 ? new Metric(resource, percent, null) : throw PodTemplateBuilder.Invalid($"'{text}' is no target for {resource}: a share of more than 0 % is needed.");
            }

            try
            {
                Quantity.Parse(text);
            }
            catch (FormatException)
            {
                throw PodTemplateBuilder.Invalid($"'{Api.ServerErrors.Escape(text)}' is no target for {resource}: a share such as 70%, or an amount per pod such as {(resource == "cpu" ? "500m" : "200Mi")}.");
            }

            return new Metric(resource, null, text);
        }
    }

    /// <summary>The autoscaler in autoscaling/v2, or in v2beta2, which has the same shape.</summary>
    public static JsonObject Build(string apiVersion, JsonObject metadata, KubeReference target, string targetApiVersion, int? min, int max, IReadOnlyList<Metric> metrics)
    {
        JsonObject result = Frame(apiVersion, metadata, target, targetApiVersion, min, max);
        if (metrics.Count > 0) result["spec"]!["metrics"] = new JsonArray([.. metrics.Select(Of)]);
        return result;
    }

    /// <summary>The autoscaler in autoscaling/v1; null when it cannot say what is asked.</summary>
    public static JsonObject? BuildV1(JsonObject metadata, KubeReference target, string targetApiVersion, int? min, int max, IReadOnlyList<Metric> metrics)
    {
        if (metrics is not ([] or [{ Resource: "cpu", Percent: not null }])) return null;
        JsonObject result = Frame("autoscaling/v1", metadata, target, targetApiVersion, min, max);
        if (metrics is [var cpu]) result["spec"]!["targetCPUUtilizationPercentage"] = cpu.Percent;
        return result;
    }

    private static JsonObject Frame(string apiVersion, JsonObject metadata, KubeReference target, string targetApiVersion, int? min, int max)
    {
        if (max < 1) throw PodTemplateBuilder.Invalid("-MaxReplicas has to be at least 1.");
        if (min > max) throw PodTemplateBuilder.Invalid(string.Create(CultureInfo.InvariantCulture, $"-MaxReplicas ({max}) cannot be less than -MinReplicas ({min})."));
        var spec = new JsonObject
        {
            ["scaleTargetRef"] = new JsonObject { ["apiVersion"] = targetApiVersion, ["kind"] = target.Kind, ["name"] = target.Name },
            ["maxReplicas"] = max,
        };
        if (min > 0) spec["minReplicas"] = min;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = "HorizontalPodAutoscaler", ["metadata"] = metadata.DeepClone(), ["spec"] = spec };
    }

    private static JsonNode Of(Metric metric) => new JsonObject
    {
        ["type"] = "Resource",
        ["resource"] = new JsonObject
        {
            ["name"] = metric.Resource,
            ["target"] = metric.Percent is { } percent
                ? new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = percent }
                : new JsonObject { ["type"] = "AverageValue", ["averageValue"] = metric.Amount },
        },
    };
}
