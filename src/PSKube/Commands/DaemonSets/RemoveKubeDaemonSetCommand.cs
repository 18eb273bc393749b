using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.DaemonSets;

/// <summary>Deletes daemon sets, and with them their pods.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeDaemonSet", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeDaemonSetCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.DaemonSet;
}
