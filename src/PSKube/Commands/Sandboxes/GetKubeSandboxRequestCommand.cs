using System.Management.Automation;
using PSKube.Config;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Sandboxes;

namespace PSKube.Commands.Sandboxes;

/// <summary>Lists the requests that a sandbox got, oldest first, for assertions in tests. It keeps the last ten thousand.</summary>
/// <remarks>Errors: <c>KubeSandboxNotFound</c> when the session has none, <c>KubeInvalidArgument</c> for a resource that it has not. Both end the command.</remarks>
[Cmdlet(VerbsCommon.Get, "KubeSandboxRequest")]
[OutputType(typeof(KubeSandboxRequest))]
public sealed class GetKubeSandboxRequestCommand : SandboxCmdlet
{
    /// <summary>Only these verbs: get, list, watch, create, update, patch, delete, deletecollection.</summary>
    [Parameter(Position = 0)]
    [ValidateSet("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")]
    public string[]? Verb { get; set; }

    /// <summary>Only these resources, with wildcards: <c>pods</c>, <c>deployments/scale</c>. One that the sandbox has not is an error.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(SandboxResourceCompleter))]
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
        // An empty list says that nothing was asked, so a slip in a name must not give one. Brackets stand for what cannot be looked up.
        string[]? resources = Resource?.Select(name => name.Contains('[', StringComparison.Ordinal) ? name : SandboxResources.Find(sandbox, name)).ToArray();
        WriteObject(SandboxRequests.Read(sandbox, request => Fits(Verb, request.Verb) && Fits(resources, request.Resource) && Fits(Name, request.Address?.Name ?? "")), enumerateCollection: true);
        if (Clear) sandbox.Cluster.Requests.Clear();
    }

    private static bool Fits(string[]? patterns, string text) => patterns is null || patterns.Any(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(text));
}
