using System.Text.Json.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Controllers;

/// <summary>The conditions of a status.</summary>
internal static class Conditions
{
    /// <summary>The condition of a type; null when there is none.</summary>
    public static JsonObject? Find(JsonNode? status, string type) => status.Objects("conditions").FirstOrDefault(one => one.Text("type") == type);

    /// <summary>
    /// Sets a condition. Its time of transition moves with its truth only; <paramref name="updates"/> says that it has a time of
    /// the last update too, as those of deployments. Returns true when something has changed.
    /// </summary>
    public static bool Set(JsonObject status, string type, string truth, string? reason, string? message, bool updates = false, bool probes = false)
    {
        string now = SandboxClock.Stamp(SandboxClock.Now);
        JsonObject? old = Find(status, type);
        if (old is not null && old.Text("status") == truth && (old.Text("reason") ?? "") == (reason ?? "") && (old.Text("message") ?? "") == (message ?? "")) return false;
        var condition = new JsonObject { ["type"] = type, ["status"] = truth };
        if (probes) condition["lastProbeTime"] = null;
        if (updates) condition["lastUpdateTime"] = now;
        condition["lastTransitionTime"] = old is not null && old.Text("status") == truth ? old["lastTransitionTime"]?.DeepClone() : now;
        if (reason is not null) condition["reason"] = reason;
        if (message is not null) condition["message"] = message;
        JsonArray list = status.ListOf("conditions");
        int at = old is null ? -1 : list.IndexOf(old);
        if (at < 0) list.Add(condition);
        else list[at] = condition;
        return true;
    }

    /// <summary>Takes a condition away.</summary>
    public static void Remove(JsonObject status, string type)
    {
        if (Find(status, type) is { } old) status.ListOf("conditions").Remove(old);
    }
}
