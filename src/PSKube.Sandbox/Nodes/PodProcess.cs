using System.IO.Enumeration;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes.Shell;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>How a command in a container ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Failure">Why it could not be started: the message of the Status (500, InternalError) that a client gets; null when it was.</param>
internal sealed record ExecResult(int ExitCode, string? Failure = null);

/// <summary>Runs commands in containers, and finds their logs.</summary>
internal sealed class PodProcess(Controllers.ControllerLoop loop)
{
    /// <summary>What pods and services answer, for port-forward and proxy requests.</summary>
    public PodNetwork Net => loop.Kubelet.Net;

    /// <summary>Runs a command in a container.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container; null for the pod's default.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="stdin">What it reads; null for nothing.</param>
    /// <param name="stdout">Where its output goes.</param>
    /// <param name="stderr">Where its complaints go.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="terminal">The columns and rows of its terminal, asked for whenever it is; null without a terminal.</param>
    /// <exception cref="StatusException">There is no such pod or container, or it does not run.</exception>
    /// <exception cref="OperationCanceledException">It was ended, or its container was.</exception>
    public async Task<ExecResult> RunAsync(string ns, string pod, string? container, IReadOnlyList<string> command, Stream? stdin, ByteWriter stdout, ByteWriter stderr, CancellationToken cancellation, Func<(int Columns, int Rows)?>? terminal = null)
    {
        ShellWorld world;
        Dictionary<string, string> variables;
        string name, folder;
        ContainerRuntime runtime;
        lock (loop.Store.Gate)
        {
            (StoredObject stored, JsonObject json, PodRuntime of, runtime) = FindRunning(ns, pod, container);
            name = runtime.Name;
            JsonObject spec = Kubelet.Spec(json, runtime);
            world = loop.Kubelet.World(stored, json, of, runtime);
            folder = spec.Text("workingDir") ?? "/";
            try
            {
                variables = PodEnvironment.Variables(loop.Store, json, spec, Kubelet.Hostname(json), of.Ip, json.Text("status", "hostIP"));
            }
            catch (ContainerConfigException)
            {
                // What it names has gone since it was started; a running container keeps what it got.
                variables = new(StringComparer.Ordinal) { ["HOSTNAME"] = Kubelet.Hostname(json), ["HOME"] = "/root" };
            }
        }

        string line = string.Join(' ', command);
        ExecAnswer? answer = loop.Settings.Overrides.Find(ns, pod, name, one => one.Answers.FirstOrDefault(said => FileSystemName.MatchesSimpleExpression(said.Command, line, ignoreCase: false)));
        if (answer is not null)
        {
            if (answer.Out.Length > 0) await stdout(Encoding.UTF8.GetBytes(answer.Out)).ConfigureAwait(false);
            if (answer.Err.Length > 0) await stderr(Encoding.UTF8.GetBytes(answer.Err)).ConfigureAwait(false);
            return new ExecResult(answer.ExitCode);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var shell = new ShellProcess(world with { Terminal = terminal ?? world.Terminal }, end.Token) { Folder = folder };
        if (terminal is not null) variables["TERM"] = "xterm";
        foreach ((string key, string value) in variables)
        {
            shell.Variables[key] = value;
            shell.Exported.Add(key);
        }

        if (!shell.IsProgram(command[0])) return new ExecResult(command[0].Contains('/', StringComparison.Ordinal) ? 126 : 127, NotFound(command[0], runtime.Id));
        // The container's end is the command's, too.
        string? id = runtime.Id;
        Task<int> running = Task.Run(() => shell.RunAsync(command, new ShellStreams(stdin ?? Stream.Null, stdout, stderr)), CancellationToken.None);
        while (await Task.WhenAny(running, Task.Delay(200, CancellationToken.None)).ConfigureAwait(false) != running)
        {
            if (runtime.IsRunning && runtime.Id == id) continue;
            await end.CancelAsync().ConfigureAwait(false);
            try
            {
                await running.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return new ExecResult(137);
            }
        }

        return new ExecResult(await running.ConfigureAwait(false));
    }

    /// <summary>Refuses what <see cref="RunAsync"/> would refuse, before there is a connection to run it on.</summary>
    /// <exception cref="StatusException">There is no such pod or container, or it does not run.</exception>
    public void Check(string ns, string pod, string? container)
    {
        lock (loop.Store.Gate) FindRunning(ns, pod, container);
    }

    /// <summary>The log of a container.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container; null for the only one, or the default.</param>
    /// <param name="previous">True for the run before.</param>
    /// <exception cref="StatusException">There is none, in the server's words.</exception>
    public ContainerLog Log(string ns, string pod, string? container, bool previous)
    {
        lock (loop.Store.Gate)
        {
            if (loop.Store.Find(Kinds.Pods, ns, pod) is not { } found) throw Refusals.NotFound(Kinds.Pods, pod);
            JsonObject json = found.Parse();
            string name = Container(json, pod, container);
            if (loop.Kubelet.Get(ns, pod) is not { } running) return Ended();
            ContainerRuntime runtime = running.Runtime.Find(name)!;
            if (previous) return runtime.PreviousLog is { } before && runtime.Restarts > 0 ? before : runtime.Stage is ContainerStage.CrashBackOff && runtime.Log is { } last ? last : throw Refusals.BadRequest($"previous terminated container \"{name}\" in pod \"{pod}\" not found");
            if (runtime.Log is { } log && (runtime.Stage is ContainerStage.Running or ContainerStage.Terminated or ContainerStage.CrashBackOff || runtime.Last is not null)) return log;
            if (found.Phase is "Succeeded" or "Failed") return Ended();
            bool initializing = !runtime.IsInit && running.Runtime.Init.Any(one => one.IsSidecar ? !one.HasStarted : one.ExitCode != 0);
            string why = runtime.Reason ?? (initializing ? "PodInitializing" : "ContainerCreating");
            string trouble = runtime.Reason is null ? $"is waiting to start: {why}" : why is "ErrImagePull" or "ImagePullBackOff" ? $"is waiting to start: {(why == "ErrImagePull" ? "image can't be pulled" : "trying and failing to pull image")}" : $"is waiting to start: {why}";
            throw Refusals.BadRequest($"container \"{name}\" in pod \"{pod}\" {trouble}");
        }
    }

    private static ContainerLog Ended()
    {
        var none = new ContainerLog();
        none.End();
        return none;
    }

    private (StoredObject Stored, JsonObject Pod, PodRuntime Of, ContainerRuntime Runtime) FindRunning(string ns, string pod, string? container)
    {
        (StoredObject stored, JsonObject json, PodRuntime of) = Find(ns, pod);
        string name = Container(json, pod, container);
        if (stored.Phase is "Succeeded" or "Failed") throw Refusals.BadRequest($"cannot exec in a stopped state: unknown");
        ContainerRuntime? runtime = of.Find(name);
        return runtime is { IsRunning: true } ? (stored, json, of, runtime) : throw new StatusException(500, "InternalError", $"unable to upgrade connection: container not found (\"{name}\")");
    }

    private (StoredObject Stored, JsonObject Pod, PodRuntime Runtime) Find(string ns, string pod)
    {
        if (loop.Store.Find(Kinds.Pods, ns, pod) is null) throw Refusals.NotFound(Kinds.Pods, pod);
        return loop.Kubelet.Get(ns, pod) ?? throw Refusals.BadRequest($"pod {pod} does not have a host assigned");
    }

    private static string Container(JsonObject pod, string name, string? container)
    {
        string[] containers = [.. pod.Objects("spec", "containers").Select(one => one.Text("name") ?? "")];
        if (container is null) return containers.Length == 1 ? containers[0] : throw Refusals.BadRequest($"a container name must be specified for pod {name}, choose one of: [{string.Join(' ', containers)}]{Init(pod)}");
        if (containers.Contains(container) || pod.Objects("spec", "initContainers").Any(one => one.Text("name") == container)) return container;
        throw Refusals.BadRequest($"container {container} is not valid for pod {name}");
    }

    private static string Init(JsonObject pod)
    {
        string[] init = [.. pod.Objects("spec", "initContainers").Select(one => one.Text("name") ?? "")];
        return init.Length == 0 ? "" : $" or one of the init containers: [{string.Join(' ', init)}]";
    }

    private static string NotFound(string program, string? id) =>
        $"Internal error occurred: error executing command in container: failed to exec in container: failed to start exec \"{id}\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"{program}\": {(program.Contains('/', StringComparison.Ordinal) ? $"stat {program}: no such file or directory" : "executable file not found in $PATH")}: unknown";
}
