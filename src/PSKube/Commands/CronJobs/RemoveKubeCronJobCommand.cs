using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.CronJobs;

/// <summary>Deletes cron jobs, and with them their jobs.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeCronJob", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeCronJobCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.CronJob;
}
