using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace PSKube.Sandbox.Server;

/// <summary>Stands where a connection's network would: requests in, answers out, no sockets.</summary>
internal sealed class SandboxHandler(Func<ApiRequest, CancellationToken, Task<ApiResponse>> answer) : HttpMessageHandler
{
    private const string WebSocketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ApiRequest asked = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        ApiResponse given = await answer(asked, cancellationToken).ConfigureAwait(false);
        if (given.Breaks) throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
        var response = new HttpResponseMessage((HttpStatusCode)given.Status) { RequestMessage = request, Version = HttpVersion.Version20, Content = Content(given) };
        if (given.Protocol is not null)
        {
            string key = request.Headers.TryGetValues("Sec-WebSocket-Key", out IEnumerable<string>? keys) ? keys.First() : "";
            response.Headers.TryAddWithoutValidation("Sec-WebSocket-Accept", AcceptOf(key));
            response.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", given.Protocol);
        }

        if (given.RetryAfter is { } seconds) response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        foreach (string warning in given.Warnings) response.Headers.TryAddWithoutValidation("Warning", WarningHeader(warning));
        return response;
    }

    /// <summary>The value of a <c>Warning</c> header (RFC 7234 §5.5).</summary>
    public static string WarningHeader(string text) => $"299 - \"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>The answer to a WebSocket's key (RFC 6455 §1.3).</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1; nothing is kept secret by it.")]
    public static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + WebSocketGuid)));

    private static async Task<ApiRequest> ReadAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        Uri uri = request.RequestUri!;
        string query = uri.Query.TrimStart('?');
        (IReadOnlyList<string> segments, IReadOnlyList<KeyValuePair<string, string>> pairs) = ApiRequest.Split(uri.AbsolutePath, query);
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        return new ApiRequest
        {
            Method = request.Method.Method,
            Path = uri.AbsolutePath,
            RawQuery = query,
            Segments = segments,
            Query = pairs,
            Accept = Header(request, "Accept"),
            UserAgent = Header(request, "User-Agent"),
            ContentType = request.Content?.Headers.ContentType?.MediaType ?? "",
            Body = body,
            IsUpgrade = Header(request, "Upgrade").Length > 0,
            Protocols = [.. Header(request, "Sec-WebSocket-Protocol").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        };
    }

    private static string Header(HttpRequestMessage request, string name) => request.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : "";

    private static HttpContent Content(ApiResponse given)
    {
        if (given.Socket is { } talk) return Live(given, talk);
        if (given.Stream is { } write) return Live(given, write);
        var content = new StreamContent(new PartsStream(given.Body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(given.ContentType);
        content.Headers.ContentLength = given.Length;
        return content;
    }

    private static LinkContent Live(ApiResponse given, Func<Stream, CancellationToken, Task> run)
    {
        bool both = given.Socket is not null;
        var toClient = new ByteLink();
        ByteLink? toServer = both ? new ByteLink() : null;
        _ = Task.Run(async () =>
        {
            var stream = new LinkStream(toServer, toClient);
            try
            {
                await run(stream, toClient.ReaderIsThere).ConfigureAwait(false);
                toClient.Complete();
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException or System.Net.WebSockets.WebSocketException)
            {
                toClient.Complete(toClient.ReaderIsThere.IsCancellationRequested ? null : new IOException("The response ended prematurely.", failure));
            }
            finally
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        });
        var content = new LinkContent(new LinkStream(toClient, toServer));
        if (!both) content.Headers.ContentType = MediaTypeHeaderValue.Parse(given.ContentType);
        return content;
    }

    /// <summary>A body that is still being written, or a connection of its own; read as it comes, and never copied.</summary>
    private sealed class LinkContent(Stream stream) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

        protected override Task SerializeToStreamAsync(Stream stream1, TransportContext? context) => stream.CopyToAsync(stream1);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
