using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using PSKube.FaultServer;
using PSKube.Output;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>Get-KubeLog against servers that garble, break off and forget.</summary>
public sealed class LogTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<ScriptedReply> _logs = new();
    private readonly ConcurrentQueue<string> _pods = new();
    private ScriptedServer? _server;

    public void Dispose()
    {
        _engine.Dispose();
        _server?.Dispose();
        _folder.Dispose();
    }

    private const string Running = """{"name":"a","containerID":"c1","restartCount":0,"state":{"running":{}}}""";
    private const string Ended = """{"name":"a","containerID":"c1","restartCount":0,"state":{"terminated":{"exitCode":0}}}""";
    private const string Restarted = """{"name":"a","containerID":"c2","restartCount":1,"state":{"running":{}}}""";
    private const string RestartedTwice = """{"name":"a","containerID":"c3","restartCount":2,"state":{"running":{}}}""";

    private static string Pod(string status = Running, string name = "p", string containers = """{"name":"a"}""", string more = "", string annotations = "{}") => $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"default","uid":"u-{{{name}}}","annotations":{{{annotations}}}},"spec":{"nodeName":"n","containers":[{{{containers}}}]{{{more}}}},"status":{"phase":"Running","containerStatuses":[{{{status}}}]}}""";

    private static ScriptedReply Log(string text) => new(200, text) { ContentType = "text/plain" };

    /// <summary>A log whose connection breaks before the last 100 bytes that were promised.</summary>
    private static ScriptedReply Broken(string text) => Log(text + new string('~', 100)) with { OnlyBytes = Encoding.UTF8.GetByteCount(text) };

    /// <summary>A log that stays open.</summary>
    private static ScriptedReply Open(string text) => Broken(text) with { Silent = true };

    private static ScriptedReply Waiting(string why) => ScriptedReply.Refuse(400, "BadRequest", $"container \\\"a\\\" in pod \\\"p\\\" is waiting to start: {why}");

    private static ScriptedReply NotFound(string what) => ScriptedReply.Refuse(404, "NotFound", $"{what} not found");

    private static string Line(double second, string text) => string.Create(CultureInfo.InvariantCulture, $"2026-01-02T03:04:{second:00.000000000}Z {text}\n");

    private void Serve(Func<SeenRequest, ScriptedReply> answer)
    {
        _server?.Dispose();
        _server = new ScriptedServer(answer);
        _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", _folder.Write("config", _server.Kubeconfig())));
    }

    /// <summary>A pod p whose states are told in turn, the last one for good, and its logs, in turn.</summary>
    private void Serve(string[] pods, params ScriptedReply[] logs)
    {
        _pods.Clear();
        _logs.Clear();
        foreach (string pod in pods) _pods.Enqueue(pod);
        foreach (ScriptedReply log in logs) _logs.Enqueue(log);
        Serve(request =>
        {
            if (request.Path.EndsWith("/log", StringComparison.Ordinal)) return _logs.TryDequeue(out ScriptedReply? log) ? log : NotFound("log");
            return (_pods.Count > 1 && _pods.TryDequeue(out string? pod)) || _pods.TryPeek(out pod) ? ScriptedReply.Ok(pod) : NotFound("pods \\\"p\\\"");
        });
    }

    private EngineResult Read(string parameters = "") => _engine.Run($"Get-KubeLog p {parameters}");

    private static IEnumerable<string> Texts(EngineResult result) => result.Output.Select(line => (string)line.BaseObject);

    /// <summary>What was asked of the log in each request, without the container.</summary>
    private IEnumerable<string> Asked() => _server!.Requests.Where(request => request.Path.EndsWith("/log", StringComparison.Ordinal)).Select(request => request.Target.Split('?')[1].Replace("container=a", "", StringComparison.Ordinal).TrimStart('&'));

    [Fact]
    public void T60_LinesAreWhatTheContainerWrote()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("\uFEFFfirst\r\n\n\u001b[31mred\u001b[0m\rover\0nul\n"), 0xFF, 0xC3, (byte)'\n', .. Encoding.UTF8.GetBytes("last, no end")];
        Serve([Pod()], new ScriptedReply(200, "") { Bytes = body, ContentType = "text/plain" }, new ScriptedReply(200, "") { Bytes = body, ContentType = "text/plain" });
        Assert.Equal(["\uFEFFfirst", "", "\u001b[31mred\u001b[0m\rover\0nul", "\uFFFD\uFFFD", "last, no end"], Texts(Read()));
        Assert.Equal(Encoding.UTF8.GetString(body), Assert.Single(Texts(Read("-Raw"))));
    }

    [Fact]
    public void T60_ACharacterInTwoChunks_IsOneCharacter()
    {
        const string Text = "grün 🚀 ende\nñ\n";
        Serve([Pod()], Log(Text) with { Step = 1 }, Log(Text) with { Step = 1 });
        Assert.Equal(["grün 🚀 ende", "ñ"], Texts(Read()));
        Assert.Equal(Text, Assert.Single(Texts(Read("-Raw"))));
    }

    [Fact]
    public void T60_ALineOfTenMegabytes_IsOneLine_AndLongerOnesComeInPiecesWithAWarning()
    {
        string ten = new('x', 10_000_000);
        // Two bytes each, so that a piece could end in the middle of one.
        string more = string.Concat("y", new string('é', 20_000_000));
        Serve([Pod()], Log($"{ten}\n{more}\nlast\n"));
        EngineResult result = Read();
        string[] lines = [.. Texts(result)];
        Assert.Equal(ten, lines[0]);
        Assert.Equal(more, string.Concat(lines[1..^1]));
        Assert.True(lines.Length > 3);
        Assert.Equal("last", lines[^1]);
        Assert.Contains("comes in pieces", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ManyLines_ComeWholeAndInOrder()
    {
        string[] lines = [.. Enumerable.Range(0, 20_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i} {new string('x', i % 97)}"))];
        Serve([Pod()], Log(string.Join('\n', lines)) with { Step = 60_000 });
        Assert.Equal(lines, Texts(Read()));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("-Tail 0", "tailLines=0")]
    [InlineData("-Tail -1", "")]
    [InlineData("-Previous -LimitBytes 7", "previous=true&limitBytes=7")]
    [InlineData("-Since 5m", "sinceSeconds=300")]
    [InlineData("-Since 0.2", "sinceSeconds=1")]
    [InlineData("-Since ([timespan]::FromSeconds(90))", "sinceSeconds=90")]
    [InlineData("-SinceTime 2026-01-02T03:04:05Z", "sinceTime=2026-01-02T03%3A04%3A05Z")]
    [InlineData("-Timestamps", "timestamps=true")]
    [InlineData("-AsObject", "timestamps=true")]
    [InlineData("-Raw", "")]
    public void ParametersAreAskedOfTheServer(string parameters, string query)
    {
        Serve([Pod()], Log("x\n"));
        Assert.Empty(Read(parameters).Errors);
        Assert.Equal([query], Asked());
    }

    [Theory]
    [InlineData("p -Container a -AllContainers")]
    [InlineData("p -Since 1m -SinceTime 2026-01-01")]
    [InlineData("p -Raw -Follow")]
    [InlineData("p -Raw -AsObject")]
    [InlineData("p -AsObject -Prefix")]
    public void WhatCannotBeMeantTogether_SendsNothing(string parameters)
    {
        Serve([Pod()]);
        Assert.StartsWith("KubeInvalidArgument,", _engine.Run($"Get-KubeLog {parameters}").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(_server!.Requests);
    }

    [Fact]
    public void TimesPrefixesAndObjects()
    {
        string log = Line(5.123456789, "hello") + "no time\n";
        Serve([Pod()], Log(log), Log(log), Log("hello\n"));
        Assert.Equal(["2026-01-02T03:04:05.123456789Z hello", "no time"], Texts(Read("-Timestamps")));
        KubeLogLine[] lines = [.. Read("-AsObject").Output.Select(line => (KubeLogLine)line.BaseObject)];
        Assert.Equal([new KubeLogLine(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1234567), "default", "p", "a", "hello"), new KubeLogLine(null, "default", "p", "a", "no time")], lines);
        Assert.Equal(["[pod/p/a] hello"], Texts(Read("-Prefix")));
    }

    [Fact]
    public void ObjectsHaveATable_ThatObeysNoControlCharacter()
    {
        Serve([Pod()], Log(Line(5, "a \u001b[2Jb")));
        string screen = _engine.Show("Get-KubeLog p -AsObject");
        Assert.Matches(@"TIME\s+POD\s+CONTAINER\s+MESSAGE", screen);
        Assert.Contains(@"a \u001b[2Jb", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void AMomentWithinALongLine_WhichOldNodesPutThere_IsNoPartOfIt()
    {
        string text = new string('x', 16384) + "end";
        Serve([Pod()], Log(Line(5, text[..16384]).TrimEnd('\n') + Line(6, text[16384..])));
        Assert.Equal(text, ((KubeLogLine)Assert.Single(Read("-AsObject").Output).BaseObject).Message);
    }

    [Fact]
    public void OfSeveralContainers_TheFirstIsRead_WithAWarning_OrTheAnnotated_OrTheNamed_OrAll()
    {
        string pod = Pod(containers: """{"name":"a"},{"name":"b"}""", more: ""","initContainers":[{"name":"i"}],"ephemeralContainers":[{"name":"e"}]""");
        Serve(request => request.Path.EndsWith("/log", StringComparison.Ordinal) ? Log(System.Web.HttpUtility.ParseQueryString(request.Target.Split('?')[1])["container"]!) : ScriptedReply.Ok(pod));
        EngineResult result = Read();
        Assert.Equal(["a"], Texts(result));
        Assert.Equal(["Defaulted container \"a\" out of: a, b, e (ephem), i (init)"], result.Warnings);
        Assert.Equal(["b"], Texts(Read("b")));
        Assert.Equal(["i", "a", "b", "e"], Texts(Read("-AllContainers")));
        Assert.Equal(["i", "a", "b", "e"], Texts(Read("-AllContainers -Raw")));
        Assert.StartsWith("KubeContainerNotFound,", Read("x").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        pod = Pod(containers: """{"name":"a"},{"name":"b"}""", annotations: """{"kubectl.kubernetes.io/default-container":"b"}""");
        result = Read();
        Assert.Equal(["b"], Texts(result));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void OfAWorkload_OnePodIsRead_WithAWarning_OrAll()
    {
        string list = $$"""{"metadata":{},"items":[{{Pod(name: "p1").Replace("\"Running\"", "\"Pending\"", StringComparison.Ordinal)}},{{Pod(name: "p2")}}]}""";
        Serve(request => request.Path switch
        {
            var path when path.EndsWith("/log", StringComparison.Ordinal) => Log(path.Split('/')[^2]),
            var path when path.EndsWith("/pods", StringComparison.Ordinal) => ScriptedReply.Ok(list),
            var path when path.EndsWith("/services/web", StringComparison.Ordinal) => ScriptedReply.Ok("""{"kind":"Service","apiVersion":"v1","metadata":{"name":"web"},"spec":{"selector":{"app":"web"}}}"""),
            _ => ScriptedReply.Ok("""{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{}}}"""),
        });
        EngineResult result = _engine.Run("Get-KubeLog deployment/web");
        Assert.Equal(["p2"], Texts(result));
        Assert.Equal(["Found 2 pods, using pod/p2"], result.Warnings);
        Assert.Contains(_server!.Requests, request => request.Target.Contains("labelSelector=app%3Dweb", StringComparison.Ordinal));
        Assert.Equal(["p2", "p1"], Texts(_engine.Run("Get-KubeLog svc/web -AllPods")));
        list = """{"metadata":{},"items":[]}""";
        Assert.StartsWith("KubeNotFound,", _engine.Run("Get-KubeLog deployment/web").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void PodsChosenByLabels_GiveTheirLastTenLines_UnlessToldOtherwise()
    {
        string list = $$"""{"metadata":{},"items":[{{Pod(name: "p1")}},{{Pod(name: "p2")}}]}""";
        Serve(request => request.Path.EndsWith("/log", StringComparison.Ordinal) ? Log(request.Path.Split('/')[^2]) : ScriptedReply.Ok(list));
        Assert.Equal(["p1", "p2"], Texts(_engine.Run("Get-KubeLog -LabelSelector app=web")));
        Assert.Equal(["tailLines=10", "tailLines=10"], Asked());
        _engine.Run("Get-KubeLog -LabelSelector app=web -Tail -1");
        Assert.Equal(["", ""], Asked().Skip(2));
    }

    [Fact]
    public void APipedPod_IsNotReadAgain_AndOneThatFailsDoesNotKeepTheOthers()
    {
        Serve(request => request.Path.Contains("/gone", StringComparison.Ordinal) ? NotFound("pods") : request.Path.EndsWith("/log", StringComparison.Ordinal) ? Log(request.Path) : ScriptedReply.Ok(Pod()));
        EngineResult result = _engine.Run("""
            $pod = Get-KubePod p
            $pod.Metadata.NamespaceProperty = 'elsewhere'
            $pod, 'gone', 'pod/p', [pscustomobject]@{ Name = 'row'; Namespace = 'shop' } | Get-KubeLog
            """);
        Assert.Equal(["/api/v1/namespaces/elsewhere/pods/p/log", "/api/v1/namespaces/default/pods/p/log", "/api/v1/namespaces/shop/pods/p/log"], Texts(result));
        Assert.StartsWith("KubeNotFound,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(_server!.Requests, request => request.Path.EndsWith("elsewhere/pods/p", StringComparison.Ordinal));
    }

    [Fact]
    public void ALogThatBreaksOff_IsAnError_AfterWhatItSaid()
    {
        Serve([Pod()], Broken("one\ntwo\nhal"));
        EngineResult result = Read();
        Assert.Equal(["one", "two", "hal"], Texts(result));
        Assert.StartsWith("KubeResponseInvalid,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void AContainerThatIsNotThereYet_IsTheServersOwnError()
    {
        Serve([Pod()], Waiting("ContainerCreating"));
        ErrorRecord error = Read().Error;
        Assert.StartsWith("KubeBadRequest,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("container \"a\" in pod \"p\" is waiting to start: ContainerCreating", error.Exception.Message);
    }

    [Fact]
    public void AFollowedLog_WaitsForItsContainer_ButNotForOneThatCannotStart()
    {
        Serve([Pod(), Pod(Ended)], ScriptedReply.Refuse(404, "NotFound", "the server could not find the requested resource ( pods/log p)"), Waiting("ContainerCreating"), Waiting("PodInitializing"), ScriptedReply.Refuse(400, "BadRequest", "container \\\"a\\\" in pod \\\"p\\\" is not available"), Log(Line(5, "up")));
        Assert.Equal(["up"], Texts(Read("-Follow")));
        Serve([Pod()], Waiting("ContainerCreating"));
        Assert.StartsWith("KubeBadRequest,", Read("-Follow -PodRunningTimeout 0").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Serve([Pod()], Waiting("trying and failing to pull image"));
        Assert.StartsWith("KubeBadRequest,", Read("-Follow").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void AFollowedLog_EndsWithItsContainer_HavingAskedForWhatCameAtTheLast()
    {
        Serve([Pod(), Pod(Ended)], Log(Line(5, "a") + Line(6, "b")), Log(Line(5, "a") + Line(6, "b") + Line(7, "c").TrimEnd('\n')));
        EngineResult result = Read("-Follow -Tail 2");
        Assert.Equal(["a", "b", "c"], Texts(result));
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(["follow=true&timestamps=true&tailLines=2", "follow=true&timestamps=true&sinceTime=2026-01-02T03%3A04%3A05Z"], Asked());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFollowedLogWhoseConnectionEnds_IsTakenUpAgain_EachLineOnce(bool breaks)
    {
        string first = Line(5.1, "a") + Line(5.2, "b") + Line(5.2, "b");
        ScriptedReply cut = breaks ? Broken(first + Line(5.3, "cut off")[..35]) : Log(first + Line(5.3, "cut off")[..35]);
        Serve([Pod(), Pod(), Pod(), Pod(Ended)], cut, Log(first + Line(5.3, "cut off") + Line(7, "c")), Log(Line(7, "c") + Line(7.5, "d")));
        EngineResult result = Read("-Follow -Timestamps");
        Assert.Empty(result.Errors);
        Assert.Equal(["a", "b", "b", "cut off", "c", "d"], Texts(result).Select(line => line[31..]));
        Assert.Equal(["", "&sinceTime=2026-01-02T03%3A04%3A04Z", "&sinceTime=2026-01-02T03%3A04%3A06Z"], Asked().Take(3).Select(query => query["follow=true&timestamps=true".Length..]));
        Assert.Equal(breaks ? 1 : 0, result.Warnings.Count);
    }

    [Fact]
    public void AServerThatIsAway_IsAskedAgain()
    {
        Serve([Pod(), Pod(), Pod(), Pod(Ended)], Broken(Line(5, "a")), ScriptedReply.Refuse(503, "ServiceUnavailable", "the node is away"), Log(Line(5, "a") + Line(8, "b")));
        EngineResult result = Read("-Follow");
        Assert.Equal(["a", "b"], Texts(result));
        Assert.Empty(result.Errors);
        Assert.NotEmpty(result.Warnings);
    }

    [Fact]
    public void OfAContainerThatWasRestarted_TheRestIsReadFromThePreviousOne()
    {
        Serve([Pod(), Pod(Restarted)], Broken(Line(5, "a")), Log(Line(5, "a") + Line(6, "last words")));
        EngineResult result = Read("-Follow");
        Assert.Equal(["a", "last words"], Texts(result));
        Assert.Empty(result.Errors);
        Assert.Equal("previous=true&timestamps=true&sinceTime=2026-01-02T03%3A04%3A04Z", Asked().Last());
    }

    [Fact]
    public void WhatCannotBeTakenUpAgain_IsAnError()
    {
        Serve([Pod(), Pod(RestartedTwice)], Broken(Line(5, "a")));
        EngineResult result = Read("-Follow");
        Assert.Equal(["a"], Texts(result));
        Assert.StartsWith("KubeLogInterrupted,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("restarted more than once", result.Error.Exception.Message, StringComparison.Ordinal);
        Serve([Pod(), Pod(name: "p").Replace("u-p", "another", StringComparison.Ordinal)], Broken(Line(5, "a")));
        Assert.Contains("its pod is gone", Read("-Follow").Error.Exception.Message, StringComparison.Ordinal);
        Serve([Pod()], Broken("a\n"));
        Assert.StartsWith("KubeResponseInvalid,", Read("-Follow -LimitBytes 100").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["follow=true&limitBytes=100"], Asked());
    }

    [Fact]
    public void ManyFollowedLogs_AreMergedLineByLine_AsTheyCome()
    {
        Serve(request => request.Path.EndsWith("/log", StringComparison.Ordinal) ? Open(Line(5, request.Path.Split('/')[^2]) + Line(6, "half")[..35]) : ScriptedReply.Ok(Pod(name: request.Path.Split('/')[^1])));
        // Each stays open, so that the second is seen only if it is read beside the first.
        EngineResult result = _engine.Run("$n = 0; foreach ($once in 1) { 'p1', 'p2' | Get-KubeLog -Follow -Prefix | ForEach-Object { $_; if (++$n -eq 2) { break } } }");
        Assert.Equal(["[pod/p1/a] p1", "[pod/p2/a] p2"], Texts(result).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void MoreLogsThanMayBeFollowed_AreRefused()
    {
        Serve(request => request.Path.EndsWith("/log", StringComparison.Ordinal) ? Log(Line(5, "x")) : ScriptedReply.Ok(Pod(Ended, name: request.Path.Split('/')[^1])));
        Assert.StartsWith("KubeLimitExceeded,", _engine.Run("'p1', 'p2', 'p3' | Get-KubeLog -Follow -MaxLogRequests 2").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(Asked());
        Assert.Equal(3, _engine.Run("'p1', 'p2', 'p3' | Get-KubeLog -Follow -ThrottleLimit 3").Output.Count);
    }

    [Fact]
    public void OneFollowedLogThatFails_DoesNotEndTheOthers()
    {
        Serve(request => request.Path.EndsWith("p1/log", StringComparison.Ordinal) ? ScriptedReply.Refuse(403, "Forbidden", "no") : request.Path.EndsWith("/log", StringComparison.Ordinal) ? Log(Line(5, "x")) with { Step = 8 } : ScriptedReply.Ok(Pod(Ended, name: request.Path.Split('/')[^1])));
        EngineResult result = _engine.Run("'p1', 'p2' | Get-KubeLog -Follow");
        Assert.Equal(["x"], Texts(result));
        Assert.StartsWith("KubeForbidden,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void PodsAndContainersAreCompleted()
    {
        Serve(request => request.Path.EndsWith("/pods", StringComparison.Ordinal)
            ? ScriptedReply.Ok("""{"metadata":{},"items":[{"metadata":{"name":"dev"}}]}""")
            : request.Path.EndsWith("/deployments/web", StringComparison.Ordinal)
            ? ScriptedReply.Ok("""{"metadata":{"name":"web"},"spec":{"template":{"spec":{"containers":[{"name":"web-a"}],"initContainers":[{"name":"web-i"}]}}}}""")
            : ScriptedReply.Ok(Pod(containers: """{"name":"a"},{"name":"b"}""")));
        string file = Path.Combine(_folder.Path, "config");
        using var shell = PowerShell.Create(_engine.Runspace);
        string[] Complete(string rest) => [.. CommandCompletion.CompleteInput($"Get-KubeLog -Kubeconfig '{file}' {rest}", $"Get-KubeLog -Kubeconfig '{file}' {rest}".Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
        Assert.Equal(["dev", "deployment/"], Complete("de"));
        Assert.Equal(["a", "b"], Complete("p -Container "));
        Assert.Equal(["web-a", "web-i"], Complete("deployment/web -Container w"));
    }
}
