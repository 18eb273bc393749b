namespace PSKube.Config;

/// <summary>The cluster that this process runs in, through its pod's service account (client-go <c>rest.InClusterConfig</c>).</summary>
internal static class InClusterConfig
{
    /// <summary>Where the kubelet mounts a service account.</summary>
    public const string DefaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>True inside a pod that has a service account.</summary>
    public static bool IsAvailable(Func<string, string?> environment, string folder = DefaultFolder) =>
        Server(environment) is not null && File.Exists(Path.Combine(folder, "token"));

    /// <summary>The pod's own configuration.</summary>
    public static ClusterConfig Load(Func<string, string?> environment, string folder = DefaultFolder)
    {
        const string source = "in-cluster";
        if (Server(environment) is not { } server) throw ConfigErrors.NotFound(["KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT (not set: this is not a pod)"]);
        try
        {
            string tokenFile = Path.Combine(folder, "token");
            string namespaceFile = Path.Combine(folder, "namespace");
            // Read once now, so that a missing token is said here and not by the first request.
            _ = ReadToken(tokenFile);
            string ns = File.Exists(namespaceFile) ? PemFiles.ReadFile("namespace", namespaceFile).Trim() : "";
            return new ClusterConfig
            {
                Server = server,
                Source = source,
                Namespace = ns.Length > 0 ? ns : "default",
                CertificateAuthority = PemFiles.Authorities("ca.crt", PemFiles.ReadFile("ca.crt", Path.Combine(folder, "ca.crt"))),
                Credentials = new ReloadingCredentials(source, () => ReadToken(tokenFile)),
            };
        }
        catch (FieldException error)
        {
            throw ConfigErrors.Invalid(source, error.Message);
        }
    }

    private static Credential ReadToken(string path) => new() { Authorization = Credential.Bearer(TokenFile.Read("token", path)) };

    private static Uri? Server(Func<string, string?> environment)
    {
        string? host = environment("KUBERNETES_SERVICE_HOST");
        string? port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port)) return null;
        string name = host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
        return Uri.TryCreate($"https://{name}:{port}/", UriKind.Absolute, out Uri? server) ? server : null;
    }
}

/// <summary>A file that holds a token and nothing else.</summary>
internal static class TokenFile
{
    public static string Read(string field, string path)
    {
        string token = PemFiles.ReadFile(field, path).Trim();
        if (token.Length == 0) throw new FieldException($"{field} '{path}' is empty");
        // Whatever this is, it is no token, and it must not be sent to anybody.
        return token.Any(static c => char.IsControl(c) || c > 0x7e) ? throw new FieldException($"{field} '{path}' does not hold a token") : token;
    }
}
