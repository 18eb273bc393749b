using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Patching;

/// <summary>What a value is to server-side apply.</summary>
internal enum ApplyKind
{
    /// <summary>One value.</summary>
    Scalar,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map or an object.</summary>
    Map,

    /// <summary>What it is shows: objects are merged, lists are one value.</summary>
    Deduced,
}

/// <summary>The schema that server-side apply works by, of one place in an object: from the models or from a custom kind's definition.</summary>
internal sealed class ApplySchema
{
    /// <summary>Until 1.20 what an open object holds was one value each, and since then all the way down (kube-openapi <c>schemaconv</c>, VisitArbitrary).</summary>
    private const int DeducesDeeplySince = 21;

    private static readonly ConcurrentDictionary<(ModelType Model, bool IsAtomic, int Minor), ApplySchema> s_objects = new();
    private static readonly ConcurrentDictionary<(ModelType Model, int Minor), ApplySchema> s_roots = new();
    private static readonly ConcurrentDictionary<ModelShape, ApplySchema> s_scalars = new();
    private static readonly ApplySchema s_scalar = new(ApplyKind.Scalar, ApplyRule.Atomic);
    private static readonly ApplySchema s_shallow = new(ApplyKind.Map, ApplyRule.Granular, null, new JsonObject { ["additionalProperties"] = new JsonObject() });
    private static readonly ApplySchema s_deduced = new(ApplyKind.Deduced, ApplyRule.Granular);

    // Sub-objects that Go keeps by value, and keyed lists that it writes when they are null: they are there whenever their owner
    // is, so nobody ever adds them. Those of every kind (metadata, spec, status) are not listed.
    private static readonly HashSet<string> s_always =
    [
        "Container.resources", "EphemeralContainer.resources", "ContainerStatus.state", "ContainerStatus.lastState", "CronJobSpec.jobTemplate", "CustomResourceDefinitionSpec.names",
        "CustomResourceDefinitionStatus.acceptedNames", "CustomResourceDefinitionStatus.conditions", "DaemonSetSpec.template", "DaemonSetSpec.updateStrategy", "DeploymentSpec.template",
        "DeploymentSpec.strategy", "Corev1Event.involvedObject", "Corev1Event.source", "HorizontalPodAutoscalerSpec.scaleTargetRef",
        "HTTPIngressPath.backend", "IngressServiceBackend.port", "IngressStatus.loadBalancer", "JobSpec.template", "JobTemplateSpec.metadata",
        "JobTemplateSpec.spec", "NetworkPolicySpec.podSelector", "NodeDaemonEndpoints.kubeletEndpoint", "NodeStatus.daemonEndpoints",
        "NodeStatus.nodeInfo", "PersistentVolumeClaimSpec.resources", "PersistentVolumeClaimTemplate.metadata", "PersistentVolumeClaimTemplate.spec",
        "PodSpec.containers", "PodTemplateSpec.metadata", "PodTemplateSpec.spec", "ReplicaSetSpec.template", "ServiceStatus.loadBalancer", "StatefulSetSpec.template",
        "StatefulSetSpec.updateStrategy",
    ];

    private readonly ConcurrentDictionary<string, ApplySchema> _fields = new(StringComparer.Ordinal);
    private readonly Lazy<ApplySchema?> _element;
    private readonly ModelType? _model;
    private readonly JsonObject? _custom;
    private readonly int _minor;
    private readonly bool _isRoot;

    private ApplySchema(ApplyKind kind, ApplyRule rule, ModelType? model = null, JsonObject? custom = null, int minor = 0, bool isRoot = false)
    {
        Kind = kind;
        Rule = rule;
        _model = model;
        _custom = custom;
        _minor = minor;
        _isRoot = isRoot;
        _element = new(ReadElement);
    }

    /// <summary>The model of what is here; null where there is none.</summary>
    public ModelShape? Shape => _model?.Shape;

    /// <summary>What a value is here.</summary>
    public ApplyKind Kind { get; }

    /// <summary>How it is merged.</summary>
    public ApplyRule Rule { get; }

    /// <summary>The model's name of an object; null where there is none.</summary>
    public string? Name => _model?.Shape == ModelShape.Object ? _model.Name : null;

    /// <summary>The schema of a list's items or a map's values; null for an object, whose fields are its own.</summary>
    public ApplySchema? Element => _element.Value;

    /// <summary>The schema of a kind's objects.</summary>
    public static ApplySchema For(Resource resource, int minor)
    {
        if (resource.Model is { } model) return s_roots.GetOrAdd((model, minor), static key => new ApplySchema(ApplyKind.Map, ApplyRule.Granular, key.Model, null, key.Minor, true));
        JsonObject custom = resource.CustomSchema is null ? new JsonObject { ["additionalProperties"] = true } : Opened(resource.CustomSchema);
        return new ApplySchema(ApplyKind.Map, ApplyRule.Granular, null, custom, minor, true);
    }

