using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;

namespace PSKube.Sandbox.Store;

/// <summary>
/// Every object of the sandbox, what changed last, and who wants to hear of changes. Whoever reads and then writes holds
/// <see cref="Gate"/> meanwhile; single calls take it themselves.
/// </summary>
internal sealed class ObjectStore
{
    /// <summary>How many changes are remembered for watches that begin in the past; older ones are answered with 410.</summary>
    public const int Remembered = 20_000;

    private readonly Dictionary<Resource, List<StoredObject>> _objects = [];
    private readonly Dictionary<string, HashSet<StoredObject>> _owned = new(StringComparer.Ordinal);
    private readonly Queue<StoreEvent> _history = new();
    private readonly List<Action<StoreEvent>> _listeners = [];

    /// <summary>The lock of the whole sandbox's state.</summary>
    public object Gate { get; } = new();

    /// <summary>The version of the last change.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>The oldest version from which a watch can still begin.</summary>
    public long Oldest
    {
        get
        {
            lock (Gate) return _history.Count < Remembered ? 1 : _history.Peek().Version - 1;
        }
    }

    /// <summary>One object; null when there is none.</summary>
    public StoredObject? Find(Resource resource, string? ns, string name)
    {
        lock (Gate)
        {
            if (!_objects.TryGetValue(resource, out List<StoredObject>? list)) return null;
            int at = IndexOf(list, ns, name);
            return at >= 0 ? list[at] : null;
        }
    }

    /// <summary>All objects of a kind, or those of one namespace, in the order of their namespaces and names; a copy that later changes do not touch.</summary>
    public StoredObject[] List(Resource resource, string? ns = null)
    {
        lock (Gate)
        {
            if (!_objects.TryGetValue(resource, out List<StoredObject>? list)) return [];
            if (ns is null) return [.. list];
            int from = IndexOf(list, ns, "");
            if (from < 0) from = ~from;
            int to = from;
            while (to < list.Count && list[to].Namespace == ns) to++;
            return CollectionsMarshal.AsSpan(list)[from..to].ToArray();
        }
    }

    /// <summary>How many objects of a kind there are.</summary>
    public int Count(Resource resource)
    {
        lock (Gate) return _objects.TryGetValue(resource, out List<StoredObject>? list) ? list.Count : 0;
    }

    /// <summary>The objects whose owner references name this uid.</summary>
    public StoredObject[] OwnedBy(string uid)
    {
        lock (Gate) return _owned.TryGetValue(uid, out HashSet<StoredObject>? owned) ? [.. owned.OrderBy(one => one.Namespace, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal)] : [];
    }

    /// <summary>Stores an object under its namespace and name, new or instead of the one that is there, at the next version.</summary>
    public StoredObject Put(Resource resource, JsonObject json)
    {
        lock (Gate)
        {
            StoredObject stored = StoredObject.From(resource, json, Version + 1);
            Version++;
            if (!_objects.TryGetValue(resource, out List<StoredObject>? list)) _objects[resource] = list = [];
            int at = IndexOf(list, stored.Namespace, stored.Name);
            StoredObject? previous = at >= 0 ? list[at] : null;
            if (previous is null) list.Insert(~at, stored);
            else
            {
                list[at] = stored;
                Disown(previous);
            }

            foreach (string owner in stored.Owners)
            {
                if (!_owned.TryGetValue(owner, out HashSet<StoredObject>? owned)) _owned[owner] = owned = [];
                owned.Add(stored);
            }

            Tell(new StoreEvent(previous is null ? StoreEventType.Added : StoreEventType.Modified, stored, previous, Version));
            return stored;
        }
    }

    /// <summary>Takes an object out. Returns its last state, at the version of its end; null when there is none.</summary>
    public StoredObject? Remove(Resource resource, string? ns, string name)
    {
        lock (Gate)
        {
            if (!_objects.TryGetValue(resource, out List<StoredObject>? list)) return null;
            int at = IndexOf(list, ns, name);
            if (at < 0) return null;
            StoredObject previous = list[at];
            list.RemoveAt(at);
            Disown(previous);
            StoredObject last = StoredObject.From(resource, previous.Parse(), ++Version);
            Tell(new StoreEvent(StoreEventType.Deleted, last, previous, Version));
            return last;
        }
    }

    /// <summary>The changes after a version, oldest first. The version must not be before <see cref="Oldest"/>.</summary>
    public StoreEvent[] Since(long version)
    {
        lock (Gate) return [.. _history.Where(change => change.Version > version)];
    }

    /// <summary>Calls <paramref name="listener"/> at every change from now on, within the lock: it must only take note. Dispose the answer to end it.</summary>
    public IDisposable Listen(Action<StoreEvent> listener)
    {
        lock (Gate) _listeners.Add(listener);
        return new Listening(this, listener);
    }

    private void Tell(StoreEvent change)
    {
        _history.Enqueue(change);
        if (_history.Count > Remembered) _history.Dequeue();
        foreach (Action<StoreEvent> listener in _listeners.ToArray()) listener(change);
    }

    private void Disown(StoredObject stored)
    {
        foreach (string owner in stored.Owners)
        {
            if (_owned.TryGetValue(owner, out HashSet<StoredObject>? owned) && owned.Remove(stored) && owned.Count == 0) _owned.Remove(owner);
        }
    }

    private static int IndexOf(List<StoredObject> list, string? ns, string name)
    {
        int low = 0, high = list.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            StoredObject one = list[middle];
            int order = string.CompareOrdinal(one.Namespace, ns);
            if (order == 0) order = string.CompareOrdinal(one.Name, name);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }

    private sealed class Listening(ObjectStore store, Action<StoreEvent> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (store.Gate) store._listeners.Remove(listener);
        }
    }
}
