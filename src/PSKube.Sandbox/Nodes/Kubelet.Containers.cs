using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Nodes.Shell;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <content>The way of a container: pulled, created, started, watched, and started again.</content>
internal sealed partial class Kubelet
{
    private static readonly TimeSpan s_pullTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_startTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_noticeTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_firstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestBackOff = TimeSpan.FromMinutes(5);

    private void Step(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, DateTime now)
    {
        JsonObject spec = Spec(pod, container);
        // Several stages may be over already, at high speed; each leads to the next at once.
        for (int turn = 0; turn < 8; turn++)
        {
            ContainerStage before = container.Stage;
            if (container.Stage is not (ContainerStage.New or ContainerStage.Running) && container.Until > now)
            {
                Wake(runtime, container.Until);
                return;
            }

            switch (container.Stage)
            {
                case ContainerStage.New or ContainerStage.PullBackOff: BeginPull(stored, runtime, container, spec, now); break;
                case ContainerStage.Pulling or ContainerStage.ConfigError: Create(stored, pod, runtime, container, spec, now); break;
                case ContainerStage.PullFailed: BackOffPull(stored, runtime, container, now); break;
                case ContainerStage.Starting: Start(stored, pod, runtime, container, spec, now); break;
                case ContainerStage.Running: Watch(stored, pod, runtime, container, spec, now); break;
                case ContainerStage.Terminated: AfterEnd(stored, pod, runtime, container, now); break;
                case ContainerStage.CrashBackOff: Again(runtime, container); break;
            }

            if (container.Stage == before) return;
        }
    }

    private void BeginPull(StoredObject stored, PodRuntime runtime, ContainerRuntime container, JsonObject spec, DateTime now)
    {
        string image = container.Image = spec.Text("image") ?? "";
        bool latest = ContainerBehavior.FullName(image).EndsWith(":latest", StringComparison.Ordinal);
        string policy = spec.Text("imagePullPolicy") ?? (latest ? "Always" : "IfNotPresent");
        bool present = _images.Contains((stored.NodeName!, image));
        (string? ns, string name) = Split(runtime.Key);
        string? said = Loop.Settings.Overrides.Find(ns, name, container.Name, one => one.PullFailure);
        string? failure = said is { Length: 0 } ? $"rpc error: code = NotFound desc = failed to pull and unpack image \"{ContainerBehavior.FullName(image)}\": failed to resolve reference \"{ContainerBehavior.FullName(image)}\": {ContainerBehavior.FullName(image)}: not found" : said ?? ContainerBehavior.PullFailure(image);
        runtime.IsDirty = true;
        if (policy == "Never" && failure is not null)
        {
            Loop.Events.Warning(stored, "kubelet", "ErrImageNeverPull", $"Container image \"{image}\" is not present with pull policy of Never", stored.NodeName, FieldPath(container));
            (container.Stage, container.Reason, container.Message, container.Until) = (ContainerStage.ConfigError, "ErrImageNeverPull", $"Container image \"{image}\" is not present with pull policy of Never", now.AddSeconds(10));
            return;
        }

        if (policy == "Never" || (present && policy == "IfNotPresent" && failure is null))
        {
            Loop.Events.Normal(stored, "kubelet", "Pulled", $"Container image \"{image}\" already present on machine", stored.NodeName, FieldPath(container));
            (container.Stage, container.Until) = (ContainerStage.Pulling, now);
            container.Id ??= "";
            return;
        }

        Loop.Events.Normal(stored, "kubelet", "Pulling", $"Pulling image \"{image}\"", stored.NodeName, FieldPath(container));
        if (failure is null)
        {
            container.Id = null;
            (container.Stage, container.Until) = (ContainerStage.Pulling, now + s_pullTime);
            return;
        }

        Loop.Events.Warning(stored, "kubelet", "Failed", $"Failed to pull image \"{image}\": {failure}", stored.NodeName, FieldPath(container));
        Loop.Events.Warning(stored, "kubelet", "Failed", "Error: ErrImagePull", stored.NodeName, FieldPath(container));
        (container.Stage, container.Reason, container.Message, container.Until) = (ContainerStage.PullFailed, "ErrImagePull", failure, now + s_noticeTime + s_noticeTime);
    }

