using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.CronJobs;

/// <summary>Reads cron jobs, in the version that the server prefers.</summary>
[Cmdlet(VerbsCommon.Get, "KubeCronJob", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1CronJob), typeof(PSObject))]
public sealed class GetKubeCronJobCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.CronJob;
}
