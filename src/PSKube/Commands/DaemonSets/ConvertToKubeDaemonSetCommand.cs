using System.Management.Automation;
using k8s.Models;
using PSKube.Conversion;

namespace PSKube.Commands.DaemonSets;

/// <summary>
/// Makes a DaemonSet of a Deployment, ReplicaSet, StatefulSet, Job or Pod, offline, and emits it. Each thing that a DaemonSet cannot
/// have is told by a warning; what is merely a default or maps onto something is told with -Verbose.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubeDaemonSet")]
[OutputType(typeof(V1DaemonSet))]
public sealed class ConvertToKubeDaemonSetCommand : ConvertCmdlet
{
    /// <summary>Run on control-plane nodes too: adds the tolerations for their taints, old and new.</summary>
    [Parameter]
    public SwitchParameter TolerateControlPlane { get; set; }

    private protected override IReadOnlyList<ConversionNote> Convert(WorkloadSource source)
    {
        (V1DaemonSet daemonSet, IReadOnlyList<ConversionNote> notes) = DaemonSetConversion.Convert(source, TolerateControlPlane);
        WriteObject(daemonSet);
        return notes;
    }
}
