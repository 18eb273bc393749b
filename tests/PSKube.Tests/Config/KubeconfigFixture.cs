using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Tests.Config;

/// <summary>A folder of its own for each test, and an environment that is not the machine's.</summary>
public abstract class KubeconfigFixture : IDisposable
{
    private readonly Dictionary<string, string?> _environment = [];

    protected KubeconfigFixture()
    {
        Folder = Directory.CreateTempSubdirectory("pskube-").FullName;
    }

    protected string Folder { get; }

    internal KubeconfigLoader Loader => new(_environment.GetValueOrDefault, Path.Combine(Folder, "home"), Path.Combine(Folder, "serviceaccount"));

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(Folder, recursive: true);

    protected void SetEnvironment(string name, string? value) => _environment[name] = value;

    protected string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A kubeconfig with one context <c>c</c> whose user has the given lines.</summary>
    protected string WriteUser(string user, string cluster = "server: https://h:6443") => Write("config", $$"""
        apiVersion: v1
        kind: Config
        current-context: c
        clusters:
        - name: k
          cluster:
            {{cluster.Replace("\n", "\n    ", StringComparison.Ordinal)}}
        users:
        - name: u
          user:
            {{user.Replace("\n", "\n    ", StringComparison.Ordinal)}}
        contexts:
        - name: c
          context: {cluster: k, user: u}

        """);

    internal ClusterConfig Resolve(string path, string? context = null) => Loader.Resolve(path, context);

    internal KubeException Refused(string path, string? context = null) => Assert.Throws<KubeException>(() => Loader.Resolve(path, context));

    internal static async Task<string?> Authorization(ClusterConfig config) => (await config.Credentials.GetAsync(null, default)).Authorization;
}

/// <summary>Certificates made on the spot.</summary>
internal static class Certificates
{
    public static X509Certificate2 Authority(string name = "CN=test authority", X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        if (issuer is null) return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using X509Certificate2 signed = request.Create(issuer, DateTimeOffset.UtcNow.AddHours(-23), DateTimeOffset.UtcNow.AddHours(23), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    public static X509Certificate2 Leaf(X509Certificate2 issuer, string[] names, DateTimeOffset? from = null, DateTimeOffset? to = null, string purpose = "1.3.6.1.5.5.7.3.1", string subject = "CN=leaf")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        if (names.Length > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out IPAddress? address)) alternatives.AddIpAddress(address);
                else alternatives.AddDnsName(name);
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        X509SignatureGenerator generator = X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!);
        using X509Certificate2 signed = request.Create(issuer.SubjectName, generator, from ?? DateTimeOffset.UtcNow.AddHours(-1), to ?? DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public static string KeyPem(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
