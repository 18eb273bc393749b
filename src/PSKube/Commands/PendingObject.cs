using PSKube.Api;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>An object that a command has changed and waits for.</summary>
/// <param name="Client">The cluster it is on.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; null for a cluster-scoped one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Note">What the command has to remember of it until then.</param>
internal sealed record PendingObject(KubeClient Client, ResourceKind Kind, string? Namespace, string Name, object? Note = null);
