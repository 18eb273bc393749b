using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Pods;

/// <summary>When a pod's containers are started again.</summary>
public enum RestartPolicy
{
    /// <summary>Whenever they end.</summary>
    Always,

    /// <summary>When they end with an error.</summary>
    OnFailure,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>Creates a pod from an image, as <c>kubectl run</c> does, and emits it.</summary>
[Cmdlet(VerbsCommon.New, "KubePod", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1Pod), typeof(V1Service))]
public sealed class NewKubePodCommand : NewWorkloadCmdlet
{
    /// <summary>The image: <c>[registry/]name[:tag][@digest]</c>. Not needed where -Container is given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Image { get; set; }

    /// <summary>When the containers are started again: <c>Always</c> (the default), <c>OnFailure</c> or <c>Never</c>.</summary>
    [Parameter]
    public RestartPolicy RestartPolicy { get; set; }

    /// <summary>Create a service of the same name that leads to the pod's -Port.</summary>
    [Parameter]
    public SwitchParameter Expose { get; set; }

    private protected override void Process()
    {
        PodTemplateArgs args = TemplateArgs(Image);
        V1Pod pod = PodBuilder.Build(args, RestartPolicy.ToString());
        V1Service? service = Expose ? PodBuilder.BuildService(args, pod) : null;
        Create(pod, BuiltInKinds.Pod);
        if (service is not null) CreateObject(service, BuiltInKinds.Service);
    }
}
