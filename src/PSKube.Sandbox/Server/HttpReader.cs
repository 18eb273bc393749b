using System.Globalization;
using System.Text;

namespace PSKube.Sandbox.Server;

/// <summary>A request as HTTP/1.1 carries it.</summary>
internal sealed record HttpMessage(ApiRequest Request, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>A header's value; empty when it is not there.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}

/// <summary>Reads one request after the other off a connection (RFC 9112).</summary>
/// <param name="stream">The connection.</param>
/// <param name="maxHead">How long a request's head may be, bytes.</param>
/// <param name="maxBody">How long a body may be, bytes.</param>
internal sealed class HttpReader(Stream stream, int maxHead, long maxBody)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _from;
    private int _to;
    private Task<bool>? _filling;

    /// <summary>The next request; null at the end of the connection.</summary>
    /// <exception cref="InvalidDataException">It is no HTTP, or too long.</exception>
    public async Task<HttpMessage?> ReadAsync(CancellationToken cancel)
    {
        string? first = await LineAsync(cancel).ConfigureAwait(false);
        if (string.IsNullOrEmpty(first)) return null;
        string[] words = first.Split(' ');
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal)) throw new InvalidDataException("This is no HTTP/1.1.");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int length = first.Length;
        while (await LineAsync(cancel).ConfigureAwait(false) is { Length: > 0 } line)
        {
            if ((length += line.Length) > maxHead) throw new InvalidDataException("The head is too long.");
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw new InvalidDataException("This is no header.");
            string name = line[..colon], value = line[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out string? earlier) ? $"{earlier},{value}" : value;
        }

        // Whoever asks whether to send the body at all may.
        if (headers.TryGetValue("Expect", out string? expects) && expects.Equals("100-continue", StringComparison.OrdinalIgnoreCase)) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancel).ConfigureAwait(false);
        byte[] body = await BodyAsync(headers, cancel).ConfigureAwait(false);
        return new HttpMessage(Request(words[0], words[1], headers, body), headers);
    }

    /// <summary>
    /// Fires the token when the client goes while it is being told of changes, which would else be noticed only at the next one.
    /// What it sends instead belongs to its next request.
    /// </summary>
    public void CancelAtEnd(CancellationTokenSource gone)
    {
        if (_to - _from > 0) return;
        _filling = FillAsync(CancellationToken.None);
        _ = _filling.ContinueWith(
            filled =>
            {
                try
                {
                    if (filled.IsFaulted || !filled.Result) gone.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // The answer has ended by itself.
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    /// <summary>The connection from here on, for another protocol.</summary>
    public Stream Rest() => new RestOfConnection(this, stream);

    private static ApiRequest Request(string method, string target, Dictionary<string, string> headers, byte[] body)
    {
        int mark = target.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? target : target[..mark];
        string query = mark < 0 ? "" : target[(mark + 1)..];
        (IReadOnlyList<string> segments, IReadOnlyList<KeyValuePair<string, string>> pairs) = ApiRequest.Split(path, query);
        return new ApiRequest
        {
            Method = method,
            Path = path,
            RawQuery = query,
            Segments = segments,
            Query = pairs,
            Accept = headers.GetValueOrDefault("Accept", ""),
            UserAgent = headers.GetValueOrDefault("User-Agent", ""),
            ContentType = headers.GetValueOrDefault("Content-Type", "").Split(';')[0].Trim(),
            Body = body,
            IsUpgrade = headers.ContainsKey("Upgrade"),
            Protocols = headers.GetValueOrDefault("Upgrade", "").Equals("websocket", StringComparison.OrdinalIgnoreCase) ? headers.GetValueOrDefault("Sec-WebSocket-Protocol", "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [],
        };
    }

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers, CancellationToken cancel)
    {
        if (headers.TryGetValue("Transfer-Encoding", out string? encoding) && encoding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            var body = new MemoryStream();
            while (true)
            {
                string size = (await LineAsync(cancel).ConfigureAwait(false) ?? throw new InvalidDataException("The body broke off.")).Split(';')[0];
                long count = long.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (body.Length + count > maxBody) throw new InvalidDataException("The body is too long.");
                if (count == 0) break;
                await body.WriteAsync(await TakeAsync((int)count, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
                await LineAsync(cancel).ConfigureAwait(false);
            }

            while (await LineAsync(cancel).ConfigureAwait(false) is { Length: > 0 })
            {
                // Trailers say nothing that is needed.
            }

            return body.ToArray();
        }

        long length = headers.TryGetValue("Content-Length", out string? text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        if (length > maxBody) throw new InvalidDataException("The body is too long.");
        return length == 0 ? [] : await TakeAsync((int)length, cancel).ConfigureAwait(false);
    }

    private async Task<byte[]> TakeAsync(int count, CancellationToken cancel)
    {
        byte[] taken = new byte[count];
        int at = 0;
        while (at < count)
        {
            if (_from == _to && !await FillAsync(cancel).ConfigureAwait(false)) throw new InvalidDataException("The body broke off.");
            int part = Math.Min(_to - _from, count - at);
            _buffer.AsSpan(_from, part).CopyTo(taken.AsSpan(at));
            _from += part;
            at += part;
        }

        return taken;
    }

    private async Task<string?> LineAsync(CancellationToken cancel)
    {
        int searched = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_from + searched, _to - _from - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = Encoding.UTF8.GetString(_buffer, _from, searched + end).TrimEnd('\r');
                _from += searched + end + 1;
                return line;
            }

            searched = _to - _from;
            if (searched > maxHead) throw new InvalidDataException("The line is too long.");
            if (!await FillAsync(cancel).ConfigureAwait(false)) return searched == 0 ? null : throw new InvalidDataException("The request broke off.");
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        if (_filling is { } filling)
        {
            _filling = null;
            return await filling.ConfigureAwait(false);
        }

        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }

        if (_to == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int count = await stream.ReadAsync(_buffer.AsMemory(_to), cancel).ConfigureAwait(false);
        _to += count;
        return count > 0;
    }

    /// <summary>What was read too far, then the connection.</summary>
    private sealed class RestOfConnection(HttpReader reader, Stream stream) : SequentialStream(reads: true, writes: true)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int left = Math.Min(reader._to - reader._from, buffer.Length);
            if (left == 0) return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            reader._buffer.AsSpan(reader._from, left).CopyTo(buffer.Span);
            reader._from += left;
            return left;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => stream.WriteAsync(buffer, cancellationToken);

        public override void Flush() => stream.Flush();
    }
}
