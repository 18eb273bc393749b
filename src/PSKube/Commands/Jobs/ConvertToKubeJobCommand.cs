using System.Management.Automation;
using k8s.Models;
using PSKube.Conversion;

namespace PSKube.Commands.Jobs;

/// <summary>
/// Makes a Job of a Pod, CronJob, Deployment or another workload, offline, and emits it. Each thing that a Job cannot
/// have is told by a warning; what is merely a default or maps onto something is told with -Verbose.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubeJob")]
[OutputType(typeof(V1Job))]
public sealed class ConvertToKubeJobCommand : ConvertCmdlet
{
    /// <summary>When containers are started again: <c>Never</c> or <c>OnFailure</c>; as before where a job can have it, else <c>Never</c>.</summary>
    [Parameter]
    public JobRestartPolicy? RestartPolicy { get; set; }

    private protected override IReadOnlyList<ConversionNote> Convert(WorkloadSource source)
    {
        (V1Job job, IReadOnlyList<ConversionNote> notes) = JobConversion.Convert(source, RestartPolicy?.ToString());
        WriteObject(job);
        return notes;
    }
}
