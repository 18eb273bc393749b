using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.ConfigMaps;

/// <summary>Deletes config maps.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeConfigMap", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeConfigMapCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.ConfigMap;
}
