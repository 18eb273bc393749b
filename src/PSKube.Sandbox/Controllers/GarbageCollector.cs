using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Deletes what its owner was deleted of, and lets owners go that wait for that, or that leave their dependents alone.</summary>
/// <remarks>Behaviour: <c>pkg/controller/garbagecollector</c>.</remarks>
internal sealed class GarbageCollector(ControllerLoop loop) : Controller(loop)
{
    private const int Burst = 50;
    private const string Owner = "owner:";
    private const string Waiting = "foregroundDeletion";
    private const string Orphaning = "orphan";

    private readonly Dictionary<string, (Resource Resource, string? Namespace, string Name)> _all = new(StringComparer.Ordinal);
    private readonly HashSet<string> _finalizing = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (change.Type == StoreEventType.Deleted)
        {
            _all.Remove(one.Uid);
            _finalizing.Remove(one.Uid);
            if (Store.OwnedBy(one.Uid).Length > 0) Enqueue(Owner + one.Uid);
            foreach (string owner in one.Owners)
            {
                if (_finalizing.Contains(owner)) Enqueue(owner);
            }

            return;
        }

        _all[one.Uid] = (one.Resource, one.Namespace, one.Name);
        if (one.IsBeingDeleted) Enqueue(one.Uid);
        else if (one.Owners.Count > 0 && (change.Previous is null || !change.Previous.Owners.SequenceEqual(one.Owners)) && one.Owners.Any(owner => !_all.ContainsKey(owner))) Enqueue(one.Uid);
        foreach (string owner in one.Owners)
        {
            if (_finalizing.Contains(owner)) Enqueue(owner);
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (key.StartsWith(Owner, StringComparison.Ordinal))
        {
            string uid = key[Owner.Length..];
            StoredObject[] dependents = [.. Store.OwnedBy(uid).Where(one => !one.IsBeingDeleted)];
            foreach (StoredObject one in dependents.Take(Burst)) Check(one);
            if (dependents.Length > Burst) Enqueue(key);
            return;
        }

        if (!_all.TryGetValue(key, out (Resource Resource, string? Namespace, string Name) place) || Store.Find(place.Resource, place.Namespace, place.Name) is not { } stored || stored.Uid != key) return;
        if (!stored.IsBeingDeleted)
        {
            Check(stored);
            return;
        }

        string[] finalizers = [.. stored.Parse().At("metadata", "finalizers") is JsonArray list ? list.Select(one => one?.GetValue<string>() ?? "") : []];
        if (finalizers.Contains(Orphaning)) Orphan(stored);
        else if (finalizers.Contains(Waiting)) WaitFor(stored);
    }

    /// <summary>Deletes an object of which no owner is left; takes references away that lead nowhere.</summary>
    private void Check(StoredObject one)
    {
        string[] gone = [.. one.Owners.Where(owner => !_all.ContainsKey(owner))];
        if (gone.Length == 0) return;
        if (gone.Length == one.Owners.Count)
        {
            Delete(one, one.Resource == Kinds.Pods || Store.OwnedBy(one.Uid).Length == 0 ? null : "Background");
            return;
        }

        foreach (string owner in gone) Change(one, PodOrphans.Release(owner));
    }

    private void Orphan(StoredObject owner)
    {
        foreach (StoredObject one in Store.OwnedBy(owner.Uid)) Change(one, PodOrphans.Release(owner.Uid));
        Release(owner, Orphaning);
    }

    private void WaitFor(StoredObject owner)
    {
        _finalizing.Add(owner.Uid);
        int deleted = 0;
        bool blocked = false;
        foreach (StoredObject one in Store.OwnedBy(owner.Uid))
        {
            JsonObject? reference = one.Parse().Objects("metadata", "ownerReferences").FirstOrDefault(reference => reference.Text("uid") == owner.Uid);
            blocked |= reference.Flag("blockOwnerDeletion") == true;
            if (one.IsBeingDeleted || one.Owners.Any(other => other != owner.Uid && _all.ContainsKey(other))) continue;
            if (++deleted > Burst)
            {
                Enqueue(owner.Uid);
                break;
            }

            // What has dependents of its own waits for them in turn.
            Delete(one, Store.OwnedBy(one.Uid).Length > 0 ? "Foreground" : null);
        }

        if (!blocked || Store.OwnedBy(owner.Uid).Length == 0) Release(owner, Waiting);
    }

    private void Release(StoredObject one, string finalizer)
    {
        _finalizing.Remove(one.Uid);
        Change(one, json =>
        {
            JsonArray list = json.Child("metadata").ListOf("finalizers");
            foreach (JsonNode? entry in list.Where(entry => entry?.GetValue<string>() == finalizer).ToArray()) list.Remove(entry);
            if (list.Count == 0) json.Child("metadata").Remove("finalizers");
        });
    }
}
