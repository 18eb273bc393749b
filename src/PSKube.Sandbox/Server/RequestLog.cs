namespace PSKube.Sandbox.Server;

/// <summary>One request as the sandbox saw it.</summary>
/// <param name="Request">What came.</param>
/// <param name="Time">When, UTC.</param>
internal sealed record LoggedRequest(ApiRequest Request, DateTime Time)
{
    /// <summary>What it is about; null for a page such as <c>/version</c>.</summary>
    public ApiAddress? Address { get; } = ApiAddress.Read(Request.Segments);

    /// <summary>The resource, with its subresource; empty for a page.</summary>
    public string Resource => Address is null ? "" : Address.Subresource is { } subresource ? $"{Address.Resource}/{subresource}" : Address.Resource;

    /// <summary>Kubernetes' verb.</summary>
    public string Verb => Request.Method switch
    {
        _ when Address is null => Request.Method.ToLowerInvariant(),
        "GET" when Request.IsSet("watch") => "watch",
        "GET" => Address.Name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => Address.Name is null ? "deletecollection" : "delete",
        _ => Request.Method.ToLowerInvariant(),
    };

    /// <summary>The status code of the answer; 0 while there is none, or when the connection was cut.</summary>
    public int Status { get; set; }
}

/// <summary>What was asked of the sandbox, oldest first; the oldest is dropped when there is too much.</summary>
internal sealed class RequestLog
{
    private const int Kept = 10_000;
    private readonly Queue<LoggedRequest> _requests = new();

    /// <summary>What was asked.</summary>
    public LoggedRequest[] All
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    /// <summary>Takes note of a request.</summary>
    public LoggedRequest Add(ApiRequest request)
    {
        var logged = new LoggedRequest(request, DateTime.UtcNow);
        lock (_requests)
        {
            _requests.Enqueue(logged);
            if (_requests.Count > Kept) _requests.Dequeue();
        }

        return logged;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_requests) _requests.Clear();
    }
}
