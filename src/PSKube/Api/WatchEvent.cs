using PSKube.Errors;

namespace PSKube.Api;

/// <summary>What happened to an object that is watched.</summary>
public enum WatchChange
{
    /// <summary>It is there: from the start, or new.</summary>
    Added,

    /// <summary>It changed.</summary>
    Modified,

    /// <summary>It is gone.</summary>
    Deleted,
}

/// <summary>One step of a watch.</summary>
/// <param name="Change">What happened; null for the mark that everything which was there at first has been told.</param>
/// <param name="Object">The object; as it was last, when it is gone.</param>
/// <param name="Failure">Why the object of this change cannot be read.</param>
internal readonly record struct WatchEvent(WatchChange? Change, object? Object, KubeException? Failure)
{
    /// <summary>True for the mark behind the first list.</summary>
    public bool IsSynced => Change is null && Failure is null;
}
