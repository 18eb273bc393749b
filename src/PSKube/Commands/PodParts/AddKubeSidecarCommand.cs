using System.Management.Automation;
using k8s;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>
/// Adds sidecars to a pod, or to the pods of a workload, and emits the object. A sidecar is an init container that goes on beside
/// the others (restartPolicy Always, Kubernetes 1.29 and later); with -Classic it is a plain container.
/// </summary>
[Cmdlet(VerbsCommon.Add, "KubeSidecar", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class AddKubeSidecarCommand : AddContainerCmdlet
{
    /// <summary>A plain container, as on every server: it may start after the others, and keeps a Job from being complete.</summary>
    [Parameter]
    public SwitchParameter Classic { get; set; }

    private protected override PodEdit Edit() => PodContainers.Add(Classic ? PodContainers.Main : PodContainers.Init, Containers(restartAlways: !Classic));
}
