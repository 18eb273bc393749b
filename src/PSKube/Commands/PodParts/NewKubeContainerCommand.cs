using System.Collections;
using System.Management.Automation;
using k8s.Models;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>Makes a container to give to New-KubePod, New-KubeDeployment and the like, to Add-KubeContainer, Add-KubeInitContainer or Add-KubeSidecar. Nothing is created on a cluster.</summary>
[Cmdlet(VerbsCommon.New, "KubeContainer")]
[OutputType(typeof(V1Container))]
public sealed class NewKubeContainerCommand : KubeCmdlet
{
    /// <summary>The name: lower-case letters, digits and '-', at most 63.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>The image: <c>[registry/]name[:tag][@digest]</c>.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Image { get; set; } = "";

    /// <summary>What the container runs instead of its image's entry point: program and arguments, one text each, passed as they are.</summary>
    [Parameter]
    public string[] Command { get; set; } = [];

    /// <summary>The arguments of the image's entry point, or of -Command; one text each, passed as they are.</summary>
    [Parameter]
    [Alias("Args")]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Environment variables: a hashtable, an ordered one to keep the order, or texts such as <c>'A=1', 'B=2'</c>.</summary>
    [Parameter]
    [KeyValueTransformation(commas: false)]
    public IDictionary? Env { get; set; }

    /// <summary>The ports that it listens on: <c>80</c>, <c>http=80</c>, <c>53/UDP</c>.</summary>
    [Parameter]
    public string[] Port { get; set; } = [];

    /// <summary>Volumes of the pod with the paths at which it mounts them: <c>@{ data = '/data' }</c>.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public IDictionary? VolumeMount { get; set; }

    /// <summary>The folder in which it starts; the image's own when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>When the node fetches the image; the server's choice when not given.</summary>
    [Parameter]
    public ImagePullPolicy? ImagePullPolicy { get; set; }

    /// <summary>Run it with all rights on the node.</summary>
    [Parameter]
    public SwitchParameter Privileged { get; set; }

    /// <summary>Limits and requests: <c>@{ requests = @{ cpu = '100m' }; limits = @{ memory = '200Mi' } }</c>.</summary>
    [Parameter]
    [ResourcesTransformation]
    public V1ResourceRequirements? Resources { get; set; }

    /// <summary>For an init container: go on beside the others instead of ending before them, as a sidecar. Needs a server of 1.29 or later.</summary>
    [Parameter]
    public SwitchParameter RestartAlways { get; set; }

    private protected override void Process() => WriteObject(ContainerParameters.Build(
        new PodTemplateArgs
        {
            Name = Name,
            Images = [Image],
            Command = Command,
            Arguments = ArgumentList,
            Env = KeyValueTransformationAttribute.Pairs(Env) ?? [],
            ImagePullPolicy = ImagePullPolicy?.ToString(),
            Privileged = Privileged,
            Resources = Resources,
        },
        Port,
        VolumeMount,
        WorkingDirectory,
        RestartAlways));
}
