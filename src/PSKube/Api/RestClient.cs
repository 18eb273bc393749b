using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Api;

/// <summary>
/// Sends requests to one API server and reads the replies: deadlines that reach into the body, client-go's retries, the
/// server's warnings, and every failure as a <see cref="KubeException"/>.
/// </summary>
internal sealed class RestClient(HttpClient http, ClusterConfig config, ICallObserver observer, TimeSpan timeout)
{
    /// <summary>client-go's limit (<c>rest/with_retry.go</c>).</summary>
    private const int MaxRetries = 10;

    /// <summary>How often a read whose connection broke is made again.</summary>
    private const int MaxRepeats = 2;

    private static readonly TimeSpan RepeatPause = TimeSpan.FromSeconds(1);

    /// <summary>A wait longer than this is the user's to decide.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request and reads its whole body.</summary>
    /// <exception cref="KubeException">The server refused, or no complete answer came.</exception>
    public Task<RestReply> SendAsync(RestRequest request, CancellationToken cancel) => AskAsync(request, ReadWholeAsync, cancel);

    /// <summary>Sends a request whose answer goes on for long, such as a watch or a log, and gives its body to be read as it comes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="idle">How long the body may be silent; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it likes.</param>
    /// <param name="cancel">Ends the wait for the answer; reading has a token of its own.</param>
    /// <exception cref="KubeException">The server refused, or no answer came.</exception>
    public Task<RestStream> OpenAsync(RestRequest request, TimeSpan idle, CancellationToken cancel) => AskAsync(request, (_, response, start, token) => TakeAsync(request, response, start, idle, token), cancel);

    /// <summary>Asks for a WebSocket in one of the request's subprotocols.</summary>
    /// <exception cref="KubeException">The server refused, or answered something else.</exception>
    public Task<RestSocket> UpgradeAsync(RestRequest request, CancellationToken cancel) => AskAsync(request, TakeSocketAsync, cancel);

    /// <summary>What a failure to read an opened body means, as it means it for any answer.</summary>
    public KubeException Broken(RestRequest request, Exception failure) => Translate(request, failure);

