using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Patching;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Server;

/// <summary>The scale subresource: a workload as the number of its replicas.</summary>
internal sealed class Scales(ObjectRegistry registry)
{
    private static readonly ModelType s_model = ModelType.For(typeof(k8s.Models.V1Scale));

    /// <summary>The scale of an object.</summary>
    public JsonObject Read(Resource resource, string? ns, string name) => Of(resource, Find(resource, ns, name));

    /// <summary>Replaces the scale; a resourceVersion in it is a condition.</summary>
    public JsonObject Replace(Resource resource, string? ns, string name, JsonObject scale, WriteOptions options)
    {
        lock (registry.Store.Gate)
        {
            StoredObject stored = Find(resource, ns, name);
            if (scale.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != Version(stored)) throw Refusals.Stale(resource, name);
            long replicas = scale.Number("spec", "replicas") ?? 0;
            if (replicas < 0) throw Refusals.Invalid("autoscaling", "Scale", name, [new Cause("FieldValueInvalid", "spec.replicas", $"Invalid value: {replicas}: must be greater than or equal to 0")]);
            JsonObject json = stored.Parse();
            Set(json, resource.ScalePaths.Spec, replicas);
            return Of(resource, registry.Update(resource, ns, name, json, options with { Subresource = "scale" }));
        }
    }

    /// <summary>Changes the scale as a patch says.</summary>
    public JsonObject Patch(Resource resource, string? ns, string name, string patchType, JsonNode? patch, WriteOptions options)
    {
        lock (registry.Store.Gate)
        {
            JsonObject scale = Read(resource, ns, name);
            JsonObject changed = patchType switch
            {
                PatchTypes.Json => Patches.Json(scale, patch),
                PatchTypes.Merge => Patches.Merge(scale, patch as JsonObject ?? []),
                PatchTypes.StrategicMerge => Patches.StrategicMerge(scale, patch as JsonObject ?? [], s_model),
                _ => throw Refusals.NotInTheSandbox("apply a scale; send a merge patch"),
            };
            return Replace(resource, ns, name, changed, options);
        }
    }

    private StoredObject Find(Resource resource, string? ns, string name) => registry.Store.Find(resource, ns, name) ?? throw Refusals.NotFound(resource with { Plural = resource.Plural + "/scale" }, name);

    private static JsonObject Of(Resource resource, StoredObject stored)
    {
        JsonObject json = stored.Parse();
        var metadata = new JsonObject { ["name"] = stored.Name };
        if (stored.Namespace is not null) metadata["namespace"] = stored.Namespace;
        metadata["uid"] = stored.Uid;
        metadata["resourceVersion"] = Version(stored);
        metadata["creationTimestamp"] = json["metadata"].At("creationTimestamp").Copy();
        var spec = new JsonObject();
        if (Get(json, resource.ScalePaths.Spec).Number() is { } wanted and not 0) spec["replicas"] = wanted;
        var status = new JsonObject { ["replicas"] = Get(json, resource.ScalePaths.Status).Number() ?? 0 };
        string? selector = resource.IsCustom ? resource.ScalePaths.Selector is { } path ? Get(json, path).Text() : null
            : resource == Kinds.ReplicationControllers ? string.Join(",", json.Map("spec", "selector").OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
            : LabelQuery.Text(json.At("spec", "selector"));
        if (selector is not null) status["selector"] = selector;
        return new JsonObject { ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = metadata, ["spec"] = spec, ["status"] = status };
    }

    private static string Version(StoredObject stored) => stored.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonNode? Get(JsonObject json, string path) => ((JsonNode)json).At(path.Split('.', StringSplitOptions.RemoveEmptyEntries));

    private static void Set(JsonObject json, string path, long value)
    {
        string[] names = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names[..^1]) json = json.Child(name);
        json[names[^1]] = value;
    }
}
