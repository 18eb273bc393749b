using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.Services;

/// <summary>Deletes services.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeService", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeServiceCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.Service;
}
