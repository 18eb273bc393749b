using System.Collections.Concurrent;

namespace PSKube.Config;

/// <summary>
/// One or more kubeconfig files seen as one (client-go <c>tools/clientcmd/loader.go</c>): of entries with the same name the
/// first counts, whole; the current context is the first that any file names.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly ConcurrentDictionary<string, Lazy<ClusterConfig>> _resolved = new(StringComparer.Ordinal);

    public Kubeconfig(IReadOnlyList<KubeconfigFile> files, bool isOwnPlace)
    {
        Files = files;
        IsOwnPlace = isOwnPlace;
        CurrentContext = files.Select(static file => file.CurrentContext).FirstOrDefault(static name => name is not null);
        Clusters = Merge(files, static file => file.Clusters);
        Users = Merge(files, static file => file.Users);
        Contexts = Merge(files, static file => file.Contexts);
    }

    public IReadOnlyList<KubeconfigFile> Files { get; }

    /// <summary>
    /// True for what is in <c>~/.kube</c> and for what <c>KUBECONFIG</c> names: the user put it there. Any other file (a download, a
    /// cloned repository, a share) may have been written by somebody else, also where it lies in the user's home and is the user's.
    /// </summary>
    public bool IsOwnPlace { get; }

    public string? CurrentContext { get; }

    public IReadOnlyDictionary<string, KubeconfigEntry> Clusters { get; }

    public IReadOnlyDictionary<string, KubeconfigEntry> Users { get; }

    public IReadOnlyDictionary<string, KubeconfigEntry> Contexts { get; }

    /// <summary>The files, for messages.</summary>
    public string Source => string.Join(Path.PathSeparator, Files.Select(static file => file.Path));

    /// <summary>True when there is nothing to connect to in it.</summary>
    public bool IsEmpty => Contexts.Count == 0 && CurrentContext is null;

    /// <summary>The names of all contexts, sorted.</summary>
    public IReadOnlyList<string> ContextNames => [.. Contexts.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The entry of a context, exact case; of the current one when no name is given.</summary>
    public KubeconfigEntry Context(string? name)
    {
        string? wanted = name ?? CurrentContext;
        return wanted is not null && Contexts.TryGetValue(wanted, out KubeconfigEntry? entry) ? entry : throw ConfigErrors.ContextNotFound(wanted, Source, ContextNames);
    }

    /// <summary>
    /// What it takes to talk to a context's cluster. The same object each time, so that a plugin's credential and a
    /// connection outlive the command that first needed them.
    /// </summary>
    /// <param name="name">The context; the current one when null.</param>
    /// <param name="ask">Asks whether a file from elsewhere may do what it asks for; null when nobody may be asked.</param>
    public ClusterConfig Resolve(string? name, Func<ForeignReach, bool>? ask = null)
    {
        KubeconfigEntry context = Context(name);
        // Outside of the lock below: a question may stay open for long.
        new ContextReader(this, context).DemandTrust(ask);
        // A failure is not kept: a missing certificate file may be there at the next try.
        Lazy<ClusterConfig> lazy = _resolved.GetOrAdd(context.Name, _ => new Lazy<ClusterConfig>(() => new ContextReader(this, context).Read(), LazyThreadSafetyMode.ExecutionAndPublication));
        try
        {
            return lazy.Value;
        }
        catch
        {
            _resolved.TryRemove(KeyValuePair.Create(context.Name, lazy));
            throw;
        }
    }

    private static Dictionary<string, KubeconfigEntry> Merge(IReadOnlyList<KubeconfigFile> files, Func<KubeconfigFile, IReadOnlyDictionary<string, KubeconfigEntry>> part)
    {
        var merged = new Dictionary<string, KubeconfigEntry>(StringComparer.Ordinal);
        foreach (KubeconfigFile file in files)
        {
            foreach ((string name, KubeconfigEntry entry) in part(file)) merged.TryAdd(name, entry);
        }

        return merged;
    }
}
