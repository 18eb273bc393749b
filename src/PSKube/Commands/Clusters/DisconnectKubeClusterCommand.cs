using System.Management.Automation;
using PSKube.Config;

namespace PSKube.Commands.Clusters;

/// <summary>Forgets this session's cluster, context and namespace; later commands follow the kubeconfig again.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "KubeCluster")]
[OutputType(typeof(void))]
public sealed class DisconnectKubeClusterCommand : KubeCmdlet
{
    private protected override void Process() => KubeSession.Current.Disconnect();
}
