using System.Globalization;
using System.Management.Automation;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.Commands.Workloads;

/// <summary>
/// Remembers how many pods workloads run, in their annotation <c>pskube.io/saved-replicas</c>, and scales them down, to 0 by
/// itself; <c>Restore-KubeScale</c> brings them back. A number that is remembered already stays, so that saving twice does no harm.
/// </summary>
[Cmdlet(VerbsData.Save, "KubeScale", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KubeScaleChange))]
public sealed class SaveKubeScaleCommand : KeptScaleCmdlet
{
    /// <summary>How many pods may go on running; 0 when not given. A workload that has no more is left as it is.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Replicas { get; set; }

    private protected override KubeScaleChange Plan(NamedObject one, int now, int? saved) => ScaleRules.Save(one.Reference, now, saved, Replicas);

    private protected override string? Question(KubeScaleChange plan) => plan.Action == ScaleAction.Saved || plan.Before != plan.After ? string.Create(CultureInfo.InvariantCulture, $"Remember {plan.Saved} and scale to {plan.After}") : null;

    private protected override async Task ChangeAsync(NamedObject one, KubeScaleChange plan, string? version, CancellationToken cancel)
    {
        // Remember first: whatever ends between the two, the number is not lost.
        if (plan.Action == ScaleAction.Saved) await RememberAsync(one, plan.Saved, version, cancel).ConfigureAwait(false);
        if (plan.Before != plan.After) await SetScaleAsync(one, plan.After, cancel).ConfigureAwait(false);
    }
}