    private async Task<T> AskAsync<T>(RestRequest request, Func<RestRequest, HttpResponseMessage, long, CancellationToken, Task<T>> read, CancellationToken cancel)
        where T : class
    {
        long start = Stopwatch.GetTimestamp();
        if (observer.WantsBodies && request.Body is { } sent) observer.Debug($"{request.Method} {request.Path} body: {SecretMask.Show(sent.Span)}");
        int broken = 0;
        bool mayHaveBeenMade = false;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                (T? reply, bool unsure) = await TryAsync(request, read, attempt, start, cancel).ConfigureAwait(false);
                if (reply is not null) return reply;
                mayHaveBeenMade |= unsure;
            }
            catch (KubeException failure) when (mayHaveBeenMade)
            {
                // Such as "already exists", of what the attempt before may have created.
                failure.MayHaveBeenMade = true;
                throw;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException && broken < MaxRepeats && CanRepeat(request, failure))
            {
                observer.Verbose($"{request.Method} {request.Path}: the connection broke; asking again.");
                // At once, and then a little later: until HTTP/2 has noticed that a connection is dead, it gives it out again.
                await Task.Delay(broken++ * RepeatPause, cancel).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or TimeoutException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                cancel.ThrowIfCancellationRequested();
                KubeException translated = Translate(request, failure);
                translated.MayHaveBeenMade |= mayHaveBeenMade;
                throw translated;
            }
        }
    }

    /// <summary>
    /// One attempt; without a reply when the server asked us to come back later, after having waited, and then whether it may have
    /// done what it was asked all the same.
    /// </summary>
    private async Task<(T? Reply, bool MayHaveBeenMade)> TryAsync<T>(RestRequest request, Func<RestRequest, HttpResponseMessage, long, CancellationToken, Task<T>> read, int attempt, long start, CancellationToken cancel)
        where T : class
    {
        HttpResponseMessage? response = await SendOnceAsync(request, cancel).ConfigureAwait(false);
        try
        {
            ReportWarnings(request, response);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                T reply = await read(request, response, start, cancel).ConfigureAwait(false);
                // An opened body needs its response; a whole one has disposed of it.
                response = null;
                return (reply, false);
            }

            using PooledBody body = await ReadBodyAsync(request, response, start, cancel).ConfigureAwait(false);
            KubeApiException refusal = ServerErrors.From(request, response, body.Bytes.Span, SentSecrets.Of(request, response));
            if (ServerErrors.MissingApi(request, refusal) is { } api) throw ServerErrors.NotServed(refusal, api, config.Server.Authority, await VersionAsync(cancel).ConfigureAwait(false));
            if (attempt >= MaxRetries || !AsksToComeBack(response, out TimeSpan wait)) throw refusal;
            observer.Verbose(string.Create(CultureInfo.InvariantCulture, $"{request.Method} {request.Path}: the server is busy ({(int)response.StatusCode}); asking again in {wait.TotalSeconds:0.#} s."));
            await Task.Delay(wait, cancel).ConfigureAwait(false);
            return (null, refusal.MayHaveBeenMade);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>The server's version, for an error message; null when it does not tell.</summary>
    private async Task<string?> VersionAsync(CancellationToken cancel)
    {
        try
        {
            using RestReply reply = await SendAsync(new RestRequest(HttpMethod.Get, "version"), cancel).ConfigureAwait(false);
            return ServerVersion.Read(200, System.Text.Encoding.UTF8.GetString(reply.Bytes.Span)) is { Minor: not null } version ? ServerErrors.Escape(version.Git) : null;
        }
        catch (KubeException)
        {
            return null;
        }
    }

    private async Task<RestReply> ReadWholeAsync(RestRequest request, HttpResponseMessage response, long start, CancellationToken cancel)
    {
        PooledBody body = await ReadBodyAsync(request, response, start, cancel).ConfigureAwait(false);
        var reply = new RestReply(response.StatusCode, response.Content.Headers.ContentType?.MediaType, body);
        response.Dispose();
        return reply;
    }

    private async Task<PooledBody> ReadBodyAsync(RestRequest request, HttpResponseMessage response, long start, CancellationToken cancel)
    {
        using var stream = new IdleTimeoutStream(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), timeout);
        PooledBody body = await PooledBody.ReadAsync(stream, response.Content.Headers.ContentLength ?? request.ExpectedLength, cancel).ConfigureAwait(false);
        Report(request, response, start);
        if (observer.WantsBodies) observer.Debug($"{request.Method} {request.Path} answered: {SentSecrets.Of(request, response).Strike(SecretMask.Show(body.Bytes.Span))}");
        return body;
    }

    private async Task<RestStream> TakeAsync(RestRequest request, HttpResponseMessage response, long start, TimeSpan idle, CancellationToken cancel)
    {
        Stream content = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        Report(request, response, start);
        return new RestStream(response, new IdleTimeoutStream(content, idle), SentSecrets.Of(request, response));
    }

    private async Task<RestSocket> TakeSocketAsync(RestRequest request, HttpResponseMessage response, long start, CancellationToken cancel)
    {
        Report(request, response, start);
        return await RestSocket.OpenAsync(request, response, cancel).ConfigureAwait(false) ?? throw new KubeException("KubeResponseInvalid", ErrorCategory.InvalidResult, string.Create(CultureInfo.InvariantCulture, $"{config.Server.Authority} answered {(int)response.StatusCode} to {request.Method} {request.Path}, but opened no WebSocket in {string.Join(" or ", request.Protocols)}."))
        {
            Target = request.Target,
            RecommendedAction = "Check that nothing on the way, such as a proxy, keeps WebSockets from getting through.",
        };
    }

    private void Report(RestRequest request, HttpResponseMessage response, long start) => observer.Verbose(string.Create(CultureInfo.InvariantCulture, $"{request.Method} {Shown(request)} {(int)response.StatusCode} in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms"));

    private async Task<HttpResponseMessage> SendOnceAsync(RestRequest request, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(config.Server, request.Address))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (request.Protocols.Count > 0) RestSocket.Ask(message, request.Protocols);
        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(request.Patience ?? timeout);
        return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
    }

    private static readonly string UserAgent = $"pskube/{typeof(RestClient).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>client-go repeats reads whose connection broke, ten times, and never a write (<c>rest/with_retry.go</c>).</summary>
    private static bool CanRepeat(RestRequest request, Exception failure)
    {
        // What a WebSocket sets going must not be set going twice.
        if (request.Method != HttpMethod.Get || request.Protocols.Count > 0) return false;
        if (failure is IOException) return true;
        SocketException? socket = SocketFailure(failure);
        if (socket is { SocketErrorCode: SocketError.ConnectionRefused } || failure is not HttpRequestException { StatusCode: null } broken) return false;
        // HTTP/2 calls it an invalid answer when the connection is reset before the server has said anything.
        return broken.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError or HttpRequestError.Unknown || (broken.HttpRequestError is HttpRequestError.InvalidResponse && socket is not null);
    }

    private static SocketException? SocketFailure(Exception? failure)
    {
        while (failure is not null and not SocketException) failure = failure.InnerException;
        return (SocketException?)failure;
    }

    private static bool AsksToComeBack(HttpResponseMessage response, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        int code = (int)response.StatusCode;
        if (code != 429 && code < 500) return false;
        if (ServerErrors.RetryAfter(response) is not { } asked || asked > MaxRetryAfter) return false;
        wait = asked;
        return true;
    }

    private void ReportWarnings(RestRequest request, HttpResponseMessage response)
    {
        SentSecrets? sent = null;
        // RFC 7234 §5.5: code, agent, quoted text. .NET splits several values correctly even when a text has commas.
        foreach (WarningHeaderValue warning in response.Headers.Warning)
        {
            if (warning.Code != 299) continue;
            string text = warning.Text;
            if (text.Length >= 2 && text[0] == '"') text = text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
            observer.Warning(ServerErrors.Escape((sent ??= SentSecrets.Of(request, response)).Strike(text)));
        }
    }

    private KubeException Translate(RestRequest request, Exception failure)
    {
        if (failure is TimeoutException || (failure is OperationCanceledException && failure.InnerException is not TimeoutException))
        {
            return new KubeException("KubeRequestTimeout", ErrorCategory.OperationTimeout, string.Create(CultureInfo.InvariantCulture, $"{config.Server.Authority} gave no answer to {request.Method} {request.Path} within {timeout.TotalSeconds:0.###} s."))
            {
                Target = request.Target,
                RecommendedAction = "Check the server and the network, or give -RequestTimeout a longer time.",
                MayHaveBeenMade = request.Changes,
            };
        }

        // A connection that came about and broke is "unknown" where it was HTTP/2, with the IOException inside.
        if (failure is IOException or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse } or HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException })
        {
            return new KubeException("KubeResponseInvalid", ErrorCategory.InvalidResult, $"The answer of {config.Server.Authority} to {request.Method} {request.Path} broke off.")
            {
                Target = request.Target,
                RecommendedAction = "Run the command again.",
                MayHaveBeenMade = request.Changes,
            };
        }

        KubeException lost = TransportErrors.Translate(failure, config);
        if (lost.ErrorId == "KubeConnectionFailed" && request.Changes && CameAbout(failure)) lost.MayHaveBeenMade = true;
        return lost;
    }

    /// <summary>False when there never was a connection on which the request could have been sent.</summary>
    private static bool CameAbout(Exception failure) => failure is not (System.Security.Authentication.AuthenticationException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError });

    /// <summary>The address as it may be shown: the words of a remote command, which are in an upgrade's query, may hold a password.</summary>
    private string Shown(RestRequest request) => new Uri(config.Server, request.Protocols.Count > 0 ? request.Path : request.Address).ToString();
}

/// <summary>A successful reply with its whole body; dispose it to give the body's buffer back.</summary>
internal sealed class RestReply(HttpStatusCode status, string? mediaType, PooledBody body) : IDisposable
{
    /// <summary>The status code: 201 tells that something was created.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The media type of the body, or null.</summary>
    public string? MediaType { get; } = mediaType;

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Bytes => body.Bytes;

    /// <inheritdoc/>
    public void Dispose() => body.Dispose();
}

/// <summary>A successful reply whose body is still coming; dispose it to close the connection.</summary>
internal sealed class RestStream(HttpResponseMessage response, Stream content, SentSecrets sent) : IDisposable, IAsyncDisposable
{
    /// <summary>What must not be told of the body's text.</summary>
    public SentSecrets Sent { get; } = sent;

    /// <summary>The body. Reads end with their token.</summary>
    public Stream Content { get; } = content;

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        response.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        response.Dispose();
    }
}
