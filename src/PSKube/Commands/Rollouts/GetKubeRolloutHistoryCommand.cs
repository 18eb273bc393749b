using System.Management.Automation;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Rollouts;

/// <summary>
/// Lists the revisions that a Deployment (in its ReplicaSets), DaemonSet or StatefulSet (in their ControllerRevisions) can go
/// back to, the newest last: number, cause, images and template.
/// </summary>
[Cmdlet(VerbsCommon.Get, "KubeRolloutHistory", DefaultParameterSetName = "Target")]
[OutputType(typeof(KubeRolloutRevision))]
public sealed class GetKubeRolloutHistoryCommand : TargetCmdlet
{
    /// <summary>Only this revision, shown with its whole template.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateRange(1, long.MaxValue)]
    public long? Revision { get; set; }

    private protected override void Act(NamedObject one)
    {
        RolloutRules.CheckKind(one.Kind, one.Reference);
        object workload = Await(cancel => one.Client.GetAsync(one.Kind, one.Namespace, one.Name, cancel));
        IReadOnlyList<KubeRolloutRevision> history = Await(cancel => RolloutReader.HistoryAsync(one, workload, cancel));
        if (Revision is { } number) WriteObject(WithTemplate(RolloutHistory.Find(history, one.Reference, number)));
        else foreach (KubeRolloutRevision revision in history) WriteObject(revision);
    }

    private static PSObject WithTemplate(KubeRolloutRevision revision)
    {
        PSObject shown = PSObject.AsPSObject(revision);
        shown.TypeNames.Insert(0, KubeRolloutRevision.TemplateView);
        return shown;
    }
}
