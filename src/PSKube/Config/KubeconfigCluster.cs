using System.Globalization;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// Turns one context of a kubeconfig into a <see cref="ClusterConfig"/>. Every problem is gathered before any is told, as
/// client-go does (<c>tools/clientcmd/validation.go</c>); what is not supported is refused by name, never ignored.
/// </summary>
internal sealed class KubeconfigCluster
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];

    private KubeconfigCluster()
    {
    }

    /// <summary>Reads a context.</summary>
    /// <exception cref="KubeException">The context, its cluster or its user is missing or wrong.</exception>
    public static ClusterConfig Read(Kubeconfig kubeconfig, string? contextName) => new KubeconfigCluster().ReadContext(kubeconfig, contextName);

    private ClusterConfig ReadContext(Kubeconfig kubeconfig, string? contextName)
    {
        KubeconfigEntry context = kubeconfig.Context(contextName);
        string? clusterName = Text(context, "cluster");
        string? userName = Text(context, "user");
        KubeconfigEntry? cluster = Find(kubeconfig.Clusters, clusterName, "cluster", context);
        // A context without a user is a context without credentials; one that names a missing user is a mistake.
        KubeconfigEntry? user = userName is null ? null : Find(kubeconfig.Users, userName, "user", context);

        Uri? server = cluster is null ? null : ReadServer(cluster);
        bool skipVerify = cluster is not null && Flag(cluster, "insecure-skip-tls-verify");
        X509Certificate2Collection? authority = cluster is null ? null : ReadAuthority(cluster);
        if (skipVerify && (cluster!.Content["certificate-authority-data"] ?? cluster.Content["certificate-authority"]) is not null) _problems.Add($"cluster '{clusterName}': insecure-skip-tls-verify and a certificate-authority exclude each other");
        Uri? proxy = cluster is null ? null : ReadProxy(cluster);
        Impersonation? impersonation = user is null ? null : ReadImpersonation(user);
        ICredentialSource credentials = user is null ? AnonymousCredentials.Instance : ReadCredentials(user, cluster, server);
        if (_problems.Count > 0)
        {
            throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, $"The context '{context.Name}' of {context.File} cannot be used: {string.Join("; ", _problems)}.")
            {
                Target = context.Name,
                EndsCommand = true,
            };
        }

        if (skipVerify) _warnings.Add($"The certificate of {server!.Authority} is not checked (insecure-skip-tls-verify): anyone on the way can read and change what is sent.");
        if (server!.Scheme == "http" && !server.IsLoopback && credentials is not AnonymousCredentials) _warnings.Add($"Credentials for {server.Authority} are sent unencrypted: its address begins with http://.");
        return new ClusterConfig
        {
            Server = server,
            Source = context.File,
            ContextName = context.Name,
            ClusterName = clusterName,
            UserName = userName,
            Namespace = Text(context, "namespace") ?? "default",
            CertificateAuthority = authority,
            SkipTlsVerify = skipVerify,
            TlsServerName = Text(cluster!, "tls-server-name"),
            Proxy = proxy,
            DisableCompression = Flag(cluster!, "disable-compression"),
            Credentials = credentials,
            Impersonation = impersonation,
            Warnings = _warnings,
        };
    }

    private KubeconfigEntry? Find(IReadOnlyDictionary<string, KubeconfigEntry> entries, string? name, string what, KubeconfigEntry context)
    {
        if (name is null) _problems.Add($"it names no {what}");
        else if (entries.TryGetValue(name, out KubeconfigEntry? found)) return found;
        else _problems.Add($"its {what} '{name}' is in none of the files (names are exact, case included)");
        return null;
    }

    private Uri? ReadServer(KubeconfigEntry cluster)
    {
        string? text = Text(cluster, "server");
        if (text is null)
        {
            _problems.Add($"cluster '{cluster.Name}' has no server");
            return null;
        }

        try
        {
            return ParseServer(text);
        }
        catch (KubeException failure)
        {
            _problems.Add($"cluster '{cluster.Name}': {failure.Message.TrimEnd('.')}");
            return null;
        }
    }

    /// <summary>Reads a server's address: http or https, a path prefix kept, no user in it.</summary>
    /// <exception cref="KubeException">The text is no such address (<c>KubeConfigInvalid</c>).</exception>
    public static Uri ParseServer(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        if (!Uri.TryCreate(full.EndsWith('/') ? full : full + "/", UriKind.Absolute, out Uri? server) || server.Scheme is not ("http" or "https") || server.Host.Length == 0)
        {
            throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, "the server is no http or https address.") { EndsCommand = true };
        }

        if (server.UserInfo.Length > 0) throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, "the server's address carries a user name or password; put credentials in the user entry.") { EndsCommand = true };
        if (server.Query.Length > 0 || server.Fragment.Length > 0) throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, "the server's address carries a query or fragment.") { EndsCommand = true };
        return server;
    }

    private X509Certificate2Collection? ReadAuthority(KubeconfigEntry cluster)
    {
        byte[]? pem = Data(cluster, "certificate-authority-data") ?? FileContent(cluster, "certificate-authority");
        if (pem is null) return null;
        try
        {
            return Pem.ReadAuthorities(Encoding.UTF8.GetString(pem));
        }
        catch (FormatException failure)
        {
            _problems.Add($"cluster '{cluster.Name}': certificate-authority: {failure.Message}");
            return null;
        }
    }

    private Uri? ReadProxy(KubeconfigEntry cluster)
    {
        string? text = Text(cluster, "proxy-url");
        if (text is null) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks5") return proxy;
        _problems.Add($"cluster '{cluster.Name}': proxy-url has to begin with http://, https:// or socks5://");
        return null;
    }

    private Impersonation? ReadImpersonation(KubeconfigEntry user)
    {
        string? name = Text(user, "as");
        string? uid = Text(user, "as-uid");
        IReadOnlyList<string> groups = Texts(user, user.Content["as-groups"], "as-groups");
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (user.Content["as-user-extra"] is JsonObject map)
        {
            foreach ((string key, JsonNode? values) in map) extra[key] = Texts(user, values, $"as-user-extra.{key}");
        }

        if (name is not null) return new Impersonation(name, uid, groups, extra);
        if (uid is not null || groups.Count > 0 || extra.Count > 0) _problems.Add($"user '{user.Name}': as-uid, as-groups and as-user-extra need 'as'");
        return null;
    }

    private ICredentialSource ReadCredentials(KubeconfigEntry user, KubeconfigEntry? cluster, Uri? server)
    {
        ClientCertificate? certificate = ReadClientCertificate(user);
        string? token = Text(user, "token");
        string? tokenFile = PathOf(user, "tokenFile");
        string? name = Text(user, "username");
        string? password = Text(user, "password");
        if (user.Content["auth-provider"] is JsonObject provider)
        {
            if (provider["name"]?.ToString() == "oidc" && provider["config"]?["id-token"]?.ToString() is { Length: > 0 } idToken) token ??= idToken;
            else _problems.Add($"user '{user.Name}': auth-provider '{provider["name"]}' is not supported; use its exec plugin instead (kubelogin for azure, gke-gcloud-auth-plugin for gcp)");
        }

        if (token is not null && (name is not null || password is not null)) _problems.Add($"user '{user.Name}': a token and a user name exclude each other");
        if (token is not null || (tokenFile is null && name is not null))
        {
            string authorization = token is not null ? $"Bearer {token.Trim()}" : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))}";
            return new FixedCredentials(new Credential { Authorization = authorization, ClientCertificate = certificate?.Certificate, ClientCertificateChain = certificate?.Chain });
        }

        if (tokenFile is not null)
        {
            if (!File.Exists(tokenFile)) _problems.Add($"user '{user.Name}': the tokenFile {tokenFile} cannot be read");
            return new TokenFileCredentials(tokenFile, certificate);
        }

        if (user.Content["exec"] is JsonObject exec)
        {
            try
            {
                return new ExecCredentials(ExecPlugin.Read(exec, user.File, cluster, server), certificate);
            }
            catch (KubeException failure)
            {
                _problems.Add($"user '{user.Name}': {failure.Message.TrimEnd('.')}");
                return AnonymousCredentials.Instance;
            }
        }

        if (certificate is not null) return new FixedCredentials(new Credential { ClientCertificate = certificate.Certificate, ClientCertificateChain = certificate.Chain });
        return AnonymousCredentials.Instance;
    }

    private ClientCertificate? ReadClientCertificate(KubeconfigEntry user)
    {
        byte[]? certificate = Data(user, "client-certificate-data") ?? FileContent(user, "client-certificate");
        byte[]? key = Data(user, "client-key-data") ?? FileContent(user, "client-key");
        if (certificate is null && key is null) return null;
        if (certificate is null || key is null)
        {
            _problems.Add($"user '{user.Name}': client-{(certificate is null ? "certificate" : "key")} is missing; the certificate and its key go together");
            return null;
        }

        try
        {
            return Pem.ReadClientCertificate(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
        }
        catch (FormatException failure)
        {
            _problems.Add($"user '{user.Name}': {failure.Message}");
            return null;
        }
    }

    private byte[]? Data(KubeconfigEntry entry, string field)
    {
        string? text = Text(entry, field);
        if (text is null) return null;
        string file = field[..^5];
        if (entry.Content[file] is not null) _warnings.Add($"'{entry.Name}' has both {file} and {field}; the data is used, as kubectl does.");
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            _problems.Add($"'{entry.Name}': {field} is not base64");
            return null;
        }
    }

    private byte[]? FileContent(KubeconfigEntry entry, string field)
    {
        string? path = PathOf(entry, field);
        if (path is null) return null;
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"'{entry.Name}': {field} {path} cannot be read");
            return null;
        }
    }

    /// <summary>A path of an entry, against the folder of the file in which the entry stands.</summary>
    private string? PathOf(KubeconfigEntry entry, string field) => Text(entry, field) is { } path ? Path.GetFullPath(path, Path.GetDirectoryName(entry.File)!) : null;

    private string? Text(KubeconfigEntry entry, string field)
    {
        try
        {
            return Kubeconfig.Text(entry.Content, field, entry.File, $"'{entry.Name}': ");
        }
        catch (KubeException)
        {
            _problems.Add($"'{entry.Name}': {field} has to be a text; put it in quotes");
            return null;
        }
    }

    private bool Flag(KubeconfigEntry entry, string field)
    {
        if (entry.Content[field] is not { } value) return false;
        if (value is JsonValue flag && flag.TryGetValue(out bool set)) return set;
        _problems.Add($"'{entry.Name}': {field} has to be true or false");
        return false;
    }

    private IReadOnlyList<string> Texts(KubeconfigEntry entry, JsonNode? list, string field)
    {
        if (list is null) return [];
        if (list is JsonArray items && items.All(item => item is JsonValue value && value.TryGetValue(out string? _))) return [.. items.Select(item => item!.GetValue<string>())];
        _problems.Add(string.Create(CultureInfo.InvariantCulture, $"'{entry.Name}': {field} has to be a list of texts"));
        return [];
    }
}
