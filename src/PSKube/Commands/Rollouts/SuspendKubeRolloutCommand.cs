using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Resources;

namespace PSKube.Commands.Rollouts;

/// <summary>
/// Keeps a Deployment from rolling out what is changed in its template, until <c>Resume-KubeRollout</c>, and emits it. It can still be
/// scaled. One that is suspended already stays so.
/// </summary>
[Cmdlet(VerbsLifecycle.Suspend, "KubeRollout", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(V1Deployment))]
public sealed class SuspendKubeRolloutCommand : ChangeTargetCmdlet
{
    private protected override void Act(NamedObject one)
    {
        RolloutRules.CheckPausable(one.Kind, one.Reference);
        if (ShouldProcess(one.Reference.ToString(), "Suspend rollouts")) WriteObject(Patch(one, PatchTypes.Merge, RolloutRules.Pause(true)));
    }
}
