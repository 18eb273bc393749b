using System.Text;

namespace PSKube.SandboxTests.Server;

/// <summary>Bodies in YAML, where somebody reads them for the sandbox.</summary>
public class YamlBodyTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Apply = "application/apply-patch+yaml";

    [Fact]
    public async Task WithoutAReaderTheyAreRefused()
    {
        using var sandbox = new Asking();
        Assert.Equal(415, (await sandbox.Send("POST", Maps, "a: b", "application/yaml")).Code);
        Assert.Equal(400, (await sandbox.Send("PATCH", Maps + "/a?fieldManager=t", "a: b", Apply)).Code);
    }

    [Fact]
    public async Task WithAReaderTheyAreRead()
    {
        var read = new List<string>();
        using var sandbox = new Asking(readYaml: Read);
        Assert.Equal(201, (await sandbox.Send("POST", Maps, "the first", "application/yaml")).Code);
        Assert.Equal(201, (await sandbox.Send("PATCH", Maps + "/a?fieldManager=t", "the second", Apply)).Code);
        Assert.Equal(["the first", "the second"], read);

        // What is JSON already needs no reader, and patches of other types are never YAML.
        Assert.Equal(200, (await sandbox.Send("PATCH", Maps + "/a?fieldManager=t", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""", Apply)).Code);
        Assert.Equal(400, (await sandbox.Send("PATCH", Maps + "/a", "x", "application/merge-patch+json")).Code);
        Assert.Equal(2, read.Count);

        byte[] Read(string text)
        {
            read.Add(text);
            return Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{(read.Count == 1 ? "first" : "a")}}}"}}""");
        }
    }

    [Fact]
    public async Task WhatTheReaderRefusesIsRefused()
    {
        using var sandbox = new Asking(readYaml: _ => throw new FormatException("line 1: no"));
        (int code, System.Text.Json.Nodes.JsonNode? status, _) = await sandbox.Send("PATCH", Maps + "/a?fieldManager=t", "a: [", Apply);
        Assert.Equal(400, code);
        Assert.Contains("error decoding YAML: line 1: no", status!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
