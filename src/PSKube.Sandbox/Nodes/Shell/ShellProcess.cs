using System.Globalization;
using System.Text;
using PSKube.Sandbox.Registry;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>What a program knows of where it runs.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Image">The container's image.</param>
/// <param name="Hostname">The host's name within the pod.</param>
/// <param name="Files">The files.</param>
/// <param name="Clock">The time.</param>
/// <param name="Net">Whom it can reach.</param>
internal sealed record ShellWorld(string Namespace, string Pod, string Container, string Image, string Hostname, ContainerFiles Files, SandboxClock Clock, IPodNetwork Net)
{
    /// <summary>The columns and rows of the terminal; null without one.</summary>
    public Func<(int Columns, int Rows)?> Terminal { get; init; } = static () => null;
}

/// <summary>What pods can reach.</summary>
internal interface IPodNetwork
{
    /// <summary>The address and full name of a host, seen from a namespace; null when there is none.</summary>
    (string Address, string Name)? Resolve(string ns, string host);

    /// <summary>What a host answers to a request; null when nobody listens.</summary>
    WebAnswer? Get(string ns, string pod, string host, int port, string path);
}

/// <summary>An answer over HTTP.</summary>
internal sealed record WebAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>A process: a program, or a script that a shell runs.</summary>
internal sealed partial class ShellProcess(ShellWorld world, CancellationToken kill)
{
    private readonly Dictionary<string, ShellNode> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _traps = new(StringComparer.Ordinal);
    private List<string> _positional = [];
    private string _zero = "sh";
    private volatile string? _signal;
    private int _last;
    private int _depth;

    /// <summary>Where it runs.</summary>
    public ShellWorld World { get; } = world;

