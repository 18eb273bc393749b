using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.PersistentVolumeClaims;

/// <summary>Deletes persistent volume claims. Whether the data goes too is for the volume's reclaim policy to say.</summary>
[Cmdlet(VerbsCommon.Remove, "KubePersistentVolumeClaim", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubePersistentVolumeClaimCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.PersistentVolumeClaim;
}
