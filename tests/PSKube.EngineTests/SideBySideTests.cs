using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using PSKube.FaultServer;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>Changes to many objects: made side by side, told in the order in which the objects came.</summary>
public sealed class SideBySideTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private ScriptedServer? _server;
    private int _running;
    private int _most;

    public void Dispose()
    {
        _engine.Dispose();
        _server?.Dispose();
        _folder.Dispose();
    }

    /// <summary>A server that waits, where it is asked to change something, until so many have asked, or for a while.</summary>
    private ScriptedServer Serve(Func<SeenRequest, ScriptedReply> answer, int together = 1)
    {
        var there = new CountdownEvent(together);
        _server = new ScriptedServer(request =>
        {
            if (request.Method == "GET") return answer(request);
            int now = Interlocked.Increment(ref _running);
            lock (there) _most = Math.Max(_most, now);
            if (!there.IsSet) there.Signal();
            if (together > 1) Assert.True(there.Wait(TimeSpan.FromSeconds(60)));
            else Thread.Sleep(20);
            ScriptedReply reply = answer(request);
            Interlocked.Decrement(ref _running);
            return reply;
        });
        string file = _folder.Write("config", _server.Kubeconfig());
        _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", file));
        return _server;
    }

    private static string NameOf(SeenRequest request) => request.Path.Split('/').Last(part => part != "scale");

    private static ScriptedReply Workload(SeenRequest request) => request.Path.EndsWith("/horizontalpodautoscalers", StringComparison.Ordinal)
        ? ScriptedReply.Ok("""{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v1","metadata":{},"items":[]}""")
        : ScriptedReply.Ok(new JsonObject { ["kind"] = "Deployment", ["apiVersion"] = "apps/v1", ["metadata"] = new JsonObject { ["name"] = NameOf(request), ["namespace"] = "default", ["uid"] = "u", ["resourceVersion"] = "2" }, ["spec"] = new JsonObject { ["replicas"] = 3 } }.ToJsonString());

    private static ScriptedReply Gone => ScriptedReply.Refuse(404, "NotFound", "it is not there");

    [Fact]
    public void EightAreScaledAtATime_AndComeOutInTheirOrder()
    {
        // The server answers none before eight have asked.
        Serve(Workload, together: 8);
        EngineResult result = _engine.Run("1..24 | ForEach-Object { \"deployment/d$_\" } | Set-KubeScale -Replicas 3");
        Assert.Empty(result.Errors);
        Assert.Equal(Enumerable.Range(1, 24).Select(i => $"d{i}"), result.Output.Select(item => item.Properties["Name"].Value));
        Assert.Equal(8, _most);
    }

    [Fact]
    public void ThrottleLimit_SaysHowMany()
    {
        Serve(Workload, together: 3);
        _engine.Run("1..12 | ForEach-Object { \"deployment/d$_\" } | Set-KubeScale -Replicas 3 -ThrottleLimit 3");
        Assert.Equal(3, _most);
    }

    [Fact]
    public void AnErrorIsTheOnesThatItIsAbout_AndInItsPlace()
    {
        Serve(request => NameOf(request) is "d3" or "d7" ? Gone : Workload(request));
        EngineResult result = _engine.Run("1..9 | ForEach-Object { \"deployment/d$_\" } | Set-KubeScale -Replicas 3");
        Assert.Equal(["d1", "d2", "d4", "d5", "d6", "d8", "d9"], result.Output.Select(item => item.Properties["Name"].Value));
        Assert.Equal(["deployment/d3 in default", "deployment/d7 in default"], result.Errors.Select(error => error.TargetObject.ToString()));
        Assert.All(result.Errors, error => Assert.Equal("KubeNotFound,PSKube.Commands.Workloads.SetKubeScaleCommand", error.FullyQualifiedErrorId));
    }

    [Theory]
    [InlineData("-ErrorAction Stop", "")]
    [InlineData("", "$ErrorActionPreference = 'Stop'; ")]
    public void WhereAnErrorEndsTheCommand_NothingIsUnderWayThen(string parameter, string before)
    {
        ScriptedServer server = Serve(request => NameOf(request) is "p3" ? Gone : ScriptedReply.Ok("{\"kind\":\"Status\",\"status\":\"Success\"}"));
        _engine.Run($"{before}try {{ 1..9 | ForEach-Object {{ \"p$_\" }} | Remove-KubePod -Confirm:$false {parameter} }} catch {{ }}");
        Assert.Equal(["p1", "p2", "p3"], server.Requests.Select(NameOf));
        Assert.Equal(1, _most);
    }

    [Fact]
    public void PodsAreRemovedSideBySide_EachOnlyIfItIsTheSame()
    {
        ScriptedServer server = Serve(request => NameOf(request) == "p5" ? ScriptedReply.Refuse(409, "Conflict", "the UID in the precondition is another") : ScriptedReply.Ok("{\"kind\":\"Status\",\"status\":\"Success\"}"), together: 8);
        EngineResult result = _engine.Run("1..16 | ForEach-Object { [k8s.Models.V1Pod]@{ ApiVersion = 'v1'; Kind = 'Pod'; Metadata = [k8s.Models.V1ObjectMeta]@{ Name = \"p$_\"; NamespaceProperty = 'n'; Uid = \"u$_\" } } } | Remove-KubePod -Confirm:$false");
        Assert.Equal("KubeConflict,PSKube.Commands.Pods.RemoveKubePodCommand", result.Error.FullyQualifiedErrorId);
        Assert.Equal("pod/p5 in n", result.Error.TargetObject.ToString());
        Assert.Equal(16, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal("u" + NameOf(request)[1..], JsonNode.Parse(request.Body)!["preconditions"]!["uid"]!.ToString()));
        Assert.Equal(8, _most);
    }

    [Fact]
    public void TheSameObjectTwice_IsChangedOnceAfterTheOther()
    {
        Serve(Workload);
        EngineResult result = _engine.Run("1..6 | ForEach-Object { 'deployment/web' } | Set-KubeScale -Replicas 3");
        Assert.Equal(6, result.Output.Count);
        Assert.Equal(1, _most);
    }

    [Fact]
    public void WhatOthersNeed_IsAppliedBeforeThem()
    {
        var done = new ConcurrentQueue<string>();
        Serve(request =>
        {
            if (request.Method == "GET") return Gone;
            if (NameOf(request).StartsWith('c')) Assert.Equal("ns1", done.First());
            // None is answered before a second has come, however busy the machine is.
            if (NameOf(request).StartsWith('c')) Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _most) > 1, TimeSpan.FromSeconds(60)));
            if (NameOf(request).StartsWith('d')) Assert.Equal(9, done.Count(name => name[0] is 'n' or 'c'));
            done.Enqueue(NameOf(request));
            return new ScriptedReply(201, request.Body);
        });
        EngineResult result = _engine.Run("""
            $yaml = @(1..8 | ForEach-Object { "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d$_, namespace: ns1}}" }
                1..8 | ForEach-Object { "{apiVersion: v1, kind: ConfigMap, metadata: {name: c$_, namespace: ns1}}" }
                '{apiVersion: v1, kind: Namespace, metadata: {name: ns1}}') -join "`n---`n"
            Invoke-KubeApply -Yaml $yaml
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["ns1", .. Enumerable.Range(1, 8).Select(i => $"c{i}"), .. Enumerable.Range(1, 8).Select(i => $"d{i}")], result.Output.Select(item => item.Properties["Name"].Value));
        Assert.InRange(_most, 2, 8);
    }
}
