using System.Collections;
using System.Management.Automation;
using k8s;
using k8s.Models;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>What an emptyDir is kept on.</summary>
public enum EmptyDirMedium
{
    /// <summary>The node's disk.</summary>
    Default,

    /// <summary>Memory, which counts as the containers' own.</summary>
    Memory,
}

/// <summary>What has to be at a path of the node.</summary>
public enum HostPathType
{
    /// <summary>A folder; it is made when it is not there.</summary>
    DirectoryOrCreate,

    /// <summary>A folder that is there.</summary>
    Directory,

    /// <summary>A file; it is made when it is not there.</summary>
    FileOrCreate,

    /// <summary>A file that is there.</summary>
    File,

    /// <summary>A Unix socket.</summary>
    Socket,

    /// <summary>A character device.</summary>
    CharDevice,

    /// <summary>A block device.</summary>
    BlockDevice,
}

/// <summary>Adds a volume to a pod, or to the pods of a workload, mounts it in containers, and emits the object. Without a source, a volume that is there is mounted.</summary>
[Cmdlet(VerbsCommon.Add, "KubeVolume", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class AddKubeVolumeCommand : PodEditCmdlet
{
    /// <summary>The volume: its name, or a V1Volume, or a hashtable such as <c>@{ name = 'data'; emptyDir = @{} }</c>.</summary>
    [Parameter(Mandatory = true)]
    [PodPartTransformation(typeof(V1Volume))]
    [ValidateCount(1, 1)]
    public V1Volume[] Volume { get; set; } = [];

    /// <summary>An empty folder that the pod's containers share and that ends with the pod.</summary>
    [Parameter]
    public SwitchParameter EmptyDir { get; set; }

    /// <summary>What the -EmptyDir is kept on: <c>Default</c>, the node's disk, or <c>Memory</c>.</summary>
    [Parameter]
    public EmptyDirMedium Medium { get; set; }

    /// <summary>How much the -EmptyDir may hold, for example <c>500Mi</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SizeLimit { get; set; }

    /// <summary>The config map whose entries are the files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ConfigMap { get; set; }

    /// <summary>The secret whose entries are the files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Secret { get; set; }

    /// <summary>Only these entries of the -ConfigMap or -Secret, with the files' paths: <c>@{ 'app.conf' = 'conf/app.conf' }</c>.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public IDictionary? Item { get; set; }

    /// <summary>The pods start without the -ConfigMap or -Secret too.</summary>
    [Parameter]
    public SwitchParameter Optional { get; set; }

    /// <summary>A path of the node.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HostPath { get; set; }

    /// <summary>What has to be at the -HostPath; not checked when not given.</summary>
    [Parameter]
    public HostPathType? HostPathType { get; set; }

    /// <summary>A claim of storage, by its name.</summary>
    [Parameter]
    [Alias("Pvc")]
    [ValidateNotNullOrEmpty]
    public string? PersistentVolumeClaim { get; set; }

    /// <summary>Several sources in one folder: hashtables such as <c>@{ configMap = @{ name = 'a' } }</c>, <c>@{ secret = @{ name = 'b' } }</c>, <c>@{ serviceAccountToken = @{ path = 'token' } }</c>.</summary>
    [Parameter]
    [PodPartTransformation(typeof(V1VolumeProjection))]
    [ValidateNotNullOrEmpty]
    public V1VolumeProjection[]? Projected { get; set; }

    /// <summary>Where it is mounted: one path, in every container, init containers too, or in those of -Container; or containers with their paths, <c>@{ web = '/usr/share/nginx/html'; writer = '/out' }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object? MountPath { get; set; }

    /// <summary>The containers that mount it at the one -MountPath, init containers too: names or wildcards. All when not given, so that init containers can fill it for the others.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Container { get; set; } = [];

    /// <summary>The containers can only read it.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>The file or folder of the volume that is mounted; all of it when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SubPath { get; set; }

    private protected override string Intent => $"Add volume {Volume[0].Name}";

    private protected override PodEdit Edit() => VolumeBuilder.Add(Built(), Mounts());

    private VolumeBuilder.MountArgs Mounts()
    {
        var how = new VolumeBuilder.MountArgs { Containers = Container, ReadOnly = ReadOnly, SubPath = SubPath };
        if (MountPath is null)
        {
            if (Container.Length > 0 || ReadOnly || SubPath is not null) throw PodTemplateBuilder.Invalid("-Container, -ReadOnly and -SubPath say how it is mounted; give -MountPath too.");
            return how;
        }

        object value = MountPath is PSObject wrapped ? wrapped.BaseObject : MountPath;
        if (value is not IDictionary paths) return value is string path ? how with { Path = path } : throw PodTemplateBuilder.Invalid("-MountPath is one path, or a hashtable of containers and paths.");
        if (Container.Length > 0) throw PodTemplateBuilder.Invalid("-MountPath names the containers already; leave -Container out.");
        return how with { Paths = KeyValueTransformationAttribute.Pairs(paths)! };
    }

    /// <summary>The volume that the parameters describe; one that came whole is taken as it is.</summary>
    private V1Volume Built()
    {
        V1Volume given = Volume[0];
        object?[] sources = [EmptyDir ? EmptyDir : null, ConfigMap, Secret, HostPath, PersistentVolumeClaim, Projected];
        int count = sources.Count(source => source is not null);
        if (count > 1) throw PodTemplateBuilder.Invalid("A volume has one source; several in one folder are -Projected.");
        if (!EmptyDir && (Medium != EmptyDirMedium.Default || SizeLimit is not null)) throw PodTemplateBuilder.Invalid("-Medium and -SizeLimit are for -EmptyDir.");
        if (ConfigMap is null && Secret is null && (Item is not null || Optional)) throw PodTemplateBuilder.Invalid("-Item and -Optional are for -ConfigMap and -Secret.");
        if (HostPath is null && HostPathType is not null) throw PodTemplateBuilder.Invalid("-HostPathType is for -HostPath.");
        if (count == 0) return given;
        if (ResourceJson.ToJsonObject(given).Count > 1) throw PodTemplateBuilder.Invalid($"The volume '{given.Name}' came with a source; leave the other one out.");
        foreach (string name in new[] { ConfigMap, Secret, PersistentVolumeClaim }.OfType<string>()) NameRules.CheckSubdomain(name, "name of a volume's source");
        V1KeyToPath[]? items = KeyValueTransformationAttribute.Pairs(Item)?.Select(pair => new V1KeyToPath { Key = pair.Key, Path = pair.Value }).ToArray();
        return new V1Volume
        {
            Name = given.Name,
            EmptyDir = EmptyDir ? new V1EmptyDirVolumeSource { Medium = Medium == EmptyDirMedium.Memory ? "Memory" : null, SizeLimit = Size() } : null,
            ConfigMap = ConfigMap is null ? null : new V1ConfigMapVolumeSource { Name = ConfigMap, Items = items, Optional = Optional ? true : null },
            Secret = Secret is null ? null : new V1SecretVolumeSource { SecretName = Secret, Items = items, Optional = Optional ? true : null },
            HostPath = HostPath is null ? null : new V1HostPathVolumeSource { Path = HostPath, Type = HostPathType?.ToString() },
            PersistentVolumeClaim = PersistentVolumeClaim is null ? null : new V1PersistentVolumeClaimVolumeSource { ClaimName = PersistentVolumeClaim },
            Projected = Projected is null ? null : new V1ProjectedVolumeSource { Sources = Projected },
        };
    }

    private ResourceQuantity? Size()
    {
        try
        {
            return SizeLimit is null ? null : Quantity.Parse(SizeLimit);
        }
        catch (FormatException failure)
        {
            throw PodTemplateBuilder.Invalid($"-SizeLimit: {failure.Message}");
        }
    }
}
