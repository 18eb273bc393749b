namespace PSKube.Sandbox.Server;

/// <summary>One request, however it came.</summary>
internal sealed record ApiRequest
{
    /// <summary>GET, POST, PUT, PATCH or DELETE.</summary>
    public required string Method { get; init; }

    /// <summary>The path, decoded segment by segment; no empty ones.</summary>
    public required IReadOnlyList<string> Segments { get; init; }

    /// <summary>The path as it was sent, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>The query as it was sent, without the question mark; may be empty.</summary>
    public string RawQuery { get; init; } = "";

    /// <summary>The query's names and values, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>The media types that the client takes.</summary>
    public string Accept { get; init; } = "";

    /// <summary>The media type of the body, without parameters.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The client's name of itself.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>The body; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The WebSocket subprotocols that the client offers; empty when it asks for no WebSocket.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>True when the client asks for a connection of its own.</summary>
    public bool IsUpgrade { get; init; }

    /// <summary>The value of a query parameter; null when it is not given or empty.</summary>
    public string? this[string name]
    {
        get
        {
            foreach ((string key, string value) in Query)
            {
                if (key == name && value.Length > 0) return value;
            }

            return null;
        }
    }

    /// <summary>True when a query parameter says so.</summary>
    public bool IsSet(string name) => this[name] is "true" or "1";

    /// <summary>All values of a query parameter.</summary>
    public IReadOnlyList<string> All(string name) => [.. Query.Where(pair => pair.Key == name).Select(pair => pair.Value)];

    /// <summary>Takes an address apart.</summary>
    public static (IReadOnlyList<string> Segments, IReadOnlyList<KeyValuePair<string, string>> Query) Split(string path, string query)
    {
        string[] segments = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        KeyValuePair<string, string>[] pairs = [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            int at = pair.IndexOf('=', StringComparison.Ordinal);
            return at < 0 ? new KeyValuePair<string, string>(Decode(pair), "") : new(Decode(pair[..at]), Decode(pair[(at + 1)..]));
        })];
        return (segments, pairs);

        static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }
}
