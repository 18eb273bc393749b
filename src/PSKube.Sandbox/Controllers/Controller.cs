using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>One of those who bring the cluster from what is to what is wanted.</summary>
/// <param name="loop">The loop that it belongs to.</param>
internal abstract class Controller(ControllerLoop loop)
{
    /// <summary>The field manager of kube-controller-manager's controllers.</summary>
    protected const string ManagerName = "kube-controller-manager";

    /// <summary>True when its keys go before those of others.</summary>
    public virtual bool Urgent => false;

    /// <summary>The loop.</summary>
    protected ControllerLoop Loop { get; } = loop;

    /// <summary>What there is.</summary>
    protected ObjectStore Store => Loop.Store;

    /// <summary>Where changes are made.</summary>
    protected ObjectRegistry Registry => Loop.Registry;

    /// <summary>The sandbox's time.</summary>
    protected SandboxClock Clock => Loop.Clock;

    /// <summary>The minor version of the cluster that is played.</summary>
    protected int Minor => Loop.Minor;

    /// <summary>Hears of a change, within the store's gate: may only take note and enqueue.</summary>
    public abstract void Note(StoreEvent change);

    /// <summary>Brings one object further, within the store's gate.</summary>
    public abstract void Reconcile(string key);

    /// <summary>The key of an object.</summary>
    protected static string KeyOf(StoredObject one) => KeyOf(one.Namespace, one.Name);

    /// <summary>The key of a namespace and name.</summary>
    protected static string KeyOf(string? ns, string name) => ns is null ? name : $"{ns}/{name}";

    /// <summary>The namespace and name of a key.</summary>
    protected static (string? Namespace, string Name) Split(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (null, key) : (key[..slash], key[(slash + 1)..]);
    }

    /// <summary>The object of a key; null when there is none.</summary>
    protected StoredObject? Find(Resource resource, string key)
    {
        (string? ns, string name) = Split(key);
        return Store.Find(resource, ns, name);
    }

    /// <summary>Queues a key for this controller.</summary>
    protected void Enqueue(string key) => Loop.Enqueue(this, key);

    /// <summary>Queues a key for this controller after some virtual time.</summary>
    protected void After(TimeSpan delay, string key) => Loop.After(this, key, delay);

    /// <summary>Queues the owner of that kind of an object that changed, of before and of now.</summary>
    protected void EnqueueOwner(StoreEvent change, Resource owner)
    {
        if (Templates.ControllerOf(change.Object) is { } now && now.Kind == owner.Kind && now.Group == owner.Group) Enqueue(KeyOf(change.Object.Namespace, now.Name));
        if (change.Previous is not null && !ReferenceEquals(change.Previous.Owners, change.Object.Owners) && Templates.ControllerOf(change.Previous) is { } before && before.Kind == owner.Kind && before.Group == owner.Group) Enqueue(KeyOf(change.Object.Namespace, before.Name));
    }

    /// <summary>Changes an object's status, when it differs.</summary>
    protected StoredObject? ChangeStatus(StoredObject one, Action<JsonObject> change, string manager = ManagerName) =>
        Registry.Change(one.Resource, one.Namespace, one.Name, manager, one.Resource.HasStatus ? "status" : null, json => change(Schema.JsonReading.Child(json, "status")));

    /// <summary>Changes an object, but for its status.</summary>
    protected StoredObject? Change(StoredObject one, Action<JsonObject> change, string manager = ManagerName) => Registry.Change(one.Resource, one.Namespace, one.Name, manager, null, change);

    /// <summary>Deletes an object if it is still that one.</summary>
    protected void Delete(StoredObject one, string? propagation = null)
    {
        if (Store.Find(one.Resource, one.Namespace, one.Name) is { } live && live.Uid == one.Uid) Registry.Delete(one.Resource, one.Namespace, one.Name, new DeleteOptions { Uid = one.Uid, PropagationPolicy = propagation });
    }
}
