using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.Resources;

namespace PSKube.EngineTests;

/// <summary>What New-KubePod and New-KubeDeployment build, beside what kubectl builds (<c>tests/golden</c>).</summary>
public sealed class BuildTests : IDisposable
{
    private static readonly string Golden = Path.Combine(Engine.RepositoryRoot, "tests", "golden");
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    public static TheoryData<string> Sets() => [.. ReadSets().Select(set => set["name"]!.ToString())];

    private static IEnumerable<JsonObject> ReadSets() => ((JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(Golden, "argument-sets.json")))!).OfType<JsonObject>();

    [Theory]
    [MemberData(nameof(Sets))]
    public void TheSameObjectAsKubectl(string name)
    {
        JsonObject set = ReadSets().Single(candidate => candidate["name"]!.ToString() == name);
        Dictionary<string, object?> parameters = ((JsonObject)set["parameters"]!).ToDictionary(pair => pair.Key, pair => Plain(pair.Value));
        parameters["DryRun"] = "Client";
        EngineResult result = _engine.Invoke(set["cmdlet"]!.ToString(), parameters);
        Assert.Empty(result.Errors);
        JsonNode expected = WithoutNoise(JsonNode.Parse(File.ReadAllText(Path.Combine(Golden, "kubectl", name + ".json"))))!;
        JsonNode actual = WithoutNoise(ResourceJson.ToJson(Assert.Single(result.Output)))!;
        Assert.True(JsonNode.DeepEquals(expected, actual), $"kubectl:\n{expected}\nPSKube:\n{actual}");
    }

    [Fact]
    public void Expose_MakesTheServiceToo()
    {
        EngineResult result = _engine.Run("New-KubePod web nginx -Port 8080 -Expose -Label @{app='x'} -DryRun Client");
        JsonNode service = WithoutNoise(ResourceJson.ToJson(result.Output[1]))!;
        Assert.Equal("""{"apiVersion":"v1","kind":"Service","metadata":{"labels":{"app":"x"},"name":"web"},"spec":{"ports":[{"port":8080,"protocol":"TCP","targetPort":8080}],"selector":{"app":"x"}}}""", service.ToJsonString());
    }

    [Theory]
    [InlineData("$cron | New-KubeJob now -DryRun Client")]
    [InlineData("New-KubeJob now -FromCronJob $cron -DryRun Client")]
    public void ACronJobThatNoClusterHas_GivesItsTemplateWithoutAny(string command)
    {
        EngineResult result = _engine.Run($"$cron = New-KubeCronJob import busybox '@daily' -Command sync -DryRun Client; {command}");
        Assert.Empty(result.Errors);
        JsonNode job = ResourceJson.ToJson(Assert.Single(result.Output))!;
        Assert.Equal("now", job["metadata"]!["name"]!.ToString());
        Assert.Equal("sync", job["spec"]!["template"]!["spec"]!["containers"]![0]!["command"]![0]!.ToString());
    }

    [Theory]
    [InlineData("New-KubePod 'Bad_Name' nginx", "KubeInvalidName", "Bad_Name")]
    [InlineData("New-KubePod '' nginx", "KubeInvalidName", "name")]
    [InlineData("New-KubePod a.b nginx", "KubeInvalidName", "a.b")]
    [InlineData("New-KubePod ok 'Nginx:'", "KubeInvalidArgument", "Invalid image name \"Nginx:\"")]
    [InlineData("New-KubePod ok nginx -Port 70000", "KubeInvalidArgument", "70000")]
    [InlineData("New-KubePod ok nginx -Expose", "KubeInvalidArgument", "-Port")]
    [InlineData("New-KubePod ok nginx -Label @{'a b'='c'}", "KubeInvalidName", "a b")]
    [InlineData("New-KubePod ok nginx -Label @{a='-x-'}", "KubeInvalidName", "-x-")]
    [InlineData("New-KubePod ok nginx -Env @{'A=B'='c'}", "KubeInvalidName", "A=B")]
    [InlineData("New-KubePod ok nginx -Namespace 'No Such'", "KubeInvalidName", "No Such")]
    [InlineData("New-KubePod ok nginx -Overrides 'no json'", "KubeInvalidArgument", "JSON")]
    [InlineData("New-KubeDeployment ok a,b -Command x", "KubeInvalidArgument", "several images")]
    [InlineData("New-KubeDeployment ok my_app.web:1,my_app.web:1", "", "")]
    public void BadArguments_AreNamedBeforeAnythingIsSent(string command, string id, string words)
    {
        foreach (string mode in (string[])["-DryRun Client", "-WhatIf", "-Kubeconfig /no/such/file"])
        {
            EngineResult result = _engine.Run($"{command} {mode}");
            if (id.Length == 0) continue;
            Assert.StartsWith(id + ",", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.InvalidArgument, result.Error.CategoryInfo.Category);
            Assert.Contains(words, result.Error.Exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ContainerNames_AreValidAndTheSameEachTime()
    {
        string Names() => string.Join(' ', _engine.Run("(New-KubeDeployment x 'my_app.web:1','my_app.web:1','nginx','nginx:2' -DryRun Client).Spec.Template.Spec.Containers.Name").Output);
        string names = Names();
        Assert.Matches("^my-app-web-[a-z0-9]{5} my-app-web-[a-z0-9]{5}-2 nginx nginx-2$", names);
        Assert.Equal(names, Names());
    }

    [Fact]
    public void T67_WhatIf_BuildsNothingAndAsksNobody()
    {
        EngineResult result = _engine.Run("New-KubePod a nginx -WhatIf -Kubeconfig /no/such/file; New-KubeDeployment b nginx -WhatIf -Kubeconfig /no/such/file");
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
        Assert.Contains("pod/a", result.Screen, StringComparison.Ordinal);
        Assert.Contains("deployment/b", result.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@{ requests = @{ cpu = '1e999999999' } }")]
    [InlineData("@{ requests = @{ cpu = '1.2.3' } }")]
    [InlineData("@{ requests = @{ cpu = '' } }")]
    [InlineData("@{ requests = @{ cpu = '5ZZ' } }")]
    [InlineData("@{ wishes = @{ cpu = '1' } }")]
    [InlineData("@{ limits = 5 }")]
    public void T53_WhatIsNoQuantity_IsRefusedAtOnce(string resources)
    {
        EngineResult result = _engine.Run($"New-KubePod a nginx -DryRun Client -Resources {resources}");
        Assert.StartsWith("ParameterArgumentTransformationError", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject map => Table(map),
        JsonArray list => list.Select(Plain).ToArray(),
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        JsonValue value when value.TryGetValue(out int number) => number,
        _ => null,
    };

    private static System.Collections.Hashtable Table(JsonObject map)
    {
        var table = new System.Collections.Hashtable();
        foreach ((string key, JsonNode? value) in map) table[key] = Plain(value);
        return table;
    }

    /// <summary>Without the empty fields that Go's encoder always writes, keys in one order.</summary>
    private static JsonNode? WithoutNoise(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var kept = new JsonObject();
                foreach ((string key, JsonNode? value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (value is null || WithoutNoise(value) is not { } clean || (clean is JsonObject { Count: 0 } && key is "resources" or "status" or "strategy" or "loadBalancer" or "metadata" or "spec")) continue;
                    kept[key] = clean;
                }

                return kept;
            case JsonArray list:
                return new JsonArray([.. list.Select(WithoutNoise)]);
            default:
                return node?.DeepClone();
        }
    }
}
