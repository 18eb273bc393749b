using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Sandbox.Server;
using PSKube.Sandboxes;

namespace PSKube.Commands.Sandboxes;

/// <summary>
/// Makes a sandbox fail: an error, a delay or a broken connection for a verb and a resource, so that the error paths of a
/// script can be tested. Faults add up; the oldest that fits a request and is not used up happens to it.
/// </summary>
/// <remarks>Errors: <c>KubeSandboxNotFound</c> when the session has none, <c>KubeInvalidArgument</c> for a resource that it has not. Both end the command.</remarks>
// -Delay is in several sets; the default has to be the one that needs nothing else, or the engine asks for a status code.
[Cmdlet(VerbsCommon.Set, "KubeSandboxFault", DefaultParameterSetName = DelaySet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class SetKubeSandboxFaultCommand : SandboxCmdlet
{
    private const string ErrorSet = "Error";
    private const string CutSet = "Cut";
    private const string DelaySet = "Delay";
    private const string ClearSet = "Clear";

    /// <summary>The verb: get, list, watch, create, update, patch, delete, deletecollection, or <c>*</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ErrorSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = CutSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = DelaySet)]
    [ValidateSet("*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")]
    public string? Verb { get; set; }

    /// <summary>The resource as addresses have it, with its subresource: <c>pods</c>, <c>pods/exec</c>, <c>deployments/scale</c>; <c>deployments*</c> is both, <c>*</c> all. One that the sandbox has not is an error.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ErrorSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = CutSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = DelaySet)]
    [ArgumentCompleter(typeof(SandboxResourceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Resource { get; set; }

    /// <summary>Only for objects of this name, with <c>*</c> and <c>?</c>; lists and creations have no name.</summary>
    [Parameter(ParameterSetName = ErrorSet)]
    [Parameter(ParameterSetName = CutSet)]
    [Parameter(ParameterSetName = DelaySet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Only in namespaces of this name, with <c>*</c> and <c>?</c>; a list over all namespaces, and what lies in none, has no namespace.</summary>
    [Parameter(ParameterSetName = ErrorSet)]
    [Parameter(ParameterSetName = CutSet)]
    [Parameter(ParameterSetName = DelaySet)]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>The HTTP status code of the refusal, from 400 to 599, for example 409 or 503.</summary>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = ErrorSet)]
    [ValidateRange(400, 599)]
    public int StatusCode { get; set; }

    /// <summary>The reason in the refusal; the code's own when not given.</summary>
    [Parameter(ParameterSetName = ErrorSet)]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The message in the refusal.</summary>
    [Parameter(ParameterSetName = ErrorSet)]
    [ValidateNotNullOrEmpty]
    public string? Message { get; set; }

    /// <summary>Seconds after which the client is told to come back; PSKube then asks again by itself, up to ten times.</summary>
    [Parameter(ParameterSetName = ErrorSet)]
    [ValidateRange(0, 86400)]
    public int RetryAfter { get; set; } = -1;

    /// <summary>Breaks the connection instead of answering.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CutSet)]
    public SwitchParameter Cut { get; set; }

    /// <summary>How long the answer is held back, in real time: seconds, a TimeSpan, or text such as <c>2s</c>.</summary>
    [Parameter(ParameterSetName = ErrorSet)]
    [Parameter(ParameterSetName = CutSet)]
    [Parameter(ParameterSetName = DelaySet)]
    [DurationTransformation]
    public TimeSpan Delay { get; set; }

    /// <summary>How often it happens; until it is cleared when not given.</summary>
    [Parameter(ParameterSetName = ErrorSet)]
    [Parameter(ParameterSetName = CutSet)]
    [Parameter(ParameterSetName = DelaySet)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; }

    /// <summary>Ends all faults.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClearSet)]
    public SwitchParameter Clear { get; set; }

    private protected override void Process()
    {
        KubeSandbox sandbox = Target;
        if (ParameterSetName == DelaySet && Delay <= TimeSpan.Zero)
        {
            throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, "It is not said what goes wrong.")
            {
                RecommendedAction = "Give a status code, for example 409 or 503, -Cut, or a -Delay.",
                EndsCommand = true,
            };
        }

        string? resource = Resource is null ? null : SandboxResources.Find(sandbox, Resource);
        if (!ShouldProcess(sandbox.ToString(), Clear ? "End all faults" : $"Fail {Verb} {resource}")) return;
        if (Clear) sandbox.Cluster.Faults.Clear();
        else sandbox.Cluster.Faults.Add(Fault(resource!));
    }

    private SandboxFault Fault(string resource) => new(Verb!, resource)
    {
        Namespace = Namespace,
        Name = Name,
        StatusCode = ParameterSetName == ErrorSet ? StatusCode : null,
        Reason = Reason,
        Message = Message,
        RetryAfter = RetryAfter < 0 ? null : RetryAfter,
        Delay = Delay,
        Cuts = Cut,
        Times = Count > 0 ? Count : null,
    };
}
