using System.ComponentModel;
using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Pods;

/// <summary>A cmdlet that runs something in a container of a pod that is there.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PodCommandCmdlet : KubeApiCmdlet
{
    /// <summary>kubectl's <c>--pod-running-timeout</c>.</summary>
    private static readonly TimeSpan PodPatience = TimeSpan.FromSeconds(60);

    private protected PodCommandCmdlet()
    {
    }

    /// <summary>The container; when not given, the one that the pod's annotation <c>kubectl.kubernetes.io/default-container</c> names, else the first.</summary>
    [Parameter]
    [Alias("c")]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>Finds the pod that a target means: itself, or the one of a workload or service that kubectl would take; reads it unless it was piped whole.</summary>
    /// <exception cref="KubeException">There is none, or it has ended.</exception>
    private protected static async Task<V1Pod> FindPodAsync(KubeClient client, ResourceTarget target, CancellationToken cancel)
    {
        ApiPath.Check(target.Name, "name");
        V1Pod pod = Piped(target) ?? await ReadPodAsync(client, target, cancel).ConfigureAwait(false);
        if (pod.Status?.Phase is not ("Succeeded" or "Failed")) return pod;
        throw new KubeException("KubePodCompleted", ErrorCategory.InvalidOperation, $"cannot exec into a container in a completed pod; current phase is {pod.Status.Phase}")
        {
            Target = new KubeReference("Pod", pod.Metadata.NamespaceProperty, pod.Metadata.Name),
            RecommendedAction = "Choose a pod that runs. What this one left is in its log.",
        };
    }

    /// <summary>The container that is meant; says which when nobody named one.</summary>
    private protected string ChooseContainer(V1Pod pod)
    {
        ContainerChoice choice = ContainerChoice.Of(pod, Container);
        if (choice.Note is not null && choice.IsDoubtful) Notes.Warning(choice.Note);
        else if (choice.Note is not null) Notes.Verbose(choice.Note);
        return choice.Name;
    }

    /// <summary>True when the pod's containers run on Windows.</summary>
    private protected static bool IsWindows(V1Pod pod)
    {
        string? selected = null;
        pod.Spec?.NodeSelector?.TryGetValue("kubernetes.io/os", out selected);
        return (pod.Spec?.Os?.Name ?? selected) == "windows";
    }

    /// <summary>A pod that came whole through the pipeline: what is asked of it does not change.</summary>
    private static V1Pod? Piped(ResourceTarget target) => (target.Source is PSObject wrapped ? wrapped.BaseObject : target.Source) is V1Pod { Spec.Containers.Count: > 0, Metadata: { Uid: not null, NamespaceProperty: not null } } pod ? pod : null;

    private static async Task<V1Pod> ReadPodAsync(KubeClient client, ResourceTarget target, CancellationToken cancel)
    {
        ResourceKind kind = target.Kind is null ? BuiltInKinds.Pod : target.ApiVersion is null
            ? await client.FindKindAsync(target.Kind, cancel).ConfigureAwait(false)
            : await client.FindKindAsync(target.ApiVersion, target.Kind, cancel).ConfigureAwait(false);
        string ns = target.Namespace ?? client.DefaultNamespace;
        if (kind == BuiltInKinds.Pod) return (V1Pod)await client.GetAsync(kind, ns, target.Name, cancel).ConfigureAwait(false);
        var reference = new KubeReference(kind.Kind, kind.Namespaced ? ns : null, target.Name);
        System.Text.Json.Nodes.JsonObject workload = await client.GetJsonAsync(kind, ns, target.Name, null, cancel).ConfigureAwait(false);
        if (LabelSelectorText.Of(workload["spec"]?["selector"]) is not { } labels) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"{reference} selects no pods.") { Target = reference };
        return await FirstPodAsync(client, ns, labels, cancel).ConfigureAwait(false) ?? throw new KubeException("KubeNotFound", ErrorCategory.ObjectNotFound, $"{reference} has no pod.")
        {
            Target = reference,
            RecommendedAction = "Look at why it has none: Test-KubeWorkload, Get-KubeDescription.",
        };
    }

    /// <summary>The best of the pods that are there; when there is none, the first that comes to run.</summary>
    private static async Task<V1Pod?> FirstPodAsync(KubeClient client, string ns, string labels, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(PodPatience);
        var pods = new List<V1Pod>();
        bool synced = false;
        try
        {
            await foreach (WatchEvent step in client.WatchAsync(BuiltInKinds.Pod, new ListOptions { Namespace = ns, LabelSelector = labels }, patience.Token).ConfigureAwait(false))
            {
                if (step.Failure is not null) throw step.Failure;
                synced |= step.IsSynced;
                if (synced && pods.Count > 0) break;
                if (!synced && step.Object is V1Pod there) pods.Add(there);
                else if (step.Object is V1Pod { Status.Phase: "Running" } pod) return pod;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // As long as kubectl waits.
        }

        return PodChoice.ForExec(pods);
    }
}
