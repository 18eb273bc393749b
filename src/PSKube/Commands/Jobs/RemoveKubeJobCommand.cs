using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.Jobs;

/// <summary>Deletes jobs, and with them their pods.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeJob", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeJobCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.Job;
}