    /// <summary>The schema of a field or of a map's value; null when there is no such field.</summary>
    public ApplySchema? Field(string name)
    {
        if (Kind == ApplyKind.Deduced) return s_deduced;
        return IsNamed(name) ? _fields.GetOrAdd(name, ReadField) : Element;
    }

    /// <summary>True for a field of an object, false for a key of a map.</summary>
    public bool IsNamed(string name)
    {
        if (_model is not null) return _model.Fields.ContainsKey(name);
        if (_custom is null) return false;
        return (_isRoot && name is "apiVersion" or "kind" or "metadata") || _custom.At("properties", name) is JsonObject;
    }

    /// <summary>A field as it is when nobody has given it: missing, or where this object always has it, empty or null.</summary>
    public TypedValue Blank(string name)
    {
        bool always = (_isRoot && _model is not null && name is "metadata" or "spec" or "status") || (Name is { } owner && s_always.Contains($"{owner}.{name}"));
        return !always ? TypedValue.None : TypedValue.Of(Field(name)?.Kind == ApplyKind.List ? null : new JsonObject());
    }

    /// <summary>The schema one step down a path; null when it leads nowhere.</summary>
    public ApplySchema? Step(PathElement element) => element.Field is { } name ? (Kind == ApplyKind.List ? null : Field(name)) : Element;

    /// <summary>The value of a key field that an item of this list does not say; null for none.</summary>
    public JsonNode? DefaultKey(string key) => _custom is not null ? _custom.At("items", "properties", key, "default") : _model?.Element is { } item ? MergeKeys.DefaultKey(item, key) : null;

    private ApplySchema? ReadElement()
    {
        if (_model?.Element is { } item) return ForModel(item, MergeKeys.ForItems(item, _minor), _minor);
        if (_custom?["items"] is JsonObject items) return ForCustom(items);
        if (_custom?["additionalProperties"] is JsonObject values) return ForCustom(values);
        return Kind == ApplyKind.Deduced || _custom.Flag("additionalProperties") == true ? s_deduced : null;
    }

    private ApplySchema ReadField(string name)
    {
        if (_model is not null) return ForModel(_model.Fields[name], MergeKeys.ForApply(_model, name, _minor), _minor);
        if (_isRoot && name is "apiVersion" or "kind") return s_scalar;
        if (_isRoot && name == "metadata") return ForModel(ModelType.For(typeof(k8s.Models.V1ObjectMeta)), ApplyRule.Granular, _minor);
        return ForCustom((JsonObject)_custom.At("properties", name)!);
    }

    private static ApplySchema ForModel(ModelType type, ApplyRule rule, int minor) => type.Shape switch
    {
        ModelShape.List => new ApplySchema(ApplyKind.List, rule, type, null, minor),
        ModelShape.Map or ModelShape.Object => s_objects.GetOrAdd((type, rule.Shape == MergeShape.Atomic, minor), static key => new ApplySchema(ApplyKind.Map, key.IsAtomic ? ApplyRule.Atomic : ApplyRule.Granular, key.Model, null, key.Minor)),
        _ => s_scalars.GetOrAdd(type.Shape, static (_, model) => new ApplySchema(ApplyKind.Scalar, ApplyRule.Atomic, model), type),
    };

    /// <summary>From a definition's schema: <c>x-kubernetes-list-type</c>, <c>-list-map-keys</c>, <c>-map-type</c>.</summary>
    private ApplySchema ForCustom(JsonObject schema)
    {
        if (schema.Flag("x-kubernetes-int-or-string") == true) return s_scalar;
        if (schema.Text("type") == "array")
        {
            ApplyRule rule = schema.Text("x-kubernetes-list-type") switch
            {
                "map" => new ApplyRule(MergeShape.Keyed, [.. (schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).Select(key => key!.GetValue<string>())]),
                "set" => ApplyRule.Set,
                _ => ApplyRule.Atomic,
            };
            return new ApplySchema(ApplyKind.List, rule, null, schema, _minor);
        }

        bool open = schema.Flag("x-kubernetes-preserve-unknown-fields") == true;
        if (schema.Text("type") != "object" && !open) return s_scalar;
        if (open && schema["properties"] is null) return _minor < DeducesDeeplySince ? s_shallow : s_deduced;
        return new ApplySchema(ApplyKind.Map, schema.Text("x-kubernetes-map-type") == "atomic" ? ApplyRule.Atomic : ApplyRule.Granular, null, Opened(schema), _minor);
    }

    /// <summary>A schema that keeps unknown fields says of them what a map says of its values: anything.</summary>
    private static JsonObject Opened(JsonObject schema)
    {
        if (schema.Flag("x-kubernetes-preserve-unknown-fields") != true) return schema;
        JsonObject opened = schema.Copy();
        opened["additionalProperties"] = true;
        return opened;
    }
}
