using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>What controllers ask of a pod again and again, read once for each of its versions.</summary>
internal sealed class PodFacts
{
    private static readonly ConditionalWeakTable<StoredObject, PodFacts> s_facts = [];

    private PodFacts(StoredObject stored)
    {
        JsonObject pod = stored.Parse();
        foreach (JsonObject condition in pod.Objects("status", "conditions"))
        {
            if (condition.Text("type") != "Ready") continue;
            IsReady = condition.Text("status") == "True";
            ReadySince = condition.Text("lastTransitionTime");
        }

        Created = pod.Text("metadata", "creationTimestamp") ?? "";
        Ip = pod.Text("status", "podIP");
        Restarts = pod.Objects("status", "containerStatuses").Select(one => one.Number("restartCount") ?? 0).DefaultIfEmpty().Max();
        foreach (JsonObject container in pod.Objects("spec", "containers"))
        {
            CpuMillis += Quantities.Millis(Request(container, "cpu"));
            MemoryBytes += Quantities.Whole(Request(container, "memory"));
        }

        long cpu = 0, memory = 0;
        foreach (JsonObject container in pod.Objects("spec", "initContainers"))
        {
            long own = Quantities.Millis(Request(container, "cpu")), bytes = Quantities.Whole(Request(container, "memory"));
            if (container.Text("restartPolicy") == "Always")
            {
                CpuMillis += own;
                MemoryBytes += bytes;
            }

            cpu = Math.Max(cpu, own);
            memory = Math.Max(memory, bytes);
        }

        CpuMillis = Math.Max(CpuMillis, cpu);
        MemoryBytes = Math.Max(MemoryBytes, memory);
        Claims = [.. pod.Objects("spec", "volumes").Select(volume => volume.Text("persistentVolumeClaim", "claimName") ?? (volume["ephemeral"] is JsonObject ? $"{stored.Name}-{volume.Text("name")}" : null)).OfType<string>()];
    }

    /// <summary>True when it is Ready.</summary>
    public bool IsReady { get; }

    /// <summary>Since when it has been, or has not been, Ready.</summary>
    public string? ReadySince { get; }

    /// <summary>When it was created.</summary>
    public string Created { get; }

    /// <summary>Its address; null for none.</summary>
    public string? Ip { get; }

    /// <summary>How often the container that restarted most has.</summary>
    public long Restarts { get; }

    /// <summary>The processor time that it asks for.</summary>
    public long CpuMillis { get; }

    /// <summary>The memory that it asks for.</summary>
    public long MemoryBytes { get; }

    /// <summary>The claims whose volumes it mounts.</summary>
    public IReadOnlyList<string> Claims { get; }

    /// <summary>The facts of a pod.</summary>
    public static PodFacts Of(StoredObject pod) => s_facts.GetValue(pod, static one => new PodFacts(one));

    /// <summary>True for a pod that neither has ended nor is being deleted.</summary>
    public static bool IsActive(StoredObject pod) => pod.Phase is not ("Succeeded" or "Failed") && !pod.IsBeingDeleted;

    /// <summary>True when a pod has been ready for so long.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="minReadySeconds">For how many virtual seconds.</param>
    /// <param name="times">Who knows since when.</param>
    /// <param name="wait">How long it still takes; unchanged when it is ready for long enough, or not at all.</param>
    public static bool IsAvailable(StoredObject pod, long minReadySeconds, VirtualTimes times, ref TimeSpan? wait)
    {
        PodFacts facts = Of(pod);
        if (!facts.IsReady) return false;
        if (minReadySeconds <= 0) return true;
        TimeSpan left = TimeSpan.FromSeconds(minReadySeconds) - times.Lasting(pod.Uid, "Ready", facts.ReadySince);
        if (left <= TimeSpan.Zero) return true;
        if (wait is null || left < wait) wait = left;
        return false;
    }

    private static JsonNode? Request(JsonObject container, string name) => container.At("resources", "requests", name) ?? container.At("resources", "limits", name);
}
