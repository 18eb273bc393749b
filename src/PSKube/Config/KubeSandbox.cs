using System.Management.Automation;
using PSKube.Errors;
using PSKube.Sandbox;

namespace PSKube.Config;

/// <summary>A Kubernetes cluster in this process's memory, for trying scripts and for unit tests.</summary>
public sealed class KubeSandbox
{
    internal KubeSandbox(SandboxCluster cluster)
    {
        Cluster = cluster;
        Config = new ClusterConfig
        {
            Server = new Uri("http://sandbox.pskube.invalid/"),
            Source = KubeContext.SandboxName,
            ContextName = KubeContext.SandboxName,
            Transport = cluster.CreateHandler,
            Ended = () => IsRunning ? null : Over("The sandbox that this session is connected to was stopped."),
        };
    }

    /// <summary>The version of Kubernetes that it plays, for example <c>v1.34.0</c>.</summary>
    public string Version => Cluster.Options.GitVersion;

    /// <summary>How many nodes it was started with.</summary>
    public int Nodes => Cluster.Options.Nodes;

    /// <summary>How many of its seconds pass in one real second.</summary>
    public double Speed => Cluster.Options.Speed;

    /// <summary>Where other programs reach it; null when it does not listen.</summary>
    public Uri? Server { get; internal set; }

    /// <summary>The kubeconfig file for other programs; null when it does not listen.</summary>
    public string? Kubeconfig { get; internal set; }

    /// <summary>False once it was stopped.</summary>
    public bool IsRunning => !Cluster.IsStopped;

    internal SandboxCluster Cluster { get; }

    /// <summary>What a session talks to whose sandbox did not start: nothing, since what comes next was meant for the sandbox.</summary>
    internal static ClusterConfig NotStarted { get; } = new()
    {
        Server = new Uri("http://sandbox.pskube.invalid/"),
        Source = KubeContext.SandboxName,
        ContextName = KubeContext.SandboxName,
        Ended = () => Over("The sandbox that this session was to have did not start."),
    };

    /// <summary>Ends it and removes its kubeconfig; one that was ended stays so.</summary>
    internal void Stop()
    {
        if (!IsRunning) return;
        Cluster.Dispose();
        if (Path.GetDirectoryName(Kubeconfig) is { } folder && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        (Server, Kubeconfig) = (null, null);
    }

    internal ClusterConfig Config { get; }

    /// <summary>What it is, in short.</summary>
    public override string ToString() => $"sandbox ({Version})";

    /// <summary>A session stays with its sandbox when that is stopped: what a test does next must not reach a real cluster.</summary>
    private static KubeException Over(string why) => new("KubeSandboxStopped", ErrorCategory.ResourceUnavailable, why)
    {
        RecommendedAction = "Start another with Start-KubeSandbox, or go back to your kubeconfig with Disconnect-KubeCluster.",
        EndsCommand = true,
    };
}
