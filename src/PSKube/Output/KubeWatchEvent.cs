using PSKube.Api;

namespace PSKube.Output;

/// <summary>One change that <c>Watch-KubeResource</c> saw.</summary>
/// <param name="Change">Added, Modified or Deleted.</param>
/// <param name="Kind">The object's kind.</param>
/// <param name="Namespace">Its namespace; null for a cluster-scoped one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Time">When the change was seen here.</param>
/// <param name="Object">The object; as it was last, when it was deleted. Of one that was deleted while the server could not be reached only the name is known.</param>
public sealed record KubeWatchEvent(WatchChange Change, string Kind, string? Namespace, string? Name, DateTime Time, object Object);
