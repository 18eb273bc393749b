using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Output;

namespace PSKube.Resources;

/// <summary>
/// The revisions of a workload and the way back to one, by the rules of <c>kubectl rollout history</c> and <c>undo</c>
/// (<c>pkg/polymorphichelpers/history.go</c>, <c>rollback.go</c>).
/// </summary>
internal static class RolloutHistory
{
    private const string ChangeCause = "kubernetes.io/change-cause";
    private const string PodTemplateHash = "pod-template-hash";

    /// <summary>What belongs to the deployment itself and does not go back with its template.</summary>
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        RolloutRules.RevisionAnnotation,
        "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas",
        "deployment.kubernetes.io/max-replicas",
        "deprecated.deployment.rollback.to",
    };

    /// <summary>The revisions of a workload, the newest last.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="candidates">ReplicaSets for a Deployment, ControllerRevisions for the others; those that the workload does not control are left out.</param>
    public static IReadOnlyList<KubeRolloutRevision> Of(object workload, IEnumerable<object> candidates)
    {
        ResourceHeader header = ResourceHeader.Read(workload);
        var found = new List<KubeRolloutRevision>();
        foreach (object candidate in candidates)
        {
            (V1ObjectMeta? metadata, long? revision, V1PodTemplateSpec? template) = candidate switch
            {
                V1ReplicaSet set => (set.Metadata, RolloutRules.RevisionOf(set.Metadata), set.Spec?.Template),
                V1ControllerRevision kept => (kept.Metadata, (long?)kept.Revision, TemplateOf(ResourceJson.ToJsonObject(kept))?.Deserialize<V1PodTemplateSpec>(ResourceJson.Options)),
                _ => (null, null, null),
            };
            if (metadata?.OwnerReferences?.Any(owner => owner.Controller == true && owner.Uid == header.Uid) != true) continue;
            if (revision is not { } number || template is null) continue;
            string? cause = metadata.Annotations is { } notes && notes.TryGetValue(ChangeCause, out string? text) && text.Length > 0 ? text : null;
            string[] images = [.. (template.Spec?.Containers ?? []).Concat(template.Spec?.InitContainers ?? []).Select(container => container.Image)];
            found.Add(new KubeRolloutRevision(header.Kind, header.Namespace, header.Name ?? "", number, cause, metadata.CreationTimestamp, images, template, candidate));
        }

        return [.. found.OrderBy(revision => revision.Revision)];
    }

    /// <summary>The revision to go back to.</summary>
    /// <param name="history">The revisions, the newest last.</param>
    /// <param name="workload">Whose they are.</param>
    /// <param name="revision">Its number; 0 for the one before the newest.</param>
    /// <exception cref="KubeException">There is none (<c>KubeRevisionNotFound</c>).</exception>
    public static KubeRolloutRevision Choose(IReadOnlyList<KubeRolloutRevision> history, KubeReference workload, long revision)
    {
        if (revision > 0) return Find(history, workload, revision);
        if (history.Count > 1) return history[^2];
        string fault = workload.Kind == "Deployment" ? $"no rollout history found for deployment \"{workload.Name}\"" : "no last revision to roll back to";
        throw new KubeException("KubeRevisionNotFound", ErrorCategory.ObjectNotFound, $"{workload}: {fault}.") { Target = workload };
    }

    /// <summary>One revision of the history.</summary>
    /// <exception cref="KubeException">There is no such revision (<c>KubeRevisionNotFound</c>).</exception>
    public static KubeRolloutRevision Find(IReadOnlyList<KubeRolloutRevision> history, KubeReference workload, long revision)
    {
        return history.FirstOrDefault(one => one.Revision == revision) ?? throw new KubeException("KubeRevisionNotFound", ErrorCategory.ObjectNotFound, $"{workload}: unable to find specified revision {Output.Describe.Words.Number(revision)} in history.")
        {
            Target = workload,
            RecommendedAction = history.Count == 0 ? "There is no history: see spec.revisionHistoryLimit." : $"The history has the revisions {string.Join(", ", history.Select(one => Output.Describe.Words.Number(one.Revision)))}.",
        };
    }

    /// <summary>The template that a ReplicaSet or a ControllerRevision holds, as the server has it.</summary>
    public static JsonObject? TemplateOf(JsonObject holder)
    {
        JsonObject? template = ((holder["data"] ?? holder)["spec"]?["template"] as JsonObject)?.DeepClone() as JsonObject;
        // It says that it replaces, because it is a patch.
        template?.Remove("$patch");
        return template;
    }

    /// <summary>True when two templates make the same pods.</summary>
    public static bool SameTemplate(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(Bare(one), Bare(other));

    /// <summary>A template without the label that a ReplicaSet adds to it.</summary>
    public static JsonNode? Bare(JsonNode? template)
    {
        JsonNode? json = template?.DeepClone();
        if (json?["metadata"] is JsonObject metadata)
        {
            (metadata["labels"] as JsonObject)?.Remove(PodTemplateHash);
            metadata.Remove("creationTimestamp");
        }

        return json;
    }

    /// <summary>The JSON patch that brings a deployment back to what a ReplicaSet holds: its template, and the annotations that go with it.</summary>
    public static JsonArray Undo(JsonObject deployment, JsonObject replicaSet)
    {
        var annotations = new JsonObject();
        foreach ((string name, JsonNode? value) in Annotations(deployment).Where(pair => Kept.Contains(pair.Key)).Concat(Annotations(replicaSet).Where(pair => !Kept.Contains(pair.Key)))) annotations[name] = value?.DeepClone();
        JsonArray patch = Replace(TemplateOf(replicaSet));
        // To add a member that is there is to replace it (RFC 6902, 4.1).
        patch.Add(new JsonObject { ["op"] = "add", ["path"] = "/metadata/annotations", ["value"] = annotations });
        return patch;
    }

    /// <summary>The JSON patch that gives a workload another template.</summary>
    public static JsonArray Replace(JsonObject? template) => new(new JsonObject { ["op"] = "replace", ["path"] = "/spec/template", ["value"] = Bare(template) });

    private static JsonObject Annotations(JsonObject json) => json["metadata"]?["annotations"] as JsonObject ?? [];
}
