using System.Management.Automation;
using k8s.Models;
using PSKube.Commands.Jobs;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.CronJobs;

/// <summary>What happens when a job is due while the one before still runs.</summary>
public enum ConcurrencyPolicy
{
    /// <summary>Both run.</summary>
    Allow,

    /// <summary>The new one is left out.</summary>
    Forbid,

    /// <summary>The new one takes the place of the old.</summary>
    Replace,
}

/// <summary>Creates a cron job from an image, as <c>kubectl create cronjob</c> does, and emits it. Servers before 1.21 get it as batch/v1beta1.</summary>
[Cmdlet(VerbsCommon.New, "KubeCronJob", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1CronJob), typeof(PSObject))]
public sealed class NewKubeCronJobCommand : NewWorkloadCmdlet
{
    /// <summary>The image: <c>[registry/]name[:tag][@digest]</c>. Not needed where -Container is given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Image { get; set; }

    /// <summary>When it runs: minute, hour, day, month and weekday, such as <c>'*/5 * * * *'</c>, or <c>@daily</c>.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Schedule { get; set; } = "";

    /// <summary>The time zone of the schedule, such as <c>Europe/Berlin</c>; the controller's own when not given. Needs a server of 1.25 or later.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TimeZone { get; set; }

    /// <summary>What happens when a job is due while the one before still runs: <c>Allow</c> (the server's default), <c>Forbid</c> or <c>Replace</c>.</summary>
    [Parameter]
    public ConcurrencyPolicy? ConcurrencyPolicy { get; set; }

    /// <summary>Create it asleep: no job is started until it is resumed.</summary>
    [Parameter]
    public SwitchParameter Suspend { get; set; }

    /// <summary>When containers are started again: <c>OnFailure</c> (the default, as kubectl) or <c>Never</c>.</summary>
    [Parameter]
    public JobRestartPolicy RestartPolicy { get; set; } = JobRestartPolicy.OnFailure;

    private protected override void Process()
    {
        var how = new JobBuilder.JobArgs(RestartPolicy.ToString(), null, null, null, null, null);
        Create(JobBuilder.BuildCron(TemplateArgs(Image), how, Schedule, TimeZone, ConcurrencyPolicy?.ToString(), Suspend), BuiltInKinds.CronJob);
    }
}
