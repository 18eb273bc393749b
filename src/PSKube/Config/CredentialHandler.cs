using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace PSKube.Config;

/// <summary>
/// Puts the proof of who we are, and of whom we act as, on every request; when the server answers 401, asks once for a new
/// credential and sends once more what can be sent again. A new client certificate gets connections of its own.
/// </summary>
internal sealed class CredentialHandler(ClusterConfig config, Func<Credential, HttpMessageHandler> connect) : HttpMessageHandler
{
    private readonly object _gate = new();
    private readonly List<HttpMessageInvoker> _retired = [];
    private HttpMessageInvoker? _current;
    private Credential? _connectedAs;
    private bool _disposed;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A stream can be read once only; JSON bodies are bytes in memory.
        bool repeatable = request.Content is null or ByteArrayContent or ReadOnlyMemoryContent;
        Credential credential = await config.Credentials.GetAsync(null, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response = await SendAsAsync(request, credential, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !config.Credentials.CanRefresh) return response;

        Credential renewed;
        try
        {
            renewed = await config.Credentials.GetAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        // Nothing new to show, or nothing to show it with: the refusal stands, and the next request has the new one.
        if (ReferenceEquals(renewed, credential) || !repeatable) return response;
        response.Dispose();
        // Not disposed: its body belongs to the caller's request.
        HttpResponseMessage second = await SendAsAsync(Copy(request), renewed, cancellationToken).ConfigureAwait(false);
        second.RequestMessage = request;
        return second;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _disposed = true;
                _current?.Dispose();
                _retired.ForEach(static invoker => invoker.Dispose());
            }
        }

        base.Dispose(disposing);
    }

    private Task<HttpResponseMessage> SendAsAsync(HttpRequestMessage request, Credential credential, CancellationToken cancel)
    {
        if (credential.Authorization is { } authorization) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (config.Impersonation is { } whom) Impersonate(request.Headers, whom);
        return Invoker(credential).SendAsync(request, cancel);
    }

    private HttpMessageInvoker Invoker(Credential credential)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is not null && credential.SameCertificateAs(_connectedAs!)) return _current;
            // Requests that are under way go on; idle connections of the old certificate close by themselves.
            if (_current is not null) _retired.Add(_current);
            _connectedAs = credential;
            return _current = new HttpMessageInvoker(connect(credential), disposeHandler: true);
        }
    }

    /// <summary>The headers of client-go's <c>transport/round_trippers.go</c>; extra keys are percent-encoded where a header name may not hold them.</summary>
    private static void Impersonate(HttpRequestHeaders headers, Impersonation whom)
    {
        if (headers.Contains("Impersonate-User")) return;
        headers.TryAddWithoutValidation("Impersonate-User", whom.User);
        if (whom.Uid is not null) headers.TryAddWithoutValidation("Impersonate-Uid", whom.Uid);
        foreach (string group in whom.Groups) headers.TryAddWithoutValidation("Impersonate-Group", group);
        foreach ((string key, IReadOnlyList<string> values) in whom.Extra)
        {
            foreach (string value in values) headers.TryAddWithoutValidation("Impersonate-Extra-" + HeaderKey(key), value);
        }
    }

    private static string HeaderKey(string key)
    {
        var encoded = new StringBuilder(key.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(key))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || "!#$&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) encoded.Append(c);
            else encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Content = request.Content, Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach ((string name, IEnumerable<string> values) in request.Headers)
        {
            if (name != "Authorization" && !name.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase)) copy.Headers.TryAddWithoutValidation(name, values);
        }

        foreach ((string name, object? value) in request.Options) ((IDictionary<string, object?>)copy.Options)[name] = value;
        return copy;
    }
}
