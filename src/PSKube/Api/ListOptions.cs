namespace PSKube.Api;

/// <summary>What to list.</summary>
internal sealed record ListOptions
{
    /// <summary>The namespace; null for all of them, and for cluster-scoped kinds.</summary>
    public string? Namespace { get; init; }

    /// <summary>The label selector in the API's own form, or null.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>The field selector in the API's own form, or null.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>The most objects to read, or null for all.</summary>
    public int? Limit { get; init; }
}

/// <summary>How to delete one object.</summary>
/// <param name="Uid">Delete only this very object, not one that was created since under its name; null for any.</param>
/// <param name="GracePeriodSeconds">Seconds to stop in; null for the object's own.</param>
/// <param name="PropagationPolicy"><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; null for the kind's own.</param>
/// <param name="DryRun">Whether it is really deleted.</param>
internal sealed record DeleteOptions(string? Uid, long? GracePeriodSeconds, string? PropagationPolicy, DryRun DryRun);

/// <summary>What an apply did.</summary>
/// <param name="Object">The object as the server has it now.</param>
/// <param name="Action">Whether it was created, changed or left as it was.</param>
internal sealed record ApplyResult(object Object, ApplyAction Action);

/// <summary>What an apply did to an object.</summary>
public enum ApplyAction
{
    /// <summary>It was not there before.</summary>
    Created,

    /// <summary>Something in it changed.</summary>
    Configured,

    /// <summary>It was already as asked.</summary>
    Unchanged,
}
