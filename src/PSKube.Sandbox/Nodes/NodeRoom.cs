using System.Text.Json.Nodes;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Nodes;

/// <summary>What a node has for pods, read once: the scheduler asks each node for each pod.</summary>
internal sealed class NodeRoom(JsonObject json)
{
    /// <summary>The node.</summary>
    public JsonObject Json { get; } = json;

    /// <summary>What it has.</summary>
    public JsonNode? Allocatable { get; } = Of(json);

    /// <summary>Its processor time.</summary>
    public long CpuMillis { get; } = Quantities.Millis(Of(json).At("cpu"));

    /// <summary>Its memory.</summary>
    public long MemoryBytes { get; } = Quantities.Whole(Of(json).At("memory"));

    /// <summary>How many pods it takes; the largest number when it does not say.</summary>
    public long Pods { get; } = Of(json).At("pods") is { } most ? Quantities.Whole(most) : long.MaxValue;

    private static JsonNode? Of(JsonObject json) => json.At("status", "allocatable") ?? json.At("status", "capacity");
}
