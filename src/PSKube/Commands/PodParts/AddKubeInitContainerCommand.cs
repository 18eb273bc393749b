using System.Management.Automation;
using k8s;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>
/// Adds init containers to a pod, or to the pods of a workload, and emits the object. They run to their end, one after the
/// other and behind those that are there, before the other containers start.
/// </summary>
[Cmdlet(VerbsCommon.Add, "KubeInitContainer", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class AddKubeInitContainerCommand : AddContainerCmdlet
{
    private protected override PodEdit Edit() => PodContainers.Add(PodContainers.Init, Containers(restartAlways: false));
}
