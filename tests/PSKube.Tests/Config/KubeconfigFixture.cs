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

    /// <summary>A file that somebody has agreed to.</summary>
    internal ClusterConfig Resolve(string path, string? context = null) => Loader.Resolve(path, context, static _ => true);

    internal KubeException Refused(string path, string? context = null) => Assert.Throws<KubeException>(() => Resolve(path, context));

    internal static async Task<string?> Authorization(ClusterConfig config) => (await config.Credentials.GetAsync(null, default)).Authorization;
}
