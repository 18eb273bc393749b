using System.Management.Automation;
using k8s;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>Gives containers of a pod, or of a workload's pods, other images, as <c>kubectl set image</c> does, and emits the object.</summary>
[Cmdlet(VerbsCommon.Set, "KubeImage", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class SetKubeImageCommand : PositionalEditCmdlet
{
    /// <summary>The image, <c>[registry/]name[:tag][@digest]</c>; or as kubectl has it, container and image: <c>web=nginx:1.27</c>, several by comma.</summary>
    [Parameter(Position = 1, ParameterSetName = "Target")]
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "InputObject")]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>The containers, init containers too: names, wildcards, or <c>*</c> for all. Not needed where there is only one container.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Container { get; set; } = [];

    private protected override string Intent => $"Set image {string.Join(", ", Image)}";

    private protected override void TakeFirst(string[] values)
    {
        if (Image.Length > 0) throw Unsaid("Piped objects and a -Target cannot be given together.");
        Image = values;
    }

    private protected override void CheckGiven()
    {
        if (Image.Length == 0) throw Unsaid("Which image is to be set is not said.");
    }

    private protected override PodEdit Edit() => PodContainers.SetImages([.. Image.SelectMany(Read)]);

    private IEnumerable<KeyValuePair<string?, string>> Read(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) return [new(text[..equals], text[(equals + 1)..])];
        if (Image.Length > 1) throw PodTemplateBuilder.Invalid($"Which container gets {Api.ServerErrors.Escape(text)} is not said; with several images write container=image.");
        return Container.Length == 0 ? [new(null, text)] : Container.Select(name => KeyValuePair.Create<string?, string>(name, text));
    }
}