    private void BackOffPull(StoredObject stored, PodRuntime runtime, ContainerRuntime container, DateTime now)
    {
        container.BackOff = NextBackOff(container.BackOff);
        Loop.Events.Normal(stored, "kubelet", "BackOff", $"Back-off pulling image \"{container.Image}\"", stored.NodeName, FieldPath(container));
        Loop.Events.Warning(stored, "kubelet", "Failed", "Error: ImagePullBackOff", stored.NodeName, FieldPath(container));
        (container.Stage, container.Reason, container.Message, container.Until) = (ContainerStage.PullBackOff, "ImagePullBackOff", $"Back-off pulling image \"{container.Image}\"", now + container.BackOff);
        runtime.IsDirty = true;
    }

    private void Create(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, JsonObject spec, DateTime now)
    {
        if (container.Reason == "ErrImageNeverPull")
        {
            container.Stage = ContainerStage.New;
            return;
        }

        if (container.Stage == ContainerStage.Pulling && container.Id is null)
        {
            string took = Minor switch { >= 30 => "1.2s (1.2s including waiting). Image size: 70984068 bytes.", >= 27 => "1.2s (1.2s including waiting)", _ => "1.234567891s" };
            Loop.Events.Normal(stored, "kubelet", "Pulled", $"Successfully pulled image \"{container.Image}\" in {took}", stored.NodeName, FieldPath(container));
        }

        _images.Add((stored.NodeName!, container.Image));
        try
        {
            PodEnvironment.Variables(Store, pod, spec, Hostname(pod), runtime.Ip, null);
        }
        catch (ContainerConfigException error)
        {
            Loop.Events.Warning(stored, "kubelet", "Failed", $"Error: {error.Message}", stored.NodeName, FieldPath(container));
            _waiting.Add(runtime.Key);
            runtime.IsDirty |= container.Message != error.Message;
            container.Id = null;
            (container.Stage, container.Reason, container.Message, container.Until) = (ContainerStage.ConfigError, "CreateContainerConfigError", error.Message, now.AddSeconds(10));
            // The stage stays: it is waited for, not tried again at once.
            if (container.Stage == ContainerStage.ConfigError) Wake(runtime, container.Until);
            return;
        }

        container.Id = Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant();
        Loop.Events.Normal(stored, "kubelet", "Created", Minor >= 32 ? $"Created container: {container.Name}" : $"Created container {container.Name}", stored.NodeName, FieldPath(container));
        (container.Stage, container.Until) = (ContainerStage.Starting, now + s_startTime);
    }

    private void Start(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, JsonObject spec, DateTime now)
    {
        container.PreviousLog = container.Log ?? container.PreviousLog;
        container.Log = new ContainerLog();
        container.Files = null;
        container.Started = SandboxClock.Stamp(SandboxClock.Now);
        container.StartedAt = now;
        container.EndsAt = null;
        container.Reason = container.Message = null;
        Dictionary<string, string> variables = PodEnvironment.Variables(Store, pod, spec, Hostname(pod), runtime.Ip, null);
        if (!Launch(stored, pod, runtime, container, spec, variables, out string? missing))
        {
            string error = $"failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"{missing}\": {(missing!.Contains('/', StringComparison.Ordinal) ? $"stat {missing}: no such file or directory" : "executable file not found in $PATH")}: unknown";
            Loop.Events.Warning(stored, "kubelet", "Failed", $"Error: {error}", stored.NodeName, FieldPath(container));
            Finish(runtime, container, 128, "StartError", error);
            return;
        }

        Loop.Events.Normal(stored, "kubelet", "Started", $"Started container {container.Name}", stored.NodeName, FieldPath(container));
        container.Stage = ContainerStage.Running;
        container.LivenessFailures = 0;
        container.HasStarted = spec["startupProbe"] is null;
        container.IsReady = false;
        container.ProbeAt = now;
        runtime.IsDirty = true;
    }

