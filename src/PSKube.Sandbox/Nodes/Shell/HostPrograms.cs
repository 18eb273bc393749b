using System.Globalization;
using System.Text;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>Programs that tell of the host, or let time pass.</summary>
internal static class HostPrograms
{
    /// <summary><c>sleep</c>.</summary>
    public static async Task<int> SleepAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        double seconds = 0;
        foreach (string word in words.Skip(1))
        {
            if (word is "infinity" or "inf")
            {
                await process.SleepAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
                continue;
            }

            double factor = word.Length > 0 ? word[^1] switch { 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 1 } : 1;
            if (!double.TryParse(word.TrimEnd('s', 'm', 'h', 'd'), CultureInfo.InvariantCulture, out double number))
            {
                await ShellProcess.Say(streams.Err, $"sleep: invalid number '{word}'\n").ConfigureAwait(false);
                return 1;
            }

            seconds += number * factor;
        }

        await process.SleepAsync(TimeSpan.FromSeconds(Math.Min(seconds, 1e9))).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>date</c>.</summary>
    public static async Task<int> DateAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        DateTime now = DateTime.UtcNow;
        string? format = words.Skip(1).FirstOrDefault(word => word.StartsWith('+'))?[1..];
        if (format is null)
        {
            await ShellProcess.Say(streams.Out, now.ToString("ddd MMM d HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture).Replace("  ", " ", StringComparison.Ordinal) + "\n").ConfigureAwait(false);
            return 0;
        }

        var text = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                text.Append(format[at]);
                continue;
            }

            text.Append(format[++at] switch
            {
                'Y' => now.ToString("yyyy", CultureInfo.InvariantCulture),
                'm' => now.ToString("MM", CultureInfo.InvariantCulture),
                'd' => now.ToString("dd", CultureInfo.InvariantCulture),
                'H' => now.ToString("HH", CultureInfo.InvariantCulture),
                'M' => now.ToString("mm", CultureInfo.InvariantCulture),
                'S' => now.ToString("ss", CultureInfo.InvariantCulture),
                'N' => now.ToString("fffffff", CultureInfo.InvariantCulture) + "00",
                's' => ((long)(now - DateTime.UnixEpoch).TotalSeconds).ToString(CultureInfo.InvariantCulture),
                'F' => now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                'T' => now.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                'Z' => "UTC",
                'z' => "+0000",
                '%' => "%",
                var other => "%" + other,
            });
        }

        await ShellProcess.Say(streams.Out, text.Append('\n').ToString()).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>hostname</c>.</summary>
    public static async Task<int> HostnameAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string text = words.Contains("-i") ? process.Variables.GetValueOrDefault("POD_IP_OF_SANDBOX") ?? "127.0.0.1" : process.World.Hostname;
        await ShellProcess.Say(streams.Out, text + "\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>env</c> and <c>printenv</c>.</summary>
    public static async Task<int> EnvAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        if (words.Count > 1 && words[0].EndsWith("printenv", StringComparison.Ordinal))
        {
            if (!process.Variables.TryGetValue(words[1], out string? value)) return 1;
            await ShellProcess.Say(streams.Out, value + "\n").ConfigureAwait(false);
            return 0;
        }

        await ShellProcess.Say(streams.Out, string.Concat(process.Variables.Where(one => process.Exported.Contains(one.Key)).Select(one => $"{one.Key}={one.Value}\n"))).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>id</c> and <c>whoami</c>.</summary>
    public static async Task<int> IdAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string text = words[0].EndsWith("whoami", StringComparison.Ordinal) ? "root" : words.Contains("-u") ? "0" : "uid=0(root) gid=0(root) groups=0(root)";
        await ShellProcess.Say(streams.Out, text + "\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>uname</c>.</summary>
    public static async Task<int> UnameAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string options = string.Concat(words.Skip(1));
        string text = options.Contains('a', StringComparison.Ordinal) ? $"Linux {process.World.Hostname} 5.15.0 #1 SMP x86_64 GNU/Linux" : options.Contains('r', StringComparison.Ordinal) ? "5.15.0" : options.Contains('m', StringComparison.Ordinal) ? "x86_64" : options.Contains('n', StringComparison.Ordinal) ? process.World.Hostname : "Linux";
        await ShellProcess.Say(streams.Out, text + "\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>stty size</c> and <c>tty</c>.</summary>
    public static async Task<int> SttyAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        bool tty = words[0].EndsWith("tty", StringComparison.Ordinal) && !words[0].EndsWith("stty", StringComparison.Ordinal);
        if (process.World.Terminal() is not { } size)
        {
            await ShellProcess.Say(tty ? streams.Out : streams.Err, tty ? "not a tty\n" : "stty: standard input: Inappropriate ioctl for device\n").ConfigureAwait(false);
            return 1;
        }

        if (tty) await ShellProcess.Say(streams.Out, "/dev/pts/0\n").ConfigureAwait(false);
        else if (words.Contains("size")) await ShellProcess.Say(streams.Out, $"{size.Rows} {size.Columns}\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>ps</c> and <c>uptime</c>.</summary>
    public static async Task<int> PsAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string text = words[0].EndsWith("ps", StringComparison.Ordinal) ? $"PID   USER     TIME  COMMAND\n    1 root      0:00 {ContainerBehavior.Family(process.World.Image)}\n    7 root      0:00 ps\n" : $" {DateTime.UtcNow:HH:mm:ss} up 1 day,  0 users,  load average: 0.00, 0.00, 0.00\n";
        await ShellProcess.Say(streams.Out, text).ConfigureAwait(false);
        return 0;
    }

    /// <summary>An image's own program: it serves until it is told to end; asked for its version it says it.</summary>
    public static async Task<int> ServerAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string tag = process.World.Image.LastIndexOf(':') is > 0 and var colon && colon > process.World.Image.LastIndexOf('/') ? process.World.Image[(colon + 1)..] : "1.27.0";
        switch (words.Count > 1 ? words[1] : "")
        {
            case "-v" or "-V" or "--version":
                await ShellProcess.Say(streams.Err, $"{ContainerBehavior.Family(process.World.Image)} version: {ContainerBehavior.Family(process.World.Image)}/{tag}\n").ConfigureAwait(false);
                return 0;
            case "-t":
                await ShellProcess.Say(streams.Err, "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n").ConfigureAwait(false);
                return 0;
            case "-s": return 0;
        }

        // A server hears of its end by itself; the kubelet ends it in time.
        await process.SleepAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        return 0;
    }
}
