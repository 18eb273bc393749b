using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Commands.StatefulSets;

/// <summary>
/// Deletes stateful sets, and with them their pods. Their persistent volume claims stay, which a warning tells, unless
/// -RemoveVolumeClaim takes them along. -ScaleDownFirst stops the pods in order before, which a deletion does not promise.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "KubeStatefulSet", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeStatefulSetCommand : RemoveNamedCmdlet
{
    /// <summary>Scale to zero first and wait until the pods have stopped, one after the other; then delete. Takes up to -Timeout.</summary>
    [Parameter]
    public SwitchParameter ScaleDownFirst { get; set; }

    /// <summary>Delete the claims of its pods too; whether the data goes with them is for the volumes' reclaim policy to say.</summary>
    [Parameter]
    public SwitchParameter RemoveVolumeClaim { get; set; }

    private protected override ResourceKind? OwnKind => BuiltInKinds.StatefulSet;

    private protected override Action? BeforeRemoval(KubeClient client, ResourceKind kind, string? ns, string name, string? uid)
    {
        object? found = Await(cancel => client.FindAsync(kind, ns, name, cancel));
        if (found is not V1StatefulSet set || (uid is not null && set.Metadata?.Uid != uid)) return null;
        List<string> claims = ClaimsOf(client, set, ns!, name);
        if (ScaleDownFirst) ScaleDown(client, kind, ns, name);
        return () => AfterRemoval(client, ns!, name, claims, set.Spec?.PersistentVolumeClaimRetentionPolicy?.WhenDeleted == "Delete");
    }

    private void ScaleDown(KubeClient client, ResourceKind kind, string? ns, string name)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 0 } };
        var options = new ChangeOptions(DryRun, "pskube", FieldValidation.Ignore);
        Await(cancel => client.PatchAsync(kind, ns, name, "scale", PatchTypes.Merge, patch, options, cancel));
        if (DryRun != DryRun.None) return;
        bool stopped = false;
        WaitForAll([new PendingObject(client, kind, ns, name)], Timeout, (_, seen) => seen is V1StatefulSet { Status.Replicas: > 0 } set ? $"{set.Status.Replicas} pods have not stopped yet" : null, (_, _) => stopped = true, "scaled down");
        if (!stopped) throw new KubeException("KubeNotScaledDown", ErrorCategory.OperationStopped, $"{new KubeReference(kind.Kind, ns, name)} was scaled to 0, but not deleted: its pods have not stopped in time.") { Target = new KubeReference(kind.Kind, ns, name) };
    }

    private List<string> ClaimsOf(KubeClient client, V1StatefulSet set, string ns, string name)
    {
        string[] prefixes = [.. (set.Spec?.VolumeClaimTemplates ?? []).Select(template => $"{template.Metadata?.Name}-{name}-")];
        if (prefixes.Length == 0) return [];
        IReadOnlyList<string> all = Await(cancel => client.ListNamesAsync(BuiltInKinds.PersistentVolumeClaim, ns, cancel));
        // The controller names a claim after its template, the set and the pod's number.
        return [.. all.Where(claim => Array.Exists(prefixes, prefix => claim.StartsWith(prefix, StringComparison.Ordinal) && claim.Length > prefix.Length && claim.AsSpan(prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0))];
    }

    private void AfterRemoval(KubeClient client, string ns, string name, List<string> claims, bool goByThemselves)
    {
        if (claims.Count == 0 || goByThemselves) return;
        if (RemoveVolumeClaim)
        {
            foreach (string claim in claims) Remove(client, BuiltInKinds.PersistentVolumeClaim, ns, claim, null);
        }
        else if (DryRun == DryRun.None)
        {
            WriteWarning($"The data of statefulset/{name} stays: its claims {string.Join(", ", claims)} in {ns} were not deleted. -RemoveVolumeClaim deletes them with it, Remove-KubePersistentVolumeClaim afterwards.");
        }
    }
}
