namespace PSKube.Sandbox.Store;

/// <summary>What happened to an object.</summary>
internal enum StoreEventType
{
    /// <summary>It was created.</summary>
    Added,

    /// <summary>It was changed.</summary>
    Modified,

    /// <summary>It is gone.</summary>
    Deleted,
}

/// <summary>One change of the store.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it; for a deletion its last state, at the version of the deletion.</param>
/// <param name="Previous">The object before it; null for a creation.</param>
/// <param name="Version">The store's version after it.</param>
internal sealed record StoreEvent(StoreEventType Type, StoredObject Object, StoredObject? Previous, long Version);
