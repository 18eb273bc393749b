using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Namespaces;

/// <summary>Reads namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "KubeNamespace", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Namespace))]
public sealed class GetKubeNamespaceCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.Namespace;
}
