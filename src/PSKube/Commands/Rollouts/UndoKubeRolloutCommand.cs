using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Output.Describe;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Rollouts;

/// <summary>
/// Takes a Deployment, DaemonSet or StatefulSet back to the template of an earlier revision, which is rolled out as a new one,
/// and emits the workload. The rules are those of <c>kubectl rollout undo</c> (<c>pkg/polymorphichelpers/rollback.go</c>).
/// </summary>
[Cmdlet(VerbsCommon.Undo, "KubeRollout", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(IKubernetesObject))]
public sealed class UndoKubeRolloutCommand : RolloutCmdlet
{
    /// <summary>The revision to go back to, as <c>Get-KubeRolloutHistory</c> numbers it; the one before the current when not given, or 0.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateRange(0, long.MaxValue)]
    public long ToRevision { get; set; }

    private protected override void Roll(NamedObject one)
    {
        JsonObject now = Read(one);
        object workload = one.Client.Adopt(now.Deserialize<JsonElement>(), one.Kind);
        KubeRolloutRevision revision = RolloutHistory.Choose(Await(cancel => RolloutReader.HistoryAsync(one, workload, cancel)), one.Reference, ToRevision);
        if (IsPaused(now)) throw new KubeException("KubeRolloutPaused", ErrorCategory.InvalidOperation, $"{one.Reference}: cannot rollback a paused deployment; resume it first with Resume-KubeRollout and try again.") { Target = one.Reference };
        // Read once more as the server has it: the model may not know every field of a template.
        ResourceHeader holder = ResourceHeader.Read(revision.Object);
        ResourceKind kind = one.Kind.Kind == "Deployment" ? BuiltInKinds.ReplicaSet : BuiltInKinds.ControllerRevision;
        JsonObject kept = Await(cancel => one.Client.GetJsonAsync(kind, one.Namespace, holder.Name!, null, cancel));
        JsonObject? template = RolloutHistory.TemplateOf(kept);
        if (RolloutHistory.SameTemplate(template, now["spec"]?["template"]))
        {
            WriteWarning($"{one.Reference}: skipped rollback (current template already matches revision {Words.Number(revision.Revision)}).");
            WriteObject(workload);
            return;
        }

        if (!ShouldProcess(one.Reference.ToString(), $"Roll back to revision {Words.Number(revision.Revision)} ({string.Join(", ", revision.Images)})")) return;
        Emit(one, (one.Kind.Kind, DryRun) switch
        {
            ("Deployment", _) => Patch(one, PatchTypes.Json, RolloutHistory.Undo(now, kept)),
            // The revision of a set is itself the patch that brings it back; here its directives are not known.
            (_, DryRun.Client) => Patch(one, PatchTypes.Json, RolloutHistory.Replace(template)),
            _ => Patch(one, PatchTypes.Strategic, kept["data"]!.DeepClone()),
        });
    }
}
