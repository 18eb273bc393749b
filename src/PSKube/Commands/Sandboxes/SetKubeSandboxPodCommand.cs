using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Sandboxes;

namespace PSKube.Commands.Sandboxes;

/// <summary>
/// Says what pods of a sandbox do: what their log says, what commands answer in them, how they crash, that their image cannot be
/// pulled or that they never get ready, and what they use. Without it a container does what its image and command suggest.
/// </summary>
/// <remarks>Errors: <c>KubeSandboxNotFound</c> when the session has no sandbox.</remarks>
[Cmdlet(VerbsCommon.Set, "KubeSandboxPod", DefaultParameterSetName = PodSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class SetKubeSandboxPodCommand : SandboxCmdlet
{
    private const string PodSet = "Pod";
    private const string ExecSet = "Exec";
    private const string CrashSet = "Crash";
    private const string ClearSet = "Clear";

    /// <summary>The pods' names, with <c>*</c> and <c>?</c>, for example <c>web-*</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PodSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ExecSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = CrashSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The namespace, with <c>*</c> and <c>?</c>; any when not given.</summary>
    [Parameter(ParameterSetName = PodSet)]
    [Parameter(ParameterSetName = ExecSet)]
    [Parameter(ParameterSetName = CrashSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Namespace { get; set; } = "*";

    /// <summary>The container, with <c>*</c> and <c>?</c>; any when not given.</summary>
    [Parameter(ParameterSetName = PodSet)]
    [Parameter(ParameterSetName = ExecSet)]
    [Parameter(ParameterSetName = CrashSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Container { get; set; } = "*";

    /// <summary>Lines that a container writes to its log when it starts, before what its command writes. Containers that run already have begun theirs.</summary>
    [Parameter(ParameterSetName = PodSet)]
    [Parameter(ParameterSetName = CrashSet)]
    [ValidateNotNull]
    public string[]? Log { get; set; }

    /// <summary>The image cannot be pulled, for this reason, which the pod's status and its events tell.</summary>
    [Parameter(ParameterSetName = PodSet)]
    [ValidateNotNullOrEmpty]
    public string? PullFailure { get; set; }

    /// <summary>The containers run and never get ready.</summary>
    [Parameter(ParameterSetName = PodSet)]
    public SwitchParameter NeverReady { get; set; }

    /// <summary>The processor time, in thousandths of a core, that each of these pods uses that is there now: what an autoscaler sees.</summary>
    [Parameter(ParameterSetName = PodSet)]
    [ValidateRange(0, 1000000)]
    public int CpuMillis { get; set; } = -1;

    /// <summary>The command that is answered, program and arguments joined by blanks, with wildcards: <c>cat /etc/*</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ExecSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Exec { get; set; }

    /// <summary>What the command writes to its output.</summary>
    [Parameter(ParameterSetName = ExecSet)]
    [AllowEmptyString]
    public string StdOut { get; set; } = "";

    /// <summary>What the command writes to its error output.</summary>
    [Parameter(ParameterSetName = ExecSet)]
    [AllowEmptyString]
    public string StdErr { get; set; } = "";

    /// <summary>The exit code: of the command (0 when not given), or of the container that crashes (1 when not given).</summary>
    [Parameter(ParameterSetName = ExecSet)]
    [Parameter(ParameterSetName = CrashSet)]
    [ValidateRange(0, 255)]
    public int ExitCode { get; set; } = -1;

    /// <summary>The containers crash, this long after their start in the sandbox's own time: seconds, a TimeSpan, or text such as <c>30s</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CrashSet)]
    [DurationTransformation]
    public TimeSpan? CrashAfter { get; set; }

    /// <summary>How often they crash before they run as they should; always when not given.</summary>
    [Parameter(ParameterSetName = CrashSet)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; }

    /// <summary>Ends all that was said.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClearSet)]
    public SwitchParameter Clear { get; set; }

    private protected override void Process()
    {
        KubeSandbox sandbox = Target;
        if (ParameterSetName == PodSet && Log is null && PullFailure is null && !NeverReady && CpuMillis < 0)
        {
            throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, $"It is not said what the pods '{Name}' do.")
            {
                Target = Name,
                RecommendedAction = "Give -Log, -Exec, -CrashAfter, -PullFailure, -NeverReady or -CpuMillis.",
                EndsCommand = true,
            };
        }

        if (!ShouldProcess(sandbox.ToString(), Clear ? "End what was said of pods" : $"Say what pods '{Name}' do")) return;
        if (Clear) sandbox.Cluster.ClearPods();
        else SandboxPods.Set(sandbox, this);
    }
}
