using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Secrets;

/// <summary>
/// Creates a secret and emits it: of values and files, of a user name and password, for a registry of images, or of a
/// certificate and its key, as <c>kubectl create secret</c> does. No value is ever written to a stream.
/// </summary>
[Cmdlet(VerbsCommon.New, "KubeSecret", DefaultParameterSetName = "Data", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1Secret))]
public sealed class NewKubeSecretCommand : NewNamedCmdlet
{
    /// <summary>The values, as text, SecureString or bytes: <c>@{ password = (Read-Host -AsSecureString) }</c>.</summary>
    [Parameter(Position = 1, ParameterSetName = "Data")]
    [ValidateNotNull]
    public IDictionary? Data { get; set; }

    /// <summary>Files, whose names become the keys, or <c>key=file</c>; a folder stands for all its files.</summary>
    [Parameter(ParameterSetName = "Data")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The secret's type; the server's default, <c>Opaque</c>, when not given.</summary>
    [Parameter(ParameterSetName = "Data")]
    [ValidateNotNullOrEmpty]
    public string? Type { get; set; }

    /// <summary>A user name and password: a secret of type <c>kubernetes.io/basic-auth</c>, or with -Registry what nodes fetch images with.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Credential")]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The registry of images that the credential is for, such as <c>registry.example.com</c>; makes a secret of type <c>kubernetes.io/dockerconfigjson</c>.</summary>
    [Parameter(ParameterSetName = "Credential")]
    [Alias("DockerServer")]
    [ValidateNotNullOrEmpty]
    public string? Registry { get; set; }

    /// <summary>The PEM file of a certificate, with its chain: a secret of type <c>kubernetes.io/tls</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Certificate")]
    [Alias("Cert")]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>The PEM file of the certificate's key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Certificate")]
    [Alias("Key")]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>Nobody can change it later, which also spares the nodes from watching it.</summary>
    [Parameter]
    public SwitchParameter Immutable { get; set; }

    private protected override void Process()
    {
        NameRules.CheckSubdomain(Name, "name");
        (string? type, DataEntries entries) = ParameterSetName switch
        {
            "Credential" => Registry is null ? ("kubernetes.io/basic-auth", BasicAuth(Credential!)) : ("kubernetes.io/dockerconfigjson", RegistryLogin(Registry, Credential!)),
            "Certificate" => ("kubernetes.io/tls", Certificate()),
            _ => (Type, DataParameters.Read(this, Data, Path)),
        };
        CreateObject(
            new V1Secret
            {
                ApiVersion = "v1",
                Kind = "Secret",
                Metadata = Metadata(Name, Namespace),
                Type = type,
                Immutable = Immutable ? true : null,
                Data = entries.All.Count > 0 ? entries.All.ToDictionary(StringComparer.Ordinal) : null,
            },
            BuiltInKinds.Secret);
    }

    private static DataEntries BasicAuth(PSCredential credential)
    {
        var entries = new DataEntries();
        entries.Add("username", credential.UserName);
        entries.Add("password", credential.Password);
        return entries;
    }

    /// <summary>The file that docker login writes.</summary>
    private static DataEntries RegistryLogin(string registry, PSCredential credential)
    {
        string password = credential.GetNetworkCredential().Password;
        var login = new JsonObject
        {
            ["username"] = credential.UserName,
            ["password"] = password,
            ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{password}")),
        };
        var entries = new DataEntries();
        entries.Add(".dockerconfigjson", new JsonObject { ["auths"] = new JsonObject { [registry] = login } }.ToJsonString());
        return entries;
    }

    private DataEntries Certificate()
    {
        string certificate = Clusters.KubeconfigPaths.FullPath(this, CertificatePath)!;
        string key = Clusters.KubeconfigPaths.FullPath(this, KeyPath)!;
        var entries = new DataEntries();
        entries.AddPath(certificate, "tls.crt");
        entries.AddPath(key, "tls.key");
        try
        {
            // kubectl checks that the two belong together before it sends them.
            using X509Certificate2 both = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(entries.All["tls.crt"]), Encoding.UTF8.GetString(entries.All["tls.key"]));
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw PodTemplateBuilder.Invalid($"'{certificate}' and '{key}' are no certificate and its key in PEM form.");
        }

        return entries;
    }
}
