using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Sandbox;
using PSKube.Sandboxes;

namespace PSKube.Commands.Sandboxes;

/// <summary>
/// Starts a Kubernetes cluster in this process's memory and connects the session to it: an API with its controllers, a
/// scheduler and nodes whose containers are played, not run. Nothing is installed, downloaded or left behind.
/// </summary>
/// <remarks>
/// Errors: <c>KubeSandboxInvalid</c> for a version or a seed that cannot be, <c>KubeManifestInvalid</c> for YAML that is none,
/// <c>KubeManifestUnreadable</c> for a file that is not there. Each ends the command.
/// </remarks>
[Cmdlet(VerbsLifecycle.Start, "KubeSandbox")]
[OutputType(typeof(KubeSandbox))]
public sealed class StartKubeSandboxCommand : KubeCmdlet
{
    private readonly SandboxSeeds _seeds;
    private bool _started;

    /// <summary>Makes the command.</summary>
    public StartKubeSandboxCommand()
    {
        _seeds = new SandboxSeeds(this);
    }

    /// <summary>The version of Kubernetes to play, from <c>1.20</c> to <c>1.34</c>; the newest of them when not given. A patch version, as in <c>1.28.3</c>, is only told.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SandboxVersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>How many nodes it has.</summary>
    [Parameter]
    [ValidateRange(1, 5000)]
    public int Node { get; set; } = 3;

    /// <summary>Objects that it has from the beginning: model objects, hashtables, YAML text (lines of a file too), or files: their paths, with wildcards, or what Get-Item gives. Their namespaces are made too.</summary>
    [Parameter(ValueFromPipeline = true)]
    [SupportsWildcards]
    public object?[]? Seed { get; set; }

    /// <summary>How many of its seconds pass in one real second, for container starts, sleeping commands, back-offs and schedules.</summary>
    [Parameter]
    [ValidateRange(0.01, 10000)]
    public double Speed { get; set; } = 10;

    /// <summary>Also listens on 127.0.0.1 and writes a kubeconfig, for kubectl and other programs on this machine.</summary>
    [Parameter]
    public SwitchParameter Listen { get; set; }

    /// <summary>Returns the sandbox, for other runspaces, for tests, and for the path of its kubeconfig.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process() => OrNothing(() =>
    {
        if (Seed is not null || MyInvocation.BoundParameters.ContainsKey(nameof(Seed))) _seeds.Add(Seed);
    });

    private protected override void End() => OrNothing(() =>
    {
        (int minor, int patch) = SandboxVersion.Parse(Version);
        var options = new SandboxOptions { Minor = minor, Patch = patch, Nodes = Node, Speed = Speed, Seed = _seeds.Read() };
        KubeSandbox sandbox = Await(token => SandboxStart.RunAsync(options, Listen, token));
        Session.Connect(sandbox, null);
        _started = true;
        if (PassThru) WriteObject(sandbox);
    });

    private protected override void Release()
    {
        // Whatever kept it from starting: what a script does next is meant for the sandbox, and must not reach a real cluster.
        if (!_started && Session is { } session) session.Refuse();
    }

    /// <summary>There is no sandbox with half a seed, so each failure ends the command.</summary>
    private void OrNothing(Action step)
    {
        try
        {
            step();
        }
        catch (KubeException failure)
        {
            ThrowTerminatingError(KubeErrors.ToRecord(failure));
        }
    }
}
