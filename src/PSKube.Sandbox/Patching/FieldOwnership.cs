using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Patching;

/// <summary>Who owns which field: <c>metadata.managedFields</c>, and server-side apply.</summary>
/// <remarks>
/// The chain of managers in apimachinery's <c>pkg/util/managedfields/internal</c> (<c>fieldmanager.go</c> lists them), on top of
/// structured-merge-diff's <c>merge/update.go</c>. The server records ownership of an object that is defaulted and not yet
/// admitted or prepared by its kind: what admission adds has no owner.
/// </remarks>
/// <param name="minor">The minor version of the server that is played.</param>
/// <param name="blank">An object of a kind as the server has it before anything is set: what is so already belongs to nobody.</param>
internal sealed class FieldOwnership(int minor, Func<Resource, JsonObject> blank)
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Since 1.22 entries name their subresource, fields that a request cannot change get no owner by it, and scale counts.</summary>
    private const int SubresourcesSince = 22;

    // Fields that nobody owns (stripmeta.go).
    private static readonly FieldSet s_stripped = SetOf(
        ["apiVersion"], ["kind"], ["metadata"], ["metadata", "name"], ["metadata", "namespace"], ["metadata", "creationTimestamp"], ["metadata", "selfLink"],
        ["metadata", "uid"], ["metadata", "clusterName"], ["metadata", "generation"], ["metadata", "managedFields"], ["metadata", "resourceVersion"]);

    // What the strategies' GetResetFields name: of the object itself its status, of the status all else.
    private static readonly FieldSet s_status = SetOf(["status"]);
    private static readonly FieldSet s_spec = SetOf(["spec"], ["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"]);

    private readonly TypedOperations _typed = new(minor);

    /// <summary>Refuses a document that cannot be applied, before anything else is done with it.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="document">The document as the client sent it.</param>
    /// <param name="options">The manager and the version of the request.</param>
    /// <exception cref="StatusException">It is of another version or carries managedFields (400), or has unknown fields or items that cannot be told apart (500).</exception>
    public void Check(Resource resource, JsonObject document, WriteOptions options)
    {
        string version = VersionOf(resource, options, document);
        string said = document.Text("apiVersion") ?? "";
        string kind = document.Text("kind") ?? "";
        if (said != version || kind != resource.Kind)
        {
            if (minor >= SubresourcesSince) throw Refusals.BadRequest($"invalid object type: {(said.Contains('/', StringComparison.Ordinal) ? said : "/" + said)}, Kind={kind}");
            if (said != version) throw Refusals.BadRequest($"Incorrect version specified in apply patch. Specified patch version: {said}, expected: {version}");
            throw new StatusException(500, "", $"failed to create typed patch object: no corresponding type for {version}, Kind={kind}");
        }

        if (document.At("metadata") is JsonObject metadata && metadata.ContainsKey("managedFields")) throw Refusals.BadRequest("metadata.managedFields must be nil");
        // Only the stored version has a schema here; the older ones of all other kinds have the same fields.
        if ((version != resource.StoredApiVersion && resource == Kinds.HorizontalPodAutoscalers) || TypedCheck.FirstProblem(ApplySchema.For(resource, minor), document) is not { } problem) return;
        string whose = minor < 26 ? "" : $" ({document.Text("metadata", "namespace")}/{document.Text("metadata", "name")}; {version}, Kind={resource.Kind})";
        throw new StatusException(500, "", $"failed to create typed patch object{whose}: {problem}");
    }

    /// <summary>
    /// Applies a document as a manager: the live object with the document merged in and with the fields removed that the
    /// manager applied before and no longer names, managedFields not yet written. No argument is changed.
    /// </summary>
    /// <param name="resource">The kind.</param>
    /// <param name="live">The object as it is; null when there is none.</param>
    /// <param name="applied">The document, without managedFields, in the stored version.</param>
    /// <param name="sent">The document as the client sent it.</param>
    /// <param name="options">The manager, its subresource, and whether it takes fields from others.</param>
    /// <param name="now">The moment.</param>
    /// <returns>The merged object, still to be defaulted and validated, and what <see cref="RecordApply"/> writes.</returns>
    /// <exception cref="StatusException">Another manager owns a field: 409, one cause per field.</exception>
    public AppliedDocument Apply(Resource resource, JsonObject? live, JsonObject applied, JsonObject sent, WriteOptions options, DateTime now)
    {
        ApplySchema schema = ApplySchema.For(resource, minor);
        var state = new OwnershipState(_typed, schema, minor);
        JsonObject old = live ?? blank(resource);
        JsonNode? carried = old.At("metadata", "managedFields");
        if (carried is not null)
        {
            old = old.Copy();
            old.Child("metadata").Remove("managedFields");
        }

        ManagedFields managed = ManagedFields.Read(carried) ?? throw new StatusException(500, "", "failed to decode managed fields");
        string version = VersionOf(resource, options, sent);
        string stamp = SandboxClock.Stamp(now);
        if (managed.IsEmpty && live is not null)
        {
            // An object of before there were owners: all it has is of one (skipnonapplied.go).
            managed[ManagerId.Of("before-first-apply", false, version, null)] = new ManagedEntry(FieldComparison.Of(schema, blank(resource), old).Added.Except(s_stripped), version, stamp);
        }

        ManagerId id = ManagerId.Of(options.Manager, true, version, Subresource(options));
        FieldSet own = _typed.Fields(schema, applied);
        if (Reset(resource, options) is { } reset) own = own.Without(reset);
        (JsonObject merged, ManagedFields owners, IReadOnlyList<Conflict> conflicts) = state.Apply(old, applied, own, managed, id, version);
        if (conflicts.Count > 0 && !options.Force)
        {
            // kubectl may take over what kubectl applied on the client's side (lastappliedmanager.go).
            FieldSet? mine = options.Manager == "kubectl" ? OwnByAnnotation(schema, old, version) : null;
            List<Conflict> foreign = mine is null ? [.. conflicts] : [.. conflicts.Where(conflict => !mine.Has(conflict.Path))];
            if (foreign.Count > 0) throw Refusal(foreign);
        }

        ManagedEntry? before = managed[id];
        if (owners[id] is { } entry) owners[id] = entry with { Set = entry.Set.Except(s_stripped), Time = before?.Time };
        bool changed = !TypedValue.Same(merged, old) || !owners.ToJson().Same(managed.ToJson());
        if (changed && owners[id] is { } mineNow) owners[id] = mineNow with { Time = stamp };
        if (options.Manager == "kubectl" && merged.Text("metadata", "annotations", LastApplied) is { Length: > 0 }) merged.Child("metadata").Child("annotations")[LastApplied] = Annotation(sent);
        return new AppliedDocument(merged) { ManagedFields = owners.ToJson() };
    }

    /// <summary>Writes managedFields into an object after an apply.</summary>
    public static void RecordApply(JsonObject json, AppliedDocument applied) => Write(json, applied.ManagedFields.Copy());

    /// <summary>Writes managedFields into an object after a create, an update or another patch: what changed belongs to the manager.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="json">The object as the client wants it, defaulted, not yet admitted. It may carry managedFields of its own.</param>
    /// <param name="live">The object as it is; null when there is none.</param>
    /// <param name="options">The manager, the subresource and the version of the request.</param>
    /// <param name="now">The moment.</param>
    public void RecordUpdate(Resource resource, JsonObject json, JsonObject? live, WriteOptions options, DateTime now)
    {
        if (options.Subresource == "scale" && minor < SubresourcesSince)
        {
            // The scale subresource had no field manager.
            Write(json, live.At("metadata", "managedFields").Copy());
            return;
        }

        ManagedFields managed = Carried(json, live, options.Subresource is not null);
        json.Child("metadata").Remove("managedFields");
        // Owners once reset, or never kept, are not kept before the next apply.
        if (managed.IsEmpty && live is not null) return;
        ApplySchema schema = ApplySchema.For(resource, minor);
        var state = new OwnershipState(_typed, schema, minor);
        string version = VersionOf(resource, options, null);
        JsonObject old = live ?? blank(resource);
        FieldComparison comparison = FieldComparison.Of(schema, old, json);
        if (Reset(resource, options) is { } reset) comparison.Exclude(reset);
        managed = state.Update(old, comparison, managed);
        FieldSet own = comparison.Added.Union(comparison.Modified).Except(s_stripped);
        if (!own.IsEmpty)
        {
            ManagerId id = ManagerId.Of(options.Manager, false, version, Subresource(options));
            managed[id] = new ManagedEntry(managed[id] is { } before ? before.Set.Union(own) : own, version, SandboxClock.Stamp(now));
            managed.Cap();
        }

        Write(json, managed.ToJson());
    }

    /// <summary>The version of a request: what it says, what its document says when that is served, or the one that clients get unasked.</summary>
    private string VersionOf(Resource resource, WriteOptions options, JsonObject? document)
    {
        if (options.ApiVersion is { } given) return given;
        List<string> served = [.. resource.Versions.Where(version => version.Since <= minor && minor < version.Until).Select(version => resource.ApiVersion(version.Name))];
        string? said = document.Text("apiVersion");
        return said is not null && served.Contains(said) ? said : served.FirstOrDefault(resource.StoredApiVersion);
    }

    private static void Write(JsonObject json, JsonNode? managed)
    {
        JsonObject metadata = json.Child("metadata");
        if (managed is null) metadata.Remove("managedFields");
        else metadata["managedFields"] = managed;
    }

    /// <summary>The owners that a request brings along, or else those of the object (fieldmanager.go, decodeLiveOrNew).</summary>
    private ManagedFields Carried(JsonObject json, JsonObject? live, bool isSubresource)
    {
        if (json.At("metadata", "managedFields") is JsonArray given && !(isSubresource && minor >= SubresourcesSince))
        {
            if (given.Count == 0 || (given.Count == 1 && given[0] is JsonObject { Count: 0 })) return new ManagedFields();
            if (ManagedFields.Read(given) is { IsEmpty: false } managed) return managed;
        }

        return ManagedFields.Read(live.At("metadata", "managedFields")) ?? new ManagedFields();
    }

    private string? Subresource(WriteOptions options) => minor >= SubresourcesSince ? options.Subresource : null;

    private FieldSet? Reset(Resource resource, WriteOptions options)
    {
        if (minor < SubresourcesSince || !resource.HasStatus) return null;
        return options.Subresource switch { null => s_status, "status" => s_spec, _ => null };
    }


    /// <summary>The fields that kubectl's annotation says it applied and that still have those values.</summary>
    private FieldSet? OwnByAnnotation(ApplySchema schema, JsonObject live, string version)
    {
        if (live.Text("metadata", "annotations", LastApplied) is not { Length: > 0 } text) return null;
        JsonObject? document;
        try
        {
            document = JsonNode.Parse(text) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }

        if (document is null || document.Text("apiVersion") != version) return null;
        FieldComparison comparison = FieldComparison.Of(schema, document, live);
        return _typed.Fields(schema, document).Except(comparison.Modified).Except(comparison.Added).Except(comparison.Removed);
    }

    /// <summary>The document as the annotation has it: without itself, keys sorted, a line.</summary>
    private static string Annotation(JsonObject sent)
    {
        JsonObject document = sent.Copy();
        if (document.At("metadata", "annotations") is JsonObject annotations)
        {
            annotations.Remove(LastApplied);
            if (annotations.Count == 0) document.Child("metadata").Remove("annotations");
        }

        return Sorted(document)!.ToJsonString(s_json) + "\n";
    }

    private static readonly System.Text.Json.JsonSerializerOptions s_json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node.Copy(),
    };

    private static StatusException Refusal(List<Conflict> conflicts)
    {
        var causes = new JsonArray();
        foreach (Conflict conflict in conflicts) causes.Add(new JsonObject { ["reason"] = "FieldManagerConflict", ["message"] = $"conflict with {conflict.With.Printed}", ["field"] = conflict.Printed });
        string message = $"Apply failed with 1 conflict: conflict with {conflicts[0].With.Printed}: {conflicts[0].Printed}";
        if (conflicts.Count > 1)
        {
            IEnumerable<string> lines = conflicts.GroupBy(conflict => conflict.With).SelectMany(group => group.Select(conflict => $"- {conflict.Printed}").Prepend($"conflicts with {group.Key.Printed}:"));
            message = $"Apply failed with {conflicts.Count} conflicts: {string.Join('\n', lines)}";
        }

        return new StatusException(409, "Conflict", message) { Details = new JsonObject { ["causes"] = causes } };
    }

    private static FieldSet SetOf(params string[][] paths)
    {
        var set = new FieldSet();
        foreach (string[] path in paths) set.Add([.. path.Select(PathElement.ForField)]);
        return set;
    }
}

/// <summary>A document merged into an object.</summary>
/// <param name="Merged">The object with the document merged in.</param>
internal sealed record AppliedDocument(JsonObject Merged)
{
    /// <summary>The managedFields that the object then has; null for none.</summary>
    public JsonArray? ManagedFields { get; init; }
}
