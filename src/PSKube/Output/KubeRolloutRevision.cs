using k8s.Models;
using PSKube.Errors;
using PSKube.Output.Describe;

namespace PSKube.Output;

/// <summary>One revision in the history of a workload, as the cluster keeps it.</summary>
/// <param name="Kind">Deployment, DaemonSet or StatefulSet.</param>
/// <param name="Namespace">The workload's namespace.</param>
/// <param name="Name">The workload's name.</param>
/// <param name="Revision">The number; the highest is that of the current template.</param>
/// <param name="ChangeCause">The annotation <c>kubernetes.io/change-cause</c>, or null.</param>
/// <param name="Created">When the revision was first rolled out.</param>
/// <param name="Images">The images of its containers, those of init containers last.</param>
/// <param name="Template">The template of its pods.</param>
/// <param name="Object">The ReplicaSet or ControllerRevision that holds it.</param>
public sealed record KubeRolloutRevision(string Kind, string? Namespace, string Name, long Revision, string? ChangeCause, DateTime? Created, IReadOnlyList<string> Images, V1PodTemplateSpec Template, object Object)
{
    /// <summary>The type name in front of its own on which the view of one revision's template hangs.</summary>
    internal const string TemplateView = "PSKube.Output.KubeRolloutRevision#Template";

    /// <summary>The template as <c>kubectl rollout history --revision</c> prints it.</summary>
    public string Describe()
    {
        var writer = new DescriptionWriter();
        PodText.Template(writer, Template, new DescribeFacts { Now = Duration.Clock.GetUtcNow().UtcDateTime });
        return $"{TerminalText.Escape($"{Kind.ToLowerInvariant()}.apps/{Name}")} with revision #{Words.Number(Revision)}\n{writer}";
    }
}
