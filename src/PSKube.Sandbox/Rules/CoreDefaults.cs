using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server fills into the small kinds of the core group.</summary>
/// <remarks><c>pkg/apis/core/v1/defaults.go</c>.</remarks>
internal static class CoreDefaults
{
    /// <summary>A secret: <c>stringData</c> is only for writing, and becomes data.</summary>
    public static void Secret(JsonObject json)
    {
        PodDefaults.Empty(json, "type", "Opaque");
        if (json["stringData"] is JsonObject texts)
        {
            JsonObject data = json.Child("data");
            foreach ((string key, JsonNode? value) in texts) data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text() ?? ""));
        }

        json.Remove("stringData");
    }

    /// <summary>A namespace; since 1.21 it carries its name as a label.</summary>
    public static void Namespace(JsonObject json, int minor)
    {
        PodDefaults.Empty(json.Child("status"), "phase", "Active");
        JsonObject metadata = json.Child("metadata");
        if (minor >= 21 && metadata.Text("name") is { Length: > 0 } name) metadata.Child("labels")["kubernetes.io/metadata.name"] = name;
    }

    /// <summary>A node: all of it is allocatable when nothing else is said.</summary>
    public static void Node(JsonObject json)
    {
        if (json["status"] is not JsonObject status) return;
        PodDefaults.Round(status["capacity"] as JsonObject);
        PodDefaults.Round(status["allocatable"] as JsonObject);
        if (status["capacity"] is JsonObject capacity) status.Default("allocatable", capacity.DeepClone());
    }

    /// <summary>Endpoints.</summary>
    public static void Endpoints(JsonObject json)
    {
        foreach (JsonObject port in json.Objects("subsets").SelectMany(subset => subset.Objects("ports"))) PodDefaults.Empty(port, "protocol", "TCP");
    }

    /// <summary>A limit range: the defaults for containers follow from the bounds.</summary>
    public static void LimitRange(JsonObject json)
    {
        foreach (JsonObject item in json.Objects("spec", "limits"))
        {
            foreach (string list in s_bounds) PodDefaults.Round(item[list] as JsonObject);
            if (item.Text("type") != "Container") continue;
            Fill(item, "max", "default");
            Fill(item, "default", "defaultRequest");
            Fill(item, "min", "defaultRequest");
        }
    }

    private static readonly string[] s_bounds = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

    private static void Fill(JsonObject item, string from, string to)
    {
        if (item[from] is not JsonObject values) return;
        JsonObject target = item.Child(to);
        foreach ((string name, JsonNode? value) in values.ToArray())
        {
            if (value is not null) target.Default(name, value.DeepClone());
        }
    }
}
