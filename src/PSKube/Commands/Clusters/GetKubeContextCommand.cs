using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Commands.Clusters;

/// <summary>Lists the contexts of the kubeconfig, and tells which one this session uses.</summary>
[Cmdlet(VerbsCommon.Get, "KubeContext")]
[OutputType(typeof(KubeContext))]
public sealed class GetKubeContextCommand : KubeCmdlet
{
    /// <summary>The names, with wildcards; all when not given.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(Parameters.ContextCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only the context that this session's commands use.</summary>
    [Parameter]
    public SwitchParameter Current { get; set; }

    /// <summary>The kubeconfig file to read instead of the session's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    private protected override void Process()
    {
        KubeSession session = KubeSession.Current;
        if (session.Connected is { } connected && Kubeconfig is null && Name is null)
        {
            WriteObject(KubeContext.Of(connected, session.Namespace));
            return;
        }

        Config.Kubeconfig file = ClusterSelector.LoadKubeconfig(session, Kubeconfig is null ? null : GetUnresolvedProviderPathFromPSPath(Kubeconfig));
        string? current = Kubeconfig is null && session.Context is not null ? session.Context : file.CurrentContext;
        WildcardPattern[]? patterns = Name?.Select(name => WildcardPattern.Get(name, WildcardOptions.None)).ToArray();
        foreach (KubeconfigEntry entry in file.Contexts.Values)
        {
            bool isCurrent = entry.Name == current && session.Connected is null;
            if (Current && !isCurrent) continue;
            if (patterns is not null && !Array.Exists(patterns, pattern => pattern.IsMatch(entry.Name))) continue;
            WriteObject(Describe(file, entry, isCurrent, isCurrent && Kubeconfig is null ? session.Namespace : null));
        }

        foreach (string name in Name ?? [])
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name) && !file.Contexts.ContainsKey(name)) ReportMissing(file, name);
        }
    }

    private void ReportMissing(Config.Kubeconfig file, string name)
    {
        try
        {
            file.Context(name);
        }
        catch (KubeException missing)
        {
            // One name of several: the others are still answered.
            WriteError(KubeErrors.ToRecord(missing));
        }
    }

    private static KubeContext Describe(Config.Kubeconfig file, KubeconfigEntry entry, bool isCurrent, string? ns)
    {
        string? cluster = Text(entry, "cluster");
        string? server = cluster is not null && file.Clusters.TryGetValue(cluster, out KubeconfigEntry? found) ? Text(found, "server") : null;
        return new KubeContext
        {
            Name = entry.Name,
            Cluster = cluster,
            User = Text(entry, "user"),
            Namespace = ns ?? Text(entry, "namespace") ?? "default",
            Server = Uri.TryCreate(server, UriKind.Absolute, out Uri? address) && address.UserInfo.Length == 0 ? address : null,
            IsCurrent = isCurrent,
            Source = entry.File,
        };
    }

    private static string? Text(KubeconfigEntry entry, string field) => Config.Kubeconfig.Text(entry.Content, field, entry.File, $"'{entry.Name}': ");
}
