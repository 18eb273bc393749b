using System.ComponentModel;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Api;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.Commands.Workloads;

/// <summary>A cmdlet that works with the number of pods that a workload remembers in an annotation.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class KeptScaleCmdlet : ScaleCmdlet
{
    private protected KeptScaleCmdlet()
    {
    }

    /// <summary>Also change what an autoscaler scales; without this it is left alone, with a warning.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>What is to be done, by the number that is wanted now and the one that is remembered.</summary>
    private protected abstract KubeScaleChange Plan(NamedObject one, int now, int? saved);

    /// <summary>What the user is asked; null when there is nothing to do.</summary>
    private protected abstract string? Question(KubeScaleChange plan);

    /// <summary>Does it.</summary>
    /// <param name="one">The workload.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="version">The version that the plan was made from.</param>
    /// <param name="cancel">Ends it.</param>
    private protected abstract Task ChangeAsync(NamedObject one, KubeScaleChange plan, string? version, CancellationToken cancel);

    private protected sealed override void Scale(NamedObject one)
    {
        (KubeScaleChange plan, string? version) = Await(cancel => PlanAsync(one, cancel));
        if (Question(plan) is not { } question)
        {
            WriteVerbose($"{one.Reference}: nothing to do ({plan.Action}).");
            WriteObject(plan);
            return;
        }

        if (!Force && OwnerOf(one) is { } scaler)
        {
            WriteWarning($"{Describe(scaler, one)}; it is left as it is. -Force changes it nevertheless.");
            WriteObject(plan with { After = plan.Before, Saved = null, Action = ScaleAction.Skipped });
            return;
        }

        if (!ShouldProcess(one.Reference.ToString(), question)) return;
        if (DryRun != DryRun.Client)
        {
            bool first = true;
            plan = Await(cancel => RetryAsync(async () =>
            {
                if (!first) (plan, version) = await PlanAsync(one, cancel).ConfigureAwait(false);
                first = false;
                await ChangeAsync(one, plan, version, cancel).ConfigureAwait(false);
                return plan;
            }, once: false, cancel));
        }

        if (Waits) EmitWhenReady(one, plan);
        else WriteObject(plan);
    }

    /// <summary>Remembers a number, or with null forgets it; with a version, only if the workload is still at it.</summary>
    private protected Task RememberAsync(NamedObject one, int? replicas, string? version, CancellationToken cancel)
    {
        var metadata = new JsonObject { ["annotations"] = new JsonObject { [ScaleRules.SavedAnnotation] = replicas is { } number ? Output.Describe.Words.Number(number) : null } };
        if (version is not null) metadata["resourceVersion"] = version;
        return one.Client.PatchAsync(one.Kind, one.Namespace, one.Name, null, PatchTypes.Merge, new JsonObject { ["metadata"] = metadata }, ChangeOptions, cancel);
    }

    private protected sealed override void EmitReady(PendingObject one, object? seen) => WriteObject(one.Note);

    private async Task<(KubeScaleChange Plan, string? Version)> PlanAsync(NamedObject one, CancellationToken cancel)
    {
        // The version is that of what is read first: a change between the two makes it an old one.
        JsonObject workload = await one.Client.GetJsonAsync(one.Kind, one.Namespace, one.Name, null, cancel).ConfigureAwait(false);
        JsonObject scale = await ReadScaleAsync(one, cancel).ConfigureAwait(false);
        return (Plan(one, ScaleRules.Wanted(scale), ScaleRules.Saved(workload, one.Reference)), workload["metadata"]?["resourceVersion"]?.ToString());
    }
}
