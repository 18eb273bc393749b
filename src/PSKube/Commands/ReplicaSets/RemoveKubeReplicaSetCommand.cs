using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.ReplicaSets;

/// <summary>Deletes replica sets, and with them their pods.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeReplicaSet", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeReplicaSetCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.ReplicaSet;
}
