using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.ConfigMaps;

/// <summary>Reads config maps.</summary>
[Cmdlet(VerbsCommon.Get, "KubeConfigMap", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1ConfigMap))]
public sealed class GetKubeConfigMapCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.ConfigMap;
}
