using System.Diagnostics;
using System.Management.Automation;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PSKube.FaultServer;

namespace PSKube.EngineTests;

/// <summary>What a user sees when the server, or what is on the way to it, is not as it should be.</summary>
public sealed class FaultTests : FaultFixture
{
    private static string Pod(string name) => $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default","uid":"u-{{{name}}}"},"spec":{"nodeName":"n","containers":[{"name":"a"}]},"status":{"phase":"Running"}}""";

    private static string List(string more, params string[] names) => $$$"""{"metadata":{"resourceVersion":"1"{{{more}}}},"items":[{{{string.Join(',', names.Select(Pod))}}}]}""";

    private static string[] Names(EngineResult result) => [.. result.Output.Select(item => (string)item.Properties["Name"].Value)];

    private static void Is(ErrorRecord error, string id, ErrorCategory category, string message)
    {
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.Exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T08_RequestsAndCommands_GoThroughEitherKindOfProxy(bool socks)
    {
        using X509Certificate2 authority = Certificates.Authority();
        using X509Certificate2 leaf = Certificates.Leaf(authority, ["api.example"]);
        using var server = new ScriptedServer(request => request.Path.EndsWith("/exec", StringComparison.Ordinal) ? ScriptedExec.Ends(0, "there\n") : ScriptedReply.Ok(Pod("p")), leaf);
        SocksProxy socksProxy = Own(new SocksProxy());
        await using var httpProxy = new RawServer(null);
        string proxy = socks ? socksProxy.Address : httpProxy.Url().ToString();
        Use(server.Kubeconfig(authority.ExportCertificatePem(), cluster: $", proxy-url: '{proxy}'").Replace("127.0.0.1:" + server.Port, "api.example:" + server.Port, StringComparison.Ordinal));
        EngineResult result = await Task.Run(() => Engine.Run("(Get-KubePod p).Name; (Invoke-KubeExec p -Command date).StdOut"));
        Assert.Empty(result.Errors);
        Assert.Equal(["p", "there"], result.Output.Select(item => item.ToString()));
        // The proxy is told where to, and nothing of what is said there.
        if (socks) Assert.All(socksProxy.Targets, target => Assert.Equal($"api.example:{server.Port}", target));
        else Assert.All(httpProxy.Requests, head => Assert.StartsWith($"CONNECT api.example:{server.Port} ", head, StringComparison.Ordinal));
        Assert.NotEqual(0, socks ? socksProxy.Targets.Count : httpProxy.Requests.Count);
        Assert.Equal(["/api/v1/namespaces/default/pods/p", "/api/v1/namespaces/default/pods/p", "/api/v1/namespaces/default/pods/p/exec"], server.Requests.Select(request => request.Path));
        Assert.All(httpProxy.Requests, head => Assert.DoesNotContain("canary", head, StringComparison.Ordinal));
    }

    [Fact]
    public void T09_AnAddressThatSwallowsEverything_IsGivenUpInTime_AndCtrlCEndsItAtOnce()
    {
        using var hole = new BlackHole();
        using var any = ScriptedServer.Always(ScriptedReply.Ok("{}"));
        Use(any.Kubeconfig().Replace(any.Address, $"https://127.0.0.1:{hole.Port}", StringComparison.Ordinal));
        var clock = Stopwatch.StartNew();
        ErrorRecord error = Engine.Run("Get-KubePod -RequestTimeout 1").Error;
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"It took {clock.Elapsed}.");
        Is(error, "KubeRequestTimeout", ErrorCategory.OperationTimeout, $"127.0.0.1:{hole.Port}");
        using var begun = new ManualResetEventSlim();
        var lag = new SchedulingLag();
        TimeSpan stop = Engine.Stop("$begun.Set(); Get-KubePod", () => begun.IsSet && lag.Restart(), ("begun", begun));
        Assert.True(stop < TimeSpan.FromSeconds(1) + lag.Waited, $"It took {stop}.");
    }

