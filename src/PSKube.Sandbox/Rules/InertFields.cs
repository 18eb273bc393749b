using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>
/// The fields that the sandbox stores and does nothing about, and the warnings that say so: a plain success would be a wrong one.
/// What every second manifest has (limits, security contexts, network policies) is only in about_PSKube_Sandbox, as all of these are.
/// </summary>
internal static class InertFields
{
    private static readonly InertField[] s_pod =
    [
        new("topologySpreadConstraints"),
        new("dnsConfig"),
        new("hostAliases"),
        new("resourceClaims"),
        new("setHostnameAsFQDN") { Works = IsFalse },
        new("shareProcessNamespace") { Works = IsFalse },
        // Every pod tolerates a failing node for a while, and nodes do not fail here.
        new("tolerations[]") { Works = one => one.Number("tolerationSeconds") is null || one.Text("key") is "node.kubernetes.io/not-ready" or "node.kubernetes.io/unreachable", Words = "the sandbox stores {0} and does nothing about its tolerationSeconds" },
        .. Terms("namespaceSelector"),
        .. Terms("matchLabelKeys"),
        .. Terms("mismatchLabelKeys"),
        .. Container("lifecycle.postStart"),
        .. Container("lifecycle.preStop"),
        .. Container("lifecycle.stopSignal"),
        .. Container("volumeDevices"),
        .. Container("volumeMounts[].subPathExpr"),
        .. Container("terminationMessagePolicy").Select(field => field with { Works = value => value.Text() == "File" }),
    ];

    private static readonly InertField[] s_job =
    [
        new("podFailurePolicy"),
        new("backoffLimitPerIndex"),
        new("maxFailedIndexes"),
        new("successPolicy"),
        new("managedBy") { Works = value => value.Text() == "kubernetes.io/job-controller" },
    ];

    private static readonly Dictionary<Resource, InertField[]> s_fields = new()
    {
        [Kinds.Pods] = Under("spec", s_pod),
        [Kinds.ReplicationControllers] = Under("spec.template.spec", s_pod),
        [Kinds.ReplicaSets] = Under("spec.template.spec", s_pod),
        [Kinds.Deployments] = Under("spec.template.spec", s_pod),
        [Kinds.DaemonSets] = Under("spec.template.spec", s_pod),
        [Kinds.StatefulSets] =
        [
            .. Under("spec.template.spec", s_pod),
            new("spec.persistentVolumeClaimRetentionPolicy.whenDeleted") { Works = IsRetain },
            new("spec.persistentVolumeClaimRetentionPolicy.whenScaled") { Works = IsRetain },
        ],
        [Kinds.Jobs] = [.. Under("spec", s_job), .. Under("spec.template.spec", s_pod)],
        [Kinds.CronJobs] = [.. Under("spec.jobTemplate.spec", s_job), .. Under("spec.jobTemplate.spec.template.spec", s_pod)],
        [Kinds.HorizontalPodAutoscalers] =
        [
            new("spec.metrics[]") { Works = metric => metric.Text("type") == "Resource" },
            // What the server fills in beside a behavior that says only something else.
            new("spec.behavior.scaleUp") { Works = value => value.Same(JsonNode.Parse("""{"stabilizationWindowSeconds":0,"selectPolicy":"Max","policies":[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]}""")) },
            new("spec.behavior.scaleDown.policies") { Works = value => value.Same(JsonNode.Parse("""[{"type":"Percent","value":100,"periodSeconds":15}]""")) },
            new("spec.behavior.scaleDown.selectPolicy") { Works = value => value.Text() == "Max" },
        ],
        [Kinds.ResourceQuotas] = [new("spec.scopeSelector"), new("spec.scopes[]") { Works = value => value.Text() is "BestEffort" or "NotBestEffort" or "Terminating" or "NotTerminating" }],
        [Kinds.PersistentVolumeClaims] =
        [
            new("spec.dataSource"),
            new("spec.dataSourceRef"),
            new("spec.resources.requests.storage") { OnlyChanged = true, Words = "the sandbox stores {0} and does not let the volume grow" },
        ],
        [Kinds.Nodes] = [new("spec.taints[]") { Works = taint => taint.Text("effect") != "NoExecute", Words = "the sandbox keeps new pods away for {0} and evicts none" }],
        [Kinds.CustomResourceDefinitions] =
        [
            new("spec.conversion") { Works = value => value.Text("strategy") == "None" },
            .. Schema("x-kubernetes-validations", "oneOf", "allOf", "not"),
            .. Schema("anyOf").Select(field => field with { Works = value => value.Same(JsonNode.Parse("""[{"type":"integer"},{"type":"string"}]""")) }),
        ],
    };

    /// <summary>All of them.</summary>
    public static IEnumerable<InertField> All => s_fields.Values.SelectMany(fields => fields);

    /// <summary>Adds a warning for each such field that a change has brought or changed, with its first place.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="json">The object as it is to be.</param>
    /// <param name="old">The object as it was; null for a new one.</param>
    /// <param name="warnings">Where the warnings go.</param>
    public static void Tell(Resource resource, JsonObject json, JsonObject? old, List<string> warnings)
    {
        if (!s_fields.TryGetValue(resource, out InertField[]? fields)) return;
        foreach (InertField field in fields)
        {
            if (field.OnlyChanged && old is null) continue;
            // Lists may have changed their order: what the object had at any place is not new.
            JsonNode[] known = old is null ? [] : [.. field.In(old).Select(one => one.Value)];
            string[] places = [.. field.In(json).Where(one => !known.Any(one.Value.Same)).Select(one => one.Place)];
            if (places.Length == 0) continue;
            string more = places.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {places.Length - 1} more)");
            warnings.Add(string.Format(CultureInfo.InvariantCulture, field.Words, places[0] + more));
        }
    }

    private static bool IsFalse(JsonNode value) => value.Flag() == false;

    private static bool IsRetain(JsonNode value) => value.Text() == "Retain";

    private static InertField[] Under(string prefix, InertField[] fields) => [.. fields.Select(field => field.Under(prefix))];

    private static IEnumerable<InertField> Container(string path) => [new($"initContainers[].{path}"), new($"containers[].{path}")];

    private static IEnumerable<InertField> Schema(params string[] words) => words.Select(word => new InertField($"spec.versions[].schema.openAPIV3Schema.**.{word}"));

    private static IEnumerable<InertField> Terms(string name)
    {
        foreach (string affinity in (string[])["podAffinity", "podAntiAffinity"])
        {
            yield return new InertField($"affinity.{affinity}.requiredDuringSchedulingIgnoredDuringExecution[].{name}");
            yield return new InertField($"affinity.{affinity}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm.{name}");
        }
    }
}
