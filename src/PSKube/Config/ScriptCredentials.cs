using System.Management.Automation;
using System.Net;
using System.Security;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>Credentials that only the pipeline thread can renew, because a script makes them.</summary>
internal interface IPipelineThreadCredentials
{
    /// <summary>Renews the credential when it has run out or is about to. Called on the pipeline thread before a command's first request.</summary>
    void RefreshIfDue();
}

/// <summary>
/// A token from a script block: a text, a SecureString, or an object with <c>Token</c> and <c>ExpiresOn</c> as
/// <c>Get-AzAccessToken</c> emits. Asked again five minutes before it runs out.
/// </summary>
internal sealed class ScriptCredentials(ScriptBlock script) : ICredentialSource, IPipelineThreadCredentials
{
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>A token that does not say when it runs out is asked for again after this time.</summary>
    private static readonly TimeSpan UnknownLife = TimeSpan.FromMinutes(10);

    private readonly object _gate = new();
    private Credential? _current;
    private DateTimeOffset _renewAt;
    private bool _refused;

    public bool CanRefresh => false;

    public void RefreshIfDue()
    {
        lock (_gate)
        {
            if (_current is not null && !_refused && DateTimeOffset.UtcNow < _renewAt) return;
            object? answer = script.Invoke().LastOrDefault();
            (string? token, DateTimeOffset? expires) = Read(answer);
            if (string.IsNullOrEmpty(token))
            {
                throw new KubeException("KubeTokenInvalid", ErrorCategory.InvalidResult, "The script block given to -Token returned no token: it has to return a text, a SecureString, or an object with Token and ExpiresOn.") { EndsCommand = true };
            }

            _current = new Credential { Authorization = $"Bearer {token}" };
            _renewAt = expires is { } at ? at - Ahead : DateTimeOffset.UtcNow + UnknownLife;
            _refused = false;
        }
    }

    public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (rejected is not null) _refused = true;
            return new(_current ?? throw new KubeException("KubeTokenInvalid", ErrorCategory.InvalidResult, "The script block given to -Token has not been asked yet.") { EndsCommand = true });
        }
    }

    private static (string? Token, DateTimeOffset? Expires) Read(object? answer)
    {
        object? plain = answer is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : answer;
        switch (plain)
        {
            case string text:
                return (text.Trim(), null);
            case SecureString secure:
                return (new NetworkCredential("", secure).Password, null);
            case null:
                return (null, null);
        }

        PSObject fields = PSObject.AsPSObject(answer!);
        object? token = fields.Properties["Token"]?.Value;
        (string? text2, _) = token is PSObject { BaseObject: SecureString or string } or string or SecureString ? Read(token) : (null, null);
        DateTimeOffset? expires = fields.Properties["ExpiresOn"]?.Value switch
        {
            DateTimeOffset at => at,
            DateTime at => at,
            PSObject { BaseObject: DateTimeOffset at } => at,
            PSObject { BaseObject: DateTime at } => at,
            _ => null,
        };
        return (text2, expires);
    }
}
