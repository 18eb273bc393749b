using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>The templates that a stateful set or a daemon set has had: its ControllerRevisions.</summary>
/// <remarks>Behaviour: <c>pkg/controller/history</c>.</remarks>
internal sealed class Revisions(ObjectStore store, ObjectRegistry registry)
{
    /// <summary>The revisions of an owner, oldest first.</summary>
    public List<(StoredObject Stored, JsonObject Json)> Of(StoredObject owner) =>
        [.. store.OwnedBy(owner.Uid).Where(one => one.Resource == Kinds.ControllerRevisions).Select(one => (one, one.Parse())).OrderBy(one => one.Item2.Number("revision") ?? 0)];

    /// <summary>The revision of the present template: found, raised to be the latest, or made.</summary>
    public StoredObject Current(StoredObject owner, JsonObject json, string manager)
    {
        List<(StoredObject Stored, JsonObject Json)> all = Of(owner);
        JsonObject template = (json.At("spec", "template") as JsonObject).Copy() ?? [];
        template["$patch"] = "replace";
        var data = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
        string text = Templates.Canonical(data);
        long next = (all.Count == 0 ? 0 : all[^1].Json.Number("revision") ?? 0) + 1;
        int found = all.FindLastIndex(one => Templates.Canonical(one.Json["data"]) == text);
        if (found == all.Count - 1 && found >= 0) return all[found].Stored;
        if (found >= 0) return registry.Change(Kinds.ControllerRevisions, owner.Namespace, all[found].Stored.Name, manager, null, change => change["revision"] = next) ?? all[found].Stored;

        bool daemon = owner.Resource == Kinds.DaemonSets;
        string hash = Templates.Hash(daemon ? template : data, json.Number("status", "collisionCount"));
        var metadata = new JsonObject
        {
            ["name"] = $"{owner.Name}-{hash}",
            ["labels"] = json.At("spec", "template", "metadata", "labels")?.DeepClone() ?? new JsonObject(),
            ["ownerReferences"] = new JsonArray(Templates.Reference(owner)),
        };
        if (json.At("metadata", "annotations") is JsonObject annotations) metadata["annotations"] = annotations.DeepClone();
        metadata["labels"]![daemon ? "controller-revision-hash" : "controller.kubernetes.io/hash"] = hash;
        if (store.Find(Kinds.ControllerRevisions, owner.Namespace, $"{owner.Name}-{hash}") is { } left) registry.Delete(Kinds.ControllerRevisions, owner.Namespace, left.Name, new DeleteOptions());
        return registry.Create(Kinds.ControllerRevisions, owner.Namespace, new JsonObject { ["metadata"] = metadata, ["data"] = data, ["revision"] = next }, new WriteOptions(manager));
    }

    /// <summary>Deletes the oldest revisions that nothing uses, beyond a limit.</summary>
    public void Trim(StoredObject owner, long limit, Func<StoredObject, bool> used)
    {
        StoredObject[] old = [.. Of(owner).Select(one => one.Stored).Where(one => !used(one))];
        foreach (StoredObject one in old.Take((int)Math.Max(0, old.Length - limit))) registry.Delete(one.Resource, one.Namespace, one.Name, new DeleteOptions { Uid = one.Uid });
    }
}
