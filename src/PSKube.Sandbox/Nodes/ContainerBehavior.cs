namespace PSKube.Sandbox.Nodes;

/// <summary>What an image does by itself.</summary>
internal enum ImageNature
{
    /// <summary>It serves until it is told to end.</summary>
    Serves,

    /// <summary>It starts a shell, which ends when it has no terminal.</summary>
    Shell,

    /// <summary>It does something and ends.</summary>
    Ends,
}

/// <summary>What containers do, by their images and commands.</summary>
internal static class ContainerBehavior
{
    private static readonly HashSet<string> s_shells = ["busybox", "alpine", "ubuntu", "debian", "centos", "fedora", "bash", "rockylinux", "almalinux", "amazonlinux", "ubi8", "ubi9", "python", "node", "golang", "perl", "ruby", "openjdk", "eclipse-temurin", "curl", "busyboxplus"];
    private static readonly HashSet<string> s_ends = ["hello-world"];
    private static readonly HashSet<string> s_noShell = ["pause", "coredns", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "hello-world", "static", "distroless"];

    /// <summary>The last part of an image's name: <c>nginx</c> of <c>docker.io/library/nginx:1.25</c>.</summary>
    public static string Family(string image)
    {
        string name = image.Split('@')[0];
        name = name[(name.LastIndexOf('/') + 1)..].Split(':')[0];
        return name.StartsWith("nginx", StringComparison.Ordinal) ? "nginx" : name;
    }

    /// <summary>What an image does without a command.</summary>
    public static ImageNature NatureOf(string image) => Family(image) is var family && s_shells.Contains(family) ? ImageNature.Shell : s_ends.Contains(family) ? ImageNature.Ends : ImageNature.Serves;

    /// <summary>True when an image has a shell and the usual programs.</summary>
    public static bool HasShell(string image) => !s_noShell.Contains(Family(image));

    /// <summary>The port that an image listens on though nobody says so.</summary>
    public static int? PortOf(string image) => Family(image) switch { "nginx" or "httpd" or "whoami" => 80, "redis" => 6379, "postgres" => 5432, "mysql" or "mariadb" => 3306, "mongo" => 27017, "memcached" => 11211, "rabbitmq" => 5672, "coredns" => 53, _ => null };

    /// <summary>The full name of an image, as a runtime reports it.</summary>
    public static string FullName(string image)
    {
        string name = image.Contains('@', StringComparison.Ordinal) || image.LastIndexOf(':') > image.LastIndexOf('/') ? image : image + ":latest";
        string first = name.Split('/')[0];
        if (!name.Contains('/', StringComparison.Ordinal)) return "docker.io/library/" + name;
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" ? name : "docker.io/" + name;
    }

    /// <summary>The digest that an image would have.</summary>
    public static string Digest(string image) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(FullName(image)))).ToLowerInvariant();

    /// <summary>Why an image cannot be pulled, in the runtime's words; null when it can.</summary>
    public static string? PullFailure(string image)
    {
        string full = FullName(image);
        string host = full.Split('/')[0];
        bool bad = image.Contains("nosuch", StringComparison.Ordinal) || image.Contains("does-not-exist", StringComparison.Ordinal) || image.Contains("doesnotexist", StringComparison.Ordinal) || image.Contains("invalid", StringComparison.Ordinal) || image.Contains("no-such", StringComparison.Ordinal);
        if (host == "localhost" || host.StartsWith("localhost:", StringComparison.Ordinal) || host.EndsWith(".invalid", StringComparison.Ordinal) || host.EndsWith(".example", StringComparison.Ordinal))
        {
            string why = host.StartsWith("localhost", StringComparison.Ordinal) ? "dial tcp 127.0.0.1:" + (host.Contains(':', StringComparison.Ordinal) ? host[(host.IndexOf(':', StringComparison.Ordinal) + 1)..] : "80") + ": connect: connection refused" : $"dial tcp: lookup {host}: no such host";
            string path = full[(host.Length + 1)..];
            string tag = path[(path.LastIndexOf(':') + 1)..];
            return $"rpc error: code = Unknown desc = failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\": failed to do request: Head \"https://{host}/v2/{path.Split(':')[0]}/manifests/{tag}\": {why}";
        }

        if (!bad) return null;
        string repository = full[..full.LastIndexOf(':')];
        repository = repository[(repository.IndexOf('/', StringComparison.Ordinal) + 1)..];
        string last = full[(full.LastIndexOf(':') + 1)..];
        return last.Contains("nosuch", StringComparison.Ordinal) || last.Contains("does-not-exist", StringComparison.Ordinal) || last.Contains("invalid", StringComparison.Ordinal)
            ? $"rpc error: code = NotFound desc = failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\": {full}: not found"
            : $"rpc error: code = Unknown desc = failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed";
    }
}
