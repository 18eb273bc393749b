using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What claims, volumes and storage classes must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: ValidatePersistentVolumeClaim, ValidatePersistentVolume; <c>pkg/apis/storage/validation</c>.</remarks>
internal sealed class StorageValidation(Problems problems, MetadataValidation metadata)
{
    private static readonly string[] s_oldModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"];
    private static readonly string[] s_modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
    private static readonly string[] s_volumeModes = ["Block", "Filesystem"];
    private static readonly string[] s_reclaim = ["Delete", "Recycle", "Retain"];
    private static readonly HashSet<string> s_volumeFields = ["capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions", "volumeMode", "nodeAffinity", "volumeAttributesClassName"];

    /// <summary>A claim.</summary>
    public void Claim(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        JsonNode? spec = json["spec"];
        AccessModes(spec, "at least 1 access mode is required");
        if (spec.At("selector") is { } selector) metadata.Selector("spec.selector", selector);
        if (spec.At("resources", "requests", "storage") is not { } storage) problems.Required("spec.resources[storage]");
        else if (Quantity.Of(storage).Nano <= 0) problems.Invalid("spec.resources[storage]", Quantity.Of(storage).ToString(), "must be greater than zero");
        if (spec.Text("storageClassName") is { Length: > 0 } name) problems.Each("spec.storageClassName", name, metadata.Names.DnsName(name));
        if (spec.Text("volumeMode") is { } mode && !s_volumeModes.Contains(mode)) problems.NotSupported("spec.volumeMode", mode, s_volumeModes);
        if (spec.At("dataSource") is not JsonObject source) return;
        if (source.Text("name") is null or "") problems.Required("spec.dataSource.name");
        if (source.Text("kind") is null or "") problems.Required("spec.dataSource.kind");
        if (source.Text("apiGroup") is null or "" && source.Text("kind") != "PersistentVolumeClaim") problems.Invalid("spec.dataSource", source.Text("kind"), "");
    }

    /// <summary>A changed claim: a bound one may grow, and the rest stays.</summary>
    public void Claim(JsonObject json, JsonObject old)
    {
        Claim(json);
        metadata.Update(json, old);
        Claim(json);
        JsonObject now = json.Child("spec").Copy(), before = old.Child("spec").Copy();
        if (before.Text("volumeName") is null or "") Take(now, before, "volumeName");
        Take(now, before, "volumeAttributesClassName");
        bool bound = json.Text("status", "phase") == "Bound";
        if (bound && now.At("resources", "requests") is JsonObject requests && before.At("resources", "requests", "storage") is { } size) requests["storage"] = size.DeepClone();
        if (!now.Same(before))
        {
            string words = problems.Minor >= 29 ? "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims" : "spec is immutable after creation except resources.requests for bound claims";
            problems.Forbidden("spec", $"{words}\n{PodValidation.Difference(now, before).Replace("core.PodSpec", "core.PersistentVolumeClaimSpec", StringComparison.Ordinal)}");
        }

        Quantity asked = Quantity.Of(json.At("spec", "resources", "requests", "storage")), had = Quantity.Of(old.At("spec", "resources", "requests", "storage"));
        if (asked.CompareTo(had) < 0) problems.Forbidden("spec.resources.requests.storage", problems.Minor >= 32 ? "field can not be less than status.capacity" : "field can not be less than previous value");
        problems.Immutable(problems.Minor >= 22 ? "spec.volumeMode" : "volumeMode", json.At("spec", "volumeMode"), old.At("spec", "volumeMode"), GoText.Value);
    }

