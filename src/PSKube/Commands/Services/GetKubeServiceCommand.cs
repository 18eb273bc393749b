using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Services;

/// <summary>Reads services.</summary>
[Cmdlet(VerbsCommon.Get, "KubeService", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Service))]
public sealed class GetKubeServiceCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.Service;
}
