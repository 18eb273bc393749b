using System.Globalization;
using System.Text;

namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>Programs that reach other pods and services.</summary>
internal static class NetPrograms
{
    /// <summary><c>nslookup</c>.</summary>
    public static async Task<int> NslookupAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        if (words.Skip(1).FirstOrDefault(word => !word.StartsWith('-')) is not { } host) return 1;
        await ShellProcess.Say(streams.Out, "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n").ConfigureAwait(false);
        if (process.World.Net.Resolve(process.World.Namespace, host) is not { } found)
        {
            await ShellProcess.Say(streams.Out, $"** server can't find {host}: NXDOMAIN\n\n").ConfigureAwait(false);
            return 1;
        }

        await ShellProcess.Say(streams.Out, $"Name:\t{found.Name}\nAddress: {found.Address}\n\n").ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>wget</c>.</summary>
    public static async Task<int> WgetAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string? file = null, address = null;
        bool quiet = false, spider = false;
        for (int at = 1; at < words.Count; at++)
        {
            string word = words[at];
            if (word == "--spider") spider = true;
            else if (word is "-T" or "-t" or "-U" or "--header" or "-Y") at++;
            else if (word.StartsWith('-') && !word.StartsWith("--", StringComparison.Ordinal))
            {
                quiet |= word.Contains('q', StringComparison.Ordinal);
                int o = word.IndexOf('O', StringComparison.Ordinal);
                if (o > 0) file = o + 1 < word.Length ? word[(o + 1)..] : ++at < words.Count ? words[at] : "-";
            }
            else if (!word.StartsWith('-')) address = word;
        }

        if (address is null) return 1;
        (string host, int port, string path) = Address(address);
        if (!quiet) await ShellProcess.Say(streams.Err, $"Connecting to {host}:{port}\n").ConfigureAwait(false);
        if (process.World.Net.Resolve(process.World.Namespace, host) is not { } found)
        {
            await ShellProcess.Say(streams.Err, $"wget: bad address '{(port == 80 ? host : $"{host}:{port}")}'\n").ConfigureAwait(false);
            return 1;
        }

        if (process.World.Net.Get(process.World.Namespace, process.World.Pod, host, port, path) is not { } answer)
        {
            await ShellProcess.Say(streams.Err, $"wget: can't connect to remote host ({found.Address}): Connection refused\n").ConfigureAwait(false);
            return 1;
        }

        if (answer.Status >= 400)
        {
            await ShellProcess.Say(streams.Err, $"wget: server returned error: HTTP/1.1 {answer.Status} {Reason(answer.Status)}\n").ConfigureAwait(false);
            return 1;
        }

        if (spider) return 0;
        file ??= path[(path.LastIndexOf('/') + 1)..] is { Length: > 0 } last ? last : "index.html";
        await (file == "-" ? streams.Out : process.OpenOutput(file, append: false, streams))(answer.Body).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>curl</c>.</summary>
    public static async Task<int> CurlAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string? file = null, address = null, format = null;
        string options = "";
        for (int at = 1; at < words.Count; at++)
        {
            string word = words[at];
            if (word is "-o" or "--output") file = ++at < words.Count ? words[at] : null;
            else if (word is "-w" or "--write-out") format = ++at < words.Count ? words[at] : null;
            else if (word is "-m" or "--max-time" or "--connect-timeout" or "-H" or "--header" or "-X" or "-d" or "--retry") at++;
            else if (word.StartsWith("--", StringComparison.Ordinal)) options += word switch { "--silent" => "s", "--show-error" => "S", "--fail" => "f", "--head" => "I", "--include" => "i", _ => "" };
            else if (word.StartsWith('-'))
            {
                options += word[1..];
                if (word.EndsWith('o')) file = ++at < words.Count ? words[at] : null;
            }
            else address = word;
        }

        if (address is null) return 2;
        (string host, int port, string path) = Address(address);
        bool told = !options.Contains('s', StringComparison.Ordinal) || options.Contains('S', StringComparison.Ordinal);
        if (process.World.Net.Resolve(process.World.Namespace, host) is null)
        {
            if (told) await ShellProcess.Say(streams.Err, $"curl: (6) Could not resolve host: {host}\n").ConfigureAwait(false);
            return 6;
        }

