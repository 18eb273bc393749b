using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Commands.Clusters;

/// <summary>Chooses the cluster of this session: a kubeconfig context, a server and a token, or the pod's own.</summary>
[Cmdlet(VerbsCommunications.Connect, "KubeCluster", DefaultParameterSetName = KubeconfigSet)]
[OutputType(typeof(KubeContext))]
public sealed class ConnectKubeClusterCommand : KubeCmdlet
{
    private const string KubeconfigSet = "Kubeconfig";
    private const string ServerSet = "Server";
    private const string InClusterSet = "InCluster";

    /// <summary>The kubeconfig file; <c>KUBECONFIG</c> or <c>~/.kube/config</c> when not given.</summary>
    [Parameter(ParameterSetName = KubeconfigSet, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    /// <summary>The context, exact case; the file's current one when not given.</summary>
    [Parameter(ParameterSetName = KubeconfigSet, Position = 1)]
    [ArgumentCompleter(typeof(Parameters.ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The API server's address, <c>https://host:6443</c>.</summary>
    [Parameter(ParameterSetName = ServerSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Server { get; set; } = "";

    /// <summary>
    /// The bearer token: a SecureString, or a script block that returns one (a text, a SecureString, or an object with
    /// <c>Token</c> and <c>ExpiresOn</c> such as <c>Get-AzAccessToken</c> emits) and is asked again before it runs out.
    /// </summary>
    [Parameter(ParameterSetName = ServerSet)]
    [ValidateNotNull]
    public object? Token { get; set; }

    /// <summary>The only authority to trust: a PEM text, the path of a PEM file, or a certificate. The machine's own when not given.</summary>
    [Parameter(ParameterSetName = ServerSet)]
    [ValidateNotNull]
    public object? CertificateAuthority { get; set; }

    /// <summary>Do not check the server's certificate. Anyone on the way can then read and change what is sent.</summary>
    [Parameter(ParameterSetName = ServerSet)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Use the service account of the pod that this process runs in.</summary>
    [Parameter(ParameterSetName = InClusterSet, Mandatory = true)]
    public SwitchParameter InCluster { get; set; }

    /// <summary>The namespace of this session's commands that name none.</summary>
    [Parameter]
    [Alias("ns")]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    private protected override void Process()
    {
        KubeSession session = KubeSession.Current;
        ClusterConfig config;
        if (ParameterSetName == KubeconfigSet)
        {
            string? file = Kubeconfig is null ? null : GetUnresolvedProviderPathFromPSPath(Kubeconfig);
            config = ClusterSelector.Resolve(new KubeSession(), file, Context);
            session.Use(file, Context, Namespace);
        }
        else
        {
            config = InCluster ? Config.InCluster.Load() : FromParameters();
            session.Connect(config, Namespace);
        }

        WriteObject(KubeContext.Of(config, Namespace));
    }

    private ClusterConfig FromParameters()
    {
        if (SkipCertificateCheck && CertificateAuthority is not null)
        {
            throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidArgument, "-SkipCertificateCheck and -CertificateAuthority exclude each other.") { EndsCommand = true };
        }

        Uri server = KubeconfigCluster.ParseServer(Server);
        ICredentialSource credentials = ReadToken();
        var warnings = new List<string>();
        if (SkipCertificateCheck) warnings.Add($"The certificate of {server.Authority} is not checked: anyone on the way can read and change what is sent.");
        if (server.Scheme == "http" && !server.IsLoopback && Token is not null) warnings.Add($"Credentials for {server.Authority} are sent unencrypted: its address begins with http://.");
        return new ClusterConfig
        {
            Server = server,
            Source = "parameters",
            CertificateAuthority = CertificateAuthority is null ? null : ReadAuthority(),
            SkipTlsVerify = SkipCertificateCheck,
            Credentials = credentials,
            Warnings = warnings,
        };
    }

    private ICredentialSource ReadToken()
    {
        object? value = Token is PSObject wrapped ? wrapped.BaseObject : Token;
        return value switch
        {
            null => AnonymousCredentials.Instance,
            SecureString secure => new FixedCredentials(new Credential { Authorization = $"Bearer {new NetworkCredential("", secure).Password}" }),
            ScriptBlock script => new ScriptCredentials(script),
            _ => throw new KubeException("KubeTokenInvalid", ErrorCategory.InvalidArgument, $"-Token takes a SecureString or a script block, not a {value.GetType().Name}: plain text would stay in history and logs.")
            {
                RecommendedAction = "Use Read-Host -AsSecureString, or a script block that returns the token.",
                EndsCommand = true,
            },
        };
    }

    private X509Certificate2Collection ReadAuthority()
    {
        object value = CertificateAuthority is PSObject wrapped ? wrapped.BaseObject : CertificateAuthority!;
        try
        {
            return value switch
            {
                X509Certificate2 certificate => [certificate],
                string text when text.Contains("-----BEGIN", StringComparison.Ordinal) => Pem.ReadAuthorities(text),
                string path => Pem.ReadAuthorities(File.ReadAllText(GetUnresolvedProviderPathFromPSPath(path))),
                _ => throw new FormatException($"a {value.GetType().Name} is no certificate"),
            };
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidArgument, $"-CertificateAuthority cannot be used: {failure.Message}") { EndsCommand = true };
        }
    }
}
