using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// Which cluster a command means: its own parameters first, then the session's choice, then <c>KUBECONFIG</c>,
/// <c>~/.kube/config</c> and the pod's own configuration. Never a guess such as localhost:8080.
/// </summary>
internal static class ClusterSelector
{
    /// <summary>What has been read, so that a loop of commands reads nothing twice and shares one connection.</summary>
    private static readonly ConcurrentDictionary<string, ClusterConfig> Known = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, string> NewestStamp = new(StringComparer.Ordinal);

    /// <summary>Finds the cluster.</summary>
    /// <exception cref="KubeException">There is no configuration, or it is wrong.</exception>
    public static ClusterConfig Resolve(KubeSession session, string? kubeconfig, string? context)
    {
        if (kubeconfig is null && context is null && session.Connected is { } connected) return connected;
        string? file = kubeconfig ?? session.Kubeconfig;
        string? chosen = context ?? (kubeconfig is null ? session.Context : null);
        IReadOnlyList<string> files = file is null ? Kubeconfig.DefaultFiles() : [file];
        if (file is null && !files.Any(File.Exists))
        {
            if (context is null && InCluster.IsHere) return Known.GetOrAdd("in-cluster", static _ => InCluster.Load());
            throw NothingFound(files);
        }

        string key = $"{string.Join(Path.PathSeparator, files.Select(Path.GetFullPath))}\n{chosen}";
        string stamp = string.Join('|', files.Select(Stamp));
        if (NewestStamp.TryGetValue(key, out string? newest) && newest == stamp && Known.TryGetValue(key, out ClusterConfig? known)) return known;
        ClusterConfig read = KubeconfigCluster.Read(Kubeconfig.Load(files, mustExist: file is not null), chosen);
        Known[key] = read;
        NewestStamp[key] = stamp;
        return read;
    }

    /// <summary>The kubeconfig that a command without a cluster of its own would read, for lists of contexts.</summary>
    public static Kubeconfig LoadKubeconfig(KubeSession session, string? kubeconfig)
    {
        string? file = kubeconfig ?? session.Kubeconfig;
        IReadOnlyList<string> files = file is null ? Kubeconfig.DefaultFiles() : [file];
        if (file is null && !files.Any(File.Exists)) throw NothingFound(files);
        return Kubeconfig.Load(files, mustExist: file is not null);
    }

    private static string Stamp(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{info.LastWriteTimeUtc.Ticks}/{info.Length}") : "-";
    }

    private static KubeException NothingFound(IReadOnlyList<string> files)
    {
        string variable = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } ? "set, its files are missing" : "not set";
        return new KubeException("KubeConfigNotFound", ErrorCategory.ResourceUnavailable, $"No cluster is configured. Looked at: KUBECONFIG ({variable}), {string.Join(", ", files.Select(Path.GetFullPath))}, and the service account of a pod (none here).")
        {
            RecommendedAction = "Give -Kubeconfig, set KUBECONFIG, or use Connect-KubeCluster.",
            EndsCommand = true,
        };
    }
}