    /// <summary>The variables.</summary>
    public Dictionary<string, string> Variables { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>The names of the variables that programs get too.</summary>
    public HashSet<string> Exported { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>The folder in which it is.</summary>
    public string Folder { get; set; } = "/";

    /// <summary>Ends it at once.</summary>
    public CancellationToken Kill { get; } = kill;

    /// <summary>True when the process would hear a TERM signal: its shell has a trap for it, or it is no process 1.</summary>
    public bool HearsTerm => _traps.ContainsKey("TERM");

    /// <summary>Sends a TERM signal, which its shell looks at after the program that runs.</summary>
    public void Terminate() => _signal = "TERM";

    /// <summary>Runs a program, or a shell with its arguments. Returns its exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> command, ShellStreams streams)
    {
        try
        {
            return await ProgramAsync(command, streams).ConfigureAwait(false);
        }
        catch (ShellExitException exit)
        {
            return exit.Code;
        }
        catch (BrokenPipeException)
        {
            return 141;
        }
    }

    /// <summary>Runs a script. Returns its exit code.</summary>
    public async Task<int> ScriptAsync(string script, ShellStreams streams)
    {
        try
        {
            _last = await ExecuteAsync(ShellParser.Parse(script), streams).ConfigureAwait(false);
        }
        catch (ShellSyntaxException error)
        {
            await Say(streams.Err, $"{_zero}: {error.Message}\n").ConfigureAwait(false);
            return 2;
        }
        catch (ShellExitException exit)
        {
            _last = exit.Code;
        }
        catch (LoopException)
        {
            // A break outside of any loop.
        }

        if (_traps.Remove("EXIT", out string? atEnd)) await ScriptAsync(atEnd, streams).ConfigureAwait(false);
        return _last;
    }

    /// <summary>Writes text.</summary>
    public static ValueTask Say(ByteWriter writer, string text) => writer(Encoding.UTF8.GetBytes(text));

    /// <summary>Told when it has nothing to do for a while; null when nobody wants to know.</summary>
    public Action? Pauses { get; set; }

    /// <summary>Waits for some virtual time.</summary>
    public Task SleepAsync(TimeSpan time)
    {
        Pauses?.Invoke();
        TimeSpan real = time == Timeout.InfiniteTimeSpan ? time : World.Clock.Real(time);
        if (real.TotalMilliseconds > int.MaxValue - 1) real = Timeout.InfiniteTimeSpan;
        // Less than a millisecond would be no pause at all, and a loop with it would eat a processor.
        if (real != Timeout.InfiniteTimeSpan && real < TimeSpan.FromMilliseconds(1)) real = TimeSpan.FromMilliseconds(1);
        return Task.Delay(real, Kill);
    }

    /// <summary>A path as a full one.</summary>
    public string Full(string path) => ContainerFiles.Clean(path.StartsWith('/') ? path : $"{Folder}/{path}");

    private ShellProcess Child() => new(World, Kill)
    {
        Pauses = Pauses,
        Variables = new(Variables, StringComparer.Ordinal),
        Exported = [.. Exported],
        Folder = Folder,
        _positional = _positional,
        _zero = _zero,
        _last = _last,
        _depth = _depth + 1,
    };

    private async Task<int> ExecuteAsync(ShellNode node, ShellStreams streams)
    {
        Kill.ThrowIfCancellationRequested();
        if (_depth > 60) throw new ShellExitException(2);
        if (node is not SimpleNode && node.Redirects.Count > 0)
        {
            if (await RedirectAsync(node.Redirects, streams).ConfigureAwait(false) is not { } redirected) return _last = 1;
            streams = redirected;
        }

        switch (node)
        {
            case SimpleNode simple:
                _last = await SimpleAsync(simple, streams).ConfigureAwait(false);
                await TrapAsync(streams).ConfigureAwait(false);
                break;
            case ListNode list:
                if (list.Commands.Count == 0) _last = 0;
                foreach ((ShellNode command, bool background) in list.Commands)
                {
                    if (background) _background.Add(Child().DetachedAsync(command, streams));
                    else await ExecuteAsync(command, streams).ConfigureAwait(false);
                }

                break;
            case AndOrNode pair:
                int left = await ExecuteAsync(pair.Left, streams).ConfigureAwait(false);
                if (left == 0 == pair.And) await ExecuteAsync(pair.Right, streams).ConfigureAwait(false);
                break;
            case PipelineNode pipeline:
                _last = await PipelineAsync(pipeline.Commands, streams).ConfigureAwait(false);
                if (pipeline.Negated) _last = _last == 0 ? 1 : 0;
                break;
            case IfNode choice:
                await IfAsync(choice, streams).ConfigureAwait(false);
                break;
            case LoopNode loop:
                await LoopAsync(loop, streams).ConfigureAwait(false);
                break;
            case ForNode loop:
                await ForAsync(loop, streams).ConfigureAwait(false);
                break;
            case CaseNode choice:
                await CaseAsync(choice, streams).ConfigureAwait(false);
                break;
            case GroupNode { Subshell: true } group:
                _last = await Child().DetachedAsync(group.Body, streams).ConfigureAwait(false);
                break;
            case GroupNode group:
                await ExecuteAsync(group.Body, streams).ConfigureAwait(false);
                break;
            case FunctionNode function:
                _functions[function.Name] = function.Body;
                _last = 0;
                break;
        }

        return _last;
    }

    private readonly List<Task<int>> _background = [];

    private async Task<int> DetachedAsync(ShellNode node, ShellStreams streams)
    {
        try
        {
            return await ExecuteAsync(node, streams).ConfigureAwait(false);
        }
        catch (ShellExitException exit)
        {
            return exit.Code;
        }
        catch (LoopException)
        {
            return _last;
        }
        catch (BrokenPipeException)
        {
            return 141;
        }
    }

    private async Task TrapAsync(ShellStreams streams)
    {
        if (_signal is not { } signal || !_traps.TryGetValue(signal, out string? script)) return;
        _signal = null;
        await ExecuteAsync(ShellParser.Parse(script), streams).ConfigureAwait(false);
    }

    private async Task<int> PipelineAsync(IReadOnlyList<ShellNode> commands, ShellStreams streams)
    {
        if (commands.Count == 1) return await ExecuteAsync(commands[0], streams).ConfigureAwait(false);
        var tasks = new List<Task<int>>();
        Stream input = streams.In;
        for (int at = 0; at < commands.Count; at++)
        {
            ShellPipe? pipe = at < commands.Count - 1 ? new ShellPipe() : null;
            var own = new ShellStreams(input, pipe is null ? streams.Out : pipe.PutAsync, streams.Err);
            ShellNode command = commands[at];
            ShellPipe? before = input as ShellPipe;
            ShellProcess child = Child();
            tasks.Add(Task.Run(async () =>
            {
                try
                {
                    return await child.DetachedAsync(command, own).ConfigureAwait(false);
                }
                finally
                {
                    pipe?.End();
                    if (before is not null && before != streams.In) before.Abandon();
                }
            }, CancellationToken.None));
            if (pipe is not null) input = pipe;
        }

        int[] codes = await Task.WhenAll(tasks).ConfigureAwait(false);
        return codes[^1];
    }

    private async Task IfAsync(IfNode choice, ShellStreams streams)
    {
        foreach ((ShellNode? condition, ShellNode body) in choice.Branches)
        {
            if (condition is not null && await ExecuteAsync(condition, streams).ConfigureAwait(false) != 0) continue;
            await ExecuteAsync(body, streams).ConfigureAwait(false);
            return;
        }

        _last = 0;
    }

    private async Task LoopAsync(LoopNode loop, ShellStreams streams)
    {
        int code = 0;
        for (int turn = 1; ; turn++)
        {
            if (await ExecuteAsync(loop.Condition, streams).ConfigureAwait(false) == 0 == loop.Until) break;
            try
            {
                code = await ExecuteAsync(loop.Body, streams).ConfigureAwait(false);
            }
            catch (LoopException jump)
            {
                if (jump.Levels > 1) throw new LoopException(jump.Breaks, jump.Levels - 1);
                if (jump.Breaks) break;
            }

            // A loop without a pause must leave the thread to others.
            if (turn % 1000 == 0) await Task.Yield();
        }

        _last = code;
    }

    private async Task ForAsync(ForNode loop, ShellStreams streams)
    {
        List<string> words = loop.Words is null ? [.. _positional] : await ExpandAsync(loop.Words, streams).ConfigureAwait(false);
        _last = 0;
        foreach (string word in words)
        {
            Variables[loop.Name] = word;
            try
            {
                await ExecuteAsync(loop.Body, streams).ConfigureAwait(false);
            }
            catch (LoopException jump)
            {
                if (jump.Levels > 1) throw new LoopException(jump.Breaks, jump.Levels - 1);
                if (jump.Breaks) break;
            }
        }
    }

    private async Task CaseAsync(CaseNode choice, ShellStreams streams)
    {
        string subject = await TextAsync(choice.Subject, streams).ConfigureAwait(false);
        _last = 0;
        foreach ((IReadOnlyList<Word> patterns, ShellNode body) in choice.Branches)
        {
            foreach (Word pattern in patterns)
            {
                if (!Pattern(await TextAsync(pattern, streams).ConfigureAwait(false), subject)) continue;
                await ExecuteAsync(body, streams).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task<int> SimpleAsync(SimpleNode simple, ShellStreams streams)
    {
        List<string> words = await ExpandAsync(simple.Words, streams).ConfigureAwait(false);
        var given = new List<(string Name, string? Before)>();
        foreach ((string name, Word value) in simple.Assignments)
        {
            given.Add((name, Variables.GetValueOrDefault(name)));
            Variables[name] = await TextAsync(value, streams).ConfigureAwait(false);
            if (words.Count > 0) Exported.Add(name);
        }

        if (await RedirectAsync(simple.Redirects, streams).ConfigureAwait(false) is not { } redirected) return 1;
        if (words.Count == 0) return simple.Assignments.Count > 0 && simple.Assignments.Any(one => one.Value.Parts.Any(part => part.Kind == PartKind.Command)) ? _last : 0;
        try
        {
            if (_functions.TryGetValue(words[0], out ShellNode? function)) return await FunctionAsync(function, words, redirected).ConfigureAwait(false);
            return await BuiltinAsync(words, redirected).ConfigureAwait(false) ?? await Child().ProgramAsync(words, redirected).ConfigureAwait(false);
        }
        finally
        {
            // Assignments before a command are the command's alone.
            foreach ((string name, string? before) in given)
            {
                if (before is null) Variables.Remove(name);
                else Variables[name] = before;
            }
        }
    }

    private async Task<int> FunctionAsync(ShellNode body, List<string> words, ShellStreams streams)
    {
        List<string> before = _positional;
        _positional = words[1..];
        try
        {
            if (++_depth > 60) throw new ShellExitException(2);
            return await ExecuteAsync(body, streams).ConfigureAwait(false);
        }
        catch (ShellReturnException answer)
        {
            return answer.Code;
        }
        finally
        {
            _depth--;
            _positional = before;
        }
    }

    private async Task<ShellStreams?> RedirectAsync(IReadOnlyList<Redirect> redirects, ShellStreams streams)
    {
        foreach (Redirect redirect in redirects)
        {
            string target = await TextAsync(redirect.Target, streams).ConfigureAwait(false);
            try
            {
                streams = redirect.Operator switch
                {
                    "<" => streams with { In = OpenInput(target, streams) },
                    "<<" => streams with { In = new MemoryStream(Encoding.UTF8.GetBytes(target)) },
                    ">&" or "<&" => redirect.Descriptor == 2 ? streams with { Err = target == "1" ? streams.Out : streams.Err } : redirect.Descriptor == 1 && target == "2" ? streams with { Out = streams.Err } : streams,
                    _ when redirect.Descriptor == 2 => streams with { Err = OpenOutput(target, redirect.Operator == ">>", streams) },
                    _ => streams with { Out = OpenOutput(target, redirect.Operator == ">>", streams) },
                };
            }
            catch (IOException error)
            {
                await Say(streams.Err, redirect.Operator == "<" ? $"{_zero}: can't open {target}: {error.Message}\n" : $"{_zero}: can't create {target}: {error.Message}\n").ConfigureAwait(false);
                return null;
            }
        }

        return streams;
    }

    /// <summary>Opens what a path means to read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Stream OpenInput(string path, ShellStreams streams)
    {
        string full = Full(path);
        switch (full)
        {
            case "/dev/null": return Stream.Null;
            case "/dev/stdin" or "/proc/self/fd/0": return streams.In;
            case "/dev/zero" or "/dev/urandom" or "/dev/random": return new EndlessStream(full != "/dev/zero");
        }

        FileEntry? file = World.Files.Find(full);
        if (file is null) throw new FileNotFoundException("No such file or directory");
        if (file.IsFolder) throw new IOException("Is a directory");
        return System.Runtime.InteropServices.MemoryMarshal.TryGetArray(file.Content, out ArraySegment<byte> bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : Stream.Null;
    }

    /// <summary>Opens what a path means to write.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public ByteWriter OpenOutput(string path, bool append, ShellStreams streams)
    {
        string full = Full(path);
        switch (full)
        {
            case "/dev/null": return ShellStreams.Nowhere;
            case "/dev/stdout" or "/proc/1/fd/1" or "/proc/self/fd/1": return streams.Out;
            case "/dev/stderr" or "/proc/1/fd/2" or "/proc/self/fd/2": return streams.Err;
        }

        FileEntry file = World.Files.Open(full, append);
        return bytes =>
        {
            lock (file) file.Append(bytes.Span);
            return ValueTask.CompletedTask;
        };
    }
}

/// <summary><c>exit</c>.</summary>
internal sealed class ShellExitException(int code) : Exception
{
    /// <summary>The exit code.</summary>
    public int Code { get; } = code;
}

/// <summary><c>return</c>.</summary>
internal sealed class ShellReturnException(int code) : Exception
{
    /// <summary>The exit code.</summary>
    public int Code { get; } = code;
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed class LoopException(bool breaks, int levels) : Exception
{
    /// <summary>True for <c>break</c>.</summary>
    public bool Breaks { get; } = breaks;

    /// <summary>How many loops it is about.</summary>
    public int Levels { get; } = levels;
}

/// <summary>Bytes without an end: zeros, or random ones.</summary>
internal sealed class EndlessStream(bool random) : SequentialStream(reads: true, writes: false)
{
    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (random) Random.Shared.NextBytes(buffer.Span);
        else buffer.Span.Clear();
        return ValueTask.FromResult(buffer.Length);
    }
}
