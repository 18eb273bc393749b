using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.ReplicaSets;

/// <summary>Reads replica sets.</summary>
[Cmdlet(VerbsCommon.Get, "KubeReplicaSet", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1ReplicaSet))]
public sealed class GetKubeReplicaSetCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.ReplicaSet;
}
