using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Autoscalers;

/// <summary>Reads horizontal pod autoscalers, in the version that the server prefers.</summary>
[Cmdlet(VerbsCommon.Get, "KubeAutoscaler", DefaultParameterSetName = "Name")]
[OutputType(typeof(V2HorizontalPodAutoscaler), typeof(V1HorizontalPodAutoscaler))]
public sealed class GetKubeAutoscalerCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.HorizontalPodAutoscaler;
}
