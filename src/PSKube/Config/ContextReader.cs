using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// Turns one context into a <see cref="ClusterConfig"/>, gathering every problem before it complains (client-go
/// <c>tools/clientcmd/validation.go</c>, <c>client_config.go</c>).
/// </summary>
internal sealed class ContextReader
{
    private readonly Kubeconfig _kubeconfig;
    private readonly KubeconfigEntry _context;
    private readonly KubeconfigEntry? _cluster;
    private readonly KubeconfigEntry? _user;
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private IReadOnlyList<string> _agreed = [];

    public ContextReader(Kubeconfig kubeconfig, KubeconfigEntry context)
    {
        _kubeconfig = kubeconfig;
        _context = context;
        if (context.Text("cluster") is not { } cluster) _problems.Add($"context '{context.Name}' names no cluster");
        else if (!kubeconfig.Clusters.TryGetValue(cluster, out _cluster)) _problems.Add($"cluster '{cluster}' of context '{context.Name}' does not exist");
        if (context.Text("user") is { } user && !kubeconfig.Users.TryGetValue(user, out _user)) _problems.Add($"user '{user}' of context '{context.Name}' does not exist");
    }

    /// <summary>Makes sure that what a kubeconfig from elsewhere does on this machine was agreed to; nothing is read or started before.</summary>
    public void DemandTrust(Func<ForeignReach, bool>? ask)
    {
        if (_kubeconfig.IsOwnPlace) return;
        ForeignReach reach = Reach();
        // What cannot be used anyway need not be agreed to, nor be looked into any further.
        if (reach.Deeds.Count > 0 && _problems.Count > 0) throw ConfigErrors.Invalid(_kubeconfig.Source, _problems);
        KubeconfigTrust.Demand(reach, ask);
        _agreed = reach.Files;
    }

    /// <summary>The configuration, or one failure that names everything that is wrong with it.</summary>
    public ClusterConfig Read()
    {
        DemandTrust(ask: null);
        X509Certificate2Collection? authority = Try(Authority);
        bool skip = _cluster?.Flag("insecure-skip-tls-verify") ?? false;
        if (skip && authority is not null) _problems.Add($"cluster '{_cluster!.Name}' has both insecure-skip-tls-verify and a certificate-authority; remove one of them");
        Uri? server = Try(Server);
        Uri? proxy = Try(ProxyUri);
        ICredentialSource? credentials = Try(Credentials);
        Impersonation? impersonation = Impersonated();
        if (_problems.Count > 0) throw ConfigErrors.Invalid(_kubeconfig.Source, _problems);

        if (skip) _warnings.Add(ServerTrust.SkipWarning(server!));
        if (credentials is not AnonymousCredentials && ServerAddress.SendsInTheClear(server!)) _warnings.Add(ServerAddress.ClearWarning(server!));
        return new ClusterConfig
        {
            Server = server!,
            Source = _context.File,
            ContextName = _context.Name,
            ClusterName = _cluster!.Name,
            UserName = _user?.Name,
            Namespace = _context.Text("namespace") ?? "default",
            CertificateAuthority = authority,
            SkipTlsVerify = skip,
            TlsServerName = _cluster.Text("tls-server-name"),
            Proxy = proxy,
            DisableCompression = _cluster.Flag("disable-compression"),
            Credentials = credentials!,
            Impersonation = impersonation,
            Warnings = _warnings,
        };
    }

