using System.Collections.Concurrent;

namespace PSKube.Config;

/// <summary>
/// Finds the kubeconfig files that count and reads them, with kubectl's rules: an explicit path, else <c>KUBECONFIG</c>,
/// else <c>~/.kube/config</c>. Files that did not change are not read again, in no runspace.
/// </summary>
internal sealed class KubeconfigLoader
{
    private const int MaxKept = 32;

    private static readonly ConcurrentDictionary<string, Kubeconfig> s_read = new(StringComparer.Ordinal);

    private readonly Func<string, string?> _environment;
    private readonly string _serviceAccountFolder;
    private ClusterConfig? _inCluster;

    public KubeconfigLoader(Func<string, string?>? environment = null, string? home = null, string serviceAccountFolder = InClusterConfig.DefaultFolder)
    {
        _environment = environment ?? Environment.GetEnvironmentVariable;
        _serviceAccountFolder = serviceAccountFolder;
        string profile = home ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        DefaultFile = Path.Combine(profile, ".kube", "config");
    }

    public static KubeconfigLoader Default { get; } = new();

    /// <summary>The file that is used when nothing names another.</summary>
    public string DefaultFile { get; }

    /// <summary>The files as one; null when there are none, or nothing in them.</summary>
    public Kubeconfig? Find(string? explicitPath)
    {
        string[] places = Places(explicitPath);
        string[] files = [.. places.Where(static place => File.Exists(place) || Directory.Exists(place))];
        if (files.Length == 0) return null;
        bool own = files.All(IsOwnPlace);
        string key = string.Join('\n', files.Select(Stamp).Prepend(own ? "own" : "foreign"));
        if (s_read.TryGetValue(key, out Kubeconfig? known)) return known;
        var kubeconfig = new Kubeconfig([.. files.Select(KubeconfigFile.Read)], own);
        if (s_read.Count >= MaxKept) s_read.Clear();
        // Two runspaces may read at once; both must get the same object, and with it the same credentials.
        return s_read.GetOrAdd(key, kubeconfig);
    }

    /// <summary>The files as one, or a failure that says where they were sought.</summary>
    public Kubeconfig Load(string? explicitPath) => Find(explicitPath) ?? throw ConfigErrors.NotFound(Looked(explicitPath));

    /// <summary>The cluster of a context; the pod's own when there is no kubeconfig; never a guess.</summary>
    /// <param name="explicitPath">The file that was named; null for the environment's.</param>
    /// <param name="context">The context; the current one when null.</param>
    /// <param name="ask">See <see cref="Kubeconfig.Resolve"/>.</param>
    public ClusterConfig Resolve(string? explicitPath, string? context, Func<ForeignReach, bool>? ask = null)
    {
        Kubeconfig? kubeconfig = Find(explicitPath);
        if (kubeconfig is not null && (!kubeconfig.IsEmpty || explicitPath is not null || context is not null)) return kubeconfig.Resolve(context, ask);
        if (explicitPath is null && context is null && InClusterConfig.IsAvailable(_environment, _serviceAccountFolder)) return ResolveInCluster();
        throw kubeconfig is not null ? ConfigErrors.ContextNotFound(null, kubeconfig.Source, []) : ConfigErrors.NotFound(Looked(explicitPath));
    }

    /// <summary>The pod's own cluster; the same object each time.</summary>
    public ClusterConfig ResolveInCluster()
    {
        if (_inCluster is { } known) return known;
        ClusterConfig loaded = InClusterConfig.Load(_environment, _serviceAccountFolder);
        return Interlocked.CompareExchange(ref _inCluster, loaded, null) ?? loaded;
    }

    private string[] Places(string? explicitPath)
    {
        if (explicitPath is not null) return [Path.GetFullPath(explicitPath)];
        string[] listed = Listed();
        return listed.Length > 0 ? listed : [DefaultFile];
    }

    private string[] Listed() =>
    [
        .. (_environment("KUBECONFIG") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(Path.GetFullPath)
            .Distinct(StringComparer.Ordinal),
    ];

    private IEnumerable<string> Looked(string? explicitPath)
    {
        if (explicitPath is not null) return [$"{Path.GetFullPath(explicitPath)} (does not exist)"];
        string[] listed = Listed();
        string[] files = listed.Length > 0 ? [.. listed.Select(static file => $"{file} from KUBECONFIG (does not exist)")] : ["KUBECONFIG (not set)", $"{DefaultFile} (does not exist)"];
        return [.. files, "the service account of a pod (this is none)"];
    }

    private bool IsOwnPlace(string file) => RealPath.IsBelow(file, Path.GetDirectoryName(DefaultFile)!) || Listed().Contains(file, StringComparer.Ordinal);

    private static string Stamp(string file)
    {
        // Of a link, time and length are its own and not those of the file that changes.
        var info = new FileInfo(file);
        if (info.LinkTarget is not null) info = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        return $"{file}\0{info.LastWriteTimeUtc.Ticks}\0{(info.Exists ? info.Length : -1)}";
    }
}
