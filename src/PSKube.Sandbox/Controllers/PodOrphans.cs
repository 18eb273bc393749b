using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>The pods that nobody controls, by namespace: those that a set may take, found without looking at all pods.</summary>
internal sealed class PodOrphans
{
    private readonly Dictionary<string, HashSet<string>> _names = new(StringComparer.Ordinal);

    /// <summary>Takes note of a pod's change. Returns true when sets should look at the pod: it is new, set free, or has other labels.</summary>
    public bool Note(StoreEvent change)
    {
        StoredObject pod = change.Object;
        if (pod.Resource != Kinds.Pods) return false;
        string ns = pod.Namespace ?? "";
        if (change.Type == StoreEventType.Deleted || Templates.ControllerOf(pod) is not null)
        {
            if (_names.TryGetValue(ns, out HashSet<string>? names)) names.Remove(pod.Name);
            return false;
        }

        if (!_names.TryGetValue(ns, out HashSet<string>? all)) _names[ns] = all = new(StringComparer.Ordinal);
        bool isNew = all.Add(pod.Name);
        return isNew || (change.Previous is { } previous && !Same(previous.Labels, pod.Labels));
    }

    /// <summary>The names in a namespace; a copy.</summary>
    public string[] Of(string? ns) => _names.TryGetValue(ns ?? "", out HashSet<string>? names) ? [.. names.Order(StringComparer.Ordinal)] : [];

    /// <summary>The change that sets an object free from an owner.</summary>
    public static Action<JsonObject> Release(string owner) => json =>
    {
        JsonObject metadata = json.Child("metadata");
        JsonArray references = metadata.ListOf("ownerReferences");
        foreach (JsonObject one in references.OfType<JsonObject>().Where(one => one.Text("uid") == owner).ToArray()) references.Remove(one);
        if (references.Count == 0) metadata.Remove("ownerReferences");
    };

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out string? value) && value == pair.Value);
}
