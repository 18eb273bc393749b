using System.Diagnostics;
using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.FaultServer;
using PSKube.Output;
using PSKube.TestKit;
using k8s.Models;

namespace PSKube.EngineTests;

/// <summary>Rolling out, going back, and scaling, against a scripted server: what is sent, in which order, and what comes out.</summary>
public sealed class RolloutTests : IDisposable
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Done = "\"observedGeneration\":1,\"replicas\":2,\"updatedReplicas\":2,\"availableReplicas\":2";
    private const string Stuck = "\"observedGeneration\":1,\"replicas\":3,\"updatedReplicas\":1,\"availableReplicas\":2,\"conditions\":[{\"type\":\"Progressing\",\"status\":\"False\",\"reason\":\"ProgressDeadlineExceeded\",\"message\":\"it has timed out\",\"lastUpdateTime\":\"2026-01-01T00:00:00Z\"}]";

    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private ScriptedServer? _server;

    public void Dispose()
    {
        _engine.Dispose();
        _server?.Dispose();
        _folder.Dispose();
    }

    private ScriptedServer Serve(Func<SeenRequest, ScriptedReply> answer)
    {
        _server?.Dispose();
        _server = new ScriptedServer(answer);
        _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", _folder.Write("config", _server.Kubeconfig())));
        return _server;
    }

    private static bool IsWatch(SeenRequest request) => request.Target.Contains("watch=true", StringComparison.Ordinal);

    private static string Deployment(string name, string status, string image = "nginx:2", string more = "", int version = 1, int replicas = 2) =>
        $$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{name}}","namespace":"default","uid":"u-{{name}}","generation":1,"resourceVersion":"{{version}}","annotations":{"deployment.kubernetes.io/revision":"2"} },"spec":{"replicas":{{replicas}},{{more}}"selector":{"matchLabels":{"app":"{{name}}"} },"template":{"metadata":{"labels":{"app":"{{name}}"} },"spec":{"containers":[{"name":"c","image":"{{image}}"}]} } },"status":{ {{status}} } }""";

    private static string ReplicaSet(string revision, string image) =>
        $$"""{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"web-{{revision}}","namespace":"default","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"u-web","controller":true}],"annotations":{"deployment.kubernetes.io/revision":"{{revision}}","kubernetes.io/change-cause":"cause {{revision}}"} },"spec":{"template":{"metadata":{"labels":{"app":"web","pod-template-hash":"h"} },"spec":{"containers":[{"name":"c","image":"{{image}}"}]} } } }""";

    private static string List(params string[] items) => "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" + string.Join(',', items) + "]}";

    private static ScriptedReply Watch(params string[] events)
    {
        string lines = string.Concat(events.Select(item => "{\"type\":\"MODIFIED\",\"object\":" + item + "}\n"));
        return ScriptedReply.Ok(lines + new string(' ', 4096)) with { OnlyBytes = lines.Length, Silent = true };
    }

    /// <summary>A deployment with two revisions.</summary>
    private ScriptedServer ServeHistory(string image = "nginx:2", string more = "") => Serve(request =>
        request.Path.EndsWith("/replicasets", StringComparison.Ordinal) ? ScriptedReply.Ok(List(ReplicaSet("2", "nginx:2"), ReplicaSet("1", "nginx:1")))
        : request.Path.EndsWith("/replicasets/web-1", StringComparison.Ordinal) ? ScriptedReply.Ok(ReplicaSet("1", "nginx:1"))
        : request.Path.EndsWith("/replicasets/web-2", StringComparison.Ordinal) ? ScriptedReply.Ok(ReplicaSet("2", "nginx:2"))
        : ScriptedReply.Ok(Deployment("web", Done, image, more)));

    [Fact]
    public void Status_IsOneObject_InKubectlsWords()
    {
        Serve(_ => ScriptedReply.Ok(Deployment("web", "\"observedGeneration\":1,\"replicas\":2,\"updatedReplicas\":2,\"availableReplicas\":1")));
        var status = (KubeRolloutStatus)_engine.Run("Get-KubeRolloutStatus deployment/web").Output.Single().BaseObject;
        Assert.Equal(new KubeRolloutStatus("Deployment", "default", "web", 2, 2, 2, 1, false, false, "Waiting for deployment \"web\" rollout to finish: 1 of 2 updated replicas are available..."), status);
        Assert.Contains("Waiting for deployment", _engine.Show("Get-KubeRolloutStatus deployment/web"), StringComparison.Ordinal);
        Assert.Single(_server!.Requests.Select(request => request.Target).Distinct());
    }

    [Fact]
    public void Wait_WaitsForAllAtOnce_AndEmitsTheWorkloads()
    {
        Serve(request => IsWatch(request) ? Watch(Deployment("b", Done, version: 6), Deployment("a", Done, version: 7)) : ScriptedReply.Ok(List(Deployment("a", "\"observedGeneration\":1"), Deployment("b", "\"observedGeneration\":1"))));
        EngineResult result = _engine.Run("'deployment/a','deployment/b' | Wait-KubeRollout -Timeout 10");
        Assert.Empty(result.Errors);
        Assert.Equal(["b", "a"], result.Output.Select(item => ((V1Deployment)item.BaseObject).Metadata.Name));
        Assert.Equal(2, _server!.Requests.Count);
    }

    [Fact]
    public void Wait_EndsAtOnceForWhatIsStuck_AndTheOthersGoOn()
    {
        Serve(request => IsWatch(request) ? Watch(Deployment("b", Done, version: 6)) : ScriptedReply.Ok(List(Deployment("a", Stuck), Deployment("b", "\"observedGeneration\":0"))));
        var clock = Stopwatch.StartNew();
        EngineResult result = _engine.Run("Wait-KubeRollout deployment/a, deployment/b");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        Assert.Equal("KubeProgressDeadlineExceeded,PSKube.Commands.Rollouts.WaitKubeRolloutCommand", result.Error.FullyQualifiedErrorId);
        Assert.Equal("deployment \"a\" exceeded its progress deadline (it has timed out)", result.Error.Exception.Message);
        Assert.Equal("deployment/a in default", result.Error.TargetObject.ToString());
        Assert.Single(result.Output);
    }

    [Fact]
    public void Wait_SaysWhatIsMissingWhenTimeIsUp()
    {
        Serve(request => IsWatch(request) ? Watch() : ScriptedReply.Ok(List(Deployment("a", "\"observedGeneration\":1,\"replicas\":2,\"updatedReplicas\":1"))));
        ErrorRecord error = _engine.Run("Wait-KubeRollout deployment/a -Timeout 300ms").Error;
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Assert.Equal("deployment/a in default was not rolled out after 0.3 s: Waiting for deployment \"a\" rollout to finish: 1 out of 2 new replicas have been updated.", error.Exception.Message);
    }

    [Fact]
    public void AWaitForASuspendedDeployment_SaysThatItIsSuspended()
    {
        Serve(request => IsWatch(request) ? Watch() : request.Path.EndsWith("/a", StringComparison.Ordinal) ? ScriptedReply.Ok(Deployment("a", "\"observedGeneration\":1,\"replicas\":2,\"availableReplicas\":2", more: "\"paused\":true,")) : ScriptedReply.Ok(List(Deployment("a", "\"observedGeneration\":1,\"replicas\":2,\"availableReplicas\":2", more: "\"paused\":true,"))));
        Assert.EndsWith("0 out of 2 new replicas have been updated; it is suspended, and goes on with Resume-KubeRollout deployment/a.", _engine.Run("Wait-KubeRollout deployment/a -Timeout 300ms").Error.Exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("0 of 2 pods are updated; it is suspended, and goes on with Resume-KubeRollout deployment/a.", _engine.Run("Wait-KubeResource deployment/a -Timeout 300ms").Error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(true, _engine.Run("(Get-KubeRolloutStatus deployment/a).Paused").Output.Single().BaseObject);
        Assert.Contains("have been updated... (suspended)", _engine.Show("Get-KubeRolloutStatus deployment/a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Wait-KubeRollout pod/a")]
    [InlineData("Get-KubeRolloutStatus replicaset/a")]
    [InlineData("Get-KubeRolloutHistory job/a")]
    [InlineData("Restart-KubeRollout pod/a -Confirm:$false")]
    [InlineData("Undo-KubeRollout service/a -Confirm:$false")]
    [InlineData("Suspend-KubeRollout statefulset/a")]
    [InlineData("Resume-KubeRollout daemonset/a")]
    public void WhatHasNoRollout_IsNotImplemented_AndNothingIsAsked(string command)
    {
        Serve(_ => ScriptedReply.Ok("{}"));
        ErrorRecord error = _engine.Run(command).Error;
        Assert.StartsWith("KubeRolloutNotSupported,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.NotImplemented, error.CategoryInfo.Category);
        Assert.Empty(_server!.Requests);
    }

    [Fact]
    public void AnOnDeleteSet_CannotBeWaitedFor()
    {
        Serve(request => IsWatch(request) ? Watch() : ScriptedReply.Ok(List("{\"metadata\":{\"name\":\"agent\",\"namespace\":\"default\"},\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\"}}}")));
        ErrorRecord error = _engine.Run("Wait-KubeRollout daemonset/agent").Error;
        Assert.Equal(ErrorCategory.NotImplemented, error.CategoryInfo.Category);
        Assert.Contains("rollout status is only available for RollingUpdate strategy type", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void History_ListsRevisions_AndOneWithItsTemplate()
    {
        ServeHistory();
        EngineResult result = _engine.Run("Get-KubeRolloutHistory deployment/web");
        Assert.Equal([(1L, "cause 1", "nginx:1"), (2L, "cause 2", "nginx:2")], result.Output.Select(item => (KubeRolloutRevision)item.BaseObject).Select(one => (one.Revision, one.ChangeCause, one.Images[0])));
        Assert.Contains(_server!.Requests, request => request.Target.Contains("labelSelector=app%3Dweb", StringComparison.Ordinal));
        string template = _engine.Show("Get-KubeRolloutHistory deployment/web -Revision 1");
        Assert.Contains("deployment.apps/web with revision #1", template, StringComparison.Ordinal);
        Assert.Contains("nginx:1", template, StringComparison.Ordinal);
        Assert.Matches(@"REVISION\s+CHANGE-CAUSE", _engine.Show("Get-KubeRolloutHistory deployment/web"));
        Assert.StartsWith("KubeRevisionNotFound,", _engine.Run("Get-KubeRolloutHistory deployment/web -Revision 9").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Undo_IsAJsonPatchOfTheTemplate()
    {
        ServeHistory();
        Assert.Empty(_engine.Run("Undo-KubeRollout deployment/web -Confirm:$false").Errors);
        SeenRequest patch = _server!.Requests.Single(request => request.Method == "PATCH");
        Assert.Equal("application/json-patch+json", patch.Headers["Content-Type"]);
        JsonNode body = JsonNode.Parse(patch.Body)!;
        Assert.Equal("nginx:1", body[0]!["value"]!["spec"]!["containers"]![0]!["image"]!.ToString());
        Assert.Equal("""{"app":"web"}""", body[0]!["value"]!["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal("""{"deployment.kubernetes.io/revision":"2","kubernetes.io/change-cause":"cause 1"}""", body[1]!["value"]!.ToJsonString());
    }

    [Theory]
    [InlineData("Undo-KubeRollout deployment/web -ToRevision 2 -Confirm:$false")]
    [InlineData("Undo-KubeRollout deployment/web -WhatIf")]
    [InlineData("Undo-KubeRollout deployment/web")]
    [InlineData("Undo-KubeRollout deployment/web -DryRun Client -Confirm:$false")]
    [InlineData("Restart-KubeRollout deployment/web -WhatIf")]
    [InlineData("Suspend-KubeRollout deployment/web -WhatIf")]
    [InlineData("Resume-KubeRollout deployment/web -DryRun Client")]
    public void WhatIsNotToBeDone_ChangesNothing(string command)
    {
        ServeHistory();
        Assert.Empty(_engine.Run(command).Errors);
        Assert.All(_server!.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Fact]
    public void Undo_ToTheTemplateThatIsThere_IsOnlyANote()
    {
        ServeHistory();
        EngineResult result = _engine.Run("Undo-KubeRollout deployment/web -ToRevision 2 -Confirm:$false");
        Assert.Equal("deployment/web in default: skipped rollback (current template already matches revision 2).", Assert.Single(result.Warnings));
        Assert.IsType<V1Deployment>(result.Output.Single().BaseObject);
        Assert.Equal("nginx:1", ((V1Deployment)_engine.Run("Undo-KubeRollout deployment/web -DryRun Client -Confirm:$false").Output.Single().BaseObject).Spec.Template.Spec.Containers[0].Image);
    }

    [Theory]
    [InlineData("Undo-KubeRollout deployment/web -Confirm:$false", "cannot rollback a paused deployment")]
    [InlineData("Restart-KubeRollout deployment/web", "can't restart paused deployment")]
    public void APausedDeployment_IsNotRolled(string command, string text)
    {
        ServeHistory(more: "\"paused\":true,");
        ErrorRecord error = _engine.Run(command).Error;
        Assert.StartsWith("KubeRolloutPaused,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(text, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_server!.Requests, request => request.Method == "PATCH");
    }

    [Fact]
    public void UndoOfASet_IsTheStrategicPatchThatItsRevisionHolds()
    {
        const string data = """{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx:1"}]}}}}""";
        string Revision(int number, string data) => "{\"apiVersion\":\"apps/v1\",\"kind\":\"ControllerRevision\",\"metadata\":{\"name\":\"a-" + number + "\",\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"name\":\"a\",\"uid\":\"u-a\",\"controller\":true}]},\"revision\":" + number + ",\"data\":" + data + "}";
        Serve(request => ScriptedReply.Ok(
            request.Path.EndsWith("/controllerrevisions", StringComparison.Ordinal) ? List(Revision(2, data.Replace("nginx:1", "nginx:2", StringComparison.Ordinal)), Revision(1, data))
            : request.Path.EndsWith("/controllerrevisions/a-1", StringComparison.Ordinal) ? Revision(1, data)
            : """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"a","namespace":"default","uid":"u-a"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}"""));
        Assert.Empty(_engine.Run("Undo-KubeRollout daemonset/a -Confirm:$false").Errors);
        SeenRequest patch = _server!.Requests.Single(request => request.Method == "PATCH");
        Assert.Equal(("application/strategic-merge-patch+json", data), (patch.Headers["Content-Type"], patch.Body));
        Assert.Equal(2L, ((KubeRolloutStatus)_engine.Run("Get-KubeRolloutStatus daemonset/a").Output.Single().BaseObject).Revision);
        var dry = (V1DaemonSet)_engine.Run("Undo-KubeRollout daemonset/a -DryRun Client -Confirm:$false").Output.Single().BaseObject;
        Assert.Equal("nginx:1", dry.Spec.Template.Spec.Containers[0].Image);
    }

    [Fact]
    public void Restart_SetsKubectlsAnnotation_SuspendAndResumeSetPaused()
    {
        ServeHistory();
        _engine.Run("Restart-KubeRollout deployment/web; Restart-KubeRollout -Kind ds -Name a; Suspend-KubeRollout deployment/web; Get-KubeDeployment web | Resume-KubeRollout -DryRun Server");
        SeenRequest[] patches = [.. _server!.Requests.Where(request => request.Method == "PATCH")];
        Assert.Matches("""^\{"spec":\{"template":\{"metadata":\{"annotations":\{"kubectl.kubernetes.io/restartedAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}\}\}\}\}$""", patches[0].Body);
        Assert.Equal("/apis/apps/v1/namespaces/default/daemonsets/a", patches[1].Path);
        Assert.Equal(["{\"spec\":{\"paused\":true}}", "{\"spec\":{\"paused\":false}}"], patches[2..].Select(patch => patch.Body));
        Assert.Contains("dryRun=All", patches[3].Target, StringComparison.Ordinal);
        Assert.All(patches[..3], patch => Assert.DoesNotContain("dryRun", patch.Target, StringComparison.Ordinal));
    }

    [Fact]
    public void AFailureFromBefore_DoesNotEndTheWaitForTheRolloutThatMendsIt()
    {
        Serve(request => request.Method == "PATCH" ? ScriptedReply.Ok(Deployment("web", Stuck)) : IsWatch(request) ? Watch(Deployment("web", Done, version: 9)) : ScriptedReply.Ok(request.Path == Deployments ? List(Deployment("web", Stuck)) : Deployment("web", Stuck)));
        EngineResult result = _engine.Run("Restart-KubeRollout deployment/web -Wait -Timeout 10");
        Assert.Empty(result.Errors);
        Assert.Equal("9", ((V1Deployment)result.Output.Single().BaseObject).Metadata.ResourceVersion);
    }

    [Theory]
    [InlineData("New-KubeDeployment web nginx -Wait -Timeout 60")]
    [InlineData("New-KubeDeployment web nginx -DryRun Client | Invoke-KubeApply -Wait -Timeout 60")]
    [InlineData("Set-KubeScale deployment/web -Replicas 2 -Wait -Timeout 60")]
    [InlineData("Wait-KubeResource deployment/web -Timeout 60")]
    [InlineData("Wait-KubeRollout deployment/web -Timeout 60")]
    public void EveryWait_EndsEarlyWhenTheDeadlineIsMissed(string command)
    {
        Serve(request => IsWatch(request) ? Watch(Deployment("web", Stuck, version: 6)) : ScriptedReply.Ok(
            request.Path.EndsWith("/scale", StringComparison.Ordinal) ? "{\"spec\":{\"replicas\":2}}"
            : request.Path.EndsWith("/horizontalpodautoscalers", StringComparison.Ordinal) ? List()
            : request.Method == "GET" && request.Path == Deployments ? List(Deployment("web", "\"observedGeneration\":1,\"updatedReplicas\":1")) : Deployment("web", "\"observedGeneration\":1,\"updatedReplicas\":1")));
        var clock = Stopwatch.StartNew();
        EngineResult result = _engine.Run(command);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{clock.Elapsed}");
        Assert.StartsWith("KubeProgressDeadlineExceeded,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Test-KubeWorkload deployment/web", result.Error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void T59_CtrlC_EndsTheWaitForARolloutWithinASecond()
    {
        Serve(request => IsWatch(request) ? Watch() : ScriptedReply.Ok(List(Deployment("web", "\"observedGeneration\":1"))));
        TimeSpan took = _engine.Stop("Wait-KubeRollout deployment/web", () => _server!.Requests.Any(IsWatch));
        Assert.True(took < TimeSpan.FromSeconds(1), $"{took}");
        Assert.True(SpinWait.SpinUntil(() => _server!.ClosedByClient > 0, TimeSpan.FromSeconds(1)), "The connection stayed open.");
    }

    private const string Scaler = """{"metadata":{"name":"auto","namespace":"default"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"minReplicas":2,"maxReplicas":5}}""";

    /// <summary>Deployments with a scale that remembers what it is told.</summary>
    private ScriptedServer ServeScale(Dictionary<string, int> replicas, Dictionary<string, string?> saved, string[]? scalers = null, Func<SeenRequest, ScriptedReply?>? first = null) => Serve(request =>
    {
        if (first?.Invoke(request) is { } special) return special;
        if (request.Path.EndsWith("/horizontalpodautoscalers", StringComparison.Ordinal)) return scalers is null ? ScriptedReply.Refuse(403, "Forbidden", "no") : ScriptedReply.Ok(List(scalers));
        string[] parts = request.Path[Deployments.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        string name = parts[0];
        if (!replicas.TryGetValue(name, out int now)) return ScriptedReply.Refuse(404, "NotFound", name + " not found");
        JsonNode? body = request.Body.Length > 0 ? JsonNode.Parse(request.Body) : null;
        if (body is not null && parts.Length == 2) replicas[name] = now = body["spec"]!["replicas"]!.GetValue<int>();
        if (body?["metadata"]?["annotations"] is JsonObject notes && parts.Length == 1) saved[name] = notes["pskube.io/saved-replicas"]?.ToString();
        string annotation = saved.GetValueOrDefault(name) is { } text ? $"\"pskube.io/saved-replicas\":\"{text}\"" : "";
        return ScriptedReply.Ok(parts.Length == 2
            ? $$"""{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"{{name}}","resourceVersion":"7"},"spec":{"replicas":{{now}} } }"""
            : $$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{name}}","namespace":"default","resourceVersion":"7","annotations":{ {{annotation}} } },"spec":{"replicas":{{now}} } }""");
    });

    [Fact]
    public void AStep_IsAddedUnderTheVersionThatWasRead_AgainAfterAConflict()
    {
        int refusals = 0;
        Dictionary<string, int> replicas = new() { ["web"] = 3 };
        ServeScale(replicas, [], first: request =>
        {
            if (request.Method != "PUT" || refusals++ > 0) return null;
            replicas["web"] = 5;
            return ScriptedReply.Refuse(409, "Conflict", "the object has been modified");
        });
        EngineResult result = _engine.Run("Set-KubeScale deployment/web -Replicas '+2'");
        Assert.Empty(result.Errors);
        Assert.Equal(7, ((V1Deployment)result.Output.Single().BaseObject).Spec.Replicas);
        SeenRequest[] puts = [.. _server!.Requests.Where(request => request.Method == "PUT")];
        Assert.Equal([5, 7], puts.Select(put => JsonNode.Parse(put.Body)!["spec"]!["replicas"]!.GetValue<int>()));
        Assert.All(puts, put => Assert.Contains("\"resourceVersion\":\"7\"", put.Body, StringComparison.Ordinal));
        Assert.Equal(8, ((V1Deployment)_engine.Run("Set-KubeScale deployment/web -Replicas +1").Output.Single().BaseObject).Spec.Replicas);
        Assert.Equal(7, ((V1Deployment)_engine.Run("Set-KubeScale deployment/web -Replicas -1 -DryRun Client").Output.Single().BaseObject).Spec.Replicas);
        Assert.Equal(8, replicas["web"]);
        Assert.StartsWith("KubeInvalidArgument,", _engine.Run("Set-KubeScale deployment/web -Replicas '-9'").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("ParameterArgumentTransformationError,", _engine.Run("$n = 2 - 5; Set-KubeScale deployment/web -Replicas $n").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(8, replicas["web"]);
    }

    [Fact]
    public void AnAutoscalerIsWarnedOf_AndReadOncePerNamespace()
    {
        ServeScale(new() { ["web"] = 3, ["db"] = 3 }, [], [Scaler]);
        EngineResult result = _engine.Run("Set-KubeScale deployment/web, deployment/db -Replicas 4");
        Assert.Equal(2, result.Output.Count);
        Assert.Equal("horizontalpodautoscaler/auto scales deployment/web in default between 2 and 5, so it may soon be another number than 4.", Assert.Single(result.Warnings));
        Assert.Equal("/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers", Assert.Single(_server!.Requests, request => request.Path.EndsWith("autoscalers", StringComparison.Ordinal)).Path);
        ServeScale(new() { ["web"] = 3 }, []);
        EngineResult forbidden = _engine.Run("Set-KubeScale deployment/web -Replicas 4");
        Assert.Empty(forbidden.Warnings);
        Assert.Empty(forbidden.Errors);
    }

    [Fact]
    public void SaveRemembersFirst_RestoreForgetsLast()
    {
        Dictionary<string, int> replicas = new() { ["web"] = 3 };
        Dictionary<string, string?> saved = [];
        ServeScale(replicas, saved);
        EngineResult result = _engine.Run("Save-KubeScale deployment/web; Save-KubeScale deployment/web; Restore-KubeScale deployment/web; Restore-KubeScale deployment/web");
        Assert.Empty(result.Errors);
        Assert.Equal(
            [(3, 0, 3, ScaleAction.Saved), (0, 0, 3, ScaleAction.AlreadySaved), (0, 3, null, ScaleAction.Restored), (3, 3, (int?)null, ScaleAction.NotSaved)],
            result.Output.Select(item => (KubeScaleChange)item.BaseObject).Select(change => (change.Before, change.After, change.Saved, change.Action)));
        Assert.Equal(
            [
                (Deployments + "/web", """{"metadata":{"annotations":{"pskube.io/saved-replicas":"3"},"resourceVersion":"7"}}"""),
                (Deployments + "/web/scale", """{"spec":{"replicas":0}}"""),
                (Deployments + "/web/scale", """{"spec":{"replicas":3}}"""),
                (Deployments + "/web", """{"metadata":{"annotations":{"pskube.io/saved-replicas":null}}}"""),
            ],
            _server!.Requests.Where(request => request.Method == "PATCH").Select(request => (request.Path, request.Body)));
        Assert.Null(saved["web"]);
    }

    [Theory]
    [InlineData("Save-KubeScale", 3, null, 0)]
    [InlineData("Restore-KubeScale", 0, "3", 3)]
    public void DyingBetweenTheTwoWrites_LosesNothing(string command, int now, string? note, int then)
    {
        Dictionary<string, int> replicas = new() { ["web"] = now };
        Dictionary<string, string?> saved = new() { ["web"] = note };
        int writes = 0;
        bool broken = true;
        ServeScale(replicas, saved, first: request => request.Method == "PATCH" && ++writes == 2 && broken ? ScriptedReply.Refuse(422, "Invalid", "broken") : null);
        Assert.StartsWith("KubeInvalid,", _engine.Run($"{command} deployment/web").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("3", saved["web"]);
        broken = false;
        Assert.Empty(_engine.Run($"{command} deployment/web").Errors);
        Assert.Equal(then, replicas["web"]);
        Assert.Equal(command == "Save-KubeScale" ? "3" : null, saved["web"]);
    }

    [Fact]
    public void SomebodyWhoWasFaster_IsReadAnewBeforeTheNumberIsRemembered()
    {
        Dictionary<string, int> replicas = new() { ["web"] = 3 };
        Dictionary<string, string?> saved = [];
        int refusals = 0;
        ServeScale(replicas, saved, first: request =>
        {
            if (request.Method != "PATCH" || refusals++ > 0) return null;
            replicas["web"] = 5;
            return ScriptedReply.Refuse(409, "Conflict", "the object has been modified");
        });
        Assert.Equal(5, ((KubeScaleChange)_engine.Run("Save-KubeScale deployment/web").Output.Single().BaseObject).Saved);
        Assert.Equal("5", saved["web"]);
    }

    [Fact]
    public void OneFailureDoesNotStopTheOthers_AndAutoscaledOnesAreSkippedUnlessForced()
    {
        Dictionary<string, int> replicas = new() { ["web"] = 3, ["db"] = 2 };
        ServeScale(replicas, [], [Scaler]);
        EngineResult result = _engine.Run("'deployment/web','deployment/gone','daemonset/a','deployment/db' | Save-KubeScale");
        Assert.Equal([("web", ScaleAction.Skipped), ("db", ScaleAction.Saved)], result.Output.Select(item => (KubeScaleChange)item.BaseObject).Select(change => (change.Name, change.Action)));
        Assert.Equal(["KubeNotFound", "KubeNotScalable"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Contains("-Force", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal((3, 0), (replicas["web"], replicas["db"]));
        Assert.Equal(ScaleAction.Saved, ((KubeScaleChange)_engine.Run("Save-KubeScale deployment/web -Force -Replicas 1").Output.Single().BaseObject).Action);
        Assert.Equal(1, replicas["web"]);
        Assert.Contains("SAVED", _engine.Show("Save-KubeScale deployment/db"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-WhatIf", 0)]
    [InlineData("-DryRun Client", 1)]
    public void SavingThatIsNotToBeDone_WritesNothing(string how, int outputs)
    {
        ServeScale(new() { ["web"] = 3 }, []);
        Assert.Equal(outputs, _engine.Run($"Save-KubeScale deployment/web {how}").Output.Count);
        Assert.All(_server!.Requests, request => Assert.Equal("GET", request.Method));
    }
}
