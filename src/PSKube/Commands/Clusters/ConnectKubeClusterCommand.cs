using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using PSKube.Config;
using PSKube.Parameters;
using PSKube.Errors;

namespace PSKube.Commands.Clusters;

/// <summary>
/// Chooses the cluster that this session's commands talk to: a context of a kubeconfig, a server with a token, the cluster
/// that this process runs in, or a sandbox in its memory. Nothing is sent yet, and no file is changed.
/// </summary>
/// <remarks>Errors: <c>KubeConfigNotFound</c>, <c>KubeConfigInvalid</c>, <c>KubeConfigUntrusted</c>, <c>KubeContextNotFound</c>, <c>KubeTokenFailed</c>; <c>KubeSandboxStopped</c> for a sandbox that was stopped.</remarks>
[Cmdlet(VerbsCommunications.Connect, "KubeCluster", DefaultParameterSetName = KubeconfigSet)]
[OutputType(typeof(KubeConnection))]
public sealed class ConnectKubeClusterCommand : KubeCmdlet
{
    private const string KubeconfigSet = "Kubeconfig";
    private const string ServerSet = "Server";
    private const string InClusterSet = "InCluster";
    private const string SandboxSet = "Sandbox";

    /// <summary>The context, exact case; the kubeconfig's current one when not given.</summary>
    [Parameter(Position = 0, ParameterSetName = KubeconfigSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The kubeconfig file; <c>KUBECONFIG</c> or <c>~/.kube/config</c> when not given.</summary>
    [Parameter(ParameterSetName = KubeconfigSet)]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    /// <summary>
    /// Lets a kubeconfig that is neither in <c>~/.kube</c> nor named by <c>KUBECONFIG</c> start its plugin and read files outside
    /// its own folder, without a question and for as long as this process runs. Give it only for a file whose author you trust.
    /// </summary>
    [Parameter(ParameterSetName = KubeconfigSet)]
    public SwitchParameter TrustKubeconfig { get; set; }

    /// <summary>The address of the API server, with its path prefix if it has one.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ServerSet)]
    [ValidateNotNull]
    public Uri? Server { get; set; }

    /// <summary>
    /// The bearer token: a SecureString, an object with <c>Token</c> as Get-AzAccessToken returns, or a script block that
    /// returns either. A script block is asked again when the token is about to end.
    /// </summary>
    [Parameter(ParameterSetName = ServerSet)]
    [ValidateNotNull]
    public object? Token { get; set; }

    /// <summary>The only authority to trust: a PEM file's path, PEM text (plain or base64 as in a kubeconfig), or certificates.</summary>
    [Parameter(ParameterSetName = ServerSet)]
    [ValidateNotNullOrEmpty]
    public object? CertificateAuthority { get; set; }

    /// <summary>Accepts any certificate. Whoever is on the way can then read and change everything.</summary>
    [Parameter(ParameterSetName = ServerSet)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Uses the service account of the pod that this process runs in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InClusterSet)]
    public SwitchParameter InCluster { get; set; }

    /// <summary>A sandbox that runs in this process, as Start-KubeSandbox -PassThru gives it: for another runspace than the one that started it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SandboxSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KubeSandbox? Sandbox { get; set; }

    /// <summary>The namespace of commands that name none; the context's own when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    private protected override void Process()
    {
        KubeSession session = Session;
        ClusterConfig cluster = ParameterSetName switch
        {
            ServerSet => DirectCluster.Create(Server!, Token, CertificateAuthority, SkipCertificateCheck, path => this.FullPath(path)!),
            InClusterSet => KubeconfigLoader.Default.ResolveInCluster(),
            SandboxSet => Sandbox!.Config,
            _ => KubeconfigLoader.Default.Resolve(this.FullPath(Kubeconfig), Context, TrustKubeconfig ? Trust : AsksToTrust),
        };
        if (Sandbox is null && session.Sandbox is { IsRunning: true }) WriteWarning($"This session leaves its sandbox: its commands now reach {cluster.Server.Authority}.");
        if (Sandbox is { } sandbox) session.Connect(sandbox, Namespace);
        else if (cluster.ContextName is { } context) session.Select(this.FullPath(Kubeconfig), context, Namespace, ClusterSelector.TryCurrentContext(session));
        else session.Connect(cluster, Namespace);
        // Said only now: a session that was to be in a sandbox must not reach the cluster that it had before.
        if (cluster.Ended?.Invoke() is { } over) throw over;
        WriteObject(new KubeConnection(cluster, Namespace ?? cluster.Namespace));
    }

    private bool Trust(ForeignReach reach)
    {
        WriteVerbose(reach.Text);
        return true;
    }
}
