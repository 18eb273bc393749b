using PSKube.Config;
using PSKube.Api;
using PSKube.Output;
using PSKube.Sandbox.Server;

namespace PSKube.Sandboxes;

/// <summary>Shows what a sandbox was asked.</summary>
internal static class SandboxRequests
{
    /// <summary>The requests that fit, oldest first.</summary>
    public static IEnumerable<KubeSandboxRequest> Read(KubeSandbox sandbox, Func<LoggedRequest, bool> fits) => [.. sandbox.Cluster.Requests.All.Where(fits).Select(Show)];

    private static KubeSandboxRequest Show(LoggedRequest logged)
    {
        ApiRequest request = logged.Request;
        string? body = request.Body.IsEmpty ? null : SecretMask.Show(request.Body.Span);
        return new KubeSandboxRequest(logged.Time.ToLocalTime(), logged.Verb, logged.Resource, logged.Address?.Namespace, logged.Address?.Name, logged.Status, request.Path, request.RawQuery, body);
    }
}