    private T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (FieldException error)
        {
            _problems.Add(error.Message);
            return null;
        }
    }

    private Uri? Server()
    {
        if (_cluster is null) return null;
        if (_cluster.Text("server") is not { } text) throw new FieldException($"cluster '{_cluster.Name}' names no server");
        return ServerAddress.Parse($"server of cluster '{_cluster.Name}'", text);
    }

    private Uri? ProxyUri() => _cluster?.Text("proxy-url") is { } text ? ServerAddress.ParseProxy($"proxy-url of cluster '{_cluster.Name}'", text) : null;

    private X509Certificate2Collection? Authority() => _cluster is not null && Pem(_cluster, "certificate-authority") is { } pem ? PemFiles.Authorities(Field(_cluster, "certificate-authority"), pem()) : null;

    private ICredentialSource? Credentials()
    {
        if (_user is null) return _problems.Count > 0 ? null : AnonymousCredentials.Instance;
        Func<(X509Certificate2 Certificate, X509Certificate2Collection Chain)>? certificate = Try(ClientCertificate);
        string? token = _user.Text("token");
        string? tokenFile = _user.FilePath("tokenFile");
        string? name = _user.Text("username");
        string? password = _user.Text("password");
        bool basic = name is not null || password is not null;
        if (basic && (token is not null || tokenFile is not null)) _problems.Add($"user '{_user.Name}' has both a token and a user name with password; only one is allowed");
        ConfigNode? exec = _user.Content?.Get("exec");
        ConfigNode? provider = _user.Content?.Get("auth-provider");
        if (exec is not null && provider is not null) _problems.Add($"user '{_user.Name}' has both exec and auth-provider; only one is allowed");
        ExecCommand? plugin = exec is null ? null : Try(() => Plugin(exec));
        if (provider is not null && exec is null) token ??= Try(() => ProviderToken(provider));
        if (token is not null && token.Any(static c => char.IsControl(c) || c > 0x7e)) _problems.Add($"token of user '{_user.Name}' has characters that no HTTP header can carry");
        if (_problems.Count > 0) return null;

        // A fixed token wins over a plugin, and a token file over both its fixed twin and a plugin, as in client-go.
        if (plugin is not null && token is null && tokenFile is null && !basic && certificate is null) return new ExecCredentialSource(plugin);
        if (plugin is not null && token is null && tokenFile is null && !basic) return new CertificateAndPlugin(FileBacked(() => Held(null, certificate)), new ExecCredentialSource(plugin));
        string? authorization = basic ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")) : token is null ? null : Credential.Bearer(token);
        if (authorization is null && tokenFile is null && certificate is null) return AnonymousCredentials.Instance;
        return FileBacked(() => Held(tokenFile is null ? authorization : Credential.Bearer(TokenFile.Read(Field(_user, "tokenFile"), Agreed(_user, Field(_user, "tokenFile"), tokenFile))), certificate));
    }

    /// <summary>Reads once now, so that all problems come in one message; from then on as the files are rotated.</summary>
    private ICredentialSource FileBacked(Func<Credential> read)
    {
        Credential first = read();
        if (_user!.Text("tokenFile") is null && !ReadsFile("client-certificate") && !ReadsFile("client-key")) return new FixedCredentials(first);
        return new ReloadingCredentials(_context.File, read);

        bool ReadsFile(string key) => _user.Text(key) is not null && _user.Text(key + "-data") is null;
    }

    private static Credential Held(string? authorization, Func<(X509Certificate2 Certificate, X509Certificate2Collection Chain)>? certificate)
    {
        if (certificate is null) return new Credential { Authorization = authorization };
        (X509Certificate2 client, X509Certificate2Collection chain) = certificate();
        return new Credential { Authorization = authorization, ClientCertificate = client, ClientCertificateChain = chain };
    }

    private Func<(X509Certificate2 Certificate, X509Certificate2Collection Chain)>? ClientCertificate()
    {
        Func<string>? certificate = Pem(_user!, "client-certificate");
        Func<string>? key = Pem(_user!, "client-key");
        if (certificate is null && key is null) return null;
        if (certificate is null) throw new FieldException($"user '{_user!.Name}' has a client-key but no client-certificate");
        if (key is null) throw new FieldException($"user '{_user!.Name}' has a client-certificate but no client-key");
        string certificateField = Field(_user!, "client-certificate");
        string keyField = Field(_user!, "client-key");
        (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load() => PemFiles.Client(certificateField, certificate(), keyField, key());
        Load().Certificate.Dispose();
        return Load;
    }

    /// <summary>A PEM value that stands in the file itself or beside it; the data wins.</summary>
    private Func<string>? Pem(KubeconfigEntry entry, string key)
    {
        string field = Field(entry, key);
        string? file = entry.FilePath(key);
        if (entry.Text(key + "-data") is { } data)
        {
            if (file is not null) _warnings.Add($"{key}-data and {key} are both given for '{entry.Name}' in {entry.File}; {key}-data is used.");
            return () => PemFiles.Decode(field, data);
        }

        if (file is null) return null;
        return () => PemFiles.ReadFile(field, Agreed(entry, field, file));
    }

    private string Field(KubeconfigEntry entry, string key) => $"{key}{(entry.Text(key + "-data") is null ? "" : "-data")} of {(ReferenceEquals(entry, _user) ? "user" : "cluster")} '{entry.Name}'";

    private ForeignReach Reach()
    {
        var deeds = new List<string>();
        var files = new List<string>();
        if (_user?.Content?.Get("exec") is { } exec && _user.Text("token") is null && _user.Text("tokenFile") is null && _user.Text("username") is null && _user.Text("password") is null) deeds.Add(Program(exec));
        AddFile(_cluster, "certificate-authority");
        AddFile(_user, "client-certificate");
        AddFile(_user, "client-key");
        AddFile(_user, "tokenFile");
        return new ForeignReach(_context.File, _cluster?.Text("server") ?? "no server", deeds, files);

        void AddFile(KubeconfigEntry? entry, string key)
        {
            if (entry is null || entry.Text(key + "-data") is not null || entry.FilePath(key) is not { } file) return;
            if (Outside(entry, file) is not { } real) return;
            files.Add(real);
            deeds.Add($"read the file {file}{(real == file ? "" : $", which is {real}")} ({Field(entry, key)})");
        }
    }

    /// <summary>The program with all that makes it do one thing or another.</summary>
    private string Program(ConfigNode exec)
    {
        const int longest = 2000;
        string command = exec.Get("command")?.Text ?? "";
        string shown = string.Join(' ', new[] { IsPath(command) ? _user!.Resolve(command) : command }.Concat((exec.Get("args")?.Items ?? []).Select(static item => item.Text)).Select(static word => word.Length > 0 && !word.Any(char.IsWhiteSpace) ? word : $"'{word}'"));
        string[] names = [.. (exec.Get("env")?.Items ?? []).Select(static variable => $"{variable.Get("name")?.Text}={variable.Get("value")?.Text}")];
        string environment = names.Length == 0 ? "" : $" with {string.Join(' ', names)}";
        return SafeText.Shown($"run the program {shown}{environment} (exec of user '{_user!.Name}')", longest);
    }

    /// <summary>
    /// Where a file leads, when that is not in the kubeconfig's own folder. A home folder, and what is above one, is nobody's folder
    /// of its own: a kubeconfig that lies there would otherwise reach everything.
    /// </summary>
    private static string? Outside(KubeconfigEntry entry, string file)
    {
        string folder = RealPath.Of(Path.GetDirectoryName(entry.File)!);
        string real = RealPath.Of(file);
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        bool everything = home.Length > 0 && RealPath.Of(home) is var top && (folder == top || RealPath.IsBelow(top, folder));
        return !everything && RealPath.IsBelow(real, folder) ? null : real;
    }

    /// <summary>The file to read, if it still is one that may be read: a link can be turned after the question.</summary>
    private string Agreed(KubeconfigEntry entry, string field, string file) =>
        _kubeconfig.IsOwnPlace || Outside(entry, file) is not { } real || _agreed.Contains(real) ? file : throw new FieldException($"{field} '{file}' has begun to lead out of the kubeconfig's folder");

    private static bool IsPath(string command) => command.AsSpan().IndexOfAny('/', Path.DirectorySeparatorChar) >= 0;

    private ExecCommand Plugin(ConfigNode exec)
    {
        string of = $"of user '{_user!.Name}'";
        string? Value(string key) => exec.Get(key) is { Kind: ConfigNodeKind.Scalar, Text.Length: > 0 } node ? node.Text : null;
        string? command = Value("command");
        string? version = Value("apiVersion");
        if (command is null) _problems.Add($"exec {of} names no command");
        if (version is null) _problems.Add($"exec {of} names no apiVersion");
        else if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1")) _problems.Add($"exec {of} has the apiVersion '{version}'; only client.authentication.k8s.io/v1 and v1beta1 are supported. Update the plugin and write its kubeconfig entry again");

        var environment = new List<KeyValuePair<string, string>>();
        foreach (ConfigNode variable in exec.Get("env")?.Items ?? [])
        {
            if (variable.Get("name") is { Text.Length: > 0 } name) environment.Add(new(name.Text, variable.Get("value")?.Text ?? ""));
            else _problems.Add($"exec {of} has an env entry without a name");
        }

        string? mode = Value("interactiveMode");
        ExecInteractiveMode interactive = ExecInteractiveMode.IfAvailable;
        if (mode is null && version == "client.authentication.k8s.io/v1") _problems.Add($"exec {of} names no interactiveMode, which client.authentication.k8s.io/v1 requires (Never, IfAvailable or Always)");
        else if (mode is not null && (!Enum.TryParse(mode, ignoreCase: false, out interactive) || !Enum.IsDefined(interactive) || char.IsAsciiDigit(mode[0]))) _problems.Add($"exec {of} has the interactiveMode '{mode}'; it is Never, IfAvailable or Always");

        return new ExecCommand
        {
            // As in client-go, a command with a separator is a path beside the kubeconfig; any other is sought on PATH.
            Command = command is null ? "" : IsPath(command) ? _user.Resolve(command) : command,
            ApiVersion = version ?? "",
            Arguments = [.. (exec.Get("args")?.Items ?? []).Select(static item => item.Text)],
            Environment = environment,
            InstallHint = Value("installHint"),
            InteractiveMode = interactive,
            ClusterInfo = exec.Get("provideClusterInfo") is { IsPlain: true, Text: "true" } ? ClusterInfo() : null,
        };
    }

    /// <summary>The cluster as a plugin sees it (client-go <c>clientauthentication.Cluster</c>).</summary>
    private string? ClusterInfo()
    {
        if (_cluster is null) return null;
        var info = new JsonObject { ["server"] = _cluster.Text("server") };
        if (_cluster.Text("tls-server-name") is { } name) info["tls-server-name"] = name;
        if (_cluster.Flag("insecure-skip-tls-verify")) info["insecure-skip-tls-verify"] = true;
        if (Try(() => Pem(_cluster, "certificate-authority")?.Invoke()) is { } authority) info["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
        if (_cluster.Text("proxy-url") is { } proxy) info["proxy-url"] = proxy;
        if (_cluster.Flag("disable-compression")) info["disable-compression"] = true;
        ConfigNode? extension = _cluster.Content?.Get("extensions")?.Items.FirstOrDefault(static item => item.Get("name")?.Text == "client.authentication.k8s.io/exec");
        try
        {
            if (extension?.Get("extension")?.ToJson() is { } config) info["config"] = config;
        }
        catch (ConfigSyntaxException error)
        {
            throw new FieldException($"extension of cluster '{_cluster.Name}' (line {error.Line}): {error.Message}");
        }

        return info.ToJsonString();
    }

    private string ProviderToken(ConfigNode provider)
    {
        string name = provider.Get("name")?.Text ?? "";
        string of = $"user '{_user!.Name}' uses the auth-provider '{name}'";
        return name switch
        {
            "oidc" => provider.Get("config")?.Get("id-token") is { Text.Length: > 0 } token
                ? token.Text
                : throw new FieldException($"{of} without an id-token, and PSKube does not log in by itself; use an exec plugin such as kubelogin (kubectl oidc-login)"),
            "azure" => throw new FieldException($"{of}, which was removed from Kubernetes; run 'kubelogin convert-kubeconfig' to use the kubelogin exec plugin"),
            "gcp" => throw new FieldException($"{of}, which was removed from Kubernetes; install gke-gcloud-auth-plugin and run 'gcloud container clusters get-credentials' again"),
            _ => throw new FieldException($"{of}, which is not supported; use an exec plugin, a token or a client certificate"),
        };
    }

    private Impersonation? Impersonated()
    {
        if (_user is null) return null;
        string? user = _user.Text("as");
        string? uid = _user.Text("as-uid");
        IReadOnlyList<string> groups = _user.Texts("as-groups");
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach ((ConfigNode key, ConfigNode values) in _user.Content?.Get("as-user-extra")?.Entries ?? [])
        {
            extra[key.Text] = values.Kind == ConfigNodeKind.List ? [.. values.Items.Select(static value => value.Text)] : [values.Text];
        }

        if (user is not null) return new Impersonation(user, uid, groups, extra);
        if (uid is not null || groups.Count > 0 || extra.Count > 0) _problems.Add($"user '{_user.Name}' asks for as-uid, as-groups or as-user-extra without naming whom it acts as ('as')");
        return null;
    }
}
