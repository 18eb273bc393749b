using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSKube.Config;

/// <summary>
/// Changes the current context, and a context's namespace, in a kubeconfig file. Only those few characters change: what
/// other tools wrote there (plugins, extensions, comments) stays as it is, byte for byte.
/// </summary>
internal static class KubeconfigEditor
{
    private static readonly HashSet<string> s_words = new(["null", "true", "false", "yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    // Escapes only what must be: not every YAML reader takes surrogate pairs as \u escapes.
    private static readonly JsonSerializerOptions s_plainJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Makes a context the current one of <paramref name="currentFile"/>, and sets its namespace in the file that defines it.</summary>
    public static void Persist(string currentFile, KubeconfigEntry context, string? ns)
    {
        if (ns is not null) Change(context.File, text => WithNamespace(context.File, text, context.Name, ns));
        Change(currentFile, text => WithCurrentContext(currentFile, text, context.Name));
    }

    /// <summary>The text with another current context.</summary>
    internal static string WithCurrentContext(string path, string text, string name)
    {
        ConfigNode? root = KubeconfigFile.Parse(path, text);
        string changed = root is { Kind: ConfigNodeKind.Map } ? Set(text, root, "current-context", name) : $"apiVersion: v1{NewLine(text)}kind: Config{NewLine(text)}current-context: {Quote(name)}{NewLine(text)}";
        return Checked(path, changed, after => after.Get("current-context")?.Text == name);
    }

    /// <summary>The text with another namespace in a context.</summary>
    internal static string WithNamespace(string path, string text, string context, string ns)
    {
        ConfigNode entry = Find(KubeconfigFile.Parse(path, text), context) ?? throw ConfigErrors.Invalid(path, $"the context '{context}' is no longer in it");
        string changed = entry.Get("context") is { Kind: ConfigNodeKind.Map, Entries.Count: > 0 } map
            ? Set(text, map, "namespace", ns)
            : throw ConfigErrors.Invalid(path, $"the context '{context}' is empty");
        return Checked(path, changed, after => Find(after, context)?.Get("context")?.Get("namespace")?.Text == ns);
    }

    private static ConfigNode? Find(ConfigNode? root, string context) => root?.Get("contexts")?.Items.FirstOrDefault(item => item.Get("name")?.Text == context);

    private static string Set(string text, ConfigNode map, string key, string value)
    {
        foreach ((ConfigNode name, ConfigNode old) in map.Entries)
        {
            if (name.Text != key) continue;
            // An empty value has no place of its own: it goes right behind the colon.
            string before = old.Start == old.End && !char.IsWhiteSpace(text[old.Start - 1]) ? " " : "";
            // A block scalar owns the line end behind it.
            string after = old.End > old.Start && text[old.End - 1] == '\n' ? NewLine(text) : "";
            return string.Concat(text.AsSpan(0, old.Start), before + (map.IsFlow ? Json(value) : Quote(value)) + after, text.AsSpan(old.End));
        }

        if (map.Entries.Count == 0 || map.IsFlow)
        {
            int inside = text.IndexOf('{', map.Start) + 1;
            return text.Insert(inside, $"{Json(key)}: {Json(value)}{(map.Entries.Count > 0 ? ", " : "")}");
        }

        // In front of the first key, at its indent: that place is known exactly, the end of a block is not.
        ConfigNode first = map.Entries[0].Key;
        return text.Insert(first.Start, $"{key}: {Quote(value)}{NewLine(text)}{new string(' ', first.Column - 1)}");
    }

    /// <summary>A scalar that every YAML reader takes for this text: JSON's form when the plain one could be misread.</summary>
    private static string Quote(string value) =>
        value.Length > 0 && char.IsAsciiLetter(value[0]) && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or '@') && !s_words.Contains(value)
            ? value
            : Json(value);

    private static string Json(string value) => JsonSerializer.Serialize(value, s_plainJson);

    private static string NewLine(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    /// <summary>A change is kept only when it reads back as meant.</summary>
    private static string Checked(string path, string text, Func<ConfigNode, bool> holds) =>
        KubeconfigFile.Parse(path, text) is { } after && holds(after) ? text : throw ConfigErrors.Invalid(path, "it is written in a way that cannot be changed safely; edit it by hand");

    private static void Change(string path, Func<string, string> change)
    {
        // A link is followed: replacing it by a file would cut off whoever shares the target.
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        // The lock of client-go (tools/clientcmd/loader.go lockFile): kubectl waits for nobody and fails while it exists.
        string lockPath = target + ".lock";
        try
        {
            using var held = new FileStream(lockPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            bool mark = HasMark(target);
            string text = KubeconfigFile.ReadText(target);
            string changed = change(text);
            if (changed != text) Replace(target, changed, mark);
        }
        catch (IOException) when (File.Exists(lockPath))
        {
            throw ConfigErrors.Invalid(path, $"it is being changed by somebody else (the lock file {lockPath} exists)", "Try again; if nobody is at it, remove the lock file.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ConfigErrors.Invalid(path, $"it cannot be changed: {error.Message}");
        }
    }

    private static bool HasMark(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return stream.ReadByte() == 0xEF && stream.ReadByte() == 0xBB && stream.ReadByte() == 0xBF;
    }

    private static void Replace(string path, string text, bool mark)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = File.GetUnixFileMode(path);
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                if (mark) stream.Write([0xEF, 0xBB, 0xBF]);
                stream.Write(s_utf8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
