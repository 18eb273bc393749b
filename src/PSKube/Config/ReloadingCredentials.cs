namespace PSKube.Config;

/// <summary>
/// A credential that stands in files which somebody else rotates: read again once a minute (client-go's pace for token
/// files), and at once when the server refuses it.
/// </summary>
internal sealed class ReloadingCredentials(string source, Func<Credential> read, TimeProvider? clock = null) : ICredentialSource
{
    private static readonly TimeSpan s_freshFor = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly object _gate = new();
    private Credential? _current;
    private DateTimeOffset _readAt;

    public bool CanRefresh => true;

    public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
    {
        lock (_gate)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            if (_current is null || ReferenceEquals(_current, rejected) || now - _readAt >= s_freshFor)
            {
                try
                {
                    Credential next = read();
                    if (next.SameAs(_current)) next.ClientCertificate?.Dispose();
                    else _current = next;
                    _readAt = now;
                }
                catch (FieldException error)
                {
                    if (_current is null) throw ConfigErrors.Invalid(source, error.Message);
                    // A rotation that is half done; the last good one may still be accepted, as client-go assumes too.
                    _readAt = now;
                }
            }

            return new ValueTask<Credential>(_current!);
        }
    }
}
