using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Pods;

/// <summary>Reads pods.</summary>
[Cmdlet(VerbsCommon.Get, "KubePod", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Pod))]
public sealed class GetKubePodCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.Pod;
}
