using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

public class FieldPathTests
{
    private static readonly JsonNode Pod = JsonNode.Parse("""
        {"metadata":{"labels":{"app.kubernetes.io/name":"web"}},"spec":{"containers":[{"image":"a"},{"image":"b"}]},
         "status":{"phase":"Running","conditions":[{"type":"Initialized","status":"True"},{"type":"Ready","status":"False"}]}}
        """)!;

    [Theory]
    [InlineData("status.phase", "Running")]
    [InlineData(".status.phase", "Running")]
    [InlineData("{.status.phase}", "Running")]
    [InlineData("{$.status.phase}", "Running")]
    [InlineData("spec.containers[1].image", "b")]
    [InlineData("spec.containers[-1].image", "b")]
    [InlineData("status.conditions[?(@.type==\"Ready\")].status", "False")]
    [InlineData("status.conditions[?(@.type=='Initialized')].status", "True")]
    [InlineData(@"metadata.labels.app\.kubernetes\.io/name", "web")]
    [InlineData("metadata.labels['app.kubernetes.io/name']", "web")]
    [InlineData("status.nothing.here", null)]
    [InlineData("spec.containers[7].image", null)]
    [InlineData("status.phase.deeper", null)]
    public void FindsWhatKubectlsJsonPathFinds(string path, string? value) => Assert.Equal(value, FieldPath.Parse(path).Find(Pod)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("a..b")]
    [InlineData("a[")]
    [InlineData("a[*]")]
    [InlineData("a[?(@.b>3)]")]
    public void WhatItCannotRead_IsRefusedByName(string path)
    {
        KubeException failure = Assert.Throws<KubeException>(() => FieldPath.Parse(path));
        Assert.Equal("KubeInvalidArgument", failure.ErrorId);
        Assert.Contains($"'{path}'", failure.Message, StringComparison.Ordinal);
    }
}

public class ConditionTests
{
    [Theory]
    [InlineData("""{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", "ready", "true", null)]
    [InlineData("""{"status":{"conditions":[{"type":"Ready","status":"False","reason":"NotYet"}]}}""", "Ready", "True", "its condition Ready is False (NotYet)")]
    [InlineData("""{"status":{"conditions":[{"type":"Ready","status":"False"}]}}""", "Ready", "False", null)]
    [InlineData("""{"status":{}}""", "Ready", "True", "it has no condition Ready yet")]
    [InlineData("""{"metadata":{"generation":2},"status":{"observedGeneration":1,"conditions":[{"type":"Available","status":"True"}]}}""", "Available", "True", "its condition Available is of an earlier specification")]
    [InlineData("""{"metadata":{"generation":2},"status":{"conditions":[{"type":"Available","status":"True","observedGeneration":1}]}}""", "Available", "True", "its condition Available is of an earlier specification")]
    [InlineData("""{"metadata":{"generation":2},"status":{"observedGeneration":2,"conditions":[{"type":"Available","status":"True"}]}}""", "Available", "True", null)]
    public void CountsAsKubectlWaitCounts(string json, string name, string value, string? pending) => Assert.Equal(pending, Conditions.PendingBecause((JsonObject)JsonNode.Parse(json)!, name, value));
}

public class LabelSelectorTextTests
{
    [Theory]
    [InlineData("""{"matchLabels":{"app":"web","tier":"a"}}""", "app=web,tier=a")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"In","values":["x","y"]},{"key":"b","operator":"NotIn","values":["z"]},{"key":"c","operator":"Exists"},{"key":"d","operator":"DoesNotExist"}]}""", "a in (x,y),b notin (z),c,!d")]
    [InlineData("""{"app":"old"}""", "app=old")]
    [InlineData("{}", null)]
    public void WritesASelectorAsAListTakesIt(string selector, string? text) => Assert.Equal(text, LabelSelectorText.Of(JsonNode.Parse(selector)));
}
