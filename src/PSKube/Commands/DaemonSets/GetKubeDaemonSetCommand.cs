using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.DaemonSets;

/// <summary>Reads daemon sets.</summary>
[Cmdlet(VerbsCommon.Get, "KubeDaemonSet", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1DaemonSet))]
public sealed class GetKubeDaemonSetCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.DaemonSet;
}
