using System.Collections;
using System.ComponentModel;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands;

/// <summary>A system that containers are made for.</summary>
public enum PodOperatingSystem
{
    /// <summary>Linux nodes.</summary>
    Linux,

    /// <summary>Windows nodes.</summary>
    Windows,
}

/// <summary>When a node fetches an image.</summary>
public enum ImagePullPolicy
{
    /// <summary>Before every start.</summary>
    Always,

    /// <summary>When it is not there.</summary>
    IfNotPresent,

    /// <summary>Never: it has to be there.</summary>
    Never,
}

/// <summary>A cmdlet that makes pods or something that runs them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class NewWorkloadCmdlet : NewNamedCmdlet
{
    private protected NewWorkloadCmdlet()
    {
    }

    /// <summary>The port that the first container listens on, from 1 to 65535.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int? Port { get; set; }

    /// <summary>Environment variables: a hashtable, an ordered one to keep the order, or texts such as <c>'A=1', 'B=2'</c>.</summary>
    [Parameter]
    [KeyValueTransformation(commas: false)]
    public IDictionary? Env { get; set; }

    /// <summary>What the container runs instead of its image's entry point: program and arguments, one text each, passed as they are.</summary>
    [Parameter]
    public virtual string[] Command { get; set; } = [];

    /// <summary>The arguments of the image's entry point, or of -Command; one text each, passed as they are.</summary>
    [Parameter]
    [Alias("Args")]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>When the node fetches the image; the server's choice when not given.</summary>
    [Parameter]
    public ImagePullPolicy? ImagePullPolicy { get; set; }

    /// <summary>Run the containers with all rights on the node.</summary>
    [Parameter]
    public SwitchParameter Privileged { get; set; }

    /// <summary>Limits and requests of each container: <c>@{ requests = @{ cpu = '100m' }; limits = @{ memory = '200Mi' } }</c>.</summary>
    [Parameter]
    [ResourcesTransformation]
    public V1ResourceRequirements? Resources { get; set; }

    /// <summary>Labels that the node must have: a hashtable, or <c>'a=1,b=2'</c>.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public IDictionary? NodeSelector { get; set; }

    /// <summary>The system that the images are made for; keeps the pods off nodes with another one.</summary>
    [Parameter]
    public PodOperatingSystem? OperatingSystem { get; set; }

    /// <summary>Containers besides that of the image, or instead of it: what New-KubeContainer makes, or hashtables such as <c>@{ name = 'web'; image = 'nginx' }</c>.</summary>
    [Parameter]
    [PodPartTransformation(typeof(V1Container))]
    public V1Container[] Container { get; set; } = [];

    /// <summary>Containers that run to their end, one after the other, before the others start: what New-KubeContainer makes, or hashtables.</summary>
    [Parameter]
    [PodPartTransformation(typeof(V1Container))]
    public V1Container[] InitContainer { get; set; } = [];

    /// <summary>Volumes that containers mount: hashtables such as <c>@{ name = 'data'; emptyDir = @{} }</c>, or V1Volume objects. Add-KubeVolume adds one and mounts it.</summary>
    [Parameter]
    [PodPartTransformation(typeof(V1Volume))]
    public V1Volume[] Volume { get; set; } = [];

    /// <summary>Fields to lay over the object that is built: a hashtable, an object, or JSON text.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Overrides { get; set; }

    /// <summary>How the overrides are laid over it: <c>Merge</c> (RFC 7396, the default), <c>Strategic</c>, or <c>Json</c> (RFC 6902).</summary>
    [Parameter]
    public OverrideType OverrideType { get; set; }

    /// <summary>Wait until the pods are ready.</summary>
    [Parameter]
    public virtual SwitchParameter Wait { get; set; }

    /// <summary>How long to wait; five minutes when not given. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Several images, also written as one text with commas.</summary>
    private protected static string[] Images(IEnumerable<string> given) => [.. given.SelectMany(static image => image.Split(','))];

    /// <summary>What the parameters say, for the builders; no image where only containers are given.</summary>
    private protected PodTemplateArgs TemplateArgs(string? image) => TemplateArgs(image is null ? [] : [image]);

    /// <summary>What the parameters say, for the builders.</summary>
    private protected PodTemplateArgs TemplateArgs(IReadOnlyList<string> images) => new()
    {
        Name = Name,
        Namespace = Namespace,
        Images = images,
        Port = Port,
        Env = KeyValueTransformationAttribute.Pairs(Env) ?? [],
        Labels = KeyValueTransformationAttribute.Pairs(Label),
        Annotations = KeyValueTransformationAttribute.Pairs(Annotation),
        Command = Command,
        Arguments = ArgumentList,
        ImagePullPolicy = ImagePullPolicy?.ToString(),
        Privileged = Privileged,
        Resources = Resources,
        NodeSelector = KeyValueTransformationAttribute.Pairs(NodeSelector),
        OperatingSystem = OperatingSystem?.ToString().ToLowerInvariant(),
        Containers = Container,
        InitContainers = InitContainer,
        Volumes = Volume,
    };

    /// <summary>Creates the workload with the user's overrides, and waits for it when that was asked.</summary>
    private protected void Create(IKubernetesObject model, ResourceKind kind) => Create(Overlaid(model), kind, Wait ? Timeout : null);

    /// <summary>The workload with the user's overrides.</summary>
    private protected JsonObject Overlaid(IKubernetesObject model)
    {
        JsonObject json = ResourceJson.ToJsonObject(model);
        return Overrides is null ? json : JsonOverrides.Apply(json, ReadOverrides(), OverrideType);
    }

    private JsonNode ReadOverrides()
    {
        object value = Overrides is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : Overrides!;
        if (value is not string text) return ResourceJson.ToJson(value) ?? throw PodTemplateBuilder.Invalid("-Overrides is empty.");
        try
        {
            return JsonNode.Parse(text) ?? throw PodTemplateBuilder.Invalid("-Overrides is empty.");
        }
        catch (JsonException failure)
        {
            throw PodTemplateBuilder.Invalid($"-Overrides is no JSON (line {failure.LineNumber + 1}, position {failure.BytePositionInLine + 1}); a hashtable needs no quoting.");
        }
    }
}
