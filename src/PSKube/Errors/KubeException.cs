using System.Management.Automation;

namespace PSKube.Errors;

/// <summary>
/// A failure that PSKube understands: it knows its stable error id, its category, what it is about and one step that helps.
/// </summary>
/// <remarks>
/// Only text and numbers are carried. No header, token, request body or inner exception that could hold one ever gets in
/// here, because everything public on an exception leaves the machine over remoting, CLIXML and transcripts.
/// </remarks>
public class KubeException : Exception
{
    private readonly string? _recommendedAction;

    /// <summary>Creates the failure.</summary>
    /// <param name="errorId">The stable id, for example <c>KubeNotFound</c>; the first part of FullyQualifiedErrorId.</param>
    /// <param name="category">The category that a script can branch on.</param>
    /// <param name="message">What happened, in words for a person; names the input.</param>
    public KubeException(string errorId, ErrorCategory category, string message)
        : base(TerminalText.Escape(message))
    {
        ErrorId = errorId;
        Category = category;
    }

    /// <summary>The stable id: the first part of FullyQualifiedErrorId.</summary>
    public string ErrorId { get; }

    /// <summary>The category that a script can branch on.</summary>
    public ErrorCategory Category { get; }

    /// <summary>One concrete step that helps, or null.</summary>
    public string? RecommendedAction
    {
        get => MayHaveBeenMade ? "The change may have been made: read the object before you repeat it." : _recommendedAction;
        init => _recommendedAction = value;
    }

    /// <summary>
    /// True when a change was sent, and nothing tells whether the server has made it: no answer came, or one that leaves it open.
    /// After every other failure of a request to change something, it has not been made.
    /// </summary>
    public bool MayHaveBeenMade { get; internal set; }

    /// <summary>What the failure is about, or null when it is about the connection as a whole.</summary>
    public object? Target { get; init; }

    /// <summary>
    /// True when nothing else that the command was given can succeed either (no configuration, no connection, no trust),
    /// so that the command ends instead of going on with the next item.
    /// </summary>
    public bool EndsCommand { get; init; }
}
