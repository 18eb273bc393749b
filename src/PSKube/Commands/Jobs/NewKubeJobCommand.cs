using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Jobs;

/// <summary>When a job's containers are started again.</summary>
public enum JobRestartPolicy
{
    /// <summary>Never: a pod that fails is replaced by another.</summary>
    Never,

    /// <summary>When they end with an error.</summary>
    OnFailure,
}

/// <summary>Creates a job from an image, or from a cron job's template, as <c>kubectl create job</c> does, and emits it.</summary>
[Cmdlet(VerbsCommon.New, "KubeJob", DefaultParameterSetName = "Image", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1Job))]
public sealed class NewKubeJobCommand : NewWorkloadCmdlet
{
    private static readonly string[] OfImages = ["Port", "Env", "Label", "Annotation", "Command", "ArgumentList", "ImagePullPolicy", "Privileged", "Resources", "NodeSelector", "OperatingSystem", "Overrides", "Completions", "Parallelism", "BackoffLimit", "SecondsAfterFinished", "RestartPolicy", "InitContainer", "Container", "Volume"];

    /// <summary>The image: <c>[registry/]name[:tag][@digest]</c>. Not needed where -Container is given.</summary>
    [Parameter(Position = 1, ParameterSetName = "Image")]
    [AllowEmptyString]
    public string? Image { get; set; }

    /// <summary>The cron job whose template the job gets: its name, or the object.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CronJob", ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? FromCronJob { get; set; }

    /// <summary>How many pods have to end well; 1 when not given.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Completions { get; set; }

    /// <summary>How many pods run at once; 1 when not given.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Parallelism { get; set; }

    /// <summary>How often failed pods are replaced before the job has failed; 6 when not given.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? BackoffLimit { get; set; }

    /// <summary>Seconds after which a finished job is removed with its pods; never when not given.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? SecondsAfterFinished { get; set; }

    /// <summary>When containers are started again: <c>Never</c> (the default) or <c>OnFailure</c>.</summary>
    [Parameter]
    public JobRestartPolicy RestartPolicy { get; set; }

    private protected override void Process()
    {
        if (FromCronJob is null) Create(JobBuilder.Build(TemplateArgs(Image), new JobBuilder.JobArgs(RestartPolicy.ToString(), Completions, Parallelism, BackoffLimit, null, SecondsAfterFinished)), BuiltInKinds.Job);
        else CreateFrom(FromCronJob);
    }

    private void CreateFrom(PSObject input)
    {
        string[] idle = [.. MyInvocation.BoundParameters.Keys.Intersect(OfImages, StringComparer.OrdinalIgnoreCase)];
        if (idle.Length > 0) throw PodTemplateBuilder.Invalid($"-{string.Join(", -", idle)}: a job from a cron job is what its template says; leave it out.");
        NameRules.CheckSubdomain(Name, "name");
        ResourceTarget target = ResourceTarget.From(input);
        if (target.Kind is not null && !BuiltInKinds.IsCalled(BuiltInKinds.CronJob, target.Kind)) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"A CronJob was expected, not the {target.Kind} '{target.Name}'.") { Target = new KubeReference(target.Kind, target.Namespace, target.Name) };
        // One that was only built needs no cluster until the job is created.
        KubeClient? client = target.Uid is null && target.ApiVersion is not null ? null : ClientFor(input);
        JsonObject cronJob = target.ApiVersion is null ? Read(client!, target) : ResourceJson.ToJsonObject(input);
        Create(JobBuilder.FromCron(cronJob, Name), BuiltInKinds.Job, Wait ? Timeout : null, client);
    }

    private JsonObject Read(KubeClient client, ResourceTarget target)
    {
        ResourceKind kind = Await(cancel => client.ServedAsync(BuiltInKinds.CronJob, cancel));
        JsonObject cronJob = Await(cancel => client.GetJsonAsync(kind, target.Namespace ?? client.DefaultNamespace, target.Name, null, cancel));
        cronJob["apiVersion"] ??= kind.ApiVersion;
        return cronJob;
    }
}
