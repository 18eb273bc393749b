using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Patching;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Registry;

/// <summary>
/// Every change of the store, whoever makes it, client or controller: decoded, defaulted, admitted, validated, and only then
/// stored. Bodies are in the stored version of their kind, and belong to the registry once given.
/// </summary>
internal sealed class ObjectRegistry(ObjectStore store, KindRules rules, Admission admission)
{
    private const string NameCharacters = "bcdfghjklmnpqrstvwxz2456789";
    private readonly FieldOwnership _ownership = new(rules.Minor, rules.Blank);

    /// <summary>What there is.</summary>
    public ObjectStore Store { get; } = store;

    /// <summary>Creates an object.</summary>
    /// <exception cref="StatusException">The server would refuse it.</exception>
    public StoredObject Create(Resource resource, string? ns, JsonObject json, WriteOptions options)
    {
        lock (Store.Gate)
        {
            rules.Decode(resource, json, options.FieldValidation, options.Warnings);
            JsonObject metadata = Place(resource, ns, json);
            string? given = metadata.Text("name");
            if (string.IsNullOrEmpty(given) && metadata.Text("generateName") is { Length: > 0 } prefix) metadata["name"] = prefix[..Math.Min(prefix.Length, 58)] + RandomSuffix(5);
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = SandboxClock.Stamp(SandboxClock.Now);
            metadata.Remove("resourceVersion");
            metadata.Remove("deletionTimestamp");
            metadata.Remove("deletionGracePeriodSeconds");
            metadata.Remove("selfLink");
            metadata.Remove("managedFields");
            rules.Default(resource, json);
            Tell(resource, json, null, options);
            // What the kind's strategy and admission add has no owner.
            _ownership.RecordUpdate(resource, json, null, options, SandboxClock.Now);
            rules.PrepareForCreate(resource, json);
            admission.Create(resource, ns, json);
            string name = metadata.Text("name") ?? "";
            Check(resource, name, rules.ValidateCreate(resource, json));
            if (Store.Find(resource, ns, name) is not null) throw Refusals.AlreadyExists(resource, name);
            return options.DryRun ? StoredObject.From(resource, json, 0) : Store.Put(resource, json);
        }
    }

    /// <summary>Replaces an object, or what a subresource shows of it.</summary>
    /// <exception cref="StatusException">The server would refuse it; 409 when the body carries another resourceVersion than the object has.</exception>
    public StoredObject Update(Resource resource, string? ns, string name, JsonObject json, WriteOptions options)
    {
        lock (Store.Gate)
        {
            StoredObject live = Store.Find(resource, ns, name) ?? throw Refusals.NotFound(resource, name);
            rules.Decode(resource, json, options.FieldValidation, options.Warnings);
            return Replace(resource, live, live.Parse(), json, options, null);
        }
    }

    /// <summary>Changes an object as a patch says. An apply creates the object when there is none.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The name.</param>
    /// <param name="patchType">The content type of the patch.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="options">How.</param>
    /// <param name="convert">From the stored version to the one in which the client writes, and back; null when they are the same.</param>
    /// <exception cref="StatusException">The server would refuse it.</exception>
    public (StoredObject Object, bool Created) Patch(Resource resource, string? ns, string name, string patchType, JsonNode? patch, WriteOptions options, VersionConversion? convert = null)
    {
        lock (Store.Gate)
        {
            StoredObject? live = Store.Find(resource, ns, name);
            if (patchType == PatchTypes.Apply) return Apply(resource, ns, name, live, patch as JsonObject ?? throw Refusals.BadRequest("the patch is not an object"), options, convert);
            if (live is null) throw Refusals.NotFound(resource, name);
            JsonObject old = live.Parse();
            JsonObject shown = convert is null ? old : convert.FromStored(old);
            JsonObject changed = patchType switch
            {
                PatchTypes.Json => Patches.Json(shown, patch),
                PatchTypes.Merge => Patches.Merge(shown, Patches.Document(patchType, patch)),
                _ when resource.Model is null => throw Refusals.UnsupportedMediaType($"{PatchTypes.Json}, {PatchTypes.Merge}, {PatchTypes.Apply}"),
                _ => Patches.StrategicMerge(shown, Patches.Document(patchType, patch), resource.Model),
            };
            if (convert is not null) changed = convert.ToStored(changed);
            rules.Decode(resource, changed, options.FieldValidation, options.Warnings);
            return (Replace(resource, live, old, changed, options, null), false);
        }
    }

