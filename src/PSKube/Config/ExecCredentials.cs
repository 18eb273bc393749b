using System.Diagnostics.CodeAnalysis;

namespace PSKube.Config;

/// <summary>
/// Credentials from a plugin: asked for once however many requests wait for it, again when they have run out or the server
/// refused them.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The gate has no wait handle, and lives as long as its connection.")]
internal sealed class ExecCredentials(ExecPlugin plugin, ClientCertificate? fallback) : ICredentialSource
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Credential? _current;
    private DateTimeOffset? _expires;

    public bool CanRefresh => true;

    /// <summary>True when the plugin has answered and its answer still holds.</summary>
    public bool IsAnswered => _current is not null && !(_expires <= DateTimeOffset.UtcNow);

    public async ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            bool refused = rejected is not null && ReferenceEquals(rejected, _current);
            if (_current is null || refused || _expires <= DateTimeOffset.UtcNow)
            {
                ExecAnswer answer = await plugin.RunAsync(cancel).ConfigureAwait(false);
                ClientCertificate? certificate = answer.Certificate ?? fallback;
                _current = new Credential
                {
                    Authorization = answer.Token is null ? null : $"Bearer {answer.Token}",
                    ClientCertificate = certificate?.Certificate,
                    ClientCertificateChain = certificate?.Chain,
                };
                _expires = answer.Expires;
            }

            return _current;
        }
        finally
        {
            _gate.Release();
        }
    }
}
