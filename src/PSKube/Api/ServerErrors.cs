using System.Management.Automation;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Api;

/// <summary>Turns a server's refusal into the failure that a script can branch on.</summary>
internal static class ServerErrors
{
    /// <summary>As client-go caps a body that is not a Status (<c>rest/request.go</c>).</summary>
    private const int MaxText = 2048;

    /// <summary>Reads the Status in a refusal, or what else the server sent.</summary>
    public static KubeApiException From(RestRequest request, HttpResponseMessage response, ReadOnlySpan<byte> body, SentSecrets sent)
    {
        JsonObject? status = ReadStatus(body);
        int code = (int)response.StatusCode;
        string? reason = Text(status, "reason");
        (string id, ErrorCategory category, string? action) = Classify(code, reason, request);
        IReadOnlyList<string> causes = ReadCauses(status, sent);
        string message = sent.Strike(Text(status, "message") ?? NotAStatus(response, body, sent));
        if (id == "KubeUnauthorized") message = $"The server did not accept the credentials: {message}.".Replace("..", ".", StringComparison.Ordinal);
        if (id == "KubeApplyConflict") message = ApplyConflict(message, causes);
        // A name is looked for in one namespace, which may not be the one that was meant.
        if (id == "KubeNotFound" && request.Target is { Name: not null, Namespace: { } ns } && message.EndsWith(" not found", StringComparison.Ordinal)) message += $" in {ns}";
        // Some refusals do not say which object they are about; in a bundle of many that is what counts.
        if (request.Target is { Name: { } name } target && !message.Contains(name, StringComparison.Ordinal)) message = $"{target}: {message}";
        return new KubeApiException(id, category, Escape(message))
        {
            StatusCode = code,
            Reason = reason is null ? null : sent.Strike(reason),
            Causes = causes,
            Verb = request.Method.Method,
            Path = request.Path,
            RetryAfter = RetryAfter(response),
            AuditId = response.Headers.TryGetValues("Audit-Id", out IEnumerable<string>? ids) ? sent.Strike(ids.First()) : null,
            Target = request.Target,
            RecommendedAction = action,
            EndsCommand = code == 401,
            // Whoever answers so may have handed the change on before: etcd that did not answer in time may still write it.
            MayHaveBeenMade = request.Changes && (code is 408 or (>= 500 and not 501)),
        };
    }

    /// <summary>The API, such as <c>apps/v1</c>, that a server does not have: to a path below one it answers 404 without a Status. Null when it was another refusal.</summary>
    public static string? MissingApi(RestRequest request, KubeApiException refusal)
    {
        if (refusal is not { StatusCode: 404, Reason: null }) return null;
        return request.Path.Split('/') switch
        {
            ["apis", var group, var version, ..] => $"{group}/{version}",
            ["api", var version, _, ..] => version,
            _ => null,
        };
    }

    /// <summary>The same refusal, with what it means and the server's version where that is known.</summary>
    public static KubeApiException NotServed(KubeApiException refusal, string api, string server, string? version) => new("KubeNotSupported", ErrorCategory.NotImplemented, $"{server}{(version is null ? "" : $", which runs Kubernetes {version},")} does not have the API {api}.")
    {
        StatusCode = refusal.StatusCode,
        Verb = refusal.Verb,
        Path = refusal.Path,
        AuditId = refusal.AuditId,
        Target = refusal.Target,
        RecommendedAction = "Check that the server is the one you mean, and old or new enough for this kind; Get-KubeResource reads a kind in the version that the server has.",
    };

    /// <summary>How long the server asks us to wait; null when it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        return response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
            _ => null,
        };
    }

    /// <summary>See <see cref="TerminalText.Escape"/>.</summary>
    public static string Escape(string text) => TerminalText.Escape(text);

    private static (string Id, ErrorCategory Category, string? Action) Classify(int code, string? reason, RestRequest request)
    {
        bool apply = request.ContentType == PatchTypes.Apply;
        return (code, reason) switch
        {
            (400, _) => ("KubeBadRequest", ErrorCategory.InvalidArgument, null),
            (401, _) => ("KubeUnauthorized", ErrorCategory.AuthenticationError, "Renew the credentials of this context (kubeconfig user entry), or connect anew with Connect-KubeCluster."),
            (403, _) => ("KubeForbidden", ErrorCategory.PermissionDenied, "Ask for a role that allows this verb on this resource in this namespace."),
            (404, _) => ("KubeNotFound", ErrorCategory.ObjectNotFound, null),
            (405 or 406 or 415 or 501, _) => ("KubeNotSupported", ErrorCategory.NotImplemented, null),
            (408 or 504, _) => ("KubeTimeout", ErrorCategory.OperationTimeout, null),
            (409, "AlreadyExists") => ("KubeAlreadyExists", ErrorCategory.ResourceExists, "Use Invoke-KubeApply to change what exists, or another name."),
            (409, _) when apply => ("KubeApplyConflict", ErrorCategory.InvalidOperation, "Leave the fields out, give them the value they have, or take them over with -ForceConflict."),
            (409, _) => ("KubeConflict", ErrorCategory.InvalidOperation, "The object has changed meanwhile; read it again and repeat the change."),
            (410, _) => ("KubeExpired", ErrorCategory.InvalidOperation, "Run the command again."),
            (422, _) => ("KubeInvalid", ErrorCategory.InvalidData, null),
            (429, _) => ("KubeTooManyRequests", ErrorCategory.LimitsExceeded, "Wait and run the command again, or make fewer requests at once."),
            ( >= 300 and < 400, _) => ("KubeRedirected", ErrorCategory.InvalidResult, "Give the API server's own address; credentials are not sent on to another one."),
            ( >= 500, _) => ("KubeServerError", ErrorCategory.ResourceUnavailable, null),
            _ => ("KubeRequestFailed", ErrorCategory.InvalidResult, null),
        };
    }

    private static string ApplyConflict(string message, IReadOnlyList<string> causes)
    {
        if (causes.Count == 0) return message;
        return $"Other managers own fields that this apply would change: {string.Join("; ", causes)}.";
    }

    private static JsonObject? ReadStatus(ReadOnlySpan<byte> body)
    {
        try
        {
            return AnswerJson.Parse(body) is JsonObject json && Text(json, "kind") == "Status" ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string[] ReadCauses(JsonObject? status, SentSecrets sent)
    {
        if (status?["details"]?["causes"] is not JsonArray causes) return [];
        return causes.OfType<JsonObject>()
            .Select(cause => (Field: Text(cause, "field"), Message: Text(cause, "message") ?? Text(cause, "reason") ?? ""))
            .Select(cause => Escape(sent.Strike(cause.Field is null ? cause.Message : $"{cause.Field}: {cause.Message}")))
            .ToArray();
    }

    private static string NotAStatus(HttpResponseMessage response, ReadOnlySpan<byte> body, SentSecrets sent)
    {
        string line = $"the server answered {(int)response.StatusCode} {response.ReasonPhrase ?? ((HttpStatusCode)response.StatusCode).ToString()}";
        if (response.Headers.Location is { } location) line += $" and points to {location.GetLeftPart(UriPartial.Authority)}";
        // Struck before it is cut, which may leave a part that nothing recognises; what is far behind the cut need not be looked at.
        string text = sent.Strike(Encoding.UTF8.GetString(body.Length > 16 * MaxText ? body[..(16 * MaxText)] : body)).Trim();
        if (text.Length > MaxText) text = text[..MaxText];
        return text.Length == 0 ? line : $"{line}: {text}";
    }

    private static string? Text(JsonObject? json, string name) => json?[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
