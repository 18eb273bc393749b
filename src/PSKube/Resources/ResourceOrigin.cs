using System.Management.Automation;
using System.Runtime.CompilerServices;
using PSKube.Config;

namespace PSKube.Resources;

/// <summary>
/// Remembers which cluster an object came from, outside the object, so that <c>Get (A) | Remove</c> goes to A although the
/// session has moved on to B. Forgotten with the object.
/// </summary>
internal static class ResourceOrigin
{
    private static readonly ConditionalWeakTable<object, ClusterConfig> Origins = [];

    /// <summary>Notes where an object came from.</summary>
    public static void Set(object value, ClusterConfig cluster) => Origins.AddOrUpdate(Key(value), cluster);

    /// <summary>Where an object came from; null for one that was built here.</summary>
    public static ClusterConfig? Of(object? value) => value is not null && Origins.TryGetValue(Key(value), out ClusterConfig? cluster) ? cluster : null;

    /// <summary>A wrapped object is its own key; one that is all wrapper (a custom object) has no other.</summary>
    private static object Key(object value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
}
