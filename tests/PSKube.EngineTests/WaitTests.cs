using System.Diagnostics;
using System.Management.Automation;
using PSKube.FaultServer;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>Wait-KubeResource and every -Wait: one watch, one deadline, errors that say what is missing.</summary>
public sealed class WaitTests : IDisposable
{
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
        _server = new ScriptedServer(answer);
        _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", _folder.Write("config", _server.Kubeconfig())));
        return _server;
    }

    private static string Pod(string name, string phase = "Running", bool ready = false, int version = 1, string uid = "") =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{(uid.Length > 0 ? uid : "u-" + name)}}}","resourceVersion":"{{{version}}}"},"status":{"phase":"{{{phase}}}","conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""";

    private static string List(params string[] items) => "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" + string.Join(',', items) + "]}";

    private static ScriptedReply Watch(params (string Type, string Object)[] events)
    {
        string lines = string.Concat(events.Select(item => $$"""{"type":"{{item.Type}}","object":{{item.Object}}}""" + "\n"));
        return ScriptedReply.Ok(lines + new string(' ', 4096)) with { OnlyBytes = lines.Length, Silent = true };
    }

    private ScriptedServer Script(string list, params (string Type, string Object)[] events) => Serve(request => request.Target.Contains("watch=true", StringComparison.Ordinal) ? Watch(events) : ScriptedReply.Ok(list));

    private static IEnumerable<string?> Names(EngineResult result) => result.Output.Select(item => item.Properties["Name"].Value?.ToString());

    [Fact]
    public void WithoutAState_ItWaitsUntilReady_AndEmitsTheObject()
    {
        Script(List(Pod("a", ready: false)), ("MODIFIED", Pod("a", ready: true, version: 6)));
        EngineResult result = _engine.Run("Wait-KubeResource pod/a -Timeout 5");
        Assert.Empty(result.Errors);
        Assert.Equal(["a"], Names(result));
        Assert.Contains("fieldSelector=metadata.name%3Da", _server!.Requests[0].Target, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyObjects_AreWaitedForAtOnce_OnOneWatch_EachEmittedWhenItIsThere()
    {
        Script(List(Pod("a"), Pod("b"), Pod("other")), ("MODIFIED", Pod("b", ready: true, version: 6)), ("MODIFIED", Pod("a", ready: true, version: 7)));
        EngineResult result = _engine.Run("'pod/a','pod/b' | Wait-KubeResource -Condition Ready -Timeout 5");
        Assert.Equal(["b", "a"], Names(result));
        Assert.Equal(2, _server!.Requests.Count);
    }

    [Fact]
    public void OneDeadlineForAll_AndEachThatIsLateIsAnErrorOfItsOwn()
    {
        Script(List(Pod("a", ready: true), Pod("b"), Pod("c")));
        var clock = Stopwatch.StartNew();
        EngineResult result = _engine.Run("Wait-KubeResource pod/a, pod/b, pod/c -Condition Ready -Timeout 1");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"{clock.Elapsed}");
        Assert.Equal(["a"], Names(result));
        Assert.Equal(["pod/b in default was not as asked after 1 s: its condition Ready is False.", "pod/c in default was not as asked after 1 s: its condition Ready is False."], result.Errors.Select(error => error.Exception.Message));
        Assert.All(result.Errors, error => Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category));
    }

    [Theory]
    [InlineData("-Property status.phase -Value Succeeded", "Succeeded")]
    [InlineData("-Property '{.status.phase}' -Value Succeeded", "Succeeded")]
    [InlineData("-Condition Ready=False -Property status.phase -Value Succeeded", "Succeeded")]
    [InlineData("-Until { $_.Status.Phase -eq 'Succeeded' }", "Succeeded")]
    public void AValueOrAScriptMaySayWhenItIsThere(string state, string phase)
    {
        Script(List(Pod("a", "Pending")), ("MODIFIED", Pod("a", "Running", version: 6)), ("MODIFIED", Pod("a", phase, version: 7)));
        Assert.Equal([phase], _engine.Run($"Wait-KubeResource pod/a {state} -Timeout 5").Output.Select(pod => ((k8s.Models.V1Pod)pod.BaseObject).Status.Phase));
    }

    [Fact]
    public void Deleted_IsTrueOfWhatIsNotThere_AndOfANamesake()
    {
        Script(List());
        Assert.Empty(_engine.Run("Wait-KubeResource pod/a -Deleted -Timeout 2").Errors);
        Script(List(Pod("a")), ("DELETED", Pod("a", version: 9)));
        Assert.Empty(_engine.Run("Wait-KubeResource pod/a -Deleted -Timeout 5").Errors);
        Script(List(Pod("a", uid: "new")));
        Assert.Empty(_engine.Run("[k8s.Models.V1Pod]@{ ApiVersion = 'v1'; Kind = 'Pod'; Metadata = [k8s.Models.V1ObjectMeta]@{ Name = 'a'; NamespaceProperty = 'default'; Uid = 'old' } } | Wait-KubeResource -Deleted -Timeout 2").Errors);
    }

    [Fact]
    public void WhatDoesNotExist_IsAnError_UnlessItIsToBeCreated()
    {
        Script(List());
        EngineResult missing = _engine.Run("Wait-KubeResource pod/a -Condition Ready -Timeout 10");
        Assert.StartsWith("KubeNotFound,", missing.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Script(List(), ("ADDED", Pod("a", ready: true, version: 6)));
        Assert.Equal(["a"], Names(_engine.Run("Wait-KubeResource pod/a -Created -Condition Ready -Timeout 5")));
        Script(List(Pod("a")), ("DELETED", Pod("a", version: 9)));
        Assert.Contains("was deleted while", _engine.Run("Wait-KubeResource pod/a -Condition Ready -Timeout 10").Error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FailOn_EndsTheWaitAtOnce()
    {
        Script(List(Pod("a")), ("MODIFIED", """{"metadata":{"name":"a","namespace":"default","uid":"u-a","resourceVersion":"6"},"status":{"phase":"Pending","containerStatuses":[{"name":"c","ready":false,"restartCount":0,"image":"x","imageID":"","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}"""));
        var clock = Stopwatch.StartNew();
        EngineResult result = _engine.Run("Wait-KubeResource pod/a -FailOn CrashLoopBackOff, ImagePullBackOff -Timeout 30");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        Assert.StartsWith("KubeWaitFailed,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("ImagePullBackOff", result.Error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AJobThatHasFailed_EndsTheWaitAtOnce_WithItsReasonAndHowItsPodEnded()
    {
        const string job = """{"metadata":{"name":"f0","namespace":"default","uid":"u-f0","resourceVersion":"4"},"spec":{"selector":{"matchLabels":{"job-name":"f0"}}},"status":{"failed":1,"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"Job has reached the specified backoff limit"}]}}""";
        const string pod = """{"metadata":{"name":"f0-x","namespace":"default","uid":"u-p"},"status":{"phase":"Failed","containerStatuses":[{"name":"f0","ready":false,"restartCount":0,"image":"x","imageID":"","state":{"terminated":{"exitCode":4,"reason":"Error"}}}]}}""";
        Serve(request => request.Path.EndsWith("/pods", StringComparison.Ordinal) ? ScriptedReply.Ok(List(pod)) : request.Target.Contains("watch=true", StringComparison.Ordinal) ? Watch() : request.Method == "POST" ? ScriptedReply.Ok(job) : ScriptedReply.Ok(List(job)));
        foreach (string command in new[] { "Wait-KubeResource job/f0 -Timeout 60", "New-KubeJob f0 busybox -Wait -Timeout 60" })
        {
            var clock = Stopwatch.StartNew();
            ErrorRecord error = _engine.Run(command).Error;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
            Assert.StartsWith("KubeWaitFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal("job/f0 in default has failed: BackoffLimitExceeded: Job has reached the specified backoff limit; pod/f0-x: container f0: Error (ended with 4, Error; 0 restarts)", error.Exception.Message);
        }

        Assert.Equal("f0", Names(_engine.Run("Wait-KubeResource job/f0 -Condition Failed -Timeout 60")).Single());
    }

    [Fact]
    public void APodThatHasFailed_EndsTheWaitAtOnce_WithItsExitCode()
    {
        Script(List("""{"metadata":{"name":"done","namespace":"default","uid":"u-d"},"status":{"phase":"Failed","containerStatuses":[{"name":"done","ready":false,"restartCount":0,"image":"x","imageID":"","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}}"""));
        var clock = Stopwatch.StartNew();
        ErrorRecord error = _engine.Run("Wait-KubeResource pod/done -Timeout 60").Error;
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
        Assert.Equal("pod/done in default has failed: container done ended with exit code 1 (Error)", error.Exception.Message);
    }

    [Fact]
    public void WhatIsNotReadyInTime_SaysWhatItsPodsShow()
    {
        const string deployment = """{"metadata":{"name":"typo","namespace":"default","uid":"u-t"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"typo"}}},"status":{"replicas":1,"updatedReplicas":1}}""";
        const string pod = """{"metadata":{"name":"typo-x","namespace":"default","uid":"u-p"},"status":{"phase":"Pending","containerStatuses":[{"name":"ngnix","ready":false,"restartCount":0,"image":"x","imageID":"","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"ngnix\""}}}]}}""";
        Serve(request => request.Path.EndsWith("/pods", StringComparison.Ordinal) ? ScriptedReply.Ok(List(pod)) : request.Target.Contains("watch=true", StringComparison.Ordinal) ? Watch() : ScriptedReply.Ok(List(deployment)));
        Assert.Equal("deployment/typo in default was not ready after 5 s: 0 of 1 pods are available; pod/typo-x: container ngnix: ImagePullBackOff: Back-off pulling image \"ngnix\".", _engine.Run("Wait-KubeResource deployment/typo -Timeout 5").Error.Exception.Message);
        Assert.Equal("deployment/typo in default was not gone after 5 s: it is still there.", _engine.Run("Wait-KubeResource deployment/typo -Deleted -Timeout 5").Error.Exception.Message);
    }

    [Fact]

    public void Any_EndsWithTheFirst()
    {
        Script(List(Pod("a"), Pod("b", ready: true)));
        EngineResult result = _engine.Run("Wait-KubeResource pod/a, pod/b -Condition Ready -Any -Timeout 10");
        Assert.Equal(["b"], Names(result));
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void ZeroLooksOnce()
    {
        Script(List(Pod("a")));
        EngineResult result = _engine.Run("Wait-KubeResource pod/a -Condition Ready -Timeout 0");
        Assert.Equal("pod/a in default is not as asked now: its condition Ready is False.", result.Error.Exception.Message);
        Script(List(Pod("a", ready: true)));
        Assert.Equal(["a"], Names(_engine.Run("Wait-KubeResource pod/a -Condition Ready -Timeout 0")));
    }

    [Fact]
    public void WhoMayNotWatch_IsServedByReading()
    {
        int reads = 0;
        Serve(request => request.Path.EndsWith("/pods", StringComparison.Ordinal) ? ScriptedReply.Refuse(403, "Forbidden", "no list") : ScriptedReply.Ok(Pod("a", ready: ++reads > 1)));
        Assert.Equal(["a"], Names(_engine.Run("Wait-KubeResource pod/a -Timeout 10")));
        Assert.Equal(2, reads);
    }

    [Theory]
    [InlineData("Wait-KubeResource pod/a -Deleted -Condition Ready")]
    [InlineData("Wait-KubeResource pod/a -Value x")]
    [InlineData("Wait-KubeResource pod/a -Property 'a['")]
    [InlineData("Wait-KubeResource a")]
    public void WhatCannotBeMeant_IsRefused(string command)
    {
        Script(List());
        Assert.Single(_engine.Run(command).Errors);
        Assert.Empty(_server!.Requests);
    }

    [Fact]
    public void NothingToWaitFor_IsAnError_ExceptForDeletions()
    {
        Script(List());
        Assert.StartsWith("KubeNotFound,", _engine.Run("Wait-KubeResource -Kind pod -LabelSelector app=x").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(_engine.Run("Wait-KubeResource -Kind pod -LabelSelector app=x -Deleted").Errors);
    }

    [Fact]
    public void AServerThatGoesAwayAfterTheChange_IsWaitedForToo()
    {
        int reads = 0;
        Serve(request => request.Method == "POST" ? ScriptedReply.Ok(Pod("a")) with { Status = 201 }
            : request.Target.Contains("watch=true", StringComparison.Ordinal) ? Watch()
            : Interlocked.Increment(ref reads) == 1 ? ScriptedReply.Refuse(503, "ServiceUnavailable", "starting") : ScriptedReply.Ok(List(Pod("a", ready: true))));
        EngineResult result = _engine.Run("New-KubePod a nginx -Wait -Timeout 20");
        Assert.Empty(result.Errors);
        Assert.Equal(["a"], Names(result));
    }

    [Fact]
    public void AServerThatStaysAway_IsTheReasonOfAWaitInVain_NotOfAChangeThatWasNotMade()
    {
        Serve(request => request.Method == "POST" ? ScriptedReply.Ok(Pod("a")) with { Status = 201 } : ScriptedReply.Refuse(503, "ServiceUnavailable", "starting"));
        EngineResult result = _engine.Run("New-KubePod a nginx -Wait -Timeout 1");
        Assert.Equal("KubeWaitTimeout", result.Error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains("starting", result.Error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("KubeServerError", _engine.Run("Wait-KubeResource pod/a -Timeout 20").Error.FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void T59_CtrlC_EndsTheWaitWithinASecond_AndItsConnection()
    {
        Script(List(Pod("a")));
        TimeSpan stop = _engine.Stop("Wait-KubeResource pod/a -Timeout 600", () => _server!.Requests.Count == 2);
        Assert.True(stop < TimeSpan.FromSeconds(1), $"{stop}");
        Assert.True(SpinWait.SpinUntil(() => _server!.ClosedByClient > 0, TimeSpan.FromSeconds(1)), "The connection stayed open.");
    }

    [Fact]
    public void T79_ADeletionIsWaitedForOnTheSameEngine_WithTheFinalizersThatHoldIt()
    {
        string held = """{"metadata":{"name":"a","namespace":"default","uid":"u-a","finalizers":["example.com/keep"]}}""";
        Serve(request => request.Method == "DELETE" ? ScriptedReply.Ok("{\"kind\":\"Status\",\"status\":\"Success\"}") : request.Target.Contains("watch=true", StringComparison.Ordinal) ? Watch() : ScriptedReply.Ok(List(held)));
        ErrorRecord error = _engine.Run("Remove-KubePod a -Confirm:$false -Wait -Timeout 1").Error;
        Assert.StartsWith("KubeWaitTimeout,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Assert.Contains("held by its finalizers example.com/keep", error.Exception.Message, StringComparison.Ordinal);
    }
}
