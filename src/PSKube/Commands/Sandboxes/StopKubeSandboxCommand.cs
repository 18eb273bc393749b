using System.Management.Automation;
using PSKube.Config;
using PSKube.Output;

namespace PSKube.Commands.Sandboxes;

/// <summary>
/// Ends a sandbox and forgets all that it held: whoever still asks it gets an error, and its kubeconfig is removed. A session
/// that is connected to it stays so until Connect-KubeCluster, Start-KubeSandbox or Disconnect-KubeCluster: what a script does
/// next does not reach a real cluster.
/// </summary>
/// <remarks>Errors: <c>KubeSandboxNotFound</c> when the session has none.</remarks>
[Cmdlet(VerbsLifecycle.Stop, "KubeSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class StopKubeSandboxCommand : SandboxCmdlet
{
    private protected override void Process()
    {
        KubeSandbox sandbox = Target;
        if (!ShouldProcess(sandbox.ToString())) return;
        sandbox.Stop();
    }
}
