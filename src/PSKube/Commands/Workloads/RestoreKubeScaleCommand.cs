using System.Globalization;
using System.Management.Automation;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.Commands.Workloads;

/// <summary>
/// Scales workloads back to the number of pods that <c>Save-KubeScale</c> remembered, and forgets it. One that remembers no number
/// is left as it is, without an error.
/// </summary>
[Cmdlet(VerbsData.Restore, "KubeScale", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KubeScaleChange))]
public sealed class RestoreKubeScaleCommand : KeptScaleCmdlet
{
    private protected override KubeScaleChange Plan(NamedObject one, int now, int? saved) => ScaleRules.Restore(one.Reference, now, saved);

    private protected override string? Question(KubeScaleChange plan) => plan.Action == ScaleAction.Restored ? string.Create(CultureInfo.InvariantCulture, $"Scale back to {plan.After}") : null;

    private protected override async Task ChangeAsync(NamedObject one, KubeScaleChange plan, string? version, CancellationToken cancel)
    {
        if (plan.Action != ScaleAction.Restored) return;
        // Forget last: whatever ends between the two, it can be done again.
        if (plan.Before != plan.After) await SetScaleAsync(one, plan.After, cancel).ConfigureAwait(false);
        await RememberAsync(one, null, version: null, cancel).ConfigureAwait(false);
    }
}
