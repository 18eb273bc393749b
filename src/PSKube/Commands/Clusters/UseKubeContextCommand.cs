using System.Management.Automation;
using PSKube.Config;
using PSKube.Parameters;
using PSKube.Errors;

namespace PSKube.Commands.Clusters;

/// <summary>
/// Makes this session use a context, a namespace, or both. Other windows and kubectl notice nothing, unless
/// <c>-Persist</c> writes the choice to the kubeconfig. A session that is in a sandbox stays there, with a warning; only the
/// namespace is used.
/// </summary>
/// <remarks>Errors: <c>KubeConfigNotFound</c>, <c>KubeConfigInvalid</c>, <c>KubeContextNotFound</c>.</remarks>
[Cmdlet(VerbsOther.Use, "KubeContext", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UseKubeContextCommand : KubeCmdlet
{
    /// <summary>The context, exact case; <c>-</c> for the one before this; the one in use when not given.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [ValidateNotNullOrEmpty]
    [Alias("Context")]
    public string? Name { get; set; }

    /// <summary>The namespace of commands that name none; the context's own when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Writes the choice to the kubeconfig, so that kubectl and new sessions use it too. Only those values change in the file.</summary>
    [Parameter]
    public SwitchParameter Persist { get; set; }

    /// <summary>The kubeconfig file; the session's, <c>KUBECONFIG</c> or <c>~/.kube/config</c> when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    private protected override void Process()
    {
        KubeSession session = Session;
        if (Name is null && Namespace is null) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, "Name a context, a -Namespace, or both.");
        if (session.Connected is { } connected && (session.InSandbox || (Name is null && Kubeconfig is null && !Persist)))
        {
            // A script under test that chooses its context must not get out of the sandbox by that.
            if (session.InSandbox && (Name ?? KubeContext.SandboxName) != KubeContext.SandboxName) WriteWarning($"This session stays with its sandbox; context '{Name}' is not used. Disconnect-KubeCluster goes back to the kubeconfig.");
            if (session.InSandbox && Persist) WriteWarning("This session is in a sandbox; the kubeconfig is not changed.");
            if (!ShouldProcess("this session", Namespace is null ? "Stay in the sandbox" : $"Use namespace '{Namespace}'")) return;
            if (session.Sandbox is { } sandbox) session.Connect(sandbox, Namespace);
            else session.Connect(connected, Namespace);
            return;
        }

        ContextChoice choice = ContextChoice.Make(session, this.FullPath(Kubeconfig), Name);
        string what = $"context '{choice.Entry.Name}'{(Namespace is null ? "" : $" with namespace '{Namespace}'")}";
        if (!ShouldProcess(Persist ? $"this session and {choice.File}" : "this session", $"Use {what}")) return;
        if (Persist) KubeconfigEditor.Persist(choice.File, choice.Entry, Namespace);
        session.Select(choice.Kubeconfig, choice.Entry.Name, Namespace, choice.Previous);
    }
}
