using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// A token that a script block gives: text, a SecureString, or an object with <c>Token</c> and <c>ExpiresOn</c> as
/// Get-AzAccessToken returns. It is asked again when the token is within five minutes of its end.
/// </summary>
internal sealed class ScriptTokenCredentials(Func<IReadOnlyList<PSObject>> ask, TimeProvider? clock = null) : ICredentialSource, IPipelineThreadCredentials
{
    private static readonly TimeSpan s_early = TimeSpan.FromMinutes(5);

    // When nothing says how long a token lives, it is asked for again after this long.
    private static readonly TimeSpan s_unknownLife = TimeSpan.FromMinutes(15);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private volatile Held? _held;

    public bool CanRefresh => false;

    public bool NeedsPipelineThread => _held is not { Refused: false } held || _clock.GetUtcNow() >= held.RefreshAt;

    public static ScriptTokenCredentials FromScript(ScriptBlock script) => new(() => script.Invoke());

    /// <inheritdoc/>
    public void RefreshIfDue()
    {
        if (!NeedsPipelineThread) return;
        IReadOnlyList<PSObject> answer;
        try
        {
            answer = ask();
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            throw Failed($"failed: {SafeText.Shown(error.Message, 500).TrimEnd('.')}");
        }

        if (answer.Count != 1 || answer[0] is null) throw Failed($"returned {answer.Count} objects instead of one token");
        (string token, DateTimeOffset? expires) = Read(answer[0]);
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset refreshAt = (expires ?? ExpiryOf(token)) is { } end ? end - s_early : now + s_unknownLife;
        // A token that lives shorter than the margin is still used once before it is asked for again.
        _held = new Held(new Credential { Authorization = Credential.Bearer(token) }, refreshAt);
    }

    /// <inheritdoc/>
    public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
    {
        Held held = _held ?? throw Failed("has not been asked yet");
        if (ReferenceEquals(held.Credential, rejected)) held.Refused = true;
        return new ValueTask<Credential>(held.Credential);
    }

    /// <summary>The plain text of a token in any of the shapes that people hold one in.</summary>
    internal static string Plain(object? token) => (token is PSObject wrapped ? wrapped.BaseObject : token) switch
    {
        string text => text.Trim(),
        SecureString secure => new NetworkCredential("", secure).Password.Trim(),
        _ => "",
    };

    private static (string Token, DateTimeOffset? Expires) Read(PSObject answer)
    {
        object? source = answer.BaseObject is string or SecureString ? answer : answer.Properties["Token"]?.Value;
        string token = Plain(source);
        if (token.Length == 0 || token.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c))) throw Failed("returned neither a token nor an object with a Token");
        object? expires = answer.BaseObject is string or SecureString ? null : answer.Properties["ExpiresOn"]?.Value;
        return (token, (expires is PSObject wrapped ? wrapped.BaseObject : expires) switch
        {
            DateTimeOffset moment => moment,
            DateTime moment => new DateTimeOffset(moment.ToUniversalTime()),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) => moment,
            _ => null,
        });
    }

    /// <summary>The <c>exp</c> claim of a JSON Web Token (RFC 7519 §4.1.4); null for other tokens.</summary>
    private static DateTimeOffset? ExpiryOf(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3) return null;
        try
        {
            string payload = parts[1].Replace('-', '+').Replace('_', '/');
            byte[] json = Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='));
            return JsonNode.Parse(Encoding.UTF8.GetString(json))?["exp"] is JsonValue exp && exp.TryGetValue(out long seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static KubeException Failed(string what) =>
        new("KubeTokenFailed", ErrorCategory.AuthenticationError, $"The script block given to Connect-KubeCluster -Token {what}.")
        {
            EndsCommand = true,
            RecommendedAction = "Let it return one string, one SecureString, or one object with Token and ExpiresOn.",
        };

    private sealed class Held(Credential credential, DateTimeOffset refreshAt)
    {
        public Credential Credential { get; } = credential;

        public DateTimeOffset RefreshAt { get; } = refreshAt;

        public bool Refused { get; set; }
    }
}
