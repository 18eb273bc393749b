using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Commands.Clusters;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>A cmdlet that talks to a cluster: which cluster, which namespace, how long to wait for one answer.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class KubeApiCmdlet : KubeCmdlet
{
    private KubeClient? _client;

    private protected KubeApiCmdlet()
    {
    }

    /// <summary>The kubeconfig context to use, exact case; the session's context when not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The kubeconfig file to use instead of the session's, <c>KUBECONFIG</c> or <c>~/.kube/config</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    /// <summary>The namespace; the session's or the context's own when not given.</summary>
    [Parameter]
    [Alias("ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>How long one request may take until its answer begins, and how long an answer may fall silent; 60 seconds when not given. Seconds, a TimeSpan, or text such as <c>90s</c> or <c>2m</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The client for this command's own cluster, opened at the first use: on the pipeline thread, where a script's token can be
    /// renewed, so before the work that is handed to <see cref="KubeCmdlet.Await{T}"/>.
    /// </summary>
    internal KubeClient Client => _client ??= KubeClient.Open(this);

    /// <summary>The namespace that this command will take, for a question that has to be asked before any cluster is opened; null when no configuration says.</summary>
    internal string? LikelyNamespace()
    {
        if (Namespace is not null) return Namespace;
        try
        {
            string? kubeconfig = this.FullPath(Kubeconfig);
            return ClusterSelector.Namespace(Session, kubeconfig, Context, ClusterSelector.Resolve(Session, kubeconfig, Context));
        }
        catch (KubeException)
        {
            return null;
        }
    }

    /// <summary>The client for the cluster that an object came from, or this command's own.</summary>
    internal KubeClient ClientFor(object? input) => KubeClient.OpenFor(this, input);

    /// <summary>Waits for objects that this command has changed, side by side under one time limit; each that is not there in time is an error of its own.</summary>
    /// <param name="pending">The objects.</param>
    /// <param name="timeout">How long to wait in all.</param>
    /// <param name="because">What an object still lacks, as it is seen now (null when it is gone); null when it lacks nothing. A <see cref="KubeException"/> says that it never will be done.</param>
    /// <param name="done">What to do with an object that is there.</param>
    /// <param name="goal">What they are to be, in the words of an error.</param>
    internal void WaitForAll(IReadOnlyCollection<PendingObject> pending, TimeSpan timeout, Func<PendingObject, object?, string?> because, Action<PendingObject, object?> done, string goal = ObjectWaiter.Ready) =>
        new ObjectWaiter(this, $"{MyInvocation.MyCommand.Name} waits") { Goal = goal, AfterChange = true }.Run(pending, timeout, because, done);

    /// <summary>True when this command's own client is open and already talks to that cluster.</summary>
    internal bool HasClientOf(ClusterConfig cluster) => ReferenceEquals(_client?.Cluster, cluster);

    /// <summary>An empty list of a namespace that does not exist is a mistake, not an answer (kubernetes/kubernetes#122237).</summary>
    private protected void ReportEmpty(KubeClient client, string? ns)
    {
        if (ns is null)
        {
            WriteVerbose("No resources found.");
            return;
        }

        try
        {
            Await(cancel => client.GetAsync(BuiltInKinds.Namespace, null, ns, cancel));
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 404)
        {
            throw;
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 403)
        {
            // Who may not look at namespaces cannot be told whether it exists.
        }

        WriteVerbose($"No resources found in {ns} namespace.");
    }
}
