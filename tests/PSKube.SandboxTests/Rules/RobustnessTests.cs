using System.Diagnostics;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.SandboxTests.Rules;

/// <summary>Whatever a client sends, it gets an answer of a server; and soon.</summary>
public class RobustnessTests
{
    private static readonly string?[] s_values = [null, "\"\"", "\"x\"", "0", "-1", "1.5", "true", "[]", "{}", "[null]", "[1]", "{\"a\":1}", "{\"a\":null}", "[{}]"];

    [Theory]
    [InlineData(20)]
    [InlineData(34)]
    public void NoBodyBreaksTheServer(int minor)
    {
        ObjectRegistry registry = Golden.Registry(minor);
        foreach ((Resource resource, JsonObject body) in Golden.Bodies("defaults.json"))
        {
            foreach (string[] path in Paths(body, []).ToArray())
            {
                foreach (string? value in s_values)
                {
                    JsonObject changed = body.Copy();
                    Set(changed, path, value);
                    try
                    {
                        registry.Create(resource, resource.Namespaced ? "rules-test" : null, changed, new WriteOptions("test") { DryRun = true });
                    }
                    catch (StatusException)
                    {
                        // That is an answer.
                    }
                    catch (Exception failure)
                    {
                        Assert.Fail($"{resource} {string.Join('.', path)} = {value}: {failure}");
                    }
                }
            }
        }
    }

    [Fact]
    public void ThousandsOfPodsAreMadeInSeconds()
    {
        ObjectRegistry registry = Golden.Registry(34);
        JsonObject pod = Golden.Bodies("defaults.json").First(one => one.Body.Text("metadata", "name") == "full").Body;
        var time = Stopwatch.StartNew();
        for (int i = 0; i < 3000; i++)
        {
            JsonObject one = pod.Copy();
            one["metadata"]!["name"] = $"pod-{i}";
            registry.Create(Kinds.Pods, "rules-test", one, new WriteOptions("test"));
        }

        // It takes a thirtieth of that; the rest is for busy machines.
        Assert.InRange(time.Elapsed.TotalSeconds, 0, 60);
        Console.WriteLine($"3000 pods in {time.Elapsed.TotalSeconds:F2} s");
    }

    private static IEnumerable<string[]> Paths(JsonNode? node, string[] path)
    {
        if (path.Length > 0) yield return path;
        IEnumerable<(string Name, JsonNode? Value)> inner = node switch
        {
            JsonObject json => json.Select(field => (field.Key, field.Value)),
            JsonArray list => list.Select((item, i) => (i.ToString(), item)),
            _ => [],
        };
        foreach ((string name, JsonNode? value) in inner)
        {
            foreach (string[] below in Paths(value, [.. path, name])) yield return below;
        }
    }

    private static void Set(JsonNode root, string[] path, string? value)
    {
        JsonNode node = root;
        foreach (string name in path[..^1]) node = node is JsonArray list ? list[int.Parse(name)]! : node[name]!;
        JsonNode? parsed = value is null ? null : JsonNode.Parse(value);
        if (node is JsonArray array) array[int.Parse(path[^1])] = parsed;
        else node[path[^1]] = parsed;
    }
}
