using System.Management.Automation;
using PSKube.Config;

namespace PSKube.Commands.Clusters;

/// <summary>
/// Forgets what this session chose with Connect-KubeCluster or Use-KubeContext, so that the kubeconfig decides again.
/// Other sessions and files are not touched.
/// </summary>
[Cmdlet(VerbsCommunications.Disconnect, "KubeCluster")]
[OutputType(typeof(void))]
public sealed class DisconnectKubeClusterCommand : KubeCmdlet
{
    private protected override void Process() => Session.Clear();
}
