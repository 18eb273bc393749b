using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.PersistentVolumeClaims;

/// <summary>By whom a volume can be used.</summary>
public enum VolumeAccessMode
{
    /// <summary>Written by the pods of one node.</summary>
    ReadWriteOnce,

    /// <summary>Read by many nodes.</summary>
    ReadOnlyMany,

    /// <summary>Written by many nodes.</summary>
    ReadWriteMany,

    /// <summary>Written by one pod.</summary>
    ReadWriteOncePod,
}

/// <summary>What a volume is to its containers.</summary>
public enum VolumeMode
{
    /// <summary>A folder.</summary>
    Filesystem,

    /// <summary>A device.</summary>
    Block,
}

/// <summary>Creates a persistent volume claim and emits it.</summary>
[Cmdlet(VerbsCommon.New, "KubePersistentVolumeClaim", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1PersistentVolumeClaim))]
public sealed class NewKubePersistentVolumeClaimCommand : NewNamedCmdlet
{
    /// <summary>How much storage: <c>1Gi</c>, <c>500M</c>.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Size { get; set; } = "";

    /// <summary>By whom it can be used; <c>ReadWriteOnce</c> when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public VolumeAccessMode[] AccessMode { get; set; } = [VolumeAccessMode.ReadWriteOnce];

    /// <summary>The storage class; the cluster's default when not given, none at all for an empty text.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? StorageClass { get; set; }

    /// <summary>The very volume to take.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? VolumeName { get; set; }

    /// <summary>A folder (<c>Filesystem</c>, the server's default) or a device (<c>Block</c>).</summary>
    [Parameter]
    public VolumeMode? VolumeMode { get; set; }

    private protected override void Process()
    {
        NameRules.CheckSubdomain(Name, "name");
        V1PersistentVolumeClaim claim = StatefulSetBuilder.Claim(Name, Amount(Size), [.. AccessMode.Select(mode => mode.ToString())], StorageClass);
        claim.Metadata = Metadata(Name, Namespace);
        claim.Spec.VolumeName = VolumeName;
        claim.Spec.VolumeMode = VolumeMode?.ToString();
        CreateObject(claim, BuiltInKinds.PersistentVolumeClaim);
    }

    private static ResourceQuantity Amount(string text)
    {
        try
        {
            return Quantity.Parse(text);
        }
        catch (FormatException failure)
        {
            throw PodTemplateBuilder.Invalid(failure.Message);
        }
    }
}
