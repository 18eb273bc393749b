using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Jobs;

/// <summary>Reads jobs.</summary>
[Cmdlet(VerbsCommon.Get, "KubeJob", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Job))]
public sealed class GetKubeJobCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.Job;
}
