using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Patching;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.SandboxTests.Patching;

/// <summary>Requests to a real 1.20.2 API server, one after the other, and whom it then had own what (ownership.json).</summary>
public sealed class FieldOwnershipTests
{
    private static readonly JsonObject s_recorded = (JsonObject)Recorded.Read("Patching/ownership.json");
    private static readonly Dictionary<string, JsonObject> s_cases = s_recorded["cases"]!.AsArray().OfType<JsonObject>().ToDictionary(one => one.Text("name")!);

    private readonly FieldOwnership _ownership = new(20, new KindRules(20).Blank);

    public static TheoryData<string> Applies() => [.. s_cases.Where(pair => pair.Value.Text("op") == "apply").Select(pair => pair.Key)];

    public static TheoryData<string> Updates() => [.. s_cases.Where(pair => pair.Value.Text("op") != "apply").Select(pair => pair.Key)];

    [Theory]
    [MemberData(nameof(Applies))]
    public void AnApplyDoesWhatTheServerDoes(string name)
    {
        JsonObject one = s_cases[name];
        Resource kind = KindOf(one);
        var live = one["before"] as JsonObject;
        var sent = (JsonObject)one["body"]!;
        JsonObject document = Defaulted(sent.Copy());
        WriteOptions options = Options(one);
        string untouched = one.ToJsonString();
        AppliedDocument Apply()
        {
            _ownership.Check(kind, sent, options);
            return _ownership.Apply(kind, live, document, sent, options, Now(one));
        }

        if (one["status"] is { } status)
        {
            Assert.Equal(status.ToJsonString(), Assert.Throws<StatusException>(() => Apply()).ToStatus().ToJsonString());
        }
        else
        {
            AppliedDocument applied = Apply();
            Assert.Equal(Text(one.At("after", "metadata", "managedFields")), Text(applied.ManagedFields));
            JsonObject merged = applied.Merged.Copy();
            FieldOwnership.RecordApply(merged, applied);
            AssertMerged(one["after"]!, merged, "");
        }

        Assert.Equal(untouched, one.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Updates))]
    public void AnUpdateMovesWhatTheServerMoves(string name)
    {
        JsonObject one = s_cases[name];
        var json = (JsonObject)one["after"]!.DeepClone();
        JsonNode? expected = json["metadata"]!["managedFields"];
        json.Child("metadata").Remove("managedFields");
        if (one.Text("op") == "update" && one.At("body", "metadata", "managedFields") is { } brought) json.Child("metadata")["managedFields"] = brought.DeepClone();
        Unadmitted(one, json);
        _ownership.RecordUpdate(KindOf(one), json, one["before"] as JsonObject, Options(one), Now(one));
        Assert.Equal(Text(expected), Text(json["metadata"]!["managedFields"]));
    }

    private static Resource KindOf(JsonObject one) => Kinds.All.FirstOrDefault(kind => kind.Plural == one.Text("resource"))
        ?? new Resource("patchtest.dev", "Thing", "things", true) { IsCustom = true, HasStatus = true, CustomSchema = (JsonObject)s_recorded["schema"]! };

    private static WriteOptions Options(JsonObject one) => new(one.Text("manager")!) { Force = one.Flag("force") == true, Subresource = one.Text("subresource") };

    private static DateTime Now(JsonObject one) => DateTime.Parse(one.Text("now")!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    /// <summary>What a document is before it is merged: in the namespace of the request.</summary>
    private static JsonObject Defaulted(JsonObject document)
    {
        document.Child("metadata")["namespace"] = "patch-test";
        return document;
    }

    /// <summary>Takes out what admission and the kind's strategy have added to a recorded answer.</summary>
    private static void Unadmitted(JsonObject one, JsonObject json)
    {
        if (one.Text("op") != "create" || json["spec"] is not JsonObject spec) return;
        string[] added = one.Text("resource") switch
        {
            "services" => ["clusterIP", "clusterIPs"],
            "pods" => ["serviceAccount", "serviceAccountName", "volumes", "tolerations", "priority", "preemptionPolicy"],
            _ => [],
        };
        foreach (string name in added) spec.Remove(name);
        if (one.Text("resource") != "pods") return;
        foreach (JsonObject container in spec.Objects("containers")) container.Remove("volumeMounts");
        json["status"] = new JsonObject();
    }

    /// <summary>Holds what was merged to be in the answer, which also has what the server's defaults add.</summary>
    private static void AssertMerged(JsonNode expected, JsonNode? merged, string path)
    {
        switch (merged)
        {
            case null:
                break;
            case JsonObject map:
                foreach ((string key, JsonNode? value) in map)
                {
                    if (value is JsonObject { Count: 0 } or null || key is "resourceVersion" or "generation") continue;
                    Assert.True(expected is JsonObject known && known.ContainsKey(key), $"{path}.{key} is not in the answer");
                    AssertMerged(expected[key]!, value, $"{path}.{key}");
                }

                break;
            case JsonArray list:
                Assert.True(expected is JsonArray other && other.Count == list.Count, $"{path}: {list.ToJsonString()} is not {expected.ToJsonString()}");
                for (int i = 0; i < list.Count; i++) AssertMerged(expected[i]!, list[i], $"{path}[{i}]");
                break;
            default:
                Assert.True(expected.Same(merged), $"{path}: {merged.ToJsonString()} is not {expected.ToJsonString()}");
                break;
        }
    }

    private static string Text(JsonNode? node)
    {
        return Sorted(node)?.ToJsonString().Replace("\\u0022", "'", StringComparison.Ordinal) ?? "null";

        static JsonNode? Sorted(JsonNode? node) => node switch
        {
            JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
            JsonArray list => new JsonArray([.. list.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
    }
}
