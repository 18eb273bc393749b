using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Patching;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.SandboxTests.Patching;

/// <summary>Patches that a real 1.20.2 API server was given, and what it made of them (patches.json).</summary>
public sealed class PatchesTests
{
    private static readonly JsonArray s_cases = (JsonArray)Recorded.Read("Patching/patches.json");

    public static TheoryData<int, string> Cases()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < s_cases.Count; i++) data.Add(i, $"{s_cases[i].Text("type")} {s_cases[i]!["patch"]!.ToJsonString()}");
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void APatchDoesWhatTheServerDoes(int number, string what)
    {
        Assert.NotEmpty(what);
        JsonObject one = (JsonObject)s_cases[number]!;
        var before = (JsonObject)one["before"]!;
        string untouched = one.ToJsonString();
        if (one["status"] is { } status)
        {
            StatusException refusal = Assert.Throws<StatusException>(() => Apply(one, before));
            Assert.Equal(status.ToJsonString(), refusal.ToStatus().ToJsonString());
        }
        else
        {
            JsonObject result = Apply(one, before);
            Assert.Equal(Canonical(one["after"]!), Canonical(AsDecoded(one, result)));
        }

        Assert.Equal(untouched, one.ToJsonString());
    }

    [Theory]
    [InlineData("""{"a":{"b":null,"c":[{"d":null},null]}}""", """{"k":1,"a":{"c":[{},null]}}""")]
    [InlineData("""{"k":{"x":{"y":null}}}""", """{"k":{"x":{}}}""")]
    [InlineData("""{"k":null}""", """{}""")]
    [InlineData("""{"k":"v"}""", """{"k":"v"}""")]
    public void AMergePatchBringsNoNullFields(string patch, string expected) =>
        Assert.Equal(expected, Patches.Merge(new JsonObject { ["k"] = 1 }, (JsonObject)JsonNode.Parse(patch)!).ToJsonString());

    [Fact]
    public void AMergePatchMustBeAnObject()
    {
        StatusException refusal = Assert.Throws<StatusException>(() => Patches.Document(PatchTypes.Merge, "text"));
        Assert.Equal((400, "Invalid JSON Patch"), (refusal.Code, refusal.Message));
    }

    private static JsonObject Apply(JsonObject one, JsonObject before) => one.Text("type") switch
    {
        "json" => Patches.Json(before, one["patch"]),
        "merge" => Patches.Merge(before, Patches.Document(PatchTypes.Merge, one["patch"])),
        _ => Patches.StrategicMerge(before, Patches.Document(PatchTypes.StrategicMerge, one["patch"]), Kinds.All.First(kind => kind.Plural == one.Text("resource")).Model!),
    };

    /// <summary>
    /// What the server's decoder and defaults do to these cases: unknown fields and empty maps go, a null text in a map is empty,
    /// a deployment's replicas come back as 1.
    /// </summary>
    private static JsonObject AsDecoded(JsonObject one, JsonObject result)
    {
        foreach (string unknown in new[] { "nope", "y" }) result.Remove(unknown);
        JsonObject metadata = result.Child("metadata");
        metadata.Remove("nope");
        if (result["data"] is JsonObject data)
        {
            foreach ((string key, JsonNode? value) in data.ToList()) data[key] = value ?? "";
        }

        if (one.Text("resource") == "deployments") result.Child("spec").Default("replicas", 1);
        return result;
    }

    private static string Canonical(JsonNode node) => Sorted(node)!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var sorted = new JsonObject();
                foreach ((string key, JsonNode? value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (value is not (null or JsonObject { Count: 0 } or JsonArray { Count: 0 })) sorted[key] = Sorted(value);
                }

                return sorted;
            case JsonArray list:
                return new JsonArray([.. list.Select(Sorted)]);
            default:
                return node?.DeepClone();
        }
    }
}
