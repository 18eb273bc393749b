using System.Text.Json.Nodes;
using PSKube.Commands;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>What a cmdlet says to a cluster: one method per thing that can be done to objects of any kind.</summary>
internal sealed class KubeClient
{
    /// <summary>The namespace of commands that name none: the session's choice, else the context's, else <c>default</c>.</summary>
    public string DefaultNamespace => throw new NotImplementedException();

    /// <summary>Opens the cluster that a command's parameters and session name.</summary>
    public static KubeClient Open(KubeApiCmdlet cmdlet) => throw new NotImplementedException();

    /// <summary>Opens the cluster that an object came from; the command's own when it came from none.</summary>
    public static KubeClient OpenFor(KubeApiCmdlet cmdlet, object? input) => throw new NotImplementedException();

    /// <summary>Creates an object and returns it as the server stored it.</summary>
    public Task<object> CreateAsync(ResourceKind kind, string? ns, JsonObject body, ChangeOptions options, CancellationToken cancel) => throw new NotImplementedException();
}
