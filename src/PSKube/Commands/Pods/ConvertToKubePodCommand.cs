using System.Management.Automation;
using k8s.Models;
using PSKube.Conversion;

namespace PSKube.Commands.Pods;

/// <summary>
/// Makes one Pod of a workload's template, offline, and emits it: to try out what a Deployment would run. Each thing that a Pod cannot
/// have is told by a warning; what is merely a default or maps onto something is told with -Verbose.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubePod")]
[OutputType(typeof(V1Pod))]
public sealed class ConvertToKubePodCommand : ConvertCmdlet
{
    private protected override IReadOnlyList<ConversionNote> Convert(WorkloadSource source)
    {
        (V1Pod pod, IReadOnlyList<ConversionNote> notes) = JobConversion.ConvertToPod(source);
        WriteObject(pod);
        return notes;
    }
}
