using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Nodes.Shell;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <content>Watches running containers: their end, and their probes.</content>
internal sealed partial class Kubelet
{
    private void Watch(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, JsonObject spec, DateTime now)
    {
        if (container.Process?.ExitCode is { } code)
        {
            Finish(runtime, container, code, code == 0 ? "Completed" : "Error");
            if (container.IsSidecar) container.HasStarted = true;
            return;
        }

        if (spec.Text("image") is { } image && image != container.Image)
        {
            Loop.Events.Normal(stored, "kubelet", "Killing", $"Container {container.Name} definition changed, will be restarted", stored.NodeName, FieldPath(container));
            Finish(runtime, container, container.Process is null ? 0 : 137, container.Process is null ? "Completed" : "Error");
            Again(runtime, container);
            return;
        }

        bool never = Loop.Settings.Overrides.Find(stored.Namespace, stored.Name, container.Name, one => one.NeverReady) == true;
        JsonObject? startup = spec["startupProbe"] as JsonObject, readiness = spec["readinessProbe"] as JsonObject, liveness = spec["livenessProbe"] as JsonObject;
        if (readiness is null && container.HasStarted && !container.IsReady && !never)
        {
            container.IsReady = true;
            runtime.IsDirty = true;
        }

        if (startup is null && readiness is null && liveness is null) return;
        if (container.ProbeAt > now || container.IsProbing)
        {
            if (container.ProbeAt != DateTime.MaxValue) Wake(runtime, container.ProbeAt);
            return;
        }

        JsonObject? asked = container.HasStarted ? readiness ?? liveness : startup;
        if (asked is null) return;
        DateTime begin = container.StartedAt.AddSeconds(Math.Max(asked.Number("initialDelaySeconds") ?? 0, 0) + 0.1);
        if (now < begin)
        {
            container.ProbeAt = begin;
            Wake(runtime, begin);
            return;
        }

        double period = asked.Number("periodSeconds") ?? 10;
        container.ProbeAt = now.AddSeconds(period);
        if (!container.HasStarted) Probe(stored, pod, runtime, container, startup!, "Startup", result => Started(stored, runtime, container, startup!, result));
        else
        {
            if (readiness is not null) Probe(stored, pod, runtime, container, readiness, "Readiness", result => Ready(stored, runtime, container, never ? result ?? "" : result));
            if (liveness is not null && now >= container.StartedAt.AddSeconds(liveness.Number("initialDelaySeconds") ?? 0)) Probe(stored, pod, runtime, container, liveness, "Liveness", result => Alive(stored, pod, runtime, container, liveness, result));
        }

        // What only answers, and goes on to answer, is not asked again and again: fifty thousand pods would be.
        bool changes = container.Process is not null || asked["exec"] is not null || !container.IsReady;
        if (!changes && (readiness is null || container.IsReady) && container.LivenessFailures == 0) container.ProbeAt = DateTime.MaxValue;
        else Wake(runtime, container.ProbeAt);
    }

    private void Started(StoredObject stored, PodRuntime runtime, ContainerRuntime container, JsonObject probe, string? failure)
    {
        if (failure is null)
        {
            container.HasStarted = true;
            container.LivenessFailures = 0;
            container.ProbeAt = Clock.VirtualNow;
            runtime.IsDirty = true;
            Enqueue(runtime.Key);
        }
        else
        {
            Loop.Events.Warning(stored, "kubelet", "Unhealthy", $"Startup probe failed: {failure}", stored.NodeName, FieldPath(container));
            if (++container.LivenessFailures >= (probe.Number("failureThreshold") ?? 3)) Restart(stored, runtime, container, "startup");
        }
    }

    private void Ready(StoredObject stored, PodRuntime runtime, ContainerRuntime container, string? failure)
    {
        if (failure is not null) Loop.Events.Warning(stored, "kubelet", "Unhealthy", $"Readiness probe failed: {failure}", stored.NodeName, FieldPath(container));
        if (container.IsReady == failure is null) return;
        container.IsReady = failure is null;
        runtime.IsDirty = true;
        Enqueue(runtime.Key);
    }

    private void Alive(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, JsonObject probe, string? failure)
    {
        if (failure is null)
        {
            container.LivenessFailures = 0;
            return;
        }

        Loop.Events.Warning(stored, "kubelet", "Unhealthy", $"Liveness probe failed: {failure}", stored.NodeName, FieldPath(container));
        if (++container.LivenessFailures >= (probe.Number("failureThreshold") ?? 3)) Restart(stored, runtime, container, "liveness");
    }

    private void Restart(StoredObject stored, PodRuntime runtime, ContainerRuntime container, string probe)
    {
        Loop.Events.Normal(stored, "kubelet", "Killing", $"Container {container.Name} failed {probe} probe, will be restarted", stored.NodeName, FieldPath(container));
        Finish(runtime, container, container.Process is null ? 0 : 137, container.Process is null ? "Completed" : "Error");
        Enqueue(runtime.Key);
    }

    /// <summary>Asks a probe; the answer is null when all is well, else what went wrong.</summary>
    private void Probe(StoredObject stored, JsonObject pod, PodRuntime runtime, ContainerRuntime container, JsonObject probe, string what, Action<string?> answer)
    {
        _ = what;
        if (probe.At("exec", "command") is JsonArray command)
        {
            ShellWorld world = World(stored, pod, runtime, container);
            string[] words = [.. command.Select(word => word?.GetValue<string>() ?? "")];
            container.IsProbing = true;
            string? id = container.Id;
            _ = Task.Run(async () =>
            {
                var output = new MemoryStream();
                ByteWriter writer = bytes =>
                {
                    lock (output) output.Write(bytes.Span);
                    return ValueTask.CompletedTask;
                };
                int code = 1;
                using var timeout = new CancellationTokenSource(Clock.Real(TimeSpan.FromSeconds(Math.Max(1, probe.Number("timeoutSeconds") ?? 1))) + TimeSpan.FromSeconds(1));
                try
                {
                    code = await new ShellProcess(world, timeout.Token).RunAsync(words, new ShellStreams(Stream.Null, writer, writer)).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // Too late is failed.
                }

                lock (Store.Gate)
                {
                    container.IsProbing = false;
                    if (container.IsRunning && container.Id == id) answer(code == 0 ? null : Encoding.UTF8.GetString(output.ToArray()));
                    Enqueue(runtime.Key);
                }
            });
            return;
        }

        int port = Port(pod, container, probe.At("httpGet", "port") ?? probe.At("tcpSocket", "port") ?? probe.At("grpc", "port"));
        WebAnswer? found = Net.Answer(stored, pod, runtime, port, probe.Text("httpGet", "path") ?? "/");
        string? failure = found is null ? probe["httpGet"] is not null ? $"Get \"http://{runtime.Ip}:{port}{probe.Text("httpGet", "path") ?? "/"}\": dial tcp {runtime.Ip}:{port}: connect: connection refused" : $"dial tcp {runtime.Ip}:{port}: connect: connection refused"
            : probe["httpGet"] is not null && found.Status >= 400 ? $"HTTP probe failed with statuscode: {found.Status}" : null;
        answer(failure);
    }

    private static int Port(JsonObject pod, ContainerRuntime container, JsonNode? port)
    {
        string text = port?.ToString() ?? "";
        if (int.TryParse(text, CultureInfo.InvariantCulture, out int number)) return number;
        return (int)(Spec(pod, container).Objects("ports").FirstOrDefault(one => one.Text("name") == text).Number("containerPort") ?? 0);
    }
}
