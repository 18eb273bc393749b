using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace PSKube.FaultServer;

/// <summary>An authority of our own, and certificates that it signs.</summary>
public sealed class TestAuthority(string name = "pskube test authority") : IDisposable
{
    private readonly X509Certificate2 _root = Certificates.Authority($"CN={name}");

    /// <summary>The authority's certificate as PEM.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>A certificate for a server, with its key.</summary>
    public X509Certificate2 Sign(string name, DateTimeOffset? from = null, DateTimeOffset? until = null, IPAddress? address = null) =>
        Certificates.Leaf(_root, address is null ? [name] : [name, address.ToString()], from, until);

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();
}
