using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Schema;

/// <summary>How server-side apply takes a list or map.</summary>
internal enum MergeShape
{
    /// <summary>As one value.</summary>
    Atomic,

    /// <summary>A list of values, each of which is its own key.</summary>
    Set,

    /// <summary>A list of objects, told apart by <see cref="ApplyRule.Keys"/>.</summary>
    Keyed,

    /// <summary>A map or object, field by field.</summary>
    Granular,
}

/// <summary>How server-side apply takes a list or map.</summary>
/// <param name="Shape">As what.</param>
/// <param name="Keys">The fields that tell the items of a <see cref="MergeShape.Keyed"/> list apart.</param>
internal sealed record ApplyRule(MergeShape Shape, params IReadOnlyList<string> Keys)
{
    /// <summary>One value.</summary>
    public static readonly ApplyRule Atomic = new(MergeShape.Atomic);

    /// <summary>A list of values.</summary>
    public static readonly ApplyRule Set = new(MergeShape.Set);

    /// <summary>Field by field.</summary>
    public static readonly ApplyRule Granular = new(MergeShape.Granular);
}

/// <summary>How a strategic merge patch takes a field.</summary>
/// <param name="Key">The field that tells the items of a list apart; null when there is none.</param>
/// <param name="Strategies">The patch strategies: <c>merge</c>, <c>replace</c>, <c>retainKeys</c>.</param>
internal sealed record PatchRule(string? Key, params IReadOnlyList<string> Strategies)
{
    /// <summary>What holds where nothing is said: lists are replaced, objects merged.</summary>
    public static readonly PatchRule None = new(null, []);

    /// <summary>True when a list is merged.</summary>
    public bool Merges { get; } = Strategies.Contains("merge");

    /// <summary>True when an object is replaced.</summary>
    public bool Replaces { get; } = Strategies.Contains("replace");

    /// <summary>The rule for a field.</summary>
    public static PatchRule For(ModelType? owner, string field) => owner is null ? None : MergeKeys.ForPatch(owner, field);
}

/// <summary>How the items of a list are told apart, and which lists and maps are one value.</summary>
/// <remarks>
/// The <c>x-kubernetes-list-type</c>, <c>-map-type</c>, <c>-patch-merge-key</c> marks of the API's OpenAPI document. Only what is
/// marked is in the table; the tests hold it against the recorded marks of Kubernetes 1.20 and of today. Where a list has no type,
/// its patch strategy gives one (kube-openapi <c>pkg/schemaconv/smd.go</c>), and where it has neither it is atomic.
/// </remarks>
internal static class MergeKeys
{
    /// <summary>The first minor version whose OpenAPI document carries the marks that 1.20 lacks.</summary>
    private const int MarksSince = 21;

    // A field; its strategic merge patch (strategy:key, strategies with commas); its apply type when that is not what the patch
    // says, and the first minor version that says so.
    private const string Table = """
        Container.env                                    merge:name
        Container.ports                                  merge:containerPort       map:containerPort,protocol
        Container.volumeDevices                          merge:devicePath
        Container.volumeMounts                           merge:mountPath
        ContainerRestartRuleOnExitCodes.values           -                         set
        ContainerStatus.allocatedResourcesStatus         merge:name
        ContainerStatus.volumeMounts                     merge:mountPath
        CustomResourceDefinitionStatus.conditions        -                         map:type 21
        DaemonSetStatus.conditions                       merge:type
        DeploymentSpec.strategy                          retainKeys
        DeploymentStatus.conditions                      merge:type
        EphemeralContainer.env                           merge:name
        EphemeralContainer.ports                         merge:containerPort       map:containerPort,protocol
        EphemeralContainer.volumeDevices                 merge:devicePath
        EphemeralContainer.volumeMounts                  merge:mountPath
        HorizontalPodAutoscalerStatus.conditions         merge:type
        JobSchedulingConfiguration.resourceClaims        merge:name
        JobStatus.conditions                             merge:type                atomic 21
        JSONSchemaProps.x-kubernetes-validations         merge:rule
        NamespaceStatus.conditions                       merge:type
        NodeAllocatableResourceClaimStatus.containers    -                         set
        NodeAllocatableResourceClaimStatus.mapping       merge:name
        NodeAllocatableResourceClaimStatus.overhead      merge:name
        NodePodPreemptionPolicy.disableResizePreemption  -                         set
        NodeSpec.podCIDRs                                merge
        NodeStatus.addresses                             merge:type
        NodeStatus.conditions                            merge:type
        ObjectMeta.finalizers                            merge
        ObjectMeta.ownerReferences                       merge:uid
        PersistentVolumeClaimStatus.conditions           merge:type
        PersistentVolumeSpec.claimRef                    -                         granular
        PodDisruptionBudgetSpec.selector                 replace
        PodDisruptionBudgetStatus.conditions             merge:type
        PodFailurePolicyOnExitCodesRequirement.values    -                         set
        PodSpec.containers                               merge:name
        PodSpec.ephemeralContainers                      merge:name
        PodSpec.evictionResponders                       merge:name
        PodSpec.hostAliases                              merge:ip
        PodSpec.imagePullSecrets                         merge:name
        PodSpec.initContainers                           merge:name
        PodSpec.nodeSelector                             -                         atomic 21
        PodSpec.resourceClaims                           merge,retainKeys:name
        PodSpec.schedulingGates                          merge:name
        PodSpec.topologySpreadConstraints                merge:topologyKey         map:topologyKey,whenUnsatisfiable
        PodSpec.volumes                                  merge,retainKeys:name
        PodStatus.conditions                             merge:type
        PodStatus.hostIPs                                merge:ip                  atomic
        PodStatus.nodeAllocatableResourceClaimStatuses   merge:resourceClaimName
        PodStatus.podIPs                                 merge:ip
        PodStatus.resourceClaimStatuses                  merge,retainKeys:name
        PodStatus.volumeHealth                           -                         map:name
        PodVolumeHealth.healthConditions                 merge:status              map:status,reason
        ReplicaSetStatus.conditions                      merge:type
        ReplicationControllerSpec.selector               -                         atomic 21
        ReplicationControllerStatus.conditions           merge:type
        ResourceRequirements.claims                      -                         map:name
        ResourceStatus.resources                         -                         map:resourceID
        ServiceAccount.secrets                           merge:name
        ServiceSpec.ports                                merge:port                map:port,protocol
        ServiceSpec.selector                             -                         atomic 21
        ServiceStatus.conditions                         merge:type
        StatefulSetStatus.conditions                     merge:type
        UncountedTerminatedPods.failed                   -                         set
        UncountedTerminatedPods.succeeded                -                         set
        VolumeHealthStatus.healthConditions              merge:status              map:status,reason
        VolumeMount.bindMountOptions                     -                         set
        """;

