using System.Management.Automation;
using k8s.Models;
using PSKube.Conversion;

namespace PSKube.Commands.Deployments;

/// <summary>
/// Makes a Deployment of a Pod, ReplicaSet, DaemonSet, StatefulSet or Job, offline, and emits it. Each thing that a Deployment cannot
/// have is told by a warning; what is merely a default or maps onto something is told with -Verbose.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubeDeployment")]
[OutputType(typeof(V1Deployment))]
public sealed class ConvertToKubeDeploymentCommand : ConvertCmdlet
{
    /// <summary>How many pods run; as many as before when not given.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Replicas { get; set; }

    /// <summary>Convert a StatefulSet although its pods' volumes stay behind.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override IReadOnlyList<ConversionNote> Convert(WorkloadSource source)
    {
        (V1Deployment deployment, IReadOnlyList<ConversionNote> notes) = DeploymentConversion.Convert(source, Replicas, Force);
        WriteObject(deployment);
        return notes;
    }
}
