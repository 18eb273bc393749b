using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Conversion;

/// <summary>
/// A workload to be converted: a copy that may be changed, cleaned of what ties it to the object it was. The user's own object
/// is never touched.
/// </summary>
internal sealed class WorkloadSource
{
    private const string HashLabel = "pod-template-hash";
    private static readonly string[] TemplateLabels = [HashLabel, "controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-revision-hash", "statefulset.kubernetes.io/pod-name", "pod-template-generation", "apps.kubernetes.io/pod-index"];

    private WorkloadSource(ResourceHeader header, JsonObject json)
    {
        Header = header;
        Spec = (header.Kind == "CronJob" ? json["spec"]?["jobTemplate"]?["spec"] : json["spec"]) as JsonObject ?? [];
        Metadata = CleanMetadata(json["metadata"] as JsonObject ?? []);
        Template = header.Kind == "Pod" ? TemplateOf(json) : CleanTemplate(Spec["template"] as JsonObject ?? []);
        // A pod has no selector, and a job's own one means its own pods only.
        bool selects = header.Kind is not ("Pod" or "Job" or "CronJob");
        if (!selects) LabelAtLeast(Template, header.Name);
        Selector = (selects ? (JsonObject?)Spec["selector"]?.DeepClone() : new JsonObject { ["matchLabels"] = Template["metadata"]?["labels"]?.DeepClone() }) ?? [];
        (Selector["matchLabels"] as JsonObject)?.Remove(HashLabel);
    }

    /// <summary>What the source says of itself.</summary>
    public ResourceHeader Header { get; }

    /// <summary>The source's spec.</summary>
    public JsonObject Spec { get; }

    /// <summary>Name, namespace, labels and annotations to keep.</summary>
    public JsonObject Metadata { get; }

    /// <summary>The pod template.</summary>
    public JsonObject Template { get; }

    /// <summary>The selector.</summary>
    public JsonObject Selector { get; }

    /// <summary>Reads what was piped.</summary>
    /// <exception cref="KubeException">It runs no pods (<c>KubeInputInvalid</c>).</exception>
    public static WorkloadSource Read(object input)
    {
        ResourceHeader header = ResourceHeader.Read(input);
        if (header is not ({ Kind: "Deployment" or "StatefulSet" or "ReplicaSet" or "DaemonSet", Group: "apps" } or { Kind: "Job" or "CronJob", Group: "batch" } or { Kind: "Pod" or "ReplicationController", Group: "" }))
        {
            throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"{header.Reference} cannot be converted: a Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob or Pod was expected.") { Target = header.Reference };
        }

        JsonObject json = ResourceJson.ToJsonObject(input);
        if (header.Kind == "ReplicationController" && json["spec"]?["selector"] is JsonObject map) json["spec"]!["selector"] = new JsonObject { ["matchLabels"] = map.DeepClone() };
        return new WorkloadSource(header, json);
    }

    /// <summary>
    /// Gives the result another name; where the selector is just <c>app: old name</c>, as kubectl makes it, the labels follow,
    /// so that the two do not claim each other's pods.
    /// </summary>
    public void Rename(string name)
    {
        string old = Header.Name ?? "";
        Metadata["name"] = name;
        if (Selector["matchExpressions"] is JsonArray { Count: > 0 }) return;
        if (Selector["matchLabels"] is not JsonObject { Count: 1 } labels || labels["app"]?.ToString() != old) return;
        labels["app"] = name;
        if (Metadata["labels"] is JsonObject own && own["app"]?.ToString() == old) own["app"] = name;
        if (Template["metadata"]?["labels"] is JsonObject pods) pods["app"] = name;
    }

    /// <summary>Adds labels to the object and its pods.</summary>
    public void AddLabels(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        foreach (JsonObject metadata in (JsonObject[])[Metadata, (JsonObject)Template["metadata"]!])
        {
            if (metadata["labels"] is not JsonObject map) metadata["labels"] = map = [];
            foreach ((string key, string value) in labels) map[key] = value;
        }
    }

    /// <summary>A controller finds its pods by their labels; pods without any get the one that kubectl would give.</summary>
    private static void LabelAtLeast(JsonObject template, string? name)
    {
        var metadata = (JsonObject)template["metadata"]!;
        if (metadata["labels"] is not JsonObject labels) metadata["labels"] = labels = [];
        if (labels.Count == 0) labels["app"] = name;
    }

    private static JsonObject CleanMetadata(JsonObject metadata)
    {
        var kept = new JsonObject();
        foreach (string field in (string[])["name", "namespace", "labels", "annotations"])
        {
            if (metadata[field] is { } value) kept[field] = value.DeepClone();
        }

        if (kept["labels"] is JsonObject labels)
        {
            foreach (string label in TemplateLabels) labels.Remove(label);
        }

        if (kept["annotations"] is JsonObject annotations)
        {
            foreach (string key in annotations.Select(pair => pair.Key).Where(key => key is "kubectl.kubernetes.io/last-applied-configuration" or "deprecated.daemonset.template.generation" || key.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal)).ToArray()) annotations.Remove(key);
            if (annotations.Count == 0) kept.Remove("annotations");
        }

        return kept;
    }

    private static JsonObject CleanTemplate(JsonObject template)
    {
        var copy = (JsonObject)template.DeepClone();
        var metadata = copy["metadata"] as JsonObject;
        if (metadata is null) copy["metadata"] = metadata = [];
        metadata.Remove("creationTimestamp");
        if (metadata["labels"] is JsonObject labels)
        {
            foreach (string label in TemplateLabels) labels.Remove(label);
        }

        return copy;
    }

    /// <summary>The template that would make such a pod, without what a cluster adds to a pod that runs.</summary>
    private static JsonObject TemplateOf(JsonObject pod)
    {
        JsonObject clean = Specs.ManifestShape.Tidy((JsonObject)pod.DeepClone(), clean: true, keepStatus: false);
        var metadata = new JsonObject { ["labels"] = (clean["metadata"]?["labels"] as JsonObject)?.DeepClone() ?? new JsonObject() };
        var labels = (JsonObject)metadata["labels"]!;
        foreach (string label in TemplateLabels) labels.Remove(label);
        if (clean["metadata"]?["annotations"] is JsonObject annotations) metadata["annotations"] = annotations.DeepClone();
        var spec = clean["spec"] as JsonObject ?? [];
        return new JsonObject { ["metadata"] = metadata, ["spec"] = spec.DeepClone() };
    }
}