    /// <summary>Starts what a container runs. Returns false when there is no such program.</summary>
    private bool Launch(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, JsonObject spec, Dictionary<string, string> variables, out string? missing)
    {
        missing = null;
        container.Process = null;
        ContainerLog log = container.Log!;
        string key = runtime.Key;
        void Ended() => Enqueue(key);
        Controllers.ControllerLoop loop = Loop;
        PodOverrides overrides = loop.Settings.Overrides;
        if (overrides.Find(stored.Namespace, stored.Name, container.Name, one => one.Log) is { } text) log.Write(text.EndsWith('\n') ? text : text + "\n");
        if (overrides.Find(stored.Namespace, stored.Name, container.Name, one => one.Crash) is { } crash && (crash.Times is null || container.Restarts < crash.Times))
        {
            container.Process = ContainerProcess.Crash(Clock, crash.After, crash.ExitCode, log, Ended);
            return true;
        }

        string[] command = [.. Words(spec, "command", variables)], arguments = [.. Words(spec, "args", variables)];
        ImageNature nature = ContainerBehavior.NatureOf(container.Image);
        string family = ContainerBehavior.Family(container.Image);
        ShellWorld world = World(stored, pod, runtime, container);
        var probe = new ShellProcess(world, CancellationToken.None);
        IReadOnlyList<string> all = [.. command, .. arguments];
        if (command.Length == 0 && (arguments.Length == 0 || (nature == ImageNature.Serves && !probe.IsProgram(arguments[0]))))
        {
            if (arguments.Length > 0 && arguments[0][0] != '-' && family == "nginx")
            {
                missing = arguments[0];
                return false;
            }

            if (nature == ImageNature.Serves)
            {
                if (family == "nginx") log.Write("/docker-entrypoint.sh: Configuration complete; ready for start up\n");
                return true;
            }

            if (nature == ImageNature.Shell && spec.Flag("stdin") == true) return true;
            if (nature == ImageNature.Ends) log.Write("\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n");
            all = ["true"];
        }

        if (!probe.IsProgram(all[0]))
        {
            // What an image of somebody's own brings is not known: it is taken for a server.
            if (nature == ImageNature.Serves && family != "nginx" && family != "httpd" && family != "redis") return true;
            missing = all[0];
            return false;
        }

        container.Process = ContainerProcess.Start(world, variables, spec.Text("workingDir") ?? "/", all, log, Ended);
        return true;
    }

    private static IEnumerable<string> Words(JsonObject spec, string name, Dictionary<string, string> variables) =>
        spec[name] is JsonArray words ? words.Select(word => PodEnvironment.Expand(word?.GetValue<string>() ?? "", variables)) : [];

    /// <summary>What a program in a container knows of where it runs.</summary>
    public ShellWorld World(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container) =>
        new(stored.Namespace ?? "default", stored.Name, container.Name, container.Image, Hostname(pod), Files(runtime, pod, container), Clock, Net);

    private void AfterEnd(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, DateTime now)
    {
        if (!Restarts(pod, container)) return;
        if (container.FinishedAt + s_noticeTime is var noticed && noticed > now)
        {
            Wake(runtime, noticed);
            return;
        }

        // The first restart is at once; who crashes again waits, longer each time, and not after a long good run.
        if (container.FinishedAt - container.StartedAt > s_longestBackOff + s_longestBackOff) container.BackOff = TimeSpan.Zero;
        TimeSpan pause = container.Restarts == 0 || container.BackOff == TimeSpan.Zero && container.Last is null ? TimeSpan.Zero : NextBackOff(container.BackOff);
        if (pause == TimeSpan.Zero)
        {
            Again(runtime, container);
            return;
        }

        container.BackOff = pause;
        container.Last = container.Terminated;
        (container.Stage, container.Reason, container.Until) = (ContainerStage.CrashBackOff, "CrashLoopBackOff", container.FinishedAt + pause);
        container.Message = $"back-off {Duration(pause)} restarting failed container={container.Name} pod={stored.Name}_{stored.Namespace}({stored.Uid})";
        Loop.Events.Warning(stored, "kubelet", "BackOff", Minor >= 27 ? $"Back-off restarting failed container {container.Name} in pod {stored.Name}_{stored.Namespace}({stored.Uid})" : "Back-off restarting failed container", stored.NodeName, FieldPath(container));
        runtime.IsDirty = true;
        Wake(runtime, container.Until);
    }

    private static void Again(PodRuntime runtime, ContainerRuntime container)
    {
        container.Last = container.Terminated ?? container.Last;
        container.Terminated = null;
        container.Restarts++;
        container.Stage = ContainerStage.New;
        container.Reason = container.Message = null;
        runtime.IsDirty = true;
    }

    private static TimeSpan NextBackOff(TimeSpan before) => before == TimeSpan.Zero ? s_firstBackOff : before + before is var twice && twice > s_longestBackOff ? s_longestBackOff : twice;

    private static string Duration(TimeSpan time) => time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}m{time.Seconds}s") : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds}s");
}
