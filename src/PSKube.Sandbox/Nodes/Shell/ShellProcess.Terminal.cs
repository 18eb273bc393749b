using System.Text;

namespace PSKube.Sandbox.Nodes.Shell;

/// <content>A shell at a terminal: it echoes what is typed, has a prompt, and Ctrl+C ends what runs.</content>
internal sealed partial class ShellProcess
{
    private async Task<int> TerminalAsync(ShellStreams streams)
    {
        // What a terminal shows goes to the left before each line.
        ByteWriter screen = bytes => streams.Out(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes.Span).Replace("\n", "\r\n", StringComparison.Ordinal)));
        string prompt = (Folder == "/" ? "/ " : Folder + " ") + "# ";
        await Say(streams.Out, prompt).ConfigureAwait(false);
        var line = new List<byte>();
        byte[] one = new byte[256];
        var waiting = new Queue<byte>();
        Task<int>? read = null;
        while (true)
        {
            if (waiting.Count == 0)
            {
                int count = await (read ?? streams.In.ReadAsync(one, 0, one.Length, Kill)).ConfigureAwait(false);
                read = null;
                if (count == 0) return _last;
                for (int at = 0; at < count; at++) waiting.Enqueue(one[at]);
                continue;
            }

            byte key = waiting.Dequeue();
            switch (key)
            {
                case 3:
                    line.Clear();
                    await Say(streams.Out, "^C\r\n" + prompt).ConfigureAwait(false);
                    break;
                case 4 when line.Count == 0: return _last;
                case 8 or 127:
                    if (line.Count == 0) break;
                    line.RemoveAt(line.Count - 1);
                    await Say(streams.Out, "\b \b").ConfigureAwait(false);
                    break;
                case (byte)'\r' or (byte)'\n':
                    await Say(streams.Out, "\r\n").ConfigureAwait(false);
                    string text = Encoding.UTF8.GetString([.. line]);
                    line.Clear();
                    using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Kill))
                    {
                        var child = new ShellProcess(World, stop.Token) { Variables = Variables, Exported = Exported, Folder = Folder, _zero = _zero, _last = _last };
                        Task<int> running = child.LineOfTerminalAsync(text, new ShellStreams(Stream.Null, screen, screen));
                        while (!running.IsCompleted)
                        {
                            read ??= streams.In.ReadAsync(one, 0, one.Length, Kill);
                            if (await Task.WhenAny(running, read).ConfigureAwait(false) == running) break;
                            int count = await read.ConfigureAwait(false);
                            read = null;
                            if (count == 0 || one.AsSpan(0, count).Contains((byte)3))
                            {
                                await Say(streams.Out, "^C\r\n").ConfigureAwait(false);
                                await stop.CancelAsync().ConfigureAwait(false);
                                if (count == 0) return 130;
                                break;
                            }

                            for (int at = 0; at < count; at++) waiting.Enqueue(one[at]);
                        }

                        try
                        {
                            _last = await running.ConfigureAwait(false);
                        }
                        catch (OperationCanceledException) when (!Kill.IsCancellationRequested)
                        {
                            _last = 130;
                        }
                        catch (ShellExitException exit)
                        {
                            return exit.Code;
                        }

                        Folder = child.Folder;
                    }

                    prompt = (Folder == "/" ? "/ " : Folder + " ") + "# ";
                    await Say(streams.Out, prompt).ConfigureAwait(false);
                    break;
                default:
                    line.Add(key);
                    await streams.Out(new[] { key }).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task<int> LineOfTerminalAsync(string text, ShellStreams streams)
    {
        try
        {
            return await ExecuteAsync(ShellParser.Parse(text), streams).ConfigureAwait(false);
        }
        catch (ShellSyntaxException error)
        {
            await Say(streams.Err, $"{_zero}: {error.Message}\n").ConfigureAwait(false);
            return 2;
        }
        catch (LoopException)
        {
            return 0;
        }
    }
}
