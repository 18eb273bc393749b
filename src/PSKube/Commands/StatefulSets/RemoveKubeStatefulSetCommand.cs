using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.StatefulSets;

/// <summary>Deletes stateful sets, and with them their pods. Their persistent volume claims stay.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeStatefulSet", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeStatefulSetCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.StatefulSet;
}
