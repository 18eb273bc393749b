using System.Management.Automation;
using PSKube.Config;
using PSKube.Output;
using PSKube.Sandboxes;

namespace PSKube.Commands.Sandboxes;

/// <summary>Lists the requests that a sandbox got, oldest first, for assertions in tests. It keeps the last ten thousand.</summary>
/// <remarks>Errors: <c>KubeSandboxNotFound</c> when the session has none.</remarks>
[Cmdlet(VerbsCommon.Get, "KubeSandboxRequest")]
[OutputType(typeof(KubeSandboxRequest))]
public sealed class GetKubeSandboxRequestCommand : SandboxCmdlet
{
    /// <summary>Only these verbs: get, list, watch, create, update, patch, delete, deletecollection.</summary>
    [Parameter(Position = 0)]
    [ValidateSet("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")]
    public string[]? Verb { get; set; }

    /// <summary>Only these resources, with wildcards: <c>pods</c>, <c>deployments/scale</c>.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Resource { get; set; }

    /// <summary>Only objects of these names, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Forgets all requests once those asked for are listed, so that the next call tells only what is new.</summary>
    [Parameter]
    public SwitchParameter Clear { get; set; }

    private protected override void Process()
    {
        KubeSandbox sandbox = Target;
        WriteObject(SandboxRequests.Read(sandbox, request => Fits(Verb, request.Verb) && Fits(Resource, request.Resource) && Fits(Name, request.Address?.Name ?? "")), enumerateCollection: true);
        if (Clear) sandbox.Cluster.Requests.Clear();
    }

    private static bool Fits(string[]? patterns, string text) => patterns is null || patterns.Any(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(text));
}
