using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>Programs that read and write text.</summary>
internal static class TextPrograms
{
    private const int Chunk = 64 * 1024;

    /// <summary><c>echo</c>.</summary>
    public static async Task<int> EchoAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        bool line = true, escapes = false;
        int at = 1;
        while (at < words.Count && words[at] is "-n" or "-e" or "-ne" or "-en" or "-E")
        {
            line &= !words[at].Contains('n', StringComparison.Ordinal);
            escapes |= words[at].Contains('e', StringComparison.Ordinal);
            at++;
        }

        string text = string.Join(' ', words.Skip(at));
        byte[] bytes = escapes ? Unescape(text) : Encoding.UTF8.GetBytes(text);
        await streams.Out(line ? [.. bytes, (byte)'\n'] : bytes).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>printf</c>.</summary>
    public static async Task<int> PrintfAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        if (words.Count < 2) return 2;
        using var output = new MemoryStream();
        int next = 2;
        do
        {
            int before = next;
            string format = words[1];
            for (int at = 0; at < format.Length; at++)
            {
                if (format[at] == '%' && at + 1 < format.Length)
                {
                    int from = at++;
                    while (at < format.Length && format[at] is '-' or '+' or ' ' or '0' or '#' or '.' or (>= '1' and <= '9')) at++;
                    if (at >= format.Length) break;
                    if (format[at] == '%') output.WriteByte((byte)'%');
                    else
                    {
                        string argument = next < words.Count ? words[next] : "";
                        next++;
                        output.Write(Formatted(format[(from + 1)..at], format[at], argument));
                    }
                }
                else if (format[at] == '\\')
                {
                    int end = at + 2;
                    while (end < format.Length && end < at + 4 && char.IsAsciiDigit(format[at + 1]) && char.IsAsciiDigit(format[end])) end++;
                    output.Write(Unescape(format[at..Math.Min(end, format.Length)]));
                    at = end - 1;
                }
                else
                {
                    int end = at + 1;
                    while (end < format.Length && format[end] is not ('%' or '\\')) end++;
                    output.Write(Encoding.UTF8.GetBytes(format[at..end]));
                    at = end - 1;
                }
            }

            if (next == before) break;
        }
        while (next < words.Count);
        await streams.Out(output.ToArray()).ConfigureAwait(false);
        return 0;
    }

    private static byte[] Formatted(string flags, char kind, string argument)
    {
        string text = kind switch
        {
            'd' or 'i' or 'u' => long.TryParse(argument, CultureInfo.InvariantCulture, out long number) ? number.ToString(CultureInfo.InvariantCulture) : "0",
            'x' => long.TryParse(argument, CultureInfo.InvariantCulture, out long hex) ? hex.ToString("x", CultureInfo.InvariantCulture) : "0",
            'o' => long.TryParse(argument, CultureInfo.InvariantCulture, out long octal) ? Convert.ToString(octal, 8) : "0",
            'f' => double.TryParse(argument, CultureInfo.InvariantCulture, out double real) ? real.ToString("F" + (flags.Contains('.', StringComparison.Ordinal) ? flags[(flags.IndexOf('.', StringComparison.Ordinal) + 1)..] : "6"), CultureInfo.InvariantCulture) : "0",
            'c' => argument.Length > 0 ? argument[..1] : "",
            _ => argument,
        };
        if (kind == 'b') return Unescape(text);
        string width = new([.. flags.TrimStart('-', '+', ' ', '0', '#').TakeWhile(char.IsAsciiDigit)]);
        if (int.TryParse(width, CultureInfo.InvariantCulture, out int wide)) text = flags.StartsWith('-') ? text.PadRight(wide) : flags.StartsWith('0') ? text.PadLeft(wide, '0') : text.PadLeft(wide);
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Bytes with <c>\n</c>, <c>\303</c> and the like replaced.</summary>
    public static byte[] Unescape(string text)
    {
        using var output = new MemoryStream();
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || at + 1 >= text.Length)
            {
                int end = at + 1;
                while (end < text.Length && text[end] != '\\') end++;
                output.Write(Encoding.UTF8.GetBytes(text[at..end]));
                at = end - 1;
                continue;
            }

            char one = text[++at];
            if (one is >= '0' and <= '7')
            {
                int end = at, value = 0;
                while (end < text.Length && end < at + (one == '0' ? 4 : 3) && text[end] is >= '0' and <= '7') value = (value * 8) + text[end++] - '0';
                output.WriteByte((byte)value);
                at = end - 1;
            }
            else if (one == 'x' && at + 2 < text.Length && byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out byte hex))
            {
                output.WriteByte(hex);
                at += 2;
            }
            else
            {
                int code = one switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'a' => 7, 'b' => 8, 'e' => 27, 'f' => 12, 'v' => 11, '\\' => '\\', _ => -1 };
                if (code >= 0) output.WriteByte((byte)code);
                else output.Write(Encoding.UTF8.GetBytes("\\" + one));
            }
        }

        return output.ToArray();
    }

    /// <summary><c>seq</c>.</summary>
    public static async Task<int> SeqAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        long[] numbers = [.. words.Skip(1).Select(word => long.TryParse(word, CultureInfo.InvariantCulture, out long number) ? number : 0)];
        (long first, long step, long last) = numbers.Length switch { 1 => (1, 1, numbers[0]), 2 => (numbers[0], 1, numbers[1]), 3 => (numbers[0], numbers[1], numbers[2]), _ => (1, 1, 0) };
        var text = new StringBuilder();
        for (long one = first; step > 0 ? one <= last : step < 0 && one >= last; one += step)
        {
            text.Append(CultureInfo.InvariantCulture, $"{one}\n");
            if (text.Length < Chunk) continue;
            process.Kill.ThrowIfCancellationRequested();
            await ShellProcess.Say(streams.Out, text.ToString()).ConfigureAwait(false);
            text.Clear();
        }

        await ShellProcess.Say(streams.Out, text.ToString()).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>cat</c>.</summary>
    public static async Task<int> CatAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        int code = 0;
        foreach ((string? name, Stream? input) in Inputs(process, words, streams))
        {
            if (input is null)
            {
                await ShellProcess.Say(streams.Err, Missing(process, "cat", name!)).ConfigureAwait(false);
                code = 1;
            }
            else await CopyAsync(process, input, streams.Out, long.MaxValue).ConfigureAwait(false);
        }

        return code;
    }

    /// <summary><c>head</c>.</summary>
    public static async Task<int> HeadAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        long lines = 10, bytes = -1;
        List<string> files = Options(words, "cn", (option, value) =>
        {
            if (option == 'c') bytes = Size(value);
            else lines = Size(value);
        });
        int code = 0;
        foreach ((string? name, Stream? input) in Inputs(process, [words[0], .. files], streams))
        {
            if (input is null)
            {
                await ShellProcess.Say(streams.Err, Missing(process, "head", name!)).ConfigureAwait(false);
                code = 1;
            }
            else if (bytes >= 0) await CopyAsync(process, input, streams.Out, bytes).ConfigureAwait(false);
            else
            {
                byte[] buffer = new byte[4096];
                int count;
                for (long left = lines; left > 0 && (count = await input.ReadAsync(buffer.AsMemory(), process.Kill).ConfigureAwait(false)) > 0;)
                {
                    int end = 0;
                    while (end < count && left > 0)
                    {
                        if (buffer[end++] == '\n') left--;
                    }

                    await streams.Out(buffer.AsMemory(0, end)).ConfigureAwait(false);
                }
            }
        }

        return code;
    }

    /// <summary><c>tail</c>; with <c>-f</c> it goes on.</summary>
    public static async Task<int> TailAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        long lines = 10;
        bool follow = words.Any(word => word is "-f" or "-F" or "--follow" || (word.StartsWith('-') && word.EndsWith('f') && word.Length > 2 && !word.StartsWith("--", StringComparison.Ordinal)));
        List<string> files = Options([.. words.Where(word => word is not ("-f" or "-F" or "--follow"))], "n", (_, value) => lines = Size(value.TrimStart('+')));
        if (files.Count == 0)
        {
            string[] all = Lines(await ReadAsync(process, streams.In).ConfigureAwait(false));
            foreach (string line in all.TakeLast((int)Math.Min(lines, int.MaxValue))) await ShellProcess.Say(streams.Out, line + "\n").ConfigureAwait(false);
            return 0;
        }

        string path = process.Full(files[^1]);
        if (path == "/dev/null" && follow) await process.SleepAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (process.World.Files.Find(path) is not { IsFolder: false } file)
        {
            await ShellProcess.Say(streams.Err, $"tail: can't open '{files[^1]}': No such file or directory\n").ConfigureAwait(false);
            return 1;
        }

        int read = file.Length;
        foreach (string line in Lines(file.Content.ToArray()).TakeLast((int)Math.Min(lines, int.MaxValue))) await ShellProcess.Say(streams.Out, line + "\n").ConfigureAwait(false);
        while (follow)
        {
            await process.SleepAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            if (process.World.Files.Find(path) is not { } now) continue;
            if (now.Length > read) await streams.Out(now.Content[read..].ToArray()).ConfigureAwait(false);
            read = now.Length;
        }

        return 0;
    }

    /// <summary><c>tr</c>.</summary>
    public static async Task<int> TrAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        bool delete = words.Contains("-d");
        string[] sets = [.. words.Skip(1).Where(word => word is not ("-d" or "-s"))];
        if (sets.Length == 0) return 1;
        byte[] from = Set(sets[0]), to = sets.Length > 1 ? Set(sets[1]) : [];
        byte[] buffer = new byte[Chunk];
        int count;
        while ((count = await streams.In.ReadAsync(buffer.AsMemory(), process.Kill).ConfigureAwait(false)) > 0)
        {
            var output = new List<byte>(count);
            for (int at = 0; at < count; at++)
            {
                int found = Array.IndexOf(from, buffer[at]);
                if (found < 0) output.Add(buffer[at]);
                else if (!delete) output.Add(to.Length == 0 ? buffer[at] : to[Math.Min(found, to.Length - 1)]);
            }

            await streams.Out(output.ToArray()).ConfigureAwait(false);
        }

        return 0;
    }

    private static byte[] Set(string text)
    {
        text = text.Replace("[:upper:]", "A-Z", StringComparison.Ordinal).Replace("[:lower:]", "a-z", StringComparison.Ordinal).Replace("[:digit:]", "0-9", StringComparison.Ordinal).Replace("[:space:]", " \\t\\n\\r", StringComparison.Ordinal);
        byte[] plain = Unescape(text);
        var set = new List<byte>();
        for (int at = 0; at < plain.Length; at++)
        {
            if (at + 2 < plain.Length && plain[at + 1] == '-' && plain[at + 2] >= plain[at])
            {
                for (int one = plain[at]; one <= plain[at + 2]; one++) set.Add((byte)one);
                at += 2;
            }
            else set.Add(plain[at]);
        }

        return [.. set];
    }

    /// <summary><c>sort</c>.</summary>
    public static async Task<int> SortAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string options = string.Concat(words.Skip(1).Where(word => word.StartsWith('-')));
        IEnumerable<string> lines = Lines(await AllAsync(process, words, streams).ConfigureAwait(false));
        lines = options.Contains('n', StringComparison.Ordinal) ? lines.OrderBy(line => double.TryParse(new string([.. line.TrimStart().TakeWhile(one => char.IsAsciiDigit(one) || one is '-' or '.')]), CultureInfo.InvariantCulture, out double number) ? number : 0) : lines.Order(StringComparer.Ordinal);
        if (options.Contains('r', StringComparison.Ordinal)) lines = lines.Reverse();
        if (options.Contains('u', StringComparison.Ordinal)) lines = lines.Distinct();
        await ShellProcess.Say(streams.Out, string.Concat(lines.Select(line => line + "\n"))).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>uniq</c>.</summary>
    public static async Task<int> UniqAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        var counted = new List<(string Line, int Count)>();
        foreach (string line in Lines(await AllAsync(process, words, streams).ConfigureAwait(false)))
        {
            if (counted.Count > 0 && counted[^1].Line == line) counted[^1] = (line, counted[^1].Count + 1);
            else counted.Add((line, 1));
        }

        foreach ((string line, int count) in counted) await ShellProcess.Say(streams.Out, words.Contains("-c") ? $"{count,7} {line}\n" : line + "\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>wc</c>.</summary>
    public static async Task<int> WcAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        byte[] bytes = await AllAsync(process, words, streams).ConfigureAwait(false);
        int lines = bytes.Count(one => one == '\n'), count = Encoding.UTF8.GetString(bytes).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        string options = string.Concat(words.Skip(1).Where(word => word.StartsWith('-')));
        string name = words.Skip(1).FirstOrDefault(word => !word.StartsWith('-')) is { } file ? " " + file : "";
        string text = options switch { "-l" => $"{lines}", "-c" => $"{bytes.Length}", "-w" => $"{count}", _ => $"{lines,7} {count,9} {bytes.Length,9}" };
        await ShellProcess.Say(streams.Out, text + name + "\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>grep</c>.</summary>
    public static async Task<int> GrepAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string options = string.Concat(words.Skip(1).Where(word => word.StartsWith('-') && word.Length > 1));
        string[] rest = [.. words.Skip(1).Where(word => !word.StartsWith('-'))];
        if (rest.Length == 0) return 2;
        string pattern = options.Contains('F', StringComparison.Ordinal) ? Regex.Escape(rest[0]) : rest[0];
        var expression = new Regex(pattern, options.Contains('i', StringComparison.Ordinal) ? RegexOptions.IgnoreCase : RegexOptions.None, TimeSpan.FromSeconds(5));
        string[] found = [.. Lines(await AllAsync(process, [words[0], .. rest.Skip(1)], streams).ConfigureAwait(false)).Where(line => expression.IsMatch(line) != options.Contains('v', StringComparison.Ordinal))];
        if (options.Contains('c', StringComparison.Ordinal)) await ShellProcess.Say(streams.Out, $"{found.Length}\n").ConfigureAwait(false);
        else if (!options.Contains('q', StringComparison.Ordinal)) await ShellProcess.Say(streams.Out, string.Concat(found.Select(line => line + "\n"))).ConfigureAwait(false);
        return found.Length > 0 ? 0 : 1;
    }

    /// <summary><c>cut</c>.</summary>
    public static async Task<int> CutAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        char separator = '\t';
        string fields = "1";
        List<string> files = Options(words, "dfc", (option, value) =>
        {
            if (option == 'd') separator = value.Length > 0 ? value[0] : ' ';
            else fields = value;
        });
        int[] wanted = [.. fields.Split(',').Select(one => int.TryParse(one.Split('-')[0], CultureInfo.InvariantCulture, out int field) ? field : 1)];
        foreach (string line in Lines(await AllAsync(process, [words[0], .. files], streams).ConfigureAwait(false)))
        {
            string[] parts = line.Split(separator);
            await ShellProcess.Say(streams.Out, (parts.Length == 1 ? line : string.Join(separator, wanted.Where(one => one <= parts.Length).Select(one => parts[one - 1]))) + "\n").ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary><c>tee</c>.</summary>
    public static async Task<int> TeeAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        ByteWriter[] files = [.. words.Skip(1).Where(word => !word.StartsWith('-')).Select(path => process.OpenOutput(path, words.Contains("-a"), streams))];
        await CopyAsync(process, streams.In, async bytes =>
        {
            foreach (ByteWriter file in files) await file(bytes).ConfigureAwait(false);
            await streams.Out(bytes).ConfigureAwait(false);
        }, long.MaxValue).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>yes</c>.</summary>
    public static async Task<int> YesAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat((words.Count > 1 ? words[1] : "y") + "\n", 512)));
        while (true)
        {
            process.Kill.ThrowIfCancellationRequested();
            await streams.Out(lines).ConfigureAwait(false);
            await Task.Yield();
        }
    }

    /// <summary><c>sha256sum</c>, <c>md5sum</c>.</summary>
    public static async Task<int> SumAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        bool strong = words[0].EndsWith("sha256sum", StringComparison.Ordinal);
        int code = 0;
        foreach ((string? name, Stream? input) in Inputs(process, words, streams))
        {
            if (input is null)
            {
                await ShellProcess.Say(streams.Err, Missing(process, words[0], name!)).ConfigureAwait(false);
                code = 1;
                continue;
            }

#pragma warning disable CA5351 // md5sum is what the program is called.
            byte[] hash = strong ? await SHA256.HashDataAsync(input, process.Kill).ConfigureAwait(false) : await MD5.HashDataAsync(input, process.Kill).ConfigureAwait(false);
#pragma warning restore CA5351
            await ShellProcess.Say(streams.Out, $"{Convert.ToHexString(hash).ToLowerInvariant()}  {name ?? "-"}\n").ConfigureAwait(false);
        }

        return code;
    }

    /// <summary><c>base64</c>.</summary>
    public static async Task<int> Base64Async(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        byte[] bytes = await AllAsync(process, words, streams).ConfigureAwait(false);
        try
        {
            if (words.Any(word => word is "-d" or "-D" or "--decode")) await streams.Out(Convert.FromBase64String(Encoding.ASCII.GetString(bytes).Replace("\n", "", StringComparison.Ordinal))).ConfigureAwait(false);
            else await ShellProcess.Say(streams.Out, string.Concat(Convert.ToBase64String(bytes).Chunk(76).Select(line => new string(line) + "\n"))).ConfigureAwait(false);
            return 0;
        }
        catch (FormatException)
        {
            await ShellProcess.Say(streams.Err, "base64: invalid input\n").ConfigureAwait(false);
            return 1;
        }
    }

    private static long Size(string text)
    {
        long factor = text.Length > 0 ? char.ToLowerInvariant(text[^1]) switch { 'k' => 1024, 'm' => 1024 * 1024, 'g' => 1024 * 1024 * 1024, _ => 1 } : 1;
        return long.TryParse(factor == 1 ? text : text[..^1], CultureInfo.InvariantCulture, out long number) ? number * factor : 0;
    }

    private static string Missing(ShellProcess process, string program, string name) =>
        process.World.Files.Find(process.Full(name)) is { IsFolder: true }
            ? $"{program}: read error: Is a directory\n"
            : ContainerBehavior.Family(process.World.Image) is "busybox" or "alpine" ? $"{program}: can't open '{name}': No such file or directory\n" : $"{program}: {name}: No such file or directory\n";

    private static List<string> Options(IReadOnlyList<string> words, string withValue, Action<char, string> option)
    {
        var rest = new List<string>();
        for (int at = 1; at < words.Count; at++)
        {
            string word = words[at];
            if (word.Length > 1 && word[0] == '-' && withValue.Contains(word[1], StringComparison.Ordinal))
            {
                if (word.Length > 2) option(word[1], word[2..]);
                else if (++at < words.Count) option(word[1], words[at]);
            }
            else if (word.Length > 1 && word[0] == '-' && word.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0) option('n', word[1..]);
            else if (!word.StartsWith('-') || word.Length == 1) rest.Add(word);
        }

        return rest;
    }

    private static IEnumerable<(string? Name, Stream? Input)> Inputs(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string[] names = [.. words.Skip(1).Where(word => word == "-" || !word.StartsWith('-'))];
        if (names.Length == 0) yield return (null, streams.In);
        foreach (string name in names)
        {
            Stream? input = null;
            if (name == "-") input = streams.In;
            else
            {
                try
                {
                    input = process.OpenInput(name, streams);
                }
                catch (IOException)
                {
                    // Told by the caller, in its own name.
                }
            }

            yield return (name, input);
        }
    }

    private static async Task<byte[]> AllAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        using var all = new MemoryStream();
        foreach ((string? name, Stream? input) in Inputs(process, words, streams))
        {
            if (input is null) await ShellProcess.Say(streams.Err, Missing(process, words[0], name!)).ConfigureAwait(false);
            else await input.CopyToAsync(all, process.Kill).ConfigureAwait(false);
        }

        return all.ToArray();
    }

    private static async Task<byte[]> ReadAsync(ShellProcess process, Stream input)
    {
        using var all = new MemoryStream();
        await input.CopyToAsync(all, process.Kill).ConfigureAwait(false);
        return all.ToArray();
    }

    private static string[] Lines(byte[] bytes)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static async Task CopyAsync(ShellProcess process, Stream input, ByteWriter output, long most)
    {
        byte[] buffer = new byte[Chunk];
        int count;
        while (most > 0 && (count = await input.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most)), process.Kill).ConfigureAwait(false)) > 0)
        {
            process.Kill.ThrowIfCancellationRequested();
            await output(buffer.AsMemory(0, count)).ConfigureAwait(false);
            most -= count;
        }
    }
}
