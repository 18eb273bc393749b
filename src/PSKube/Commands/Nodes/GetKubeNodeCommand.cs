using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Nodes;

/// <summary>Reads nodes.</summary>
[Cmdlet(VerbsCommon.Get, "KubeNode", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Node))]
public sealed class GetKubeNodeCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.Node;
}
