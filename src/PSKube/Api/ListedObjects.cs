using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// What the server has of many objects of a kind that are about to be applied, by one list in place of a read for each. It shows
/// the moment at which it was read, so it is good for the first look at an object only.
/// </summary>
/// <param name="client">Where they are.</param>
/// <param name="kind">Their kind.</param>
/// <param name="ns">Their namespace; null for a kind without.</param>
/// <param name="names">Which of the namespace's objects they are.</param>
internal sealed class ListedObjects(KubeClient client, ResourceKind kind, string? ns, IReadOnlySet<string> names)
{
    /// <summary>How many objects are read for each that is looked for; to read more costs more than the reads that it saves.</summary>
    private const int ForEach = 4;

    private readonly object _gate = new();
    private Task<Found>? _found;

    /// <summary>Tells what the list shows of an object; <see cref="ListedState.Unknown"/> where it could not be read so far.</summary>
    public async Task<(ListedState State, JsonObject? Object)> FindAsync(string name, CancellationToken cancel)
    {
        Task<Found> reading;
        lock (_gate) reading = _found ??= ReadAsync(cancel);
        Found found = await reading.ConfigureAwait(false);
        if (found.Objects.TryGetValue(name, out byte[]? json)) return (ListedState.There, JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = ResourceJson.Options.MaxDepth }) as JsonObject);
        return (found.IsWhole ? ListedState.Absent : ListedState.Unknown, null);
    }

    private async Task<Found> ReadAsync(CancellationToken cancel)
    {
        var objects = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        int page = Math.Min(2 * names.Count, KubeClient.PageSize);
        try
        {
            string? from = null;
            int? length = null;
            for (int read = 0; read <= names.Count * ForEach; read += page)
            {
                using ListPage list = await client.ReadPageAsync(kind, new ListOptions { Namespace = ns }, from, page, length, cancel).ConfigureAwait(false);
                foreach ((string name, byte[] json) in list.TakeJson(names)) objects[name] = json;
                (from, length) = (list.Continue, list.Length);
                if (from is null) return new Found(objects, true);
            }
        }
        catch (KubeException)
        {
            // Whoever may not list may still read each, and is told there what is wrong.
        }

        return new Found(objects, false);
    }

    private sealed record Found(Dictionary<string, byte[]> Objects, bool IsWhole);
}

/// <summary>The objects that a command is about to apply: which of them are so many of a kind that they are listed.</summary>
/// <param name="objects">All of them.</param>
internal sealed class FirstLooks(IEnumerable<ResourceHeader> objects)
{
    /// <summary>From how many objects on a list is less work, for the server too, than a read for each.</summary>
    private const int Many = 20;

    private readonly ILookup<(string Kind, string? Namespace), string?> _names = objects.ToLookup(item => (item.Kind, item.Namespace), item => item.Name);
    private readonly Dictionary<(KubeClient Client, ResourceKind Kind, string? Given), ListedObjects?> _lists = [];
    private readonly HashSet<KubeReference> _looked = [];

    /// <summary>The list that shows an object; null when it is to be read by itself: there are few, or it comes for the second time, changed by then.</summary>
    public ListedObjects? For(KubeClient client, ResourceKind kind, KubeReference reference, string? givenNamespace)
    {
        // Nobody's secrets are read but those that were named.
        if (!_looked.Add(reference) || kind == BuiltInKinds.Secret) return null;
        (KubeClient, ResourceKind, string?) key = (client, kind, givenNamespace);
        if (_lists.TryGetValue(key, out ListedObjects? list)) return list;
        var names = _names[(reference.Kind, givenNamespace)].OfType<string>().ToHashSet(StringComparer.Ordinal);
        return _lists[key] = names.Count >= Many ? new ListedObjects(client, kind, reference.Namespace, names) : null;
    }
}

/// <summary>What a list shows of an object.</summary>
internal enum ListedState
{
    /// <summary>The list does not tell.</summary>
    Unknown,

    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It is there.</summary>
    There,
}