    // Types whose objects are one value wherever they are, unless the field says otherwise.
    private static readonly HashSet<string> s_atomic =
    [
        "ConfigMapKeySelector", "EndpointAddress", "Corev1EndpointPort", "EvictionResponder", "FileKeySelector", "LabelSelector",
        "LocalObjectReference", "NodeSelector", "NodeSelectorTerm", "ObjectFieldSelector", "ObjectReference", "OwnerReference",
        "Rbacv1Subject", "ResourceFieldSelector", "RoleRef", "ScopeSelector", "SecretKeySelector", "SecretReference",
        "ServiceBackendPort", "TopologySelectorTerm", "TypedLocalObjectReference",
    ];

    private static readonly Dictionary<string, Row> s_rows = Read();
    private static readonly ConcurrentDictionary<(Type, string), Row> s_cache = new();

    /// <summary>How apply takes a field that is a list, a map or an object.</summary>
    /// <param name="owner">The type that has the field.</param>
    /// <param name="field">The field's JSON name.</param>
    /// <param name="minor">The minor version of the server that is played.</param>
    public static ApplyRule ForApply(ModelType owner, string field, int minor)
    {
        Row row = Find(owner, field);
        if (row.Apply is { } said && minor >= row.Since) return said;
        if (!owner.Fields.TryGetValue(field, out ModelType? type)) return ApplyRule.Atomic;
        if (type.Shape != ModelShape.List) return ForItems(type, minor);
        if (!row.Patch.Merges) return ApplyRule.Atomic;
        return row.Patch.Key is { } key ? new ApplyRule(MergeShape.Keyed, key) : ApplyRule.Set;
    }

    /// <summary>How apply takes an object or map that is the item of a list or map.</summary>
    public static ApplyRule ForItems(ModelType type, int minor) => IsAtomic(type, minor) ? ApplyRule.Atomic : ApplyRule.Granular;

    /// <summary>How a strategic merge patch takes a field.</summary>
    public static PatchRule ForPatch(ModelType owner, string field) => Find(owner, field).Patch;

    /// <summary>The value that a key has for an item that does not say it: what the types' <c>+default</c> says, and else Go's zero.</summary>
    public static JsonNode? DefaultKey(ModelType item, string field)
    {
        if (field == "protocol" && item.Name is "ContainerPort" or "ServicePort") return "TCP";
        return item.Fields.GetValueOrDefault(field)?.Shape switch { ModelShape.Text => "", ModelShape.Integer or ModelShape.Long => 0, _ => null };
    }

    private static bool IsAtomic(ModelType type, int minor) => type.Shape switch
    {
        ModelShape.Object => type.Name == "LabelSelector" || (minor >= MarksSince && s_atomic.Contains(type.Name)),
        ModelShape.Map => false,
        _ => true,
    };

    private static Row Find(ModelType owner, string field) => owner.Shape != ModelShape.Object
        ? Row.None
        : s_cache.GetOrAdd((owner.Type, field), static (key, name) => s_rows.GetValueOrDefault($"{name}.{key.Item2}", Row.None), owner.Name);

    private static Dictionary<string, Row> Read()
    {
        var rows = new Dictionary<string, Row>(StringComparer.Ordinal);
        foreach (string line in Table.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string[] patch = words[1].Split(':');
            PatchRule strategic = patch[0] == "-" ? PatchRule.None : new PatchRule(patch.ElementAtOrDefault(1), patch[0].Split(','));
            string[] apply = words.Length > 2 ? words[2].Split(':') : [];
            ApplyRule? rule = apply.FirstOrDefault() switch
            {
                "map" => new ApplyRule(MergeShape.Keyed, apply[1].Split(',')),
                "set" => ApplyRule.Set,
                "atomic" => ApplyRule.Atomic,
                "granular" => ApplyRule.Granular,
                _ => null,
            };
            rows.Add(words[0], new Row(strategic, rule, words.Length > 3 ? int.Parse(words[3], System.Globalization.CultureInfo.InvariantCulture) : 0));
        }

        return rows;
    }

    private sealed record Row(PatchRule Patch, ApplyRule? Apply, int Since)
    {
        public static readonly Row None = new(PatchRule.None, null, 0);
    }
}
