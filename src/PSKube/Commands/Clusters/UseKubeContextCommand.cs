using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Specs;

namespace PSKube.Commands.Clusters;

/// <summary>Chooses the context, the namespace, or both, for this session; with -Persist in the kubeconfig file too.</summary>
[Cmdlet(VerbsOther.Use, "KubeContext", SupportsShouldProcess = true)]
[OutputType(typeof(KubeContext))]
public sealed class UseKubeContextCommand : KubeCmdlet
{
    /// <summary>The context, exact case; <c>-</c> for the one before.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Parameters.ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The namespace of commands that name none.</summary>
    [Parameter]
    [Alias("ns")]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Write the choice into the kubeconfig file, for every program; without it only this session changes.</summary>
    [Parameter]
    public SwitchParameter Persist { get; set; }

    /// <summary>The kubeconfig file to read instead of the session's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    private protected override void Process()
    {
        if (Name is null && Namespace is null) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, "Name a context, a -Namespace, or both.") { EndsCommand = true };
        if (Namespace is not null) NameRules.CheckLabel(Namespace, "namespace");
        KubeSession session = KubeSession.Current;
        string? file = Kubeconfig is null ? session.Kubeconfig : GetUnresolvedProviderPathFromPSPath(Kubeconfig);
        if (Name == "-")
        {
            if (!session.UsePrevious()) throw new KubeException("KubeContextNotFound", ErrorCategory.ObjectNotFound, "There is no context before this one.") { EndsCommand = true };
        }
        else if (Name is not null)
        {
            // Resolved first: a wrong name must not become the session's choice.
            ClusterSelector.Resolve(new KubeSession(), file, Name);
            session.Use(file, Name, Namespace);
        }

        if (Namespace is not null) session.UseNamespace(Namespace);
        ClusterConfig now = ClusterSelector.Resolve(session, null, null);
        if (Persist) Save(session, now, file);
        WriteObject(KubeContext.Of(now, session.Namespace));
    }

    private void Save(KubeSession session, ClusterConfig now, string? file)
    {
        if (now.ContextName is null) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidOperation, "This session's cluster is in no kubeconfig, so there is nothing to persist.");
        Config.Kubeconfig kubeconfig = ClusterSelector.LoadKubeconfig(session, file);
        if (Name is not null && ShouldProcess(kubeconfig.Files[0], $"Set current-context to '{now.ContextName}'")) KubeconfigEditor.SetCurrentContext(kubeconfig.Files[0], now.ContextName);
        string home = kubeconfig.Context(now.ContextName).File;
        if (Namespace is not null && ShouldProcess(home, $"Set the namespace of context '{now.ContextName}' to '{Namespace}'")) KubeconfigEditor.SetNamespace(home, now.ContextName, Namespace);
    }
}
