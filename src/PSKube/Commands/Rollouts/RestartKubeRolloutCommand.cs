using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;

namespace PSKube.Commands.Rollouts;

/// <summary>
/// Replaces the pods of a Deployment, DaemonSet or StatefulSet with new ones of the same template, by its own update strategy,
/// and emits the workload. The template gets kubectl's annotation <c>kubectl.kubernetes.io/restartedAt</c>.
/// </summary>
[Cmdlet(VerbsLifecycle.Restart, "KubeRollout", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject))]
public sealed class RestartKubeRolloutCommand : RolloutCmdlet
{
    private protected override void Roll(NamedObject one)
    {
        if (!ShouldProcess(one.Reference.ToString(), "Restart")) return;
        if (one.Kind.Kind == "Deployment" && IsPaused(Read(one))) throw new KubeException("KubeRolloutPaused", ErrorCategory.InvalidOperation, $"{one.Reference}: can't restart paused deployment (run Resume-KubeRollout first).") { Target = one.Reference };
        string now = Duration.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var annotations = new JsonObject { ["kubectl.kubernetes.io/restartedAt"] = now };
        var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } } } };
        Emit(one, Patch(one, PatchTypes.Merge, patch));
    }
}
