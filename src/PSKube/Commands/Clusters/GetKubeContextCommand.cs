using System.Management.Automation;
using PSKube.Config;
using PSKube.Parameters;

namespace PSKube.Commands.Clusters;

/// <summary>
/// Lists the contexts of the kubeconfig, or the one that this session uses. No cluster is asked. A session that is connected to a
/// sandbox uses that, called <c>sandbox</c>; one that is connected to an address without a kubeconfig uses no context.
/// </summary>
/// <remarks>Errors: <c>KubeConfigNotFound</c>, <c>KubeConfigInvalid</c>; <c>KubeContextNotFound</c> for a name without wildcards.</remarks>
[Cmdlet(VerbsCommon.Get, "KubeContext", DefaultParameterSetName = "Name")]
[OutputType(typeof(KubeContext))]
public sealed class GetKubeContextCommand : KubeCmdlet
{
    /// <summary>The name, with wildcards; without them it is exact, case included, as context names are.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>Only the context that this session uses.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Current")]
    public SwitchParameter Current { get; set; }

    /// <summary>The kubeconfig file; the session's, <c>KUBECONFIG</c> or <c>~/.kube/config</c> when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    private protected override void Process()
    {
        KubeSession session = Session;
        WriteObject(ContextList.Read(session, this.FullPath(Kubeconfig), Name, Current), enumerateCollection: true);
    }
}