    [Fact]
    public void T12_APageThatIsResetInTheMiddle_IsAskedForAgain_AndTheListIsWhole()
    {
        int second = 0;
        ScriptedServer server = Serve(request => !request.Target.Contains("continue=", StringComparison.Ordinal) ? ScriptedReply.Ok(List(""","continue":"next" """, "a"))
            : Interlocked.Increment(ref second) == 1 ? ScriptedReply.Ok(List("", "b")) with { OnlyBytes = 60, Reset = true } : ScriptedReply.Ok(List("", "b")));
        EngineResult result = Engine.Run("Get-KubePod");
        Assert.Empty(result.Errors);
        Assert.Equal(["a", "b"], Names(result));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void T12_APageThatIsAlwaysReset_IsAnErrorAfterWhatWasRead_NeverAShorterList()
    {
        ScriptedServer server = Serve(request => !request.Target.Contains("continue=", StringComparison.Ordinal) ? ScriptedReply.Ok(List(""","continue":"next" """, "a")) : ScriptedReply.Ok(List("", "b", "c")) with { OnlyBytes = 300, Reset = true });
        EngineResult result = Engine.Run("Get-KubePod");
        Assert.Equal(["a"], Names(result));
        Is(result.Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "broke off");
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public void T12_AWriteThatIsReset_IsSentOnce_AndTheErrorSaysThatItMayHaveBeenMade()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(Pod("a")) with { OnlyBytes = 0, Reset = true });
        EngineResult result = Engine.Run("New-KubePod a nginx");
        Is(result.Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "broke off");
        Assert.Contains("may have been made", result.Error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("POST", Assert.Single(server.Requests).Method);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void T12_APromiseOfGigabytes_TakesNoMemoryForThem()
    {
        // As much as one array can hold: it could be taken, and nothing else that runs meanwhile takes as much.
        Serve(_ => new ScriptedReply(200, "") { Wire = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Array.MaxLength}\r\n\r\n{{\"items\":[") });
        long before = GC.GetTotalAllocatedBytes();
        Is(Engine.Run("Get-KubePod").Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "broke off");
        Assert.True(GC.GetTotalAllocatedBytes() - before < Array.MaxLength, "Memory was taken for what a header promised.");
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffff\r\n{}")]
    [InlineData("-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("5\r\n{\"ite")]
    public void T12_ChunksThatAreNone_AreAnError(string chunks)
    {
        Serve(_ => new ScriptedReply(200, "") { Wire = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}") });
        EngineResult result = Engine.Run("Get-KubePod");
        Assert.Empty(result.Output);
        Is(result.Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "broke off");
    }

    [Theory]
    [InlineData("no HTTP at all\r\n\r\n")]
    [InlineData("HTTP/1.1 999999 What\r\n\r\n")]
    [InlineData("")]
    public void T12_AnAnswerThatIsNotHttp_IsAnError(string answer)
    {
        Serve(_ => new ScriptedReply(200, "") { Wire = Encoding.ASCII.GetBytes(answer) });
        Is(Engine.Run("Get-KubePod").Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "broke off");
    }

    [Fact]
    public void T13_ACaptivePortal_IsAnErrorOfEveryRead_AndNothingComesOut()
    {
        Serve(_ => new ScriptedReply(200, "<html><title>Welcome to the hotel\u001b[2J</title></html>") { ContentType = "text/html" });
        foreach (string command in new[] { "Get-KubePod", "Get-KubePod a", "Get-KubeResource pods", "Get-KubeResource things.example.com", "Watch-KubeResource pod -Timeout 5", "Invoke-KubeExec a -Command x", "Get-KubeEvent", "Wait-KubeResource pod/a -Timeout 3" })
        {
            EngineResult result = Engine.Run(command);
            Assert.Empty(result.Output);
            Is(result.Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "");
            Assert.DoesNotContain('\u001b', result.Error.Exception.Message);
            Assert.True(result.Error.Exception.Message.Length <= 2100);
        }
    }

    [Fact]
    public void T13_AnAnswerThatSaysAFieldTwice_IsARefusalOrAnObject_LikeAnother()
    {
        Serve(request => request.Path.EndsWith("/a", StringComparison.Ordinal)
            ? new ScriptedReply(403, """{"kind":"Status","kind":"Status","message":"no","message":"no","reason":"Forbidden","details":{"causes":[],"causes":[]},"code":403}""")
            : ScriptedReply.Ok("""{"kind":"Pod","kind":"Pod","apiVersion":"v1","metadata":{"name":"b","name":"b"}}"""));
        Assert.Equal("KubeForbidden", Engine.Run("$DebugPreference = 'Continue'; Get-KubePod a").Error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(["b"], Names(Engine.Run("$DebugPreference = 'Continue'; Get-KubePod b")));
    }

    [Theory]
    [InlineData("""{"type":5,"object":{}}""")]
    [InlineData("""{"type":"ERROR","object":{"code":"x","reason":5,"message":[]}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":{},"resourceVersion":7,"uid":[]}}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":7}}""")]
    public void T58_AnEventWhoseFieldsAreOfOtherTypes_EndsNoWatch(string line)
    {
        Serve(request => request.Target.Contains("watch=true", StringComparison.Ordinal) ? ScriptedReply.Open(line + "\n") : ScriptedReply.Ok(List(""","resourceVersion":"1" """, "a")));
        EngineResult result = Engine.Run("Watch-KubeResource pod -Timeout 1");
        Assert.All(result.Errors, error => Assert.StartsWith("Kube", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.NotEmpty(result.Output);
    }

    [Fact]
    public void T14_ARedirect_IsAnErrorThatNamesItsTarget_AndTheTokenStaysHere()
    {
        using var target = ScriptedServer.Always(ScriptedReply.Ok(List("", "a")));
        ScriptedServer server = Serve(_ => new ScriptedReply(307, "") { Headers = [("Location", $"{target.Address}/api/v1/pods?token=canary")] });
        EngineResult result = Engine.Run("Get-KubePod; Remove-KubePod a -Confirm:$false; Invoke-KubeExec a -Command x");
        Assert.Equal(3, result.Errors.Count);
        Assert.All(result.Errors, error => Is(error, "KubeRedirected", ErrorCategory.InvalidResult, target.Address));
        Assert.Empty(target.Requests);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void T15_AChunkedBody_IsReadHoweverItIsCut()
    {
        byte[] body = Encoding.UTF8.GetBytes(List("", "grün", "b"));
        string chunks = string.Concat(body.Select(one => $"1;ext=x\r\n{(char)one}\r\n")) + "0\r\nTrailer: x\r\n\r\n";
        Serve(_ => new ScriptedReply(200, "") { Wire = Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}") });
        Assert.Equal(["grün", "b"], Names(Engine.Run("Get-KubePod")));
    }

    [Fact]
    public void T17_WhileABusyServerIsWaitedFor_CtrlCEndsTheWait()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Refuse(429, "TooManyRequests", "slow down") with { Headers = [("Retry-After", "20")] });
        var lag = new SchedulingLag();
        TimeSpan stop = Engine.Stop("Get-KubePod", () => server.Requests.Count > 0 && lag.Restart());
        Assert.True(stop < TimeSpan.FromSeconds(1) + lag.Waited, $"It took {stop}.");
        Assert.Single(server.Requests);
    }

    [Fact]
    public void T17_AStormOfRefusals_IsOneErrorForEachObject_AndTheWaitIsShown()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Refuse(429, "TooManyRequests", "the server has received too many requests") with { Headers = [("Retry-After", "3600")] });
        EngineResult result = Engine.Run("1..20 | ForEach-Object { \"p$_\" } | Get-KubePod");
        Assert.Equal(20, result.Errors.Count);
        Assert.All(result.Errors, error =>
        {
            Is(error, "KubeTooManyRequests", ErrorCategory.LimitsExceeded, "too many requests");
            Assert.Equal(TimeSpan.FromHours(1), ((PSKube.Errors.KubeApiException)error.Exception).RetryAfter);
        });
        Assert.Equal(20, server.Requests.Count);
    }

    [Theory]
    [InlineData("New-KubePod a nginx")]
    [InlineData("Set-KubeScale deployment/a -Replicas 1")]
    [InlineData("Remove-KubePod a -Confirm:$false")]
    public void T18_AWriteThatFailed_IsSentOnce(string command)
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Refuse(500, "InternalError", "the webhook failed"));
        Is(Engine.Run(command).Error, "KubeServerError", ErrorCategory.ResourceUnavailable, "the webhook failed");
        Assert.NotEqual("GET", Assert.Single(server.Requests).Method);
    }

    [Fact]
    public void T19_ARefusedToken_IsAskedOfThePluginOnce_AndSentOnce_ThenTheRefusalEndsTheCommand()
    {
        if (OperatingSystem.IsWindows()) return;
        string plugin = Folder.Script("plugin", $$$"""echo x >> '{{{Folder.Path}}}/runs'; echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"canary-'$(wc -l < '{{{Folder.Path}}}/runs')'"}}'""");
        using ScriptedServer server = ScriptedServer.Always(ScriptedReply.Refuse(401, "Unauthorized", "Unauthorized"));
        Use(server.Kubeconfig(user: $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{plugin}', interactiveMode: Never}}"));
        Engine.Run("$null = Connect-KubeCluster -TrustKubeconfig");
        Is(Engine.Run("'a', 'b', 'c' | Get-KubePod").Error, "KubeUnauthorized", ErrorCategory.AuthenticationError, "did not accept the credentials");
        Assert.Equal(["Bearer canary-1", "Bearer canary-2"], server.Requests.Select(request => request.Headers["Authorization"]));
        Assert.Equal(2, File.ReadAllLines(Path.Combine(Folder.Path, "runs")).Length);
    }

    [Fact]
    public void T25_ImpersonationIsOnReadsWatchesAndCommands()
    {
        using var server = new ScriptedServer(request => request.Path.EndsWith("/exec", StringComparison.Ordinal) ? ScriptedExec.Ends(0)
            : request.Target.Contains("watch=true", StringComparison.Ordinal) ? ScriptedReply.Open("")
            : ScriptedReply.Ok(request.Path.EndsWith("/pods", StringComparison.Ordinal) ? List("", "a") : Pod("a")));
        Use(server.Kubeconfig(user: "token: t, as: jane, as-groups: [dev, ops]"));
        Assert.Empty(Engine.Run("Get-KubePod | Out-Null; Watch-KubeResource pod -Timeout 1 | Out-Null; Invoke-KubeExec a -Command date | Out-Null").Errors);
        Assert.Contains(server.Requests, request => request.Target.Contains("watch=true", StringComparison.Ordinal));
        Assert.Contains(server.Requests, request => request.Path.EndsWith("/exec", StringComparison.Ordinal));
        Assert.All(server.Requests, request => Assert.Equal("jane", request.Headers["Impersonate-User"]));
    }

    [Fact]
    public void T25_GroupsWithoutAUser_EndTheCommandBeforeAnythingIsSent()
    {
        using ScriptedServer server = ScriptedServer.Always(ScriptedReply.Ok("{}"));
        Use(server.Kubeconfig(user: "token: t, as-groups: [dev]"));
        Is(Engine.Run("Get-KubePod").Error, "KubeConfigInvalid", ErrorCategory.InvalidData, "as");
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void T54_WhoeverTakesTheFirst_CostsOneRequest()
    {
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Target.Contains("continue=", StringComparison.Ordinal) ? List("", "z") : List(""","continue":"next" """, [.. Enumerable.Range(0, 500).Select(i => $"p{i}")])));
        Assert.Equal(["p0"], Names(Engine.Run("Get-KubePod | Select-First")));
        Assert.Single(server.Requests);
    }

    [Fact]
    public void T55_APageThatIsNoMoreThere_IsAnErrorAfterWhatWasRead()
    {
        Serve(request => request.Target.Contains("continue=", StringComparison.Ordinal) ? ScriptedReply.Refuse(410, "Expired", "The provided continue parameter is too old") : ScriptedReply.Ok(List(""","continue":"next" """, "a")));
        EngineResult result = Engine.Run("Get-KubePod");
        Assert.Equal(["a"], Names(result));
        Is(result.Error, "KubeExpired", ErrorCategory.InvalidOperation, "");
    }

    [Fact]
    public void T56_OneBadItem_IsAnErrorThatNamesIt_AndTheOthersComeOut()
    {
        const string Bad = """{"metadata":{"name":"bad","namespace":"default"},"spec":{"containers":7}}""";
        Serve(_ => ScriptedReply.Ok($$"""{"metadata":{},"items":[{{Pod("a")}},{{Bad}},{{Pod("c")}}]}"""));
        EngineResult result = Engine.Run("Get-KubePod");
        Assert.Equal(["a", "c"], Names(result));
        Is(result.Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "pod/bad in default");
    }

    [Fact]
    public void T57_ObjectsThatLackAlmostEverything_AreShown()
    {
        Serve(_ => ScriptedReply.Ok("""{"items":[{},{"metadata":null,"spec":null,"status":null},{"metadata":{"name":"odd"},"status":{"phase":"Levitating","containerStatuses":null}}]}"""));
        EngineResult result = Engine.Run("Get-KubePod");
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Output.Count);
        Assert.Matches(@"odd\s+0/0\s+Levitating", Engine.Show("Get-KubePod"));
    }

    [Fact]
    public void T61_ASubprotocolThatWasNotOffered_IsAnError()
    {
        ScriptedServer server = Serve(request => request.Path.EndsWith("/exec", StringComparison.Ordinal) ? ScriptedExec.Ends(0, protocol: "v9.channel.k8s.io") : ScriptedReply.Ok(Pod("a")));
        EngineResult result = Engine.Run("Invoke-KubeExec a -Command x");
        Assert.Empty(result.Output);
        Is(result.Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "");
        Assert.Single(server.Requests, request => request.Path.EndsWith("/exec", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(137)]
    public void T61_ExitCodes_AreTold_AndAnythingButZeroIsAnError(int code)
    {
        Serve(request => request.Path.EndsWith("/exec", StringComparison.Ordinal) ? ScriptedExec.Ends(code, "out", "err") : ScriptedReply.Ok(Pod("a")));
        EngineResult result = Engine.Run("Invoke-KubeExec a -Command x");
        Assert.Equal(code, ((PSKube.Output.KubeExecResult)Assert.Single(result.Output).BaseObject).ExitCode);
        if (code == 0) Assert.Empty(result.Errors);
        else Is(result.Error, "KubeExecExitCode", ErrorCategory.InvalidResult, $"exit code {code}");
    }

    [Theory]
    [InlineData(ScriptedExec.Version4)]
    [InlineData(ScriptedExec.Version5)]
    public async Task T61_OutputThatComesFasterThanItIsRead_IsHeldBack_AndComesWhole(string protocol)
    {
        const int Lines = 60_000;
        int sent = 0;
        string line = new string('x', 1023) + "\n";
        Serve(request => !request.Path.EndsWith("/exec", StringComparison.Ordinal) ? ScriptedReply.Ok(Pod("a")) : ScriptedExec.Reply(protocol, async exec =>
        {
            byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, 30)));
            for (int i = 0; i < Lines; i += 30)
            {
                await exec.SendAsync(1, block);
                Volatile.Write(ref sent, i + 30);
            }

            await exec.EndAsync(0);
        }));
        using var gate = new SemaphoreSlim(0);
        Task<EngineResult> reading = Task.Run(() => Engine.Run("$n = 0; Invoke-KubeExec a -Command x -Stream | ForEach-Object { if ($n++ -eq 0) { [void]$gate.Wait(20000) } }; $n", ("gate", gate)));
        int seen;
        // Whoever does not read keeps the server from sending: its count comes to rest long before the end.
        do
        {
            seen = Volatile.Read(ref sent);
            await Task.Delay(500);
        }
        while (seen == 0 || seen != Volatile.Read(ref sent));
        gate.Release();
        EngineResult result = await reading;
        Assert.Empty(result.Errors);
        Assert.True(seen < Lines * 3 / 4, $"{seen} of {Lines} lines were taken in although nobody read them.");
        Assert.Equal(Lines, Assert.Single(result.Output).BaseObject);
    }

    [Fact]
    public void T61_WhatIsOnlyWrittenToTheErrorStream_IsKept()
    {
        Serve(request => request.Path.EndsWith("/exec", StringComparison.Ordinal) ? ScriptedExec.Ends(0, "", "only this\n") : ScriptedReply.Ok(Pod("a")));
        var told = (PSKube.Output.KubeExecResult)Assert.Single(Engine.Run("Invoke-KubeExec a -Command x").Output).BaseObject;
        Assert.Equal(("", "only this"), (told.StdOut, told.StdErr));
    }

    [Fact]
    public void T61_AServerThatDiesInTheMiddle_IsAnError_WithWhatItHadSaid()
    {
        Serve(request => request.Path.EndsWith("/exec", StringComparison.Ordinal) ? ScriptedExec.Reply(ScriptedExec.Version5, async exec =>
        {
            await exec.WriteAsync("first\nsecond\nhal");
            throw new WebSocketException("cut");
        }) : ScriptedReply.Ok(Pod("a")));
        EngineResult result = Engine.Run("Invoke-KubeExec a -Command x -Stream");
        Assert.Equal(["first", "second"], result.Output.Select(item => item.ToString()).Take(2));
        Is(result.Error, "KubeExecBroken", ErrorCategory.ConnectionError, "");
    }

    [Fact]
    public void T85_AThousandWarnings_AreSaidOnceEach()
    {
        Serve(_ => ScriptedReply.Ok(Pod("a")) with { Headers = [.. Enumerable.Range(0, 300).Select(i => ("Warning", "299 - \"deprecated\u001b]0;x\u0007\""))] });
        EngineResult result = Engine.Run("1..5 | ForEach-Object { 'a' } | Get-KubePod");
        Assert.Equal(5, result.Output.Count);
        Assert.Equal(["deprecated\\u001b]0;x\\u0007"], result.Warnings);
    }
}
