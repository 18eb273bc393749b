using System.Management.Automation;
using k8s;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Rollouts;

/// <summary>
/// Waits until Deployments, DaemonSets and StatefulSets are rolled out, by kubectl's tests. All that is piped is waited for at
/// once under one time limit; each workload is emitted when it is rolled out, and one that never will be (its progress deadline
/// has passed) is an error at once.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "KubeRollout", DefaultParameterSetName = "Target")]
[OutputType(typeof(IKubernetesObject))]
public sealed class WaitKubeRolloutCommand : TargetCmdlet
{
    private readonly List<PendingObject> _pending = [];

    /// <summary>How long to wait in all; ten minutes when not given. Zero looks once. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The revision that a deployment has to run; an error when another one does.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateRange(1, long.MaxValue)]
    public long? Revision { get; set; }

    private protected override void Act(NamedObject one)
    {
        RolloutRules.CheckKind(one.Kind, one.Reference);
        _pending.Add(new PendingObject(one.Client, one.Kind, one.Namespace, one.Name, one));
    }

    private protected override void End() => new ObjectWaiter(this, "Rolling out") { Goal = "rolled out" }.Run(_pending, Timeout, (one, seen) => RolloutRules.PendingBecause(seen, ((NamedObject)one.Note!).Reference, Revision), (_, seen) => WriteObject(seen));
}
