using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Server;

/// <summary>What is asked of containers: their logs, and commands in them.</summary>
/// <param name="store">What there is.</param>
/// <param name="processes">Who runs them.</param>
/// <param name="minor">The minor version of the server that is played.</param>
internal sealed class PodEndpoints(ObjectStore store, PodProcess processes, int minor)
{
    private const string Version4 = "v4.channel.k8s.io";
    private const string Version5 = "v5.channel.k8s.io";

    /// <summary>The first minor version that speaks v5.</summary>
    private const int SpeaksVersion5 = 30;

    /// <summary>A container's log.</summary>
    public ApiResponse Log(string ns, string name, ApiRequest request)
    {
        ContainerLog log = processes.Log(ns, name, request["container"], request.IsSet("previous"));
        // A pod that no node has taken has nobody to ask: the answer is empty (pkg/registry/core/pod/rest/log.go).
        return store.Find(Kinds.Pods, ns, name) is { NodeName: null } ? new ApiResponse { Status = 204, ContentType = "text/plain" } : PodLogs.Answer(log, request);
    }

    /// <summary>A command in a container.</summary>
    public ApiResponse Exec(string ns, string name, ApiRequest request)
    {
        IReadOnlyList<string> command = request.All("command");
        if (command.Count == 0) throw Refusals.Invalid("", "PodExecOptions", "", [new Cause("FieldValueRequired", "command", "Required value")]);
        processes.Check(ns, name, request["container"]);
        if (!request.IsUpgrade) throw Refusals.BadRequest("Upgrade request required");
        if (request.Protocols.Count == 0) throw Refusals.NotInTheSandbox("run a command over SPDY; use a client that speaks WebSockets (kubectl 1.31 and newer)");
        string[] spoken = minor >= SpeaksVersion5 ? [Version5, Version4] : [Version4];
        // What refuses an unknown subprotocol is the WebSocket library, before there is anything to write a Status.
        if (spoken.FirstOrDefault(request.Protocols.Contains) is not { } protocol) return ApiResponse.Text("", 403);
        bool terminal = request.IsSet("tty");
        return new ApiResponse
        {
            Status = 101,
            Protocol = protocol,
            Socket = async (connection, cancel) =>
            {
                using var session = new ExecSession(connection, protocol);
                await session.RunAsync((input, output, errors, gone) => processes.RunAsync(ns, name, request["container"], command, input, output, terminal ? output : errors, gone, terminal ? () => session.Size ?? (80, 24) : null), request.IsSet("stdin"), cancel).ConfigureAwait(false);
            },
        };
    }
}
