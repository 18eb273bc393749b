using PSKube.Errors;

namespace PSKube.Api;

/// <summary>One request, complete: it can be sent again as it is.</summary>
/// <param name="Method">The HTTP verb.</param>
/// <param name="Path">The escaped path below the server's address, from <see cref="ApiPath"/>.</param>
internal sealed record RestRequest(HttpMethod Method, string Path)
{
    /// <summary>The query's names and values, not yet escaped; null values are left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Query { get; init; } = [];

    /// <summary>The body, or null.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>The body's media type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>What we can read.</summary>
    public string Accept { get; init; } = "application/json";

    /// <summary>How long the answer may take to begin; null for as long as the command's requests may take.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>How many bytes the answer will have, as far as an answer before it tells; only saves copying.</summary>
    public long? ExpectedLength { get; init; }

    /// <summary>The WebSocket subprotocols to offer, the best first; none for a request that is no upgrade.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>What the request is about, for errors.</summary>
    public KubeReference? Target { get; init; }

    /// <summary>True when the body, or the query, says that nothing is to last.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>True when the server may do something that lasts.</summary>
    public bool Changes => Method != HttpMethod.Get && !IsDryRun && !Query.Any(static pair => pair is { Key: "dryRun", Value: not null });

    /// <summary>Path and query as they are sent; a label selector's values are not secret, and no secret ever goes into a query.</summary>
    public string Address
    {
        get
        {
            string query = string.Join('&', Query.Where(pair => pair.Value is not null).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value!)}"));
            return query.Length == 0 ? Path : $"{Path}?{query}";
        }
    }
}
