using System.Management.Automation;
using System.Text;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Sandbox;
using PSKube.Sandbox.Server;

namespace PSKube.Sandboxes;

/// <summary>Starts sandboxes, and writes the kubeconfig of those that listen.</summary>
internal static class SandboxStart
{
    /// <summary>Starts one; returns once its nodes and system pods are there.</summary>
    /// <exception cref="KubeException">An object of the seed breaks the rules of its kind (<c>KubeSandboxInvalid</c>).</exception>
    public static async Task<KubeSandbox> RunAsync(SandboxOptions options, bool listen, CancellationToken cancel)
    {
        SandboxCluster cluster;
        try
        {
            cluster = await Task.Run(() => new SandboxCluster(options with { ReadYaml = SandboxYaml.Read }), cancel).ConfigureAwait(false);
        }
        catch (StatusException refusal)
        {
            throw new KubeException("KubeSandboxInvalid", ErrorCategory.InvalidData, $"The sandbox cannot be seeded: {refusal.Message}") { RecommendedAction = "Give -Seed objects that a cluster would accept.", EndsCommand = true };
        }

        var sandbox = new KubeSandbox(cluster);
        try
        {
            if (listen) Listen(sandbox);
        }
        catch
        {
            sandbox.Stop();
            throw;
        }

        return sandbox;
    }

    private static void Listen(KubeSandbox sandbox)
    {
        LoopbackListener listener = sandbox.Cluster.Listen();
        sandbox.Server = listener.Server;
        string folder = Directory.CreateTempSubdirectory("pskube-sandbox-").FullName;
        sandbox.Kubeconfig = Path.Combine(folder, "config");
        string yaml = $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: sandbox
              cluster:
                server: {{listener.Server.GetLeftPart(UriPartial.Authority)}}
                certificate-authority-data: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(listener.Certificate))}}
            users:
            - name: sandbox
              user:
                token: {{listener.Token}}
            contexts:
            - name: sandbox
              context:
                cluster: sandbox
                user: sandbox
                namespace: default
            current-context: sandbox

            """;
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        // Whoever has the token may use the sandbox; nobody else needs to read it.
        if (!OperatingSystem.IsWindows()) file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(sandbox.Kubeconfig, Encoding.UTF8, file);
        writer.Write(yaml);
    }
}
