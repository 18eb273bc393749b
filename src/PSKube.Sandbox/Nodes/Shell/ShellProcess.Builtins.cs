using System.Globalization;
using System.Text;

namespace PSKube.Sandbox.Nodes.Shell;

/// <content>What the shell does itself.</content>
internal sealed partial class ShellProcess
{
    /// <summary>Runs a command of the shell's own; null when it is none.</summary>
    private async Task<int?> BuiltinAsync(List<string> words, ShellStreams streams)
    {
        switch (words[0])
        {
            case ":": return 0;
            case "exit": throw new ShellExitException(words.Count > 1 ? Number(words[1]) & 255 : _last);
            case "return": throw new ShellReturnException(words.Count > 1 ? Number(words[1]) : _last);
            case "break" or "continue": throw new LoopException(words[0] == "break", words.Count > 1 ? Number(words[1]) : 1);
            case "cd":
                string folder = Full(words.Count > 1 ? words[1] : Variables.GetValueOrDefault("HOME") ?? "/root");
                if (World.Files.Find(folder) is not { IsFolder: true })
                {
                    await Say(streams.Err, $"{_zero}: cd: can't cd to {words[1]}: No such file or directory\n").ConfigureAwait(false);
                    return 2;
                }

                Folder = folder;
                Variables["PWD"] = folder;
                return 0;
            case "pwd":
                await Say(streams.Out, Folder + "\n").ConfigureAwait(false);
                return 0;
            case "export" or "readonly" or "local":
                foreach (string word in words.Skip(1))
                {
                    int equals = word.IndexOf('=', StringComparison.Ordinal);
                    if (equals > 0) Variables[word[..equals]] = word[(equals + 1)..];
                    if (words[0] == "export") Exported.Add(equals > 0 ? word[..equals] : word);
                }

                return 0;
            case "unset":
                foreach (string word in words.Skip(1)) Variables.Remove(word);
                return 0;
            case "set":
                if (words.Count > 1 && words[1] == "--") _positional = words[2..];
                return 0;
            case "shift":
                int by = words.Count > 1 ? Number(words[1]) : 1;
                _positional = by <= _positional.Count ? _positional[by..] : [];
                return 0;
            case "read": return await ReadAsync(words, streams).ConfigureAwait(false);
            case "trap":
                foreach (string signal in words.Skip(2))
                {
                    string name = signal.StartsWith("SIG", StringComparison.Ordinal) ? signal[3..] : signal switch { "15" => "TERM", "2" => "INT", "0" => "EXIT", _ => signal };
                    if (words[1] == "-") _traps.Remove(name);
                    else _traps[name] = words[1];
                }

                return 0;
            case "wait":
                while (_background.Count > 0)
                {
                    Task<int> next = await Task.WhenAny(_background).ConfigureAwait(false);
                    _background.Remove(next);
                    await next.ConfigureAwait(false);
                    await TrapAsync(streams).ConfigureAwait(false);
                }

                return 0;
            case "eval": return await ExecuteAsync(ShellParser.Parse(string.Join(' ', words.Skip(1))), streams).ConfigureAwait(false);
            case "exec":
                if (words.Count == 1) return 0;
                throw new ShellExitException(await ProgramAsync(words[1..], streams).ConfigureAwait(false));
            case "." or "source":
                if (World.Files.Find(Full(words[1])) is not { IsFolder: false } file) return 2;
                return await ExecuteAsync(ShellParser.Parse(Encoding.UTF8.GetString(file.Content.Span)), streams).ConfigureAwait(false);
            case "command" or "type" when words.Count > 1:
                if (words[0] == "command" && words[1] != "-v") return await BuiltinAsync(words[1..], streams).ConfigureAwait(false) ?? await Child().ProgramAsync(words[1..], streams).ConfigureAwait(false);
                string asked = words[^1];
                if (!IsProgram(asked)) return 127;
                await Say(streams.Out, words[0] == "type" ? $"{asked} is /bin/{asked}\n" : $"/bin/{asked}\n").ConfigureAwait(false);
                return 0;
            case "umask" or "ulimit" or "hash" or "alias": return 0;
            default: return null;
        }
    }

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : 2;

    private async Task<int> ReadAsync(List<string> words, ShellStreams streams)
    {
        string? line = await LineAsync(streams.In).ConfigureAwait(false);
        string[] names = [.. words.Skip(1).Where(word => !word.StartsWith('-'))];
        if (names.Length == 0) names = ["REPLY"];
        string rest = (line ?? "").Trim();
        for (int at = 0; at < names.Length; at++)
        {
            int space = at == names.Length - 1 ? -1 : rest.IndexOfAny([' ', '\t']);
            Variables[names[at]] = space < 0 ? rest : rest[..space];
            rest = space < 0 ? "" : rest[(space + 1)..].TrimStart();
        }

        return line is null ? 1 : 0;
    }

    /// <summary>A line of a stream, read byte by byte so that nothing more is taken; null at the end.</summary>
    private async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one.AsMemory(), Kill).ConfigureAwait(false) == 1)
        {
            if (one[0] is (byte)'\n' or (byte)'\r') return Encoding.UTF8.GetString([.. line]);
            line.Add(one[0]);
        }

        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }

    /// <summary>A shell with its arguments: a script, a file, or what comes from its input.</summary>
    private async Task<int> ShellAsync(IReadOnlyList<string> command, ShellStreams streams)
    {
        int at = 1;
        bool script = false, interactive = World.Terminal() is not null;
        while (at < command.Count && command[at].Length > 1 && command[at][0] is '-' or '+')
        {
            script |= command[at][0] == '-' && !command[at].StartsWith("--", StringComparison.Ordinal) && command[at].Contains('c', StringComparison.Ordinal);
            at++;
        }

        if (script)
        {
            if (at >= command.Count) return 2;
            _zero = at + 1 < command.Count ? command[at + 1] : command[0];
            _positional = [.. command.Skip(at + 2)];
            return await ScriptAsync(command[at], streams).ConfigureAwait(false);
        }

        if (at < command.Count)
        {
            _zero = command[at];
            _positional = [.. command.Skip(at + 1)];
            if (World.Files.Find(Full(_zero)) is { IsFolder: false } file) return await ScriptAsync(Encoding.UTF8.GetString(file.Content.Span), streams).ConfigureAwait(false);
            await Say(streams.Err, $"{command[0]}: can't open '{_zero}': No such file or directory\n").ConfigureAwait(false);
            return 2;
        }

        _zero = command[0];
        return interactive ? await TerminalAsync(streams).ConfigureAwait(false) : await InputAsync(streams).ConfigureAwait(false);
    }

    private async Task<int> InputAsync(ShellStreams streams)
    {
        var script = new StringBuilder();
        while (await LineAsync(streams.In).ConfigureAwait(false) is { } line)
        {
            script.Append(line).Append('\n');
            ShellNode node;
            try
            {
                node = ShellParser.Parse(script.ToString());
            }
            catch (ShellSyntaxException)
            {
                // The command goes on in the next line.
                continue;
            }

            script.Clear();
            try
            {
                await ExecuteAsync(node, streams).ConfigureAwait(false);
            }
            catch (ShellExitException exit)
            {
                return exit.Code;
            }
            catch (LoopException)
            {
                // A break outside of any loop.
            }
        }

        return _last;
    }
}
