using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PSKube.Config;

/// <summary>A value that cannot be used, told without its content.</summary>
internal sealed class FieldException(string message) : Exception(message)
{
}

/// <summary>Certificates and keys out of PEM text. Every failure names the field, never what stands in it.</summary>
internal static class PemFiles
{
    /// <summary>The authorities in a bundle; every certificate in it counts.</summary>
    public static X509Certificate2Collection Authorities(string field, string pem)
    {
        var bundle = new X509Certificate2Collection();
        try
        {
            bundle.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new FieldException($"{field} holds a certificate that cannot be read");
        }

        return bundle.Count > 0 ? bundle : throw new FieldException($"{field} holds no PEM certificate");
    }

    /// <summary>A client certificate with its key, and the intermediates that follow it in the file.</summary>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Client(string certificateField, string certificatePem, string keyField, string keyPem)
    {
        X509Certificate2Collection all = Authorities(certificateField, certificatePem);
        X509Certificate2 certificate = WithKey(all[0], certificateField, certificatePem, keyField, keyPem);
        all[0].Dispose();
        all.RemoveAt(0);
        return (certificate, all);
    }

    /// <summary>The text of a base64 field.</summary>
    public static string Decode(string field, string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new FieldException($"{field} is not base64");
        }
    }

    /// <summary>The text of a file that a field names.</summary>
    public static string ReadFile(string field, string path)
    {
        try
        {
            // Certificates, keys and tokens are small; a field that points elsewhere must not fill the memory.
            var file = new FileInfo(path);
            if (file.Exists && file.Length > ConfigNode.MaxBytes) throw new FieldException($"{field} '{path}' is too large");
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FieldException($"{field} '{path}' does not exist");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FieldException($"{field} '{path}' cannot be read");
        }
    }

    private static X509Certificate2 WithKey(X509Certificate2 leaf, string certificateField, string certificatePem, string keyField, string keyPem)
    {
        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal)) throw new FieldException($"{keyField} is encrypted, and there is no place for its password; store it without one (openssl pkey -in key.pem -out plain.pem)");
        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) throw new FieldException($"{keyField} holds no PEM private key");
        try
        {
            using X509Certificate2 ephemeral = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            // Schannel cannot use a key that lives in memory only (dotnet/runtime#23749).
            return OperatingSystem.IsWindows() ? new X509Certificate2(ephemeral.Export(X509ContentType.Pkcs12)) : new X509Certificate2(ephemeral);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new FieldException($"{keyField} does not belong to {certificateField} ({leaf.GetKeyAlgorithmName()}), or cannot be read");
        }
    }

    private static string GetKeyAlgorithmName(this X509Certificate2 certificate) => certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown key type";
}
