namespace PSKube.Sandbox.Server;

/// <summary>One request as the sandbox saw it.</summary>
/// <param name="Verb">Kubernetes' verb.</param>
/// <param name="Resource">The resource, with its subresource; empty for a page such as <c>/version</c>.</param>
/// <param name="Namespace">The namespace; null for none.</param>
/// <param name="Name">The object; null for none.</param>
/// <param name="Request">What came.</param>
/// <param name="Time">When, UTC.</param>
internal sealed record LoggedRequest(string Verb, string Resource, string? Namespace, string? Name, ApiRequest Request, DateTime Time)
{
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
        (string verb, string resource, string? ns, string? name) = Describe(request);
        var logged = new LoggedRequest(verb, resource, ns, name, request, DateTime.UtcNow);
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

    /// <summary>What a request is about (apiserver's <c>pkg/endpoints/request/requestinfo.go</c>).</summary>
    private static (string Verb, string Resource, string? Namespace, string? Name) Describe(ApiRequest request)
    {
        IReadOnlyList<string> path = request.Segments;
        int at = path is ["api", _, _, ..] ? 2 : path is ["apis", _, _, _, ..] ? 3 : -1;
        if (at < 0) return (request.Method.ToLowerInvariant(), "", null, null);
        string? ns = null;
        if (path[at] == "namespaces" && path.Count > at + 2 && path[at + 2] is not ("status" or "finalize")) (ns, at) = (path[at + 1], at + 2);
        string resource = path[at];
        string? name = path.Count > at + 1 ? path[at + 1] : null;
        if (path.Count > at + 2) resource += "/" + string.Join('/', path.Skip(at + 2));
        string verb = request.Method switch
        {
            "GET" when request.IsSet("watch") => "watch",
            "GET" => name is null ? "list" : "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => name is null ? "deletecollection" : "delete",
            _ => request.Method.ToLowerInvariant(),
        };
        return (verb, resource, ns, name);
    }
}
