using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Deployments;

/// <summary>Creates a deployment, as <c>kubectl create deployment</c> does, and emits it.</summary>
[Cmdlet(VerbsCommon.New, "KubeDeployment", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1Deployment))]
public sealed class NewKubeDeploymentCommand : NewWorkloadCmdlet
{
    /// <summary>The images, one container each: <c>[registry/]name[:tag][@digest]</c>. Not needed where -Container is given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] Image { get; set; } = [];

    /// <summary>How many pods run; 1 when not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    public int Replicas { get; set; } = 1;

    private protected override void Process()
    {
        Create(DeploymentBuilder.Build(TemplateArgs(Images(Image)), Replicas), BuiltInKinds.Deployment);
    }
}
