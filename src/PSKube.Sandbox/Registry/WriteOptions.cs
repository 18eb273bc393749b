namespace PSKube.Sandbox.Registry;

/// <summary>What the server does about fields that a kind does not have.</summary>
internal enum FieldValidation
{
    /// <summary>Drops them.</summary>
    Ignore,

    /// <summary>Drops them and warns.</summary>
    Warn,

    /// <summary>Refuses the object.</summary>
    Strict,
}

/// <summary>How a change is made.</summary>
/// <param name="Manager">The field manager.</param>
internal sealed record WriteOptions(string Manager)
{
    /// <summary>True when everything is done but the storing.</summary>
    public bool DryRun { get; init; }

    /// <summary>True when an apply takes fields from other managers.</summary>
    public bool Force { get; init; }

    /// <summary>What happens to unknown fields.</summary>
    public FieldValidation FieldValidation { get; init; }

    /// <summary>The subresource, for example <c>status</c>; null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>The apiVersion of the request, which its entry in managedFields carries; null for the kind's preferred one.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>True for a request, whose client is told what the sandbox does nothing about; false for what controllers do.</summary>
    public bool IsRequest { get; init; }

    /// <summary>What the client should be told; the texts of <c>Warning</c> headers.</summary>
    public List<string> Warnings { get; } = [];
}

/// <summary>How an object is deleted: what DeleteOptions and the query say.</summary>
internal sealed record DeleteOptions
{
    /// <summary>Seconds until a pod is killed; null for the pod's own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; null for the kind's own.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>The uid that the object must have; null for any.</summary>
    public string? Uid { get; init; }

    /// <summary>The resourceVersion that the object must have; null for any.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>True when everything is done but the deletion.</summary>
    public bool DryRun { get; init; }
}
