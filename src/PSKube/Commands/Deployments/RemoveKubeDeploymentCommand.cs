using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.Deployments;

/// <summary>Deletes deployments, and with them their replica sets and pods.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeDeployment", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeDeploymentCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.Deployment;
}
