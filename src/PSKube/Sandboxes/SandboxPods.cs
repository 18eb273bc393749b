using PSKube.Commands.Sandboxes;
using PSKube.Config;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Store;

namespace PSKube.Sandboxes;

/// <summary>Tells a sandbox what its pods do.</summary>
internal static class SandboxPods
{
    /// <summary>Does what the parameters of Set-KubeSandboxPod say.</summary>
    public static void Set(KubeSandbox sandbox, SetKubeSandboxPodCommand said)
    {
        var pods = new PodOverride { Namespace = said.Namespace, Pod = said.Name!, Container = said.Container };
        sandbox.Cluster.Overrides.Add(pods with
        {
            Log = said.Log is { } lines ? string.Concat(lines.Select(line => line + "\n")) : null,
            Answers = said.Exec is { } command ? [new ExecAnswer(command, said.StdOut, said.StdErr, Math.Max(said.ExitCode, 0))] : [],
            Crash = said.CrashAfter is { } after ? new CrashOverride(said.ExitCode < 0 ? 1 : said.ExitCode, after, said.Count > 0 ? said.Count : null) : null,
            PullFailure = said.PullFailure,
            NeverReady = said.NeverReady ? true : null,
        });
        if (said.CpuMillis < 0) return;
        foreach (StoredObject pod in sandbox.Cluster.Store.List(Kinds.Pods).Where(pod => pods.Fits(pod.Namespace, pod.Name, null))) sandbox.Cluster.Metrics.Set(pod.Namespace!, pod.Name, said.CpuMillis);
    }
}
