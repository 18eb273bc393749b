using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.Secrets;

/// <summary>Deletes secrets.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeSecret", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeSecretCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.Secret;
}
