using System.Management.Automation;

namespace PSKube.Errors;

/// <summary>A refusal by the API server: the parts of its Status that a script can use.</summary>
public sealed class KubeApiException : KubeException
{
    /// <summary>Creates the failure from what the server said.</summary>
    /// <param name="errorId">The stable id, for example <c>KubeNotFound</c>.</param>
    /// <param name="category">The category that a script can branch on.</param>
    /// <param name="message">The server's message.</param>
    public KubeApiException(string errorId, ErrorCategory category, string message)
        : base(errorId, category, message)
    {
    }

    /// <summary>The HTTP status code of the reply.</summary>
    public int StatusCode { get; init; }

    /// <summary>The reason in the server's Status, such as <c>NotFound</c> or <c>AlreadyExists</c>; null when it sent none.</summary>
    public string? Reason { get; init; }

    /// <summary>The causes in the server's Status: one line each, <c>field: message</c>.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>The HTTP verb of the request.</summary>
    public string Verb { get; init; } = "";

    /// <summary>The path of the request, without its query.</summary>
    public string Path { get; init; } = "";

    /// <summary>How long the server asked us to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The server's id of this request in its audit log, or null.</summary>
    public string? AuditId { get; init; }
}
