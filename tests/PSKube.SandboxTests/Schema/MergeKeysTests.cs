using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;

namespace PSKube.SandboxTests.Schema;

/// <summary>
/// The table of merge keys against the marks of the API: those of 1.20.2's <c>/openapi/v2</c> and those of the Go types of today
/// (<c>+listType</c>, <c>+mapType</c>, <c>patchStrategy</c>), recorded in merge-marks.json.
/// </summary>
public sealed class MergeKeysTests
{
    // Marks that 1.20 lacks, and for which the table has no date: fields of older versions of their kinds, or that nobody applies.
    private static readonly HashSet<string> s_newer =
    [
        "EphemeralContainer.ports", "HorizontalPodAutoscalerStatus.conditions", "PodDisruptionBudgetSpec.selector", "PodDisruptionBudgetStatus.conditions",
        "LabelSelectorRequirement.key",
    ];

    private static readonly JsonNode s_marks = Recorded.Read("Schema/merge-marks.json");

    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    public void TheTableSaysWhatTheMarksSay(int minor)
    {
        string when = minor == 20 ? "v1.20" : "now";
        var wrong = new List<string>();
        int seen = 0;
        foreach (ModelType type in Reachable())
        {
            foreach ((string name, ModelType field) in type.Fields)
            {
                JsonNode? marks = s_marks.At("fields", GoName(type), name);
                // What 1.20 does not have it says nothing about.
                if (marks is not null && marks[when] is null) continue;
                if (minor == 20 && s_newer.Contains($"{type.Name}.{name}")) continue;
                if (marks is not null) seen++;
                JsonNode? mark = marks?[when];
                string strategy = PatchText(MergeKeys.ForPatch(type, name));
                string expected = $"{mark.Text("patchStrategy") ?? ""} {mark.Text("patchMergeKey") ?? ""}".Trim();
                if (strategy != expected) wrong.Add($"{type.Name}.{name}: patch is '{strategy}', marked '{expected}'");
                string apply = ApplyText(MergeKeys.ForApply(type, name, minor));
                string marked = Marked(mark, field, when);
                if (apply != marked) wrong.Add($"{type.Name}.{name}: apply is '{apply}', marked '{marked}'");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(seen > 30, $"only {seen} marked fields were met");
    }

    private static string PatchText(PatchRule rule) => $"{string.Join(',', rule.Strategies)} {rule.Key}".Trim();

    private static string ApplyText(ApplyRule rule) => $"{rule.Shape} {string.Join(',', rule.Keys)}".Trim();

    /// <summary>What kube-openapi's <c>pkg/schemaconv/smd.go</c> makes of the marks.</summary>
    private static string Marked(JsonNode? mark, ModelType field, string when)
    {
        if (field.Shape == ModelShape.List)
        {
            bool merges = mark.Text("patchStrategy")?.Split(',').Contains("merge") ?? false;
            return mark.Text("listType") switch
            {
                "map" => $"Keyed {string.Join(',', ((JsonArray)mark!["keys"]!).Select(key => key!.GetValue<string>()))}",
                "set" => "Set",
                null when merges => mark.Text("patchMergeKey") is { } key ? $"Keyed {key}" : "Set",
                _ => "Atomic",
            };
        }

        if (field.Shape is not (ModelShape.Object or ModelShape.Map)) return "Atomic";
        string? type = mark.Text("mapType");
        bool atomic = type is null ? field.Shape == ModelShape.Object && ((JsonArray)s_marks["atomic"]![when]!).Any(name => name!.GetValue<string>() == GoName(field)) : type == "atomic";
        return atomic ? "Atomic" : "Granular";
    }

    /// <summary>The models carry the group where two types have one name.</summary>
    private static string GoName(ModelType type) => type.Name switch { "Rbacv1Subject" => "Subject", "Corev1EndpointPort" => "EndpointPort", "Corev1Event" => "Event", _ => type.Name };

    private static HashSet<ModelType> Reachable()
    {
        var types = new HashSet<ModelType>();
        var open = new Stack<ModelType>(Kinds.All.Select(kind => kind.Model!));
        while (open.TryPop(out ModelType? type))
        {
            if (type.Element is { } element) open.Push(element);
            if (type.Shape != ModelShape.Object || !types.Add(type)) continue;
            foreach (ModelType field in type.Fields.Values) open.Push(field);
        }

        return types;
    }
}
