using System.Net;

namespace PSKube.Config;

/// <summary>
/// Proves who we are on every request, names whom we act as, and asks once for a new credential when the server refuses
/// the one it was shown.
/// </summary>
internal sealed class CredentialHandler(ClusterConfig config, Handshake handshake) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The pool takes the name for SNI and for the certificate's check from the Host header (dotnet/runtime#126842).
        if (config.TlsServerName is not null) request.Headers.Host = config.TlsServerName;
        if (config.Impersonation is { } impersonation) Impersonate(request, impersonation);
        Credential credential = await config.Credentials.GetAsync(rejected: null, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response = await SendAsync(request, credential, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized) return response;
        if (!config.Credentials.CanRefresh)
        {
            // A script's token is renewed before the next command; it has to hear that this one was refused.
            await config.Credentials.GetAsync(credential, cancellationToken).ConfigureAwait(false);
            return response;
        }

        Credential renewed = await config.Credentials.GetAsync(credential, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(renewed, credential)) return response;
        response.Dispose();
        return await SendAsync(request, renewed, cancellationToken).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Credential credential, CancellationToken cancel)
    {
        handshake.Current = credential;
        request.Headers.Remove("Authorization");
        if (credential.Authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", credential.Authorization);
        return base.SendAsync(request, cancel);
    }

    private static void Impersonate(HttpRequestMessage request, Impersonation impersonation)
    {
        request.Headers.TryAddWithoutValidation("Impersonate-User", impersonation.User);
        if (impersonation.Uid is not null) request.Headers.TryAddWithoutValidation("Impersonate-Uid", impersonation.Uid);
        foreach (string group in impersonation.Groups) request.Headers.TryAddWithoutValidation("Impersonate-Group", group);
        foreach ((string key, IReadOnlyList<string> values) in impersonation.Extra)
        {
            // client-go escapes what a header name cannot carry (transport/round_trippers.go).
            string name = "Impersonate-Extra-" + Uri.EscapeDataString(key.ToLowerInvariant());
            foreach (string value in values) request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
