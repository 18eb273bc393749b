using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace PSKube.Api;

/// <summary>
/// A WebSocket on a connection of our own HTTP client, so that trust, credentials, proxies and refusals are those of every other
/// request (ClientWebSocket would drop the body of a refusal, which says why). Dispose it to close the connection.
/// </summary>
internal sealed class RestSocket : IDisposable
{
    /// <summary>RFC 6455 §1.3.</summary>
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private const string Key = "Sec-WebSocket-Key";
    private const string Protocols = "Sec-WebSocket-Protocol";

    /// <summary>How long the other side may leave a ping unanswered: client-go's (<c>tools/remotecommand/websocket.go</c>).</summary>
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;

    private RestSocket(HttpResponseMessage response, Stream stream, string protocol)
    {
        _response = response;
        _stream = stream;
        Protocol = protocol;
    }

    /// <summary>The subprotocol that the server chose.</summary>
    public string Protocol { get; }

    /// <summary>Makes a request one for a WebSocket.</summary>
    public static void Ask(HttpRequestMessage message, IReadOnlyList<string> protocols)
    {
        // HTTP/2 has another way of asking, which API servers do not know.
        message.Version = HttpVersion.Version11;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        message.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        message.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        message.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        message.Headers.TryAddWithoutValidation(Key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        message.Headers.TryAddWithoutValidation(Protocols, string.Join(", ", protocols));
    }

    /// <summary>The WebSocket that a response opens; null when it opens none, or none that was asked for.</summary>
    public static async Task<RestSocket?> OpenAsync(RestRequest request, HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols || Header(response, "Sec-WebSocket-Accept") != Accepted(response)) return null;
        if (Header(response, Protocols) is not { } protocol || !request.Protocols.Contains(protocol)) return null;
        return new RestSocket(response, await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), protocol);
    }

    /// <summary>Begins to talk; once.</summary>
    /// <param name="pings">
    /// True to end the connection when the other side no longer answers pings. Not for one that is being sent much: a server that
    /// waits until its own reader takes what we sent does not answer either.
    /// </param>
    public WebSocket Start(bool pings)
    {
        var options = new WebSocketCreationOptions { SubProtocol = Protocol, KeepAliveInterval = TimeSpan.FromSeconds(30) };
        // Younger than .NET 8, on which PowerShell 7.4 runs; there the operating system notices in its own time.
        if (pings) typeof(WebSocketCreationOptions).GetProperty("KeepAliveTimeout")?.SetValue(options, PingTimeout);
        return WebSocket.CreateFromStream(_stream, options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _response.Dispose();
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1; nothing is kept secret by it.")]
    private static string Accepted(HttpResponseMessage response)
    {
        string key = response.RequestMessage?.Headers.TryGetValues(Key, out IEnumerable<string>? keys) == true ? keys.First() : "";
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault()?.Trim() : null;
}
