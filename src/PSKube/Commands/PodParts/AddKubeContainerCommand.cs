using System.Management.Automation;
using k8s;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>Adds containers to a pod, or to the pods of a workload, behind those that are there, and emits the object.</summary>
[Cmdlet(VerbsCommon.Add, "KubeContainer", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class AddKubeContainerCommand : AddContainerCmdlet
{
    private protected override PodEdit Edit() => PodContainers.Add(PodContainers.Main, Containers(restartAlways: false));
}
