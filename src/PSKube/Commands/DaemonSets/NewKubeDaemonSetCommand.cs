using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.DaemonSets;

/// <summary>Creates a daemon set, one pod on each node, and emits it. kubectl has no such command.</summary>
[Cmdlet(VerbsCommon.New, "KubeDaemonSet", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1DaemonSet))]
public sealed class NewKubeDaemonSetCommand : NewWorkloadCmdlet
{
    /// <summary>The images, one container each: <c>[registry/]name[:tag][@digest]</c>. Not needed where -Container is given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] Image { get; set; } = [];

    /// <summary>Run on control-plane nodes too: adds the tolerations for their taints, old and new.</summary>
    [Parameter]
    public SwitchParameter TolerateControlPlane { get; set; }

    private protected override void Process() => Create(DeploymentBuilder.BuildDaemonSet(TemplateArgs(Images(Image)), TolerateControlPlane), BuiltInKinds.DaemonSet);
}