        if (process.World.Net.Get(process.World.Namespace, process.World.Pod, host, port, path) is not { } answer)
        {
            if (told) await ShellProcess.Say(streams.Err, $"curl: (7) Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server\n").ConfigureAwait(false);
            return 7;
        }

        if (answer.Status >= 400 && options.Contains('f', StringComparison.Ordinal))
        {
            if (told) await ShellProcess.Say(streams.Err, $"curl: (22) The requested URL returned error: {answer.Status}\n").ConfigureAwait(false);
            return 22;
        }

        ByteWriter output = file is null ? streams.Out : process.OpenOutput(file, append: false, streams);
        if (options.Contains('I', StringComparison.Ordinal) || options.Contains('i', StringComparison.Ordinal)) await ShellProcess.Say(output, $"HTTP/1.1 {answer.Status} {Reason(answer.Status)}\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {answer.Body.Length}\r\n\r\n").ConfigureAwait(false);
        if (!options.Contains('I', StringComparison.Ordinal)) await output(answer.Body).ConfigureAwait(false);
        if (format is not null) await streams.Out(TextPrograms.Unescape(format.Replace("%{http_code}", answer.Status.ToString("000", CultureInfo.InvariantCulture), StringComparison.Ordinal))).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>nc -z host port</c>.</summary>
    public static async Task<int> NcAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string[] rest = [.. words.Skip(1).Where(word => !word.StartsWith('-'))];
        if (rest.Length < 2 || !int.TryParse(rest[^1], CultureInfo.InvariantCulture, out int port)) return 1;
        bool open = process.World.Net.Get(process.World.Namespace, process.World.Pod, rest[^2], port, "/") is not null;
        if (open && words.Any(word => word.Contains('v', StringComparison.Ordinal) && word.StartsWith('-'))) await ShellProcess.Say(streams.Err, $"{rest[^2]} ({rest[^2]}:{port}) open\n").ConfigureAwait(false);
        return open ? 0 : 1;
    }

    /// <summary><c>ping</c>.</summary>
    public static async Task<int> PingAsync(ShellProcess process, IReadOnlyList<string> words, ShellStreams streams)
    {
        string host = words[^1];
        int count = words.ToList().IndexOf("-c") is > 0 and var at && int.TryParse(words[at + 1], CultureInfo.InvariantCulture, out int asked) ? asked : int.MaxValue;
        if (process.World.Net.Resolve(process.World.Namespace, host) is not { } found)
        {
            await ShellProcess.Say(streams.Err, $"ping: bad address '{host}'\n").ConfigureAwait(false);
            return 1;
        }

        await ShellProcess.Say(streams.Out, $"PING {host} ({found.Address}): 56 data bytes\n").ConfigureAwait(false);
        for (int one = 0; one < count; one++)
        {
            if (one > 0) await process.SleepAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            await ShellProcess.Say(streams.Out, $"64 bytes from {found.Address}: seq={one} ttl=64 time=0.050 ms\n").ConfigureAwait(false);
        }

        await ShellProcess.Say(streams.Out, $"\n--- {host} ping statistics ---\n{count} packets transmitted, {count} packets received, 0% packet loss\nround-trip min/avg/max = 0.050/0.050/0.050 ms\n").ConfigureAwait(false);
        return 0;
    }

    private static (string Host, int Port, string Path) Address(string address)
    {
        bool secure = address.StartsWith("https://", StringComparison.Ordinal);
        string rest = address[(secure ? 8 : address.StartsWith("http://", StringComparison.Ordinal) ? 7 : 0)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? rest : rest[..slash], path = slash < 0 ? "/" : rest[slash..];
        int colon = host.LastIndexOf(':');
        return colon > 0 && int.TryParse(host.AsSpan(colon + 1), CultureInfo.InvariantCulture, out int port) ? (host[..colon], port, path) : (host, secure ? 443 : 80, path);
    }

    private static string Reason(int status) => status switch { 200 => "OK", 403 => "Forbidden", 404 => "Not Found", 503 => "Service Unavailable", _ => "Internal Server Error" };
}
