using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.Autoscalers;

/// <summary>Deletes horizontal pod autoscalers; what they scale stays as it is.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeAutoscaler", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeAutoscalerCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.HorizontalPodAutoscaler;
}
