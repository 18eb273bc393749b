using System.Globalization;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Server;

/// <summary>A failure that the sandbox plays, so that scripts can be tried against it.</summary>
/// <param name="Verb">Kubernetes' verb: get, list, watch, create, update, patch, delete, deletecollection; <c>*</c> for any.</param>
/// <param name="Resource">The resource's plural name, with a subresource behind a slash (<c>pods/exec</c>), with wildcards.</param>
internal sealed record SandboxFault(string Verb, string Resource)
{
    /// <summary>The namespace, with wildcards; null for any, and for requests that name none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name, with wildcards; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>The status code to answer with; null to answer as always.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The Status' reason; null for the one that belongs to the code.</summary>
    public string? Reason { get; init; }

    /// <summary>The Status' message; null for a plain one.</summary>
    public string? Message { get; init; }

    /// <summary>Seconds for a <c>Retry-After</c> header; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>How long the answer is held back.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>True to break the connection instead of answering.</summary>
    public bool Cuts { get; init; }

    /// <summary>How often it still happens; null for always.</summary>
    public int? Times { get; set; }

    /// <summary>How often it has happened.</summary>
    public int Happened { get; set; }
}

/// <summary>The failures that are to be played, oldest first; the first that fits a request happens to it.</summary>
internal sealed class SandboxFaults
{
    private readonly List<SandboxFault> _faults = [];

    /// <summary>What is to be played.</summary>
    public SandboxFault[] All
    {
        get
        {
            lock (_faults) return [.. _faults];
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(SandboxFault fault)
    {
        lock (_faults) _faults.Add(fault);
    }

    /// <summary>Ends all.</summary>
    public void Clear()
    {
        lock (_faults) _faults.Clear();
    }

    /// <summary>The failure of a request; null when it has none. Counts it.</summary>
    public SandboxFault? Take(string verb, string resource, string? ns, string? name)
    {
        lock (_faults)
        {
            SandboxFault? fault = _faults.FirstOrDefault(one => one.Times is null or > 0
                && (one.Verb == "*" || one.Verb.Equals(verb, StringComparison.OrdinalIgnoreCase))
                && Matches(one.Resource, resource, ignoreCase: true)
                && (one.Namespace is null || (ns is not null && Matches(one.Namespace, ns)))
                && (one.Name is null || (name is not null && Matches(one.Name, name))));
            if (fault is null) return null;
            fault.Happened++;
            if (fault.Times is not null) fault.Times--;
            return fault;
        }
    }

    /// <summary>The refusal that a failure is.</summary>
    public static ApiResponse Answer(SandboxFault fault)
    {
        int code = fault.StatusCode!.Value;
        string reason = fault.Reason ?? Reason(code);
        var refusal = new StatusException(code, reason, fault.Message ?? string.Create(CultureInfo.InvariantCulture, $"the sandbox was told to answer {code}")) { Details = fault.RetryAfter is { } after ? new JsonObject { ["retryAfterSeconds"] = after } : null };
        return ApiServer.Refuse(refusal);
    }

    /// <summary>The reason that belongs to a code (apimachinery's <c>NewGenericServerResponse</c>).</summary>
    private static string Reason(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        409 => "Conflict",
        410 => "Gone",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "",
    };

    private static bool Matches(string pattern, string name, bool ignoreCase = false) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase);
}
