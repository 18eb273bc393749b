using System.Globalization;
using System.Text;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>Programs that are about files.</summary>
internal static class FilePrograms
{
    /// <summary><c>ls</c>.</summary>
    public static async Task<int> LsAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string options = string.Concat(words.Skip(1).Where(word => word.StartsWith('-')));
        string[] paths = [.. words.Skip(1).Where(word => !word.StartsWith('-'))];
        if (paths.Length == 0) paths = ["."];
        var text = new StringBuilder();
        int code = 0;
        foreach (string path in paths)
        {
            FileEntry? entry = process.World.Files.Find(process.Full(path));
            if (entry is null)
            {
                await ShellProcess.Say(streams.Err, $"ls: {path}: No such file or directory\n").ConfigureAwait(false);
                code = 1;
                continue;
            }

            bool folder = entry.IsFolder && !options.Contains('d', StringComparison.Ordinal);
            if (folder && paths.Length > 1) text.Append(text.Length > 0 ? "\n" : "").Append(path).Append(":\n");
            IEnumerable<string> names = folder ? process.World.Files.Names(process.Full(path)).Where(name => name[0] != '.' || options.Contains('a', StringComparison.Ordinal)) : [path];
            if (folder && options.Contains('l', StringComparison.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"total {names.Count() * 4}\n");
            foreach (string name in names)
            {
                FileEntry? one = folder ? process.World.Files.Find(process.Full(path + "/" + name)) : entry;
                if (options.Contains('l', StringComparison.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"{(one?.IsFolder == true ? "drwxr-xr-x" : "-rw-r--r--")}    1 root     root     {(one?.IsFolder == true ? 4096 : one?.Length ?? 0),9} {one?.Modified:MMM dd HH:mm} ");
                text.Append(name).Append('\n');
            }
        }

        await ShellProcess.Say(streams.Out, text.ToString()).ConfigureAwait(false);
        return code;
    }

    /// <summary><c>mkdir</c>.</summary>
    public static async Task<int> MkdirAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        bool parents = words.Any(word => word.StartsWith('-') && word.Contains('p', StringComparison.Ordinal));
        foreach (string path in words.Skip(1).Where(word => !word.StartsWith('-')))
        {
            if (process.World.Files.Find(process.Full(path)) is not null && !parents)
            {
                await ShellProcess.Say(streams.Err, $"mkdir: can't create directory '{path}': File exists\n").ConfigureAwait(false);
                return 1;
            }

            process.World.Files.MakeFolder(process.Full(path));
        }

        return 0;
    }

    /// <summary><c>touch</c>.</summary>
    public static Task<int> TouchAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        foreach (string path in words.Skip(1).Where(word => !word.StartsWith('-'))) process.World.Files.Open(process.Full(path), append: true);
        return Task.FromResult(0);
    }

    /// <summary><c>rm</c>.</summary>
    public static async Task<int> RmAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        bool force = words.Any(word => word.StartsWith('-') && word.Contains('f', StringComparison.Ordinal));
        foreach (string path in words.Skip(1).Where(word => !word.StartsWith('-')))
        {
            if (process.World.Files.Find(process.Full(path)) is null)
            {
                if (force) continue;
                await ShellProcess.Say(streams.Err, $"rm: can't remove '{path}': No such file or directory\n").ConfigureAwait(false);
                return 1;
            }

            process.World.Files.Remove(process.Full(path));
        }

        return 0;
    }

    /// <summary><c>cp</c> and <c>mv</c>, of files.</summary>
    public static async Task<int> CpAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string[] paths = [.. words.Skip(1).Where(word => !word.StartsWith('-'))];
        if (paths.Length < 2) return 1;
        string target = process.Full(paths[^1]);
        bool folder = process.World.Files.Find(target) is { IsFolder: true };
        foreach (string path in paths[..^1])
        {
            if (process.World.Files.Find(process.Full(path)) is not { IsFolder: false } file)
            {
                await ShellProcess.Say(streams.Err, $"{words[0]}: can't stat '{path}': No such file or directory\n").ConfigureAwait(false);
                return 1;
            }

            process.World.Files.Open(folder ? $"{target}/{path[(path.LastIndexOf('/') + 1)..]}" : target, append: false).Append(file.Content.Span);
            if (words[0].EndsWith("mv", StringComparison.Ordinal)) process.World.Files.Remove(process.Full(path));
        }

        return 0;
    }

    /// <summary><c>test</c> and <c>[</c>.</summary>
    public static Task<int> TestAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        List<string> terms = [.. words.Skip(1)];
        if (words[0] == "[")
        {
            if (terms.Count == 0 || terms[^1] != "]") return Task.FromResult(2);
            terms.RemoveAt(terms.Count - 1);
        }

        return Task.FromResult(Or(process, terms) ? 0 : 1);
    }

    private static bool Or(ShellProcess process, List<string> terms)
    {
        int or = terms.IndexOf("-o");
        if (or > 0) return And(process, terms[..or]) || Or(process, terms[(or + 1)..]);
        return And(process, terms);
    }

    private static bool And(ShellProcess process, List<string> terms)
    {
        int and = terms.IndexOf("-a");
        if (and > 0) return One(process, terms[..and]) && And(process, terms[(and + 1)..]);
        return One(process, terms);
    }

    private static bool One(ShellProcess process, List<string> terms)
    {
        if (terms.Count > 1 && terms[0] == "!") return !One(process, terms[1..]);
        switch (terms.Count)
        {
            case 0: return false;
            case 1: return terms[0].Length > 0;
            case 2:
                FileEntry? entry = process.World.Files.Find(process.Full(terms[1]));
                return terms[0] switch
                {
                    "-n" => terms[1].Length > 0,
                    "-z" => terms[1].Length == 0,
                    "-e" or "-r" or "-w" or "-x" => entry is not null,
                    "-f" => entry is { IsFolder: false },
                    "-d" => entry is { IsFolder: true },
                    "-s" => entry is { Length: > 0 },
                    "-t" => process.World.Terminal() is not null,
                    _ => false,
                };
            default:
                bool numbers = long.TryParse(terms[0], CultureInfo.InvariantCulture, out long left) & long.TryParse(terms[2], CultureInfo.InvariantCulture, out long right);
                return terms[1] switch
                {
                    "=" or "==" => terms[0] == terms[2],
                    "!=" => terms[0] != terms[2],
                    "-eq" => numbers && left == right,
                    "-ne" => numbers && left != right,
                    "-lt" => numbers && left < right,
                    "-le" => numbers && left <= right,
                    "-gt" => numbers && left > right,
                    "-ge" => numbers && left >= right,
                    _ => false,
                };
        }
    }

    /// <summary><c>basename</c> and <c>dirname</c>.</summary>
    public static async Task<int> BasenameAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        if (words.Count < 2) return 1;
        string path = words[1].TrimEnd('/');
        int slash = path.LastIndexOf('/');
        await ShellProcess.Say(streams.Out, (words[0].EndsWith("basename", StringComparison.Ordinal) ? path[(slash + 1)..] : slash < 0 ? "." : slash == 0 ? "/" : path[..slash]) + "\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>which</c>.</summary>
    public static async Task<int> WhichAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        int code = 0;
        foreach (string word in words.Skip(1))
        {
            if (process.IsProgram(word)) await ShellProcess.Say(streams.Out, $"/bin/{word}\n").ConfigureAwait(false);
            else code = 1;
        }

        return code;
    }
}
