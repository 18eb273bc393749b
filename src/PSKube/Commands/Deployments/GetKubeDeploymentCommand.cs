using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Deployments;

/// <summary>Reads deployments.</summary>
[Cmdlet(VerbsCommon.Get, "KubeDeployment", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Deployment))]
public sealed class GetKubeDeploymentCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.Deployment;
}
