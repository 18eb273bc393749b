using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Patching;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.SandboxTests.Patching;

/// <summary>Server-side apply through the registry, of 1.20 and of a newer server.</summary>
public sealed class ApplyTests
{
    private const string Document = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"p"},"spec":{"selector":{"matchLabels":{"app":"p"}},"template":{"metadata":{"labels":{"app":"p"}},"spec":{"containers":[CONTAINERS]}}}}
        """;

    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    public void TheSameAgainChangesNothing(int minor)
    {
        ObjectRegistry registry = Registry(minor);
        const string containers = """{"name":"b","image":"b:1","ports":[{"containerPort":80}]},{"name":"a","image":"a:1","resources":{}}""";
        (StoredObject first, bool created) = Apply(registry, "one", containers);
        Assert.True(created);
        (StoredObject second, created) = Apply(registry, "one", containers);
        Assert.False(created);
        Assert.Equal(first.Version, second.Version);
        (StoredObject third, _) = Apply(registry, "two", """{"name":"a","image":"a:1"}""");
        Assert.NotEqual(first.Version, third.Version);
        Assert.Equal(third.Version, Apply(registry, "two", """{"name":"a","image":"a:1"}""").Object.Version);
        Assert.Equal(["one", "two"], third.Parse().Objects("metadata", "managedFields").Select(entry => entry.Text("manager")));
    }

    [Fact]
    public void WhatNobodyAppliesAnyMoreGoes()
    {
        ObjectRegistry registry = Registry(30);
        Apply(registry, "one", """{"name":"a","image":"a:1","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}]},{"name":"b","image":"b:1"}""");
        Apply(registry, "two", """{"name":"a","image":"a:1","env":[{"name":"Y","value":"2"}]}""");
        JsonObject pod = Apply(registry, "one", """{"name":"a","image":"a:1"}""").Object.Parse();
        JsonObject container = Assert.Single(pod.Objects("spec", "template", "spec", "containers"));
        Assert.Equal("""[{"name":"Y","value":"2"}]""", container["env"]!.ToJsonString());
    }

    [Fact]
    public void AnotherManagersFieldIsAConflictUnlessForced()
    {
        ObjectRegistry registry = Registry(30);
        Apply(registry, "one", """{"name":"a","image":"a:1"}""");
        StatusException refusal = Assert.Throws<StatusException>(() => Apply(registry, "two", """{"name":"a","image":"a:2"}"""));
        Assert.Equal(409, refusal.Code);
        Assert.Equal("""Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="a"].image""", refusal.Message);
        JsonObject pod = Apply(registry, "two", """{"name":"a","image":"a:2"}""", force: true).Object.Parse();
        Assert.Equal("a:2", pod.Objects("spec", "template", "spec", "containers").Single().Text("image"));
        Assert.Equal("""{"f:spec":{"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:name":{}}}}}}}""", FieldsOf(pod, "one"));
    }

    [Theory]
    [InlineData(20, "c b a d")]
    [InlineData(22, "c b a d")]
    [InlineData(23, "b a c d")]
    public void TheOrderOfAMergedListDependsOnTheServer(int minor, string expected)
    {
        ObjectRegistry registry = Registry(minor);
        Apply(registry, "one", """{"name":"c","image":"i"},{"name":"b","image":"i"},{"name":"a","image":"i"}""");
        JsonObject pod = Apply(registry, "two", """{"name":"a","image":"i"},{"name":"c","image":"i"},{"name":"d","image":"i"}""").Object.Parse();
        Assert.Equal(expected, string.Join(' ', pod.Objects("spec", "template", "spec", "containers").Select(container => container.Text("name"))));
    }

    [Fact]
    public void ASubresourceHasAnEntryOfItsOwnAndOwnsOnlyWhatItChanges()
    {
        ObjectRegistry registry = Registry(30);
        Apply(registry, "one", """{"name":"a","image":"i"}""");
        var patch = (JsonObject)JsonNode.Parse("""{"spec":{"replicas":7},"status":{"replicas":1}}""")!;
        JsonObject pod = registry.Patch(Kinds.Deployments, "default", "p", PatchTypes.Merge, patch, new WriteOptions("one") { Subresource = "status" }).Object.Parse();
        JsonObject entry = pod.Objects("metadata", "managedFields").Single(one => one.Text("operation") == "Update");
        Assert.Equal("status", entry.Text("subresource"));
        Assert.Equal("""{"f:status":{"f:replicas":{}}}""", entry["fieldsV1"]!.ToJsonString());
    }

    [Fact]
    public void BeforeSubresourcesCountedScalingLeftTheOwnersAlone()
    {
        var deployment = (JsonObject)JsonNode.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""")!;
        var scale = (JsonObject)JsonNode.Parse("""{"spec":{"replicas":2}}""")!;
        foreach (int minor in (int[])[20, 30])
        {
            ObjectRegistry registry = Registry(minor);
            registry.Create(Kinds.Deployments, "default", deployment.Copy(), new WriteOptions("maker"));
            JsonObject scaled = registry.Patch(Kinds.Deployments, "default", "d", PatchTypes.Merge, scale, new WriteOptions("scaler") { Subresource = "scale" }).Object.Parse();
            Assert.Equal(minor == 20, FieldsOf(scaled, "maker").Contains("f:replicas", StringComparison.Ordinal));
            Assert.Equal(minor == 20 ? "" : """{"f:spec":{"f:replicas":{}}}""", FieldsOf(scaled, "scaler"));
        }
    }

    [Fact]
    public void ADocumentOfAnotherVersionIsRefused()
    {
        StatusException refusal = Assert.Throws<StatusException>(() => Registry(30).Patch(Kinds.Deployments, "default", "p", PatchTypes.Apply, JsonNode.Parse("""{"apiVersion":"v1","kind":"Pod"}"""), new WriteOptions("one")));
        Assert.Equal((400, "invalid object type: /v1, Kind=Pod"), (refusal.Code, refusal.Message));
    }

    private static string FieldsOf(JsonObject json, string manager) => json.Objects("metadata", "managedFields").FirstOrDefault(entry => entry.Text("manager") == manager) is { } entry ? System.Text.RegularExpressions.Regex.Unescape(entry["fieldsV1"]!.ToJsonString().Replace("\\u0022", "\\\\\"", StringComparison.Ordinal)) : "";

    private static (StoredObject Object, bool Created) Apply(ObjectRegistry registry, string manager, string containers, bool force = false) =>
        registry.Patch(Kinds.Deployments, "default", "p", PatchTypes.Apply, JsonNode.Parse(Document.Replace("CONTAINERS", containers, StringComparison.Ordinal)), new WriteOptions(manager) { Force = force });

    private static ObjectRegistry Registry(int minor)
    {
        var store = new ObjectStore();
        var registry = new ObjectRegistry(store, new KindRules(minor), new Admission(store, minor));
        store.Put(Kinds.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" }, ["status"] = new JsonObject { ["phase"] = "Active" } });
        registry.Create(Kinds.ServiceAccounts, "default", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } }, new WriteOptions("test"));
        return registry;
    }
}
