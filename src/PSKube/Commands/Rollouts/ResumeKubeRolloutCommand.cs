using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Resources;

namespace PSKube.Commands.Rollouts;

/// <summary>
/// Lets a Deployment that was suspended roll out what has been changed in its template meanwhile, as one rollout, and emits it.
/// One that is not suspended stays as it is.
/// </summary>
[Cmdlet(VerbsLifecycle.Resume, "KubeRollout", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(V1Deployment))]
public sealed class ResumeKubeRolloutCommand : RolloutCmdlet
{
    private protected override void Roll(NamedObject one)
    {
        RolloutRules.CheckPausable(one.Kind, one.Reference);
        if (ShouldProcess(one.Reference.ToString(), "Resume rollouts")) Emit(one, Patch(one, PatchTypes.Merge, RolloutRules.Pause(false)));
    }
}
