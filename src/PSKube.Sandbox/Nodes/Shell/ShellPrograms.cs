namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>A program: takes its name and arguments, returns its exit code.</summary>
internal delegate Task<int> ShellProgram(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams);

/// <summary>The programs that containers have.</summary>
internal static class ShellPrograms
{
    private static readonly Dictionary<string, ShellProgram> s_programs = new(StringComparer.Ordinal)
    {
        ["true"] = static (_, _, _) => Task.FromResult(0),
        ["false"] = static (_, _, _) => Task.FromResult(1),
        ["sync"] = static (_, _, _) => Task.FromResult(0),
        ["chmod"] = static (_, _, _) => Task.FromResult(0),
        ["chown"] = static (_, _, _) => Task.FromResult(0),
        ["kill"] = static (_, _, _) => Task.FromResult(0),
        ["echo"] = TextPrograms.EchoAsync,
        ["printf"] = TextPrograms.PrintfAsync,
        ["seq"] = TextPrograms.SeqAsync,
        ["cat"] = TextPrograms.CatAsync,
        ["head"] = TextPrograms.HeadAsync,
        ["tail"] = TextPrograms.TailAsync,
        ["tr"] = TextPrograms.TrAsync,
        ["sort"] = TextPrograms.SortAsync,
        ["uniq"] = TextPrograms.UniqAsync,
        ["wc"] = TextPrograms.WcAsync,
        ["grep"] = TextPrograms.GrepAsync,
        ["cut"] = TextPrograms.CutAsync,
        ["tee"] = TextPrograms.TeeAsync,
        ["yes"] = TextPrograms.YesAsync,
        ["sha256sum"] = TextPrograms.SumAsync,
        ["md5sum"] = TextPrograms.SumAsync,
        ["base64"] = TextPrograms.Base64Async,
        ["ls"] = FilePrograms.LsAsync,
        ["mkdir"] = FilePrograms.MkdirAsync,
        ["touch"] = FilePrograms.TouchAsync,
        ["rm"] = FilePrograms.RmAsync,
        ["cp"] = FilePrograms.CpAsync,
        ["mv"] = FilePrograms.CpAsync,
        ["test"] = FilePrograms.TestAsync,
        ["["] = FilePrograms.TestAsync,
        ["basename"] = FilePrograms.BasenameAsync,
        ["dirname"] = FilePrograms.BasenameAsync,
        ["which"] = FilePrograms.WhichAsync,
        ["pwd"] = static async (process, _, streams) =>
        {
            await ShellProcess.Say(streams.Out, process.Folder + "\n").ConfigureAwait(false);
            return 0;
        },
        ["sleep"] = HostPrograms.SleepAsync,
        ["date"] = HostPrograms.DateAsync,
        ["hostname"] = HostPrograms.HostnameAsync,
        ["env"] = HostPrograms.EnvAsync,
        ["printenv"] = HostPrograms.EnvAsync,
        ["id"] = HostPrograms.IdAsync,
        ["whoami"] = HostPrograms.IdAsync,
        ["uname"] = HostPrograms.UnameAsync,
        ["stty"] = HostPrograms.SttyAsync,
        ["tty"] = HostPrograms.SttyAsync,
        ["ps"] = HostPrograms.PsAsync,
        ["uptime"] = HostPrograms.PsAsync,
        ["nslookup"] = NetPrograms.NslookupAsync,
        ["wget"] = NetPrograms.WgetAsync,
        ["curl"] = NetPrograms.CurlAsync,
        ["nc"] = NetPrograms.NcAsync,
        ["ping"] = NetPrograms.PingAsync,
    };

    /// <summary>The names of the programs, and of the shells.</summary>
    public static IEnumerable<string> Names => s_programs.Keys.Append("sh");

    /// <summary>The program of that name; null when there is none.</summary>
    public static ShellProgram? Find(string name) => s_programs.GetValueOrDefault(name);
}

/// <content>Programs.</content>
internal sealed partial class ShellProcess
{
    private static readonly HashSet<string> s_shells = ["sh", "bash", "ash", "dash"];

    /// <summary>True when there is a program of that name, or at that path.</summary>
    public bool IsProgram(string word)
    {
        if (!ContainerBehavior.HasShell(World.Image)) return false;
        int slash = word.LastIndexOf('/');
        string name = word[(slash + 1)..];
        if (slash >= 0 && name.Length > 0 && World.Files.Find(Full(word)) is { IsFolder: false, Length: > 0 }) return true;
        return IsShell(name) || ShellPrograms.Find(name) is not null || name == ContainerBehavior.Family(World.Image);
    }

    private bool IsShell(string name) => s_shells.Contains(name) && (name != "bash" || ContainerBehavior.Family(World.Image) is not ("busybox" or "alpine"));

    private async Task<int> ProgramAsync(IReadOnlyList<string> words, ShellStreams streams)
    {
        Kill.ThrowIfCancellationRequested();
        string name = words[0][(words[0].LastIndexOf('/') + 1)..];
        if (!IsProgram(words[0]))
        {
            bool there = words[0].Contains('/', StringComparison.Ordinal) && World.Files.Find(Full(words[0])) is not null;
            await Say(streams.Err, there ? $"{_zero}: {words[0]}: Permission denied\n" : $"{_zero}: {words[0]}: not found\n").ConfigureAwait(false);
            return there ? 126 : 127;
        }

        if (name is "busybox" && words.Count > 1) return await ProgramAsync([.. words.Skip(1)], streams).ConfigureAwait(false);
        // The first shell is the process itself: signals are its own.
        if (IsShell(name)) return await (_depth == 0 ? this : Child()).ShellAsync(words, streams).ConfigureAwait(false);
        if (ShellPrograms.Find(name) is { } program)
        {
            try
            {
                return await program(this, words, streams).ConfigureAwait(false);
            }
            catch (IOException error)
            {
                await Say(streams.Err, $"{name}: {error.Message}\n").ConfigureAwait(false);
                return 1;
            }
        }

        if (World.Files.Find(Full(words[0])) is { Length: > 0 } file)
        {
            ShellProcess child = Child();
            child._zero = words[0];
            child._positional = [.. words.Skip(1)];
            return await child.ScriptAsync(System.Text.Encoding.UTF8.GetString(file.Content.Span), streams).ConfigureAwait(false);
        }

        return await HostPrograms.ServerAsync(this, words, streams).ConfigureAwait(false);
    }
}