    /// <summary>A volume.</summary>
    public void Volume(JsonObject json)
    {
        metadata.Create(json, false, metadata.Names.DnsName);
        JsonNode? spec = json["spec"];
        AccessModes(spec, "");
        if (spec.At("capacity") is not JsonObject { Count: > 0 } capacity)
        {
            problems.Required("spec.capacity");
            problems.Add("FieldValueNotSupported", "spec.capacity", $"Unsupported value: {(problems.Minor >= 34 ? "null" : "core.ResourceList(nil)")}: supported values: \"storage\"");
        }
        else
        {
            if (capacity["storage"] is null || capacity.Count > 1) problems.Add("FieldValueNotSupported", "spec.capacity", $"Unsupported value: core.ResourceList{{{string.Join(", ", capacity.Select(one => $"{GoText.Quote(one.Key)}:resource.Quantity{{}}"))}}}: supported values: \"storage\"");
            foreach ((string name, JsonNode? value) in capacity)
            {
                if (Quantity.Of(value).Nano <= 0) problems.Invalid($"spec.capacity[{name}]", Quantity.Of(value).ToString(), "must be greater than zero");
            }
        }

        string? reclaim = spec.Text("persistentVolumeReclaimPolicy");
        if (reclaim is { Length: > 0 } && !s_reclaim.Contains(reclaim)) problems.NotSupported("spec.persistentVolumeReclaimPolicy", reclaim, s_reclaim);
        string[] sources = spec is JsonObject fields ? [.. fields.Select(field => field.Key).Where(field => !s_volumeFields.Contains(field))] : [];
        if (sources.Length == 0) problems.Required("spec", "must specify a volume type");
        foreach (string second in sources.Skip(1)) problems.Forbidden($"spec.{second}", "may not specify more than 1 volume type");
        if (spec.At("hostPath") is JsonObject path && path.Text("path") is null or "") problems.Required("spec.hostPath.path");
        if (spec.Text("hostPath", "path") == "/" && reclaim == "Recycle") problems.Forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
        if (spec.Text("storageClassName") is { Length: > 0 } name2) problems.Each("spec.storageClassName", name2, metadata.Names.DnsName(name2));
        if (spec.Text("volumeMode") is { } mode && !s_volumeModes.Contains(mode)) problems.NotSupported("spec.volumeMode", mode, s_volumeModes);
    }

    /// <summary>A changed volume: what it is stored on stays.</summary>
    public void Volume(JsonObject json, JsonObject old)
    {
        Volume(json);
        metadata.Update(json, old);
        var now = new JsonObject();
        var before = new JsonObject();
        foreach ((string name, JsonNode? value) in json.Child("spec")) if (!s_volumeFields.Contains(name)) now[name] = value?.DeepClone();
        foreach ((string name, JsonNode? value) in old.Child("spec")) if (!s_volumeFields.Contains(name)) before[name] = value?.DeepClone();
        if (!now.Same(before)) problems.Forbidden("spec.persistentvolumesource", problems.Minor >= 21 ? $"spec.persistentvolumesource is immutable after creation\n{PodValidation.Difference(now, before)}" : "is immutable after creation");
        problems.Immutable("spec.volumeMode", json.At("spec", "volumeMode"), old.At("spec", "volumeMode"), GoText.Value);
    }

    /// <summary>A storage class.</summary>
    /// <param name="json">The class.</param>
    /// <param name="old">What it was; null for a new one.</param>
    public void Class(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, false, metadata.Names.DnsName);
        else metadata.Update(json, old);
        if (old is not null)
        {
            if (!json["parameters"].Same(old["parameters"])) problems.Forbidden("parameters", "updates to parameters are forbidden.");
            if (json.Text("provisioner") != old.Text("provisioner")) problems.Forbidden("provisioner", "updates to provisioner are forbidden.");
            if (json.Text("reclaimPolicy") != old.Text("reclaimPolicy")) problems.Forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden.");
            problems.Immutable("volumeBindingMode", json["volumeBindingMode"], old["volumeBindingMode"], GoText.Value);
            return;
        }

        if (json.Text("provisioner") is null or "") problems.Required("provisioner");
        if (json.Text("reclaimPolicy") is { } reclaim && reclaim is not ("Delete" or "Retain")) problems.NotSupported("reclaimPolicy", reclaim, "Delete", "Retain");
        if (json.Text("volumeBindingMode") is { } mode && mode is not ("Immediate" or "WaitForFirstConsumer")) problems.NotSupported("volumeBindingMode", mode, "Immediate", "WaitForFirstConsumer");
    }

    private void AccessModes(JsonNode? spec, string words)
    {
        if (spec.At("accessModes") is not JsonArray { Count: > 0 } modes)
        {
            problems.Required("spec.accessModes", words);
            return;
        }

        string[] known = problems.Minor >= 22 ? s_modes : s_oldModes;
        foreach (string? mode in modes.Select(one => one.Text()))
        {
            if (!known.Contains(mode)) problems.NotSupported("spec.accessModes", mode, known);
        }
    }

    private static void Take(JsonObject now, JsonObject before, string name)
    {
        if (now[name] is { } value) before[name] = value.DeepClone();
        else before.Remove(name);
    }
}
