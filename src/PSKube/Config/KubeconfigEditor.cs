using System.Management.Automation;
using System.Text.Json;
using PSKube.Errors;
using PSKube.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PSKube.Config;

/// <summary>
/// Changes single values in a kubeconfig file by their place in the text, so that everything else (comments, order, fields
/// we do not know) stays to the byte. Written as a whole to a new file that takes the old one's place.
/// </summary>
internal static class KubeconfigEditor
{
    /// <summary>Sets the file's current-context.</summary>
    public static void SetCurrentContext(string file, string context) => Edit(file, text => SetInMapping(text, FindTop(text), "current-context", context));

    /// <summary>Sets the namespace of a context that stands in the file.</summary>
    public static void SetNamespace(string file, string context, string ns)
    {
        Edit(file, text => SetInMapping(text, FindContext(text, context) ?? throw Kubeconfig.Invalid(file, $"its context '{context}' cannot be changed in place"), "namespace", ns));
    }

    /// <summary>A mapping's place: where its first key begins, and where each plain value stands.</summary>
    private sealed record MappingPlace(int FirstKey, int Column, bool Flow, Dictionary<string, (int Start, int End)> Values);

    private static string SetInMapping(string text, MappingPlace mapping, string key, string value)
    {
        string written = JsonSerializer.Serialize(value);
        if (mapping.Values.TryGetValue(key, out (int Start, int End) place)) return text[..place.Start] + written + text[place.End..];
        string inserted = mapping.Flow ? $"\"{key}\": {written}, " : $"{key}: {written}{(text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n")}{new string(' ', mapping.Column)}";
        return text[..mapping.FirstKey] + inserted + text[mapping.FirstKey..];
    }

    private static MappingPlace FindTop(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        while (parser.MoveNext())
        {
            if (parser.Current is MappingStart start) return ReadMapping(parser, start, null);
        }

        throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, "The kubeconfig is empty.");
    }

    private static MappingPlace? FindContext(string text, string context)
    {
        MappingPlace? found = null;
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        while (parser.MoveNext() && parser.Current is not MappingStart)
        {
        }

        if (parser.Current is not MappingStart top) return null;
        ReadMapping(parser, top, (key, value) =>
        {
            if (key != "contexts" || value is not SequenceStart) return false;
            while (parser.MoveNext() && parser.Current is not SequenceEnd)
            {
                if (parser.Current is not MappingStart entry) continue;
                MappingPlace? inner = null;
                MappingPlace outer = ReadMapping(parser, entry, (innerKey, innerValue) =>
                {
                    if (innerKey != "context" || innerValue is not MappingStart content) return false;
                    inner = ReadMapping(parser, content, null);
                    return true;
                });
                if (outer.Values.TryGetValue("name", out (int Start, int End) name) && Unquote(text[name.Start..name.End]) == context) found = inner;
            }

            return true;
        });
        return found;
    }

    /// <summary>Reads one mapping to its end; <paramref name="visit"/> may take a value over by reading it whole and returning true.</summary>
    private static MappingPlace ReadMapping(Parser parser, MappingStart start, Func<string, ParsingEvent, bool>? visit)
    {
        int first = -1;
        int column = 0;
        var values = new Dictionary<string, (int Start, int End)>(StringComparer.Ordinal);
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var key = parser.Current as Scalar ?? throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, "A key of the kubeconfig is no text.");
            if (first < 0) (first, column) = ((int)key.Start.Index, (int)key.Start.Column - 1);
            parser.MoveNext();
            ParsingEvent value = parser.Current!;
            if (visit is not null && visit(key.Value, value)) continue;
            if (value is Scalar scalar) values[key.Value] = ((int)scalar.Start.Index, (int)scalar.End.Index);
            for (int level = value.NestingIncrease; level > 0;)
            {
                parser.MoveNext();
                level += parser.Current!.NestingIncrease;
            }
        }

        return new MappingPlace(first, column, start.Style == MappingStyle.Flow, values);
    }

    private static string Unquote(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        while (parser.MoveNext())
        {
            if (parser.Current is Scalar scalar) return scalar.Value;
        }

        return text;
    }

    private static void Edit(string file, Func<string, string> change)
    {
        string path = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(file);
        string lockFile = path + ".lock";
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            // client-go's lock: whoever creates the file may write (tools/clientcmd/config.go).
            using (new FileStream(lockFile, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
            }
        }
        catch (IOException)
        {
            throw new KubeException("KubeConfigLocked", ErrorCategory.ResourceBusy, $"{path} is being written by another program.") { Target = path, RecommendedAction = $"Try again; if no program is running, remove {lockFile}." };
        }

        try
        {
            string text = Manifest.ReadFile(path);
            string changed = change(text);
            // What we write must be what was asked for and nothing else: it has to read back.
            _ = YamlReader.Read(changed, path).ToList();
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = File.GetUnixFileMode(path);
            using (var writer = new StreamWriter(temporary, options)) writer.Write(changed);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KubeException("KubeConfigNotWritten", ErrorCategory.WriteError, $"{path} cannot be written: {failure.Message}") { Target = path };
        }
        finally
        {
            File.Delete(temporary);
            File.Delete(lockFile);
        }
    }
}
