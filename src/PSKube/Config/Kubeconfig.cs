using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Yaml;

namespace PSKube.Config;

/// <summary>One named entry of a kubeconfig and the file it stands in, against whose folder its relative paths are meant.</summary>
internal sealed record KubeconfigEntry(string Name, JsonObject Content, string File);

/// <summary>
/// One or several kubeconfig files, merged as client-go does (<c>tools/clientcmd/loader.go</c>): the first file that has an
/// entry wins the whole entry, names are exact-case.
/// </summary>
internal sealed class Kubeconfig
{
    private const long MaxFileSize = 16 * 1024 * 1024;

    private Kubeconfig()
    {
    }

    /// <summary>The files that were there, in the order of their precedence.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The context to use when none is named; null when no file names one.</summary>
    public string? CurrentContext { get; private set; }

    /// <summary>The contexts by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigEntry> Contexts { get; private set; } = new Dictionary<string, KubeconfigEntry>();

    /// <summary>The clusters by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigEntry> Clusters { get; private set; } = new Dictionary<string, KubeconfigEntry>();

    /// <summary>The users by name.</summary>
    public IReadOnlyDictionary<string, KubeconfigEntry> Users { get; private set; } = new Dictionary<string, KubeconfigEntry>();

    /// <summary>
    /// The files that a command without <c>-Kubeconfig</c> reads: those of <c>KUBECONFIG</c>, empty entries and repeats left
    /// out, or <c>~/.kube/config</c>.
    /// </summary>
    public static IReadOnlyList<string> DefaultFiles()
    {
        string[] named = [.. (Environment.GetEnvironmentVariable("KUBECONFIG") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        return named.Length > 0 ? named : [Path.Combine(HomeFolder, ".kube", "config")];
    }

    /// <summary>Reads and merges files.</summary>
    /// <param name="files">The files in the order of their precedence.</param>
    /// <param name="mustExist">True when each file was named by the user, so that a missing one is an error and not skipped.</param>
    /// <exception cref="KubeException">A file is missing, cannot be read, or is no kubeconfig (<c>KubeConfigNotFound</c>, <c>KubeConfigInvalid</c>).</exception>
    public static Kubeconfig Load(IReadOnlyList<string> files, bool mustExist)
    {
        var present = new List<string>();
        var contexts = new Dictionary<string, KubeconfigEntry>(StringComparer.Ordinal);
        var clusters = new Dictionary<string, KubeconfigEntry>(StringComparer.Ordinal);
        var users = new Dictionary<string, KubeconfigEntry>(StringComparer.Ordinal);
        string? current = null;
        foreach (string file in files)
        {
            string path = Path.GetFullPath(file);
            if (Directory.Exists(path)) throw Invalid(path, "it is a folder");
            if (!File.Exists(path))
            {
                if (mustExist) throw new KubeException("KubeConfigNotFound", ErrorCategory.ObjectNotFound, $"There is no kubeconfig file {path}.") { Target = path, EndsCommand = true };
                continue;
            }

            JsonObject content = Read(path);
            present.Add(path);
            current ??= Text(content, "current-context", path, "") is { Length: > 0 } name ? name : null;
            Collect(content, "contexts", "context", path, contexts);
            Collect(content, "clusters", "cluster", path, clusters);
            Collect(content, "users", "user", path, users);
        }

        return new Kubeconfig { Files = present, CurrentContext = current, Contexts = contexts, Clusters = clusters, Users = users };
    }

    /// <summary>The text of a field; null when it is absent or empty.</summary>
    /// <exception cref="KubeException">The value is no text (<c>KubeConfigInvalid</c>); its content is not told.</exception>
    public static string? Text(JsonObject from, string field, string file, string where)
    {
        return from[field] switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out string? text) => text.Length == 0 ? null : text,
            _ => throw Invalid(file, $"{where}{field} has to be a text; put it in quotes"),
        };
    }

    /// <summary>The failure of one file.</summary>
    public static KubeException Invalid(string file, string reason) => new("KubeConfigInvalid", ErrorCategory.InvalidData, $"The kubeconfig {file} cannot be used: {reason}.") { Target = file, EndsCommand = true };

    /// <summary>The user's home, as kubectl sees it.</summary>
    private static string HomeFolder => Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home && !OperatingSystem.IsWindows() ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static JsonObject Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileSize) throw Invalid(path, "it is larger than 16 MiB");
            YamlDocument? document = YamlReader.Read(Manifest.ReadFile(path), path).FirstOrDefault();
            if (document is null) return [];
            return JsonNode.Parse(document.Json, documentOptions: new JsonDocumentOptions { MaxDepth = YamlLimits.Depth + 4 }) as JsonObject ?? throw Invalid(path, "it is no mapping");
        }
        catch (KubeException failure) when (failure.ErrorId != "KubeConfigInvalid")
        {
            throw Invalid(path, failure.Message.TrimEnd('.'));
        }
    }

    private static void Collect(JsonObject file, string list, string item, string path, Dictionary<string, KubeconfigEntry> into)
    {
        if (file[list] is null) return;
        if (file[list] is not JsonArray entries) throw Invalid(path, $"{list} is no list");
        for (int i = 0; i < entries.Count; i++)
        {
            string where = $"{list}[{i}].";
            if (entries[i] is not JsonObject entry) throw Invalid(path, $"{list}[{i}] is no mapping");
            string name = Text(entry, "name", path, where) ?? throw Invalid(path, $"{where}name is missing");
            into.TryAdd(name, new KubeconfigEntry(name, entry[item] as JsonObject ?? [], path));
        }
    }

    /// <summary>The context to use: the one that is named, or the files' own.</summary>
    /// <exception cref="KubeException">There is no such context (<c>KubeContextNotFound</c>).</exception>
    public KubeconfigEntry Context(string? name)
    {
        string files = string.Join(", ", Files);
        if (name is null && CurrentContext is null)
        {
            throw new KubeException("KubeContextNotFound", ErrorCategory.ResourceUnavailable, $"No context is chosen in {files}.")
            {
                Target = files,
                RecommendedAction = Contexts.Count == 0 ? "The file has no contexts; check its path." : $"Choose one with Use-KubeContext or -Context: {string.Join(", ", Contexts.Keys)}.",
                EndsCommand = true,
            };
        }

        string wanted = name ?? CurrentContext!;
        if (Contexts.TryGetValue(wanted, out KubeconfigEntry? found)) return found;
        string[] near = [.. Contexts.Keys.Where(key => key.Equals(wanted, StringComparison.OrdinalIgnoreCase)), .. Nearness.Closest(wanted, Contexts.Keys)];
        throw new KubeException("KubeContextNotFound", ErrorCategory.ObjectNotFound, $"There is no context '{wanted}' in {files}; names are exact, case included.")
        {
            Target = wanted,
            RecommendedAction = near.Length > 0 ? $"Did you mean {string.Join(" or ", near.Distinct())}?" : $"The contexts there are: {string.Join(", ", Contexts.Keys)}.",
            EndsCommand = true,
        };
    }
}
