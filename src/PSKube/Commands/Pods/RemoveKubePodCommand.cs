using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.Pods;

/// <summary>Deletes pods.</summary>
[Cmdlet(VerbsCommon.Remove, "KubePod", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubePodCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.Pod;
}
