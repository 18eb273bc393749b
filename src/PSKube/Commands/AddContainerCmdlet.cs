using System.Collections;
using System.ComponentModel;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands;

/// <summary>A cmdlet that adds containers to pods.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AddContainerCmdlet : PositionalEditCmdlet
{
    private protected AddContainerCmdlet()
    {
    }

    /// <summary>The container: its name, or whole containers such as New-KubeContainer makes, or hashtables.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "InputObject")]
    [Parameter(Position = 1, ParameterSetName = "Target")]
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [PodPartTransformation(typeof(V1Container))]
    [ValidateNotNullOrEmpty]
    public V1Container[] Container { get; set; } = [];

    /// <summary>The image of the container that -Container names: <c>[registry/]name[:tag][@digest]</c>.</summary>
    [Parameter(Position = 1, ParameterSetName = "InputObject")]
    [Parameter(Position = 2, ParameterSetName = "Target")]
    [Parameter(ParameterSetName = "Name")]
    [AllowEmptyString]
    public string? Image { get; set; }

    /// <summary>What the container runs instead of its image's entry point: program and arguments, one text each.</summary>
    [Parameter]
    public string[] Command { get; set; } = [];

    /// <summary>The arguments of the image's entry point, or of -Command; one text each.</summary>
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

    /// <summary>Volumes with the paths at which it mounts them: <c>@{ data = '/data' }</c>.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public IDictionary? VolumeMount { get; set; }

    private protected override string Intent => $"Add {string.Join(", ", Container.Select(container => container.Name))}";

    private protected override void TakeFirst(string[] values)
    {
        if (Container.Length > 0)
        {
            if (Image is not null || Container is not [{ Image: null, Name: { } image }]) throw Unsaid("Piped objects and a -Target cannot be given together.");
            Image = image;
        }

        Container = [.. values.Select(name => new V1Container { Name = name })];
    }

    private protected override void CheckGiven()
    {
        if (Container.Length == 0) throw Unsaid("Which container is to be added is not said: give its name and -Image, or what New-KubeContainer makes.");
    }

    /// <summary>The containers as they are to be added, checked.</summary>
    private protected IReadOnlyList<JsonObject> Containers(bool restartAlways)
    {
        V1Container[] containers = Container;
        if (Image is not null || Command.Length + ArgumentList.Length + Port.Length > 0 || Env is not null || VolumeMount is not null)
        {
            if (Container is not [{ Image: null, Name: { } name }]) throw PodTemplateBuilder.Invalid("-Image, -Command, -ArgumentList, -Env, -Port and -VolumeMount are for one container that -Container gives only the name of.");
            containers = [ContainerParameters.Build(name, Image ?? "", Command, ArgumentList, Env, Port, VolumeMount)];
        }

        foreach (V1Container container in containers) ContainerBuilder.Check(container);
        return [.. containers.Select(container => Json(container, restartAlways))];
    }

    private static JsonObject Json(V1Container container, bool restartAlways)
    {
        JsonObject json = ResourceJson.ToJsonObject(container);
        if (restartAlways) json["restartPolicy"] = "Always";
        return json;
    }
}
