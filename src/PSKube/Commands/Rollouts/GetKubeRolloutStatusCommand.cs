using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Rollouts;

/// <summary>
/// Says how far the rollout of a Deployment, DaemonSet or StatefulSet is, once, without waiting: kubectl's tests and kubectl's
/// words, as an object.
/// </summary>
[Cmdlet(VerbsCommon.Get, "KubeRolloutStatus", DefaultParameterSetName = "Target")]
[OutputType(typeof(KubeRolloutStatus))]
public sealed class GetKubeRolloutStatusCommand : TargetCmdlet
{
    /// <summary>The revision that a deployment has to run; it counts as failed when another one does.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateRange(1, long.MaxValue)]
    public long? Revision { get; set; }

    private protected override void Act(NamedObject one)
    {
        RolloutRules.CheckKind(one.Kind, one.Reference);
        object workload = Await(cancel => one.Client.GetAsync(one.Kind, one.Namespace, one.Name, cancel));
        KubeRolloutStatus status = RolloutRules.Judge(workload, Revision);
        WriteObject(status with { Revision = status.Revision ?? Newest(one, workload) });
    }

    /// <summary>The sets do not carry the number of their revision; their history does.</summary>
    private long? Newest(NamedObject one, object workload)
    {
        if (one.Kind.Kind == "Deployment") return null;
        try
        {
            return Await(cancel => RolloutReader.HistoryAsync(one, workload, cancel)) is [.., var newest] ? newest.Revision : null;
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 403)
        {
            WriteVerbose($"The history of {one.Reference} may not be read; the number of its revision is left out.");
            return null;
        }
    }
}