    /// <summary>Deletes an object, or begins to. Returns its last state, or its state while it is being deleted.</summary>
    /// <exception cref="StatusException">The server would refuse it.</exception>
    public StoredObject Delete(Resource resource, string? ns, string name, DeleteOptions options)
    {
        lock (Store.Gate)
        {
            StoredObject live = Store.Find(resource, ns, name) ?? throw Refusals.NotFound(resource, name);
            // Kept by the kind's name instead of the resource's (apiserver's pkg/registry/rest/delete.go).
            Resource named = resource with { Plural = resource.Kind };
            if (options.Uid is { } uid && uid != live.Uid) throw Refusals.Conflict(named, name, $"the UID in the precondition ({uid}) does not match the UID in record ({live.Uid}). The object might have been deleted and then recreated");
            if (options.ResourceVersion is { } version && version != live.Version.ToString(CultureInfo.InvariantCulture)) throw Refusals.Conflict(named, name, $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({live.Version}). The object might have been modified");
            if (resource == Kinds.Namespaces && name is "default" or "kube-system" or "kube-public") throw Refusals.Forbidden(resource, name, "this namespace may not be deleted");
            if (options.DryRun) return live;
            return resource == Kinds.Namespaces ? BeginNamespace(live) : Begin(resource, live, options);
        }
    }

    /// <summary>True when an object stays after its deletion has begun, until somebody has done his part.</summary>
    public static bool IsHeld(Resource resource, StoredObject live, DeleteOptions options) =>
        resource == Kinds.Namespaces || options.PropagationPolicy is "Foreground" or "Orphan" || live.Parse().At("metadata", "finalizers") is JsonArray { Count: > 0 };

    /// <summary>
    /// Changes an object for a controller: reads it, lets <paramref name="change"/> change it, and stores it when it has changed.
    /// Returns the object as it is then; null when it is gone.
    /// </summary>
    public StoredObject? Change(Resource resource, string? ns, string name, string manager, string? subresource, Action<JsonObject> change)
    {
        lock (Store.Gate)
        {
            if (Store.Find(resource, ns, name) is not { } live) return null;
            JsonObject old = live.Parse();
            JsonObject json = old.Copy();
            change(json);
            return json.Same(old) ? live : Replace(resource, live, old, json, new WriteOptions(manager) { Subresource = subresource }, null);
        }
    }

    /// <summary>The object after its namespace's content is gone: ends it.</summary>
    public void FinishNamespace(string name)
    {
        lock (Store.Gate) Store.Remove(Kinds.Namespaces, null, name);
    }

    /// <summary>Random characters as Kubernetes' names have them: no vowels, nothing that looks like another.</summary>
    public static string RandomSuffix(int length) => string.Create(length, 0, static (text, _) =>
    {
        for (int i = 0; i < text.Length; i++) text[i] = NameCharacters[Random.Shared.Next(NameCharacters.Length)];
    });

    private (StoredObject Object, bool Created) Apply(Resource resource, string? ns, string name, StoredObject? live, JsonObject document, WriteOptions options, VersionConversion? convert)
    {
        if (live is null && options.Subresource is not null) throw Refusals.NotFound(resource, name);
        _ownership.Check(resource, document, options);
        JsonObject applied = convert is null ? document.Copy() : convert.ToStored(document);
        rules.Decode(resource, applied, options.FieldValidation, options.Warnings);
        applied.Child("metadata").Default("name", name);
        Place(resource, ns, applied);
        JsonObject? old = live?.Parse();
        AppliedDocument merged = _ownership.Apply(resource, old, applied, document, options, SandboxClock.Now);
        if (live is not null) return (Replace(resource, live, old!, merged.Merged, options, merged), false);

        JsonObject json = merged.Merged;
        JsonObject own = json.Child("metadata");
        if (own.Text("name") != name) throw OtherName(own, name);
        own["uid"] = Guid.NewGuid().ToString();
        own["creationTimestamp"] = SandboxClock.Stamp(SandboxClock.Now);
        own.Remove("resourceVersion");
        FieldOwnership.RecordApply(json, merged);
        rules.Default(resource, json);
        Tell(resource, json, null, options);
        rules.PrepareForCreate(resource, json);
        admission.Create(resource, ns, json);
        Check(resource, name, rules.ValidateCreate(resource, json));
        return (options.DryRun ? StoredObject.From(resource, json, 0) : Store.Put(resource, json), true);
    }

    /// <summary>The last steps of every change of an object that is there.</summary>
    private StoredObject Replace(Resource resource, StoredObject live, JsonObject old, JsonObject json, WriteOptions options, AppliedDocument? applied)
    {
        JsonObject metadata = Place(resource, live.Namespace, json);
        if ((metadata.Text("name") ?? live.Name) != live.Name) throw OtherName(metadata, live.Name);
        metadata["name"] = live.Name;
        string version = live.Version.ToString(CultureInfo.InvariantCulture);
        if (metadata.Text("resourceVersion") is { Length: > 0 } claimed && claimed != version) throw Refusals.Stale(resource, live.Name);
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != live.Uid) throw Refusals.Conflict(resource, live.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {live.Uid}");
        JsonObject before = (JsonObject)old["metadata"]!;
        foreach (string kept in s_kept)
        {
            if (before[kept] is { } value) metadata[kept] = value.DeepClone();
            else metadata.Remove(kept);
        }

        metadata["resourceVersion"] = version;
        if (metadata["managedFields"] is null && before["managedFields"] is { } managed) metadata["managedFields"] = managed.DeepClone();
        rules.Default(resource, json);
        Tell(resource, json, old, options);
        if (applied is null) _ownership.RecordUpdate(resource, json, old, options, SandboxClock.Now);
        else FieldOwnership.RecordApply(json, applied);
        rules.PrepareForUpdate(resource, json, old, options.Subresource);
        admission.Update(resource, json, old);
        Check(resource, live.Name, rules.ValidateUpdate(resource, json, old, options.Subresource));
        json["kind"] = resource.Kind;
        json["apiVersion"] = resource.StoredApiVersion;
        if (json.Same(old)) return live;
        if (options.DryRun) return StoredObject.From(resource, json, live.Version);
        bool ends = live.IsBeingDeleted && resource != Kinds.Namespaces && metadata["finalizers"] is not JsonArray { Count: > 0 } && before["finalizers"] is JsonArray { Count: > 0 } && metadata.Number("deletionGracePeriodSeconds") is null or 0;
        StoredObject stored = Store.Put(resource, json);
        return ends ? Store.Remove(resource, live.Namespace, live.Name)! : stored;
    }

    private static readonly string[] s_kept = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"];

    private StoredObject Begin(Resource resource, StoredObject live, DeleteOptions options)
    {
        JsonObject json = live.Parse();
        JsonObject metadata = json.Child("metadata");
        string? finalizer = options.PropagationPolicy switch { "Foreground" => "foregroundDeletion", "Orphan" => "orphan", _ => null };
        if (finalizer is not null && !metadata.ListOf("finalizers").Any(one => one?.GetValue<string>() == finalizer)) metadata.ListOf("finalizers").Add(finalizer);
        bool held = metadata["finalizers"] is JsonArray { Count: > 0 };
        long grace = resource == Kinds.Pods ? Grace(live, json, options) : 0;
        if (!held && grace == 0) return End(resource, live, json);
        if (live.IsBeingDeleted && metadata.Number("deletionGracePeriodSeconds") <= grace && finalizer is null) return live;
        metadata["deletionTimestamp"] = SandboxClock.Stamp(SandboxClock.Now.AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        if (metadata.Number("generation") is { } generation && !live.IsBeingDeleted) metadata["generation"] = generation + 1;
        return Store.Put(resource, json);
    }

    /// <summary>Takes an object out; a pod, which could have taken its time, says in its last state that it takes none.</summary>
    private StoredObject End(Resource resource, StoredObject live, JsonObject json)
    {
        StoredObject last = Store.Remove(resource, live.Namespace, live.Name)!;
        if (resource != Kinds.Pods) return last;
        JsonObject metadata = json.Child("metadata");
        metadata["deletionTimestamp"] = SandboxClock.Stamp(SandboxClock.Now);
        metadata["deletionGracePeriodSeconds"] = 0;
        return StoredObject.From(resource, json, last.Version);
    }

    /// <summary>A pod that runs nowhere, or no longer, needs no time to end (<c>pkg/registry/core/pod/strategy.go</c>).</summary>
    private static long Grace(StoredObject live, JsonObject pod, DeleteOptions options)
    {
        if (live.NodeName is null || live.Phase is "Succeeded" or "Failed") return 0;
        long grace = options.GracePeriodSeconds ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30;
        return live.IsBeingDeleted ? Math.Min(grace, pod.Number("metadata", "deletionGracePeriodSeconds") ?? grace) : grace;
    }

    private StoredObject BeginNamespace(StoredObject live)
    {
        if (live.IsBeingDeleted) throw Refusals.Conflict(Kinds.Namespaces, live.Name, "The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.");
        JsonObject json = live.Parse();
        json.Child("metadata")["deletionTimestamp"] = SandboxClock.Stamp(SandboxClock.Now);
        json.Child("status")["phase"] = "Terminating";
        return Store.Put(Kinds.Namespaces, json);
    }

    /// <summary>Puts an object into the namespace of the request.</summary>
    private static JsonObject Place(Resource resource, string? ns, JsonObject json)
    {
        JsonObject metadata = json.Child("metadata");
        if (!resource.Namespaced)
        {
            metadata.Remove("namespace");
            return metadata;
        }

        string? said = metadata.Text("namespace");
        if (!string.IsNullOrEmpty(said) && said != ns) throw Refusals.BadRequest($"the namespace of the provided object does not match the namespace sent on the request");
        metadata["namespace"] = ns;
        return metadata;
    }

    private static StatusException OtherName(JsonObject metadata, string name) => Refusals.BadRequest($"the name of the object ({metadata.Text("name")}) does not match the name on the URL ({name})");

    /// <summary>Warns of the fields that a request brings and the sandbox does nothing about.</summary>
    private static void Tell(Resource resource, JsonObject json, JsonObject? old, WriteOptions options)
    {
        if (options.IsRequest && options.Subresource is null) InertFields.Tell(resource, json, old, options.Warnings);
    }

    private static void Check(Resource resource, string name, IReadOnlyList<Cause> causes)
    {
        if (causes.Count == 0) return;
        // These two were in another group once, which the server still names first.
        string group = resource == Kinds.Ingresses || resource == Kinds.NetworkPolicies ? "extensions" : resource.Group;
        throw Refusals.Invalid(group, resource.Kind, name, causes);
    }
}

/// <summary>Between the stored version of a kind and another that is served.</summary>
internal sealed record VersionConversion(Func<JsonObject, JsonObject> FromStored, Func<JsonObject, JsonObject> ToStored);
