using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>The class of a pod by what it asks of processors and memory.</summary>
/// <remarks><c>pkg/apis/core/helper/qos/qos.go</c>.</remarks>
internal static class QualityOfService
{
    private static readonly string[] s_counted = ["cpu", "memory"];

    /// <summary><c>Guaranteed</c> when every container has limits and asks for as much, <c>BestEffort</c> when none asks for anything, else <c>Burstable</c>.</summary>
    public static string Of(JsonObject pod)
    {
        JsonNode? spec = pod["spec"];
        bool asks = false, guaranteed = true;
        if (spec?["resources"] is JsonObject whole && (whole["requests"] is JsonObject { Count: > 0 } || whole["limits"] is JsonObject { Count: > 0 })) return Judge([spec], ref asks, ref guaranteed);
        return Judge(spec.Objects("containers").Concat(spec.Objects("initContainers")), ref asks, ref guaranteed);
    }

    private static string Judge(IEnumerable<JsonNode> holders, ref bool asks, ref bool guaranteed)
    {
        foreach (JsonNode holder in holders)
        {
            foreach (string name in s_counted)
            {
                Quantity request = Quantity.Of(holder.At("resources", "requests", name)), limit = Quantity.Of(holder.At("resources", "limits", name));
                if (request.Nano > 0 || limit.Nano > 0) asks = true;
                if (limit.Nano <= 0 || (request.Nano > 0 && request.Nano != limit.Nano)) guaranteed = false;
            }
        }

        if (!asks) return "BestEffort";
        return guaranteed ? "Guaranteed" : "Burstable";
    }
}
