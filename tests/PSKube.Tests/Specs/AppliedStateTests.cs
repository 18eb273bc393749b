using System.Text.Json.Nodes;
using PSKube.Specs;

namespace PSKube.Tests.Specs;

public class AppliedStateTests
{
    // As Kubernetes 1.20 wrote it after an apply of the document below; newer ones own "f:emptyDir" too.
    private const string Owned = """
        {"f:metadata": {"f:labels": {"f:app": {}}},
         "f:spec": {"f:replicas": {}, "f:selector": {}, "f:template": {"f:spec": {
            "f:containers": {
              "k:{\"name\":\"side\"}": {".": {}, "f:command": {}, "f:image": {}, "f:name": {}},
              "k:{\"name\":\"web\"}": {".": {}, "f:image": {}, "f:name": {}, "f:args": {},
                "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}},
            "f:volumes": {"k:{\"name\":\"data\"}": {".": {}, "f:name": {}}}}}}}
        """;

    private const string Document = """
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "n", "labels": {"app": "web"}},
         "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {"spec": {
           "containers": [
             {"name": "web", "image": "nginx", "args": ["-g", "daemon off;"], "ports": [{"containerPort": 80}]},
             {"name": "side", "image": "busybox", "command": ["sleep", "3600"]}],
           "volumes": [{"name": "data", "emptyDir": {}}]}}}}
        """;

    private static readonly JsonObject Others = Parse("""{"f:metadata": {"f:annotations": {".": {}, "f:revision": {}}}, "f:status": {"f:replicas": {}}}""");

    [Fact]
    public void TheSameDocument_IsReached() => Assert.True(IsReached(_ => { }, _ => { }, _ => { }));

    [Fact]
    public void WhatTheServerAndOthersAdded_DoesNotMatter()
    {
        Assert.True(IsReached(
            _ => { },
            live =>
            {
                live["metadata"]!["annotations"] = new JsonObject { ["revision"] = "1" };
                live["status"] = new JsonObject { ["replicas"] = 2 };
                live["spec"]!["strategy"] = new JsonObject { ["type"] = "RollingUpdate" };
                Container(live, 0)["imagePullPolicy"] = "Always";
                ((JsonArray)live["spec"]!["template"]!["spec"]!["containers"]!).Insert(1, Parse("""{"name": "injected", "image": "proxy"}"""));
            },
            _ => { }));
    }

