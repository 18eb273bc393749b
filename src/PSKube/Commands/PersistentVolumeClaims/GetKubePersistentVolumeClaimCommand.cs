using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.PersistentVolumeClaims;

/// <summary>Reads persistent volume claims.</summary>
[Cmdlet(VerbsCommon.Get, "KubePersistentVolumeClaim", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1PersistentVolumeClaim))]
public sealed class GetKubePersistentVolumeClaimCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.PersistentVolumeClaim;
}
