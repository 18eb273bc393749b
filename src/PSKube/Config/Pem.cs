using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PSKube.Config;

/// <summary>A client certificate with its key, and the intermediates that stand behind it in its file.</summary>
internal sealed record ClientCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain);

/// <summary>Reads certificates and keys. A failure names the field, never the content.</summary>
internal static class Pem
{
    /// <summary>Reads every certificate of a bundle.</summary>
    /// <exception cref="FormatException">There is none, or one is damaged.</exception>
    public static X509Certificate2Collection ReadAuthorities(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new FormatException("a certificate in it is damaged");
        }

        return certificates.Count > 0 ? certificates : throw new FormatException("it holds no PEM certificate");
    }

    /// <summary>Reads a client certificate, its chain and its key.</summary>
    /// <exception cref="FormatException">One is missing, damaged or encrypted, or they do not belong together.</exception>
    public static ClientCertificate ReadClientCertificate(string certificatePem, string keyPem)
    {
        X509Certificate2Collection all;
        try
        {
            all = ReadAuthorities(certificatePem);
        }
        catch (FormatException failure)
        {
            throw new FormatException($"client-certificate: {failure.Message}");
        }

        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal)) throw new FormatException("client-key is encrypted; a kubeconfig takes keys without a passphrase only");
        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) throw new FormatException("client-key holds no PEM private key");
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new FormatException("client-key is damaged, or does not belong to client-certificate");
        }

        // Schannel cannot use a key that lives in memory only (dotnet/runtime#66283).
        if (OperatingSystem.IsWindows())
        {
            using X509Certificate2 inMemory = certificate;
            certificate = Reimport(inMemory.Export(X509ContentType.Pkcs12));
        }

        all.RemoveAt(0);
        return new ClientCertificate(certificate, all);
    }

    private static X509Certificate2 Reimport(byte[] pkcs12) => new(pkcs12, (string?)null, X509KeyStorageFlags.DefaultKeySet);
}
