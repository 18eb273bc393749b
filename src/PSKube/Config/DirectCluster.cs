using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PSKube.Config;

/// <summary>A cluster that is described by parameters instead of a kubeconfig.</summary>
internal static class DirectCluster
{
    private const string Source = "parameters";

    /// <summary>The configuration; every parameter that cannot be used is named in one failure.</summary>
    public static ClusterConfig Create(Uri server, object? token, object? authority, bool skipCheck, Func<string, string> fullPath)
    {
        var problems = new List<string>();
        Uri? address = Try(problems, () => ServerAddress.Parse("-Server", server.OriginalString));
        X509Certificate2Collection? trusted = authority is null ? null : Try(problems, () => Authorities(Bare(authority), fullPath));
        ICredentialSource? credentials = Try(problems, () => Credentials(token));
        if (skipCheck && authority is not null) problems.Add("-SkipCertificateCheck and -CertificateAuthority exclude each other");
        if (problems.Count > 0) throw ConfigErrors.Invalid(Source, problems);
        var warnings = new List<string>();
        if (skipCheck) warnings.Add(ServerTrust.SkipWarning(address!));
        if (token is not null && ServerAddress.SendsInTheClear(address!)) warnings.Add(ServerAddress.ClearWarning(address!));
        return new ClusterConfig
        {
            Server = address!,
            Source = Source,
            CertificateAuthority = trusted,
            SkipTlsVerify = skipCheck,
            Credentials = credentials!,
            Warnings = warnings,
        };
    }

    private static ICredentialSource Credentials(object? token)
    {
        switch (Bare(token))
        {
            case null:
                return AnonymousCredentials.Instance;
            case ScriptBlock script:
                var asked = ScriptTokenCredentials.FromScript(script);
                asked.RefreshIfDue();
                return asked;
            case string:
                throw new FieldException("-Token is plain text, which stays in the history and in transcripts; give a SecureString (Read-Host -AsSecureString) or a script block that returns the token");
            case SecureString secure:
                return Fixed(ScriptTokenCredentials.Plain(secure));
            default:
                return Fixed(ScriptTokenCredentials.Plain(PSObject.AsPSObject(token!).Properties["Token"]?.Value));
        }
    }

    private static FixedCredentials Fixed(string token) => token.Length > 0 && !token.Any(static c => char.IsControl(c) || c is ' ' or > '~')
        ? new FixedCredentials(new Credential { Authorization = Credential.Bearer(token) })
        : throw new FieldException("-Token holds no token: it takes a SecureString, a script block, or an object with a Token property");

    private static X509Certificate2Collection Authorities(object? authority, Func<string, string> fullPath)
    {
        const string field = "-CertificateAuthority";
        switch (authority)
        {
            case X509Certificate2 certificate:
                return [certificate];
            case string text when text.Contains("-----BEGIN", StringComparison.Ordinal):
                return PemFiles.Authorities(field, text);
            case string text when Base64Pem(text) is { } pem:
                return PemFiles.Authorities(field, pem);
            case string path:
                string file = fullPath(path);
                return PemFiles.Authorities($"{field} '{file}'", PemFiles.ReadFile(field, file));
            case IEnumerable several when several.Cast<object>().Select(Bare).ToArray() is { Length: > 0 } all && all.All(static one => one is X509Certificate2):
                return [.. all.Cast<X509Certificate2>()];
            default:
                throw new FieldException($"{field} takes a PEM file's path, PEM text or certificates");
        }
    }

    /// <summary>The PEM in certificate-authority-data; null when the text is something else, such as a path.</summary>
    private static string? Base64Pem(string text)
    {
        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, buffer, out int length)) return null;
        string decoded = Encoding.UTF8.GetString(buffer, 0, length);
        return decoded.Contains("-----BEGIN", StringComparison.Ordinal) ? decoded : null;
    }

    private static object? Bare(object? value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    private static T? Try<T>(List<string> problems, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (FieldException error)
        {
            problems.Add(error.Message);
            return null;
        }
    }
}
