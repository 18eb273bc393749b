using System.ComponentModel;
using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Output;

namespace PSKube.Commands.Sandboxes;

/// <summary>A cmdlet about a running sandbox: the one that is given, else the session's.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class SandboxCmdlet : KubeCmdlet
{
    private protected SandboxCmdlet()
    {
    }

    /// <summary>The sandbox, as Start-KubeSandbox -PassThru gives it; the one that this session is connected to when not given.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public KubeSandbox? Sandbox { get; set; }

    /// <summary>The sandbox that is meant.</summary>
    /// <exception cref="KubeException">There is none (<c>KubeSandboxNotFound</c>).</exception>
    private protected KubeSandbox Target => Sandbox ?? (Session.Sandbox is { IsRunning: true } running ? running : null) ?? throw new KubeException("KubeSandboxNotFound", ErrorCategory.ObjectNotFound, "This session has no sandbox.")
    {
        RecommendedAction = "Start one with Start-KubeSandbox, or give the one that you have with -Sandbox.",
        // In a test "no requests" would pass for the answer otherwise.
        EndsCommand = true,
    };
}