    [Fact]
    public void APortsProtocol_MayBeSaidOrNot()
    {
        Assert.True(IsReached(document => Container(document, 0)["ports"]![0]!["protocol"] = "TCP", _ => { }, own => Port(own)["f:protocol"] = new JsonObject()));
        Assert.True(IsReached(_ => { }, _ => { }, own => Port(own)["f:protocol"] = new JsonObject()));
        Assert.False(IsReached(document => Container(document, 0)["ports"]![0]!["protocol"] = "UDP", _ => { }, _ => { }));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void WhateverDiffers_IsForTheServerToDecide(string what)
    {
        (Action<JsonObject>? document, Action<JsonObject>? live, Action<JsonObject>? own) = Differences[what];
        Assert.False(IsReached(document ?? (_ => { }), live ?? (_ => { }), own ?? (_ => { })));
    }

    public static TheoryData<string> Changes => [.. Differences.Keys];

    private static Dictionary<string, (Action<JsonObject>? Document, Action<JsonObject>? Live, Action<JsonObject>? Own)> Differences { get; } = new()
    {
        ["another value in the document"] = (document => document["spec"]!["replicas"] = 3, null, null),
        ["another value on the cluster"] = (null, live => Container(live, 0)["image"] = "nginx:2", null),
        ["another form of a value"] = (document => document["spec"]!["replicas"] = "2", null, null),
        ["a field that is no longer in the document"] = (document => ((JsonObject)document["spec"]!).Remove("replicas"), null, null),
        ["a label that is no longer in the document"] = (document => ((JsonObject)document["metadata"]!).Remove("labels"), null, null),
        ["a field that is there but nobody's"] = (document => document["spec"]!["paused"] = true, live => live["spec"]!["paused"] = true, null),
        ["a field of no meaning"] = (document => document["spec"]!["replica"] = 2, null, null),
        ["a null"] = (document => document["spec"]!["paused"] = null, null, null),
        ["a field that went from the cluster"] = (null, live => ((JsonObject)live["spec"]!).Remove("replicas"), null),
        ["a list that is owned as a whole"] = (document => ((JsonArray)Container(document, 0)["args"]!).Add("x"), null, null),
        ["a map that is owned as a whole"] = (null, live => live["spec"]!["selector"]!["matchLabels"]!["tier"] = "front", null),
        ["another order"] = (Swap, null, null),
        ["another order on the cluster"] = (null, Swap, null),
        ["an element less"] = (document => ((JsonArray)document["spec"]!["template"]!["spec"]!["containers"]!).RemoveAt(1), null, null),
        ["an element more"] = (document => ((JsonArray)document["spec"]!["template"]!["spec"]!["containers"]!).Add(Parse("""{"name": "third", "image": "a"}""")), null, null),
        ["an element twice"] = (document => ((JsonArray)document["spec"]!["template"]!["spec"]!["containers"]!)[1] = Container(document, 0).DeepClone(), null, null),
        ["an element that went from the cluster"] = (null, live => ((JsonArray)live["spec"]!["template"]!["spec"]!["containers"]!).RemoveAt(1), null),
        ["an empty map that is not empty on the cluster"] = (null, live => live["spec"]!["template"]!["spec"]!["volumes"]![0]!["emptyDir"] = new JsonObject { ["medium"] = "Memory" }, null),
        ["an identity that the document names"] = (document => document["metadata"]!["uid"] = "u", live => live["metadata"]!["uid"] = "u", null),
        ["another version of the API"] = (document => document["apiVersion"] = "apps/v2", null, null),
        ["a way of owning that we do not know"] = (null, null, own => own["i:0"] = new JsonObject()),
    };

    [Fact]
    public void AnEmptyMapThatWasApplied_AndThatOthersFilled_IsForTheServer()
    {
        // What the document says now is there, but by another's hand: the server has to note that it is ours too.
        JsonObject document = Parse("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "b"}}""");
        JsonObject fields = Parse("""{"f:data": {}}""");
        Assert.False(AppliedState.IsReached(document, Live(document, Entry(fields), Entry(Parse("""{"f:data": {"f:a": {}}}"""), "kubectl", "Update")), "pskube"));
        Assert.True(AppliedState.IsReached(document, Live(document, Entry(fields), Entry(Parse("""{"f:data": {}}"""), "kubectl", "Update")), "pskube"));
    }

    [Theory]
    [InlineData("kubectl", "Apply", null)]
    [InlineData("pskube", "Update", null)]
    [InlineData("pskube", "Apply", "status")]
    public void OnlyTheManagersOwnApply_Counts(string manager, string operation, string? subresource)
    {
        JsonObject document = Parse(Document);
        JsonObject entry = Entry(Parse(Owned), manager, operation);
        entry["subresource"] = subresource;
        Assert.False(AppliedState.IsReached(document, Live(document, entry), "pskube"));
    }

    [Fact]
    public void AnObjectThatSaysNothing_IsForTheServer()
    {
        JsonObject document = Parse(Document);
        Assert.False(AppliedState.IsReached(document, (JsonObject)document.DeepClone(), "pskube"));
    }

    [Fact]
    public void ASetOfValues_IsKnownByThem()
    {
        JsonObject document = Parse("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "finalizers": ["a", "b"]}}""");
        JsonObject fields = Parse("""{"f:metadata": {"f:finalizers": {"v:\"a\"": {}, "v:\"b\"": {}}}}""");
        JsonObject live = Live(document, Entry(fields));
        ((JsonArray)live["metadata"]!["finalizers"]!).Insert(1, "others");
        Assert.True(AppliedState.IsReached(document, live, "pskube"));
        ((JsonArray)live["metadata"]!["finalizers"]!).RemoveAt(2);
        Assert.False(AppliedState.IsReached(document, live, "pskube"));
    }

    private static void Swap(JsonObject value)
    {
        var list = (JsonArray)value["spec"]!["template"]!["spec"]!["containers"]!;
        JsonNode last = list[1]!;
        list.RemoveAt(1);
        list.Insert(0, last);
    }

    private static bool IsReached(Action<JsonObject> changeDocument, Action<JsonObject> changeLive, Action<JsonObject> changeOwn)
    {
        JsonObject document = Parse(Document);
        JsonObject own = Parse(Owned);
        changeOwn(own);
        JsonObject live = Live(document, Entry(own), Entry((JsonObject)Others.DeepClone(), "kube-controller-manager", "Update"));
        Container(live, 0)["ports"]![0]!["protocol"] = "TCP";
        changeLive(live);
        changeDocument(document);
        return AppliedState.IsReached(document, live, "pskube");
    }

    private static JsonObject Live(JsonObject document, params JsonNode[] entries)
    {
        var live = (JsonObject)document.DeepClone();
        live["metadata"]!["managedFields"] = new JsonArray(entries);
        return live;
    }

    private static JsonObject Entry(JsonObject fields, string manager = "pskube", string operation = "Apply") => new()
    {
        ["manager"] = manager,
        ["operation"] = operation,
        ["apiVersion"] = fields.ContainsKey("f:data") || !fields.ContainsKey("f:spec") ? "v1" : "apps/v1",
        ["fieldsType"] = "FieldsV1",
        ["fieldsV1"] = fields.DeepClone(),
    };

    private static JsonObject Container(JsonObject deployment, int index) => (JsonObject)deployment["spec"]!["template"]!["spec"]!["containers"]![index]!;

    private static JsonObject Port(JsonObject own) => (JsonObject)own["f:spec"]!["f:template"]!["f:spec"]!["f:containers"]!["k:{\"name\":\"web\"}"]!["f:ports"]!["k:{\"containerPort\":80,\"protocol\":\"TCP\"}"]!;

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
