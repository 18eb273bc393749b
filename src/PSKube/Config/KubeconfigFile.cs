using System.Text;

namespace PSKube.Config;

/// <summary>One kubeconfig file as it stands on disk: its entries by exact name, each knowing the folder its paths are relative to.</summary>
internal sealed class KubeconfigFile
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private KubeconfigFile(string path, ConfigNode? root)
    {
        Path = path;
        CurrentContext = root?.Get("current-context") is { Kind: ConfigNodeKind.Scalar, Text.Length: > 0 } current ? current.Text : null;
        Clusters = Entries(root, "clusters", "cluster");
        Users = Entries(root, "users", "user");
        Contexts = Entries(root, "contexts", "context");
    }

    public string Path { get; }

    public string? CurrentContext { get; }

    public IReadOnlyDictionary<string, KubeconfigEntry> Clusters { get; }

    public IReadOnlyDictionary<string, KubeconfigEntry> Users { get; }

    public IReadOnlyDictionary<string, KubeconfigEntry> Contexts { get; }

    /// <summary>Reads a file that exists.</summary>
    public static KubeconfigFile Read(string path)
    {
        ConfigNode? root = Parse(path, ReadText(path));
        if (root is { Kind: not ConfigNodeKind.Map } && !root.IsNull) throw ConfigErrors.Invalid(path, "it is not a map of clusters, users and contexts");
        if (root?.Get("kind") is { } kind && kind.Text != "Config") throw ConfigErrors.Invalid(path, $"its kind is '{kind.Text}', not 'Config'");
        if (root?.Get("apiVersion") is { } version && version.Text != "v1") throw ConfigErrors.Invalid(path, $"its apiVersion is '{version.Text}', not 'v1'");
        return new KubeconfigFile(path, root);
    }

    /// <summary>The text of a kubeconfig; a byte order mark is not part of it.</summary>
    public static string ReadText(string path)
    {
        try
        {
            // Opening a directory or a pipe would fail obscurely or wait for ever.
            if (Directory.Exists(path)) throw ConfigErrors.Invalid(path, "it is a folder, not a file");
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > ConfigNode.MaxBytes) throw ConfigErrors.Invalid(path, $"it is larger than {ConfigNode.MaxBytes / (1024 * 1024)} MiB");
            using var reader = new StreamReader(stream, s_strictUtf8, detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ConfigErrors.Invalid(path, $"it cannot be read: {error.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw ConfigErrors.Invalid(path, "it is not UTF-8 text");
        }
    }

    /// <summary>The tree of a kubeconfig's text.</summary>
    public static ConfigNode? Parse(string path, string text)
    {
        try
        {
            return ConfigNode.Parse(text);
        }
        catch (ConfigSyntaxException error)
        {
            throw ConfigErrors.Invalid(path, $"line {error.Line}, column {error.Column}: {error.Message}");
        }
    }

    private Dictionary<string, KubeconfigEntry> Entries(ConfigNode? root, string list, string content)
    {
        var entries = new Dictionary<string, KubeconfigEntry>(StringComparer.Ordinal);
        if (root?.Get(list) is not { } node) return entries;
        if (node.Kind != ConfigNodeKind.List) throw ConfigErrors.Invalid(Path, $"line {node.Line}: '{list}' is not a list");
        foreach (ConfigNode item in node.Items)
        {
            if (item.Get("name") is not { Kind: ConfigNodeKind.Scalar } name) throw ConfigErrors.Invalid(Path, $"line {item.Line}: an entry of '{list}' has no name");
            if (item.Get(content) is { Kind: not ConfigNodeKind.Map } odd) throw ConfigErrors.Invalid(Path, $"line {odd.Line}: '{content}' of '{name.Text}' is not a map");
            if (!entries.TryAdd(name.Text, new KubeconfigEntry(name.Text, Path, item, item.Get(content)))) throw ConfigErrors.Invalid(Path, $"line {item.Line}: '{list}' has two entries named '{name.Text}'");
        }

        return entries;
    }
}

/// <summary>A named cluster, user or context of one file.</summary>
internal sealed class KubeconfigEntry(string name, string file, ConfigNode item, ConfigNode? content)
{
    public string Name { get; } = name;

    /// <summary>The file that the entry stands in.</summary>
    public string File { get; } = file;

    /// <summary>The list item: <c>name</c> and the content beside it.</summary>
    public ConfigNode Item { get; } = item;

    /// <summary>The map under <c>cluster</c>, <c>user</c> or <c>context</c>; null when it is empty.</summary>
    public ConfigNode? Content { get; } = content;

    /// <summary>A text value; null when it is absent or empty.</summary>
    public string? Text(string key) => Content?.Get(key) is { Kind: ConfigNodeKind.Scalar, Text.Length: > 0 } value ? value.Text : null;

    /// <summary>A path, absolute or made so against the folder of the file it stands in.</summary>
    public string? FilePath(string key) => Text(key) is { } path ? Resolve(path) : null;

    /// <summary>True for <c>true</c>; anything else is false.</summary>
    public bool Flag(string key) => Content?.Get(key)?.ToJson() is { } value && value.GetValueKind() == System.Text.Json.JsonValueKind.True;

    /// <summary>A list of texts; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string key) => Content?.Get(key) is { Kind: ConfigNodeKind.List } list ? [.. list.Items.Select(static item => item.Text)] : [];

    /// <summary>Makes a path absolute against the folder of the file.</summary>
    public string Resolve(string path) => path.Contains('\0', StringComparison.Ordinal) ? throw ConfigErrors.Invalid(File, $"a path in '{Name}' holds a NUL character") : Path.GetFullPath(path, Path.GetDirectoryName(File)!);
}
