using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.StatefulSets;

/// <summary>Reads stateful sets.</summary>
[Cmdlet(VerbsCommon.Get, "KubeStatefulSet", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1StatefulSet))]
public sealed class GetKubeStatefulSetCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.StatefulSet;
}
