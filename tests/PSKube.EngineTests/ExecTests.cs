using System.Diagnostics;
using System.Management.Automation;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using PSKube.FaultServer;
using PSKube.Output;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>Invoke-KubeExec, Invoke-KubePod and Enter-KubePod against servers that speak, break off and refuse.</summary>
public sealed class ExecTests : IDisposable
{
    private const string Version5 = ScriptedExec.Version5;

    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private ScriptedServer? _server;

    public void Dispose()
    {
        _engine.Dispose();
        _server?.Dispose();
        _folder.Dispose();
    }

    private static string Pod(string name, string phase = "Running", string containers = """{"name":"a"}""", string annotations = "{}") =>
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"default","uid":"u-{{{name}}}","annotations":{{{annotations}}}},"spec":{"nodeName":"n","containers":[{{{containers}}}]},"status":{"phase":"{{{phase}}}","conditions":[{"type":"Ready","status":"True"}]}}""";

    /// <summary>A server with every pod that is asked for, and one answer to every command.</summary>
    private ScriptedServer Serve(Func<SeenRequest, ScriptedReply> exec, Func<string, ScriptedReply>? pod = null)
    {
        _server?.Dispose();
        _server = new ScriptedServer(request => request.Path.EndsWith("/exec", StringComparison.Ordinal) ? exec(request) : pod is null ? ScriptedReply.Ok(Pod(request.Path.Split('/')[^1])) : pod(request.Path.Split('/')[^1]));
        _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", _folder.Write("config", _server.Kubeconfig())));
        return _server;
    }

    private SeenRequest Asked => Assert.Single(_server!.Requests, request => request.Path.EndsWith("/exec", StringComparison.Ordinal));

    private static KubeExecResult Result(EngineResult result) => (KubeExecResult)Assert.Single(result.Output).BaseObject;

    [Fact]
    public void ACommand_IsSentWordByWord_AndItsEndTold()
    {
        Serve(_ => ScriptedExec.Ends(0, "out\n", "err\n"));
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command ls, '-l', 'a b', '', '$x'");
        Assert.Empty(result.Errors);
        KubeExecResult told = Result(result);
        Assert.Equal(("web", "default", "a", 0, "out", "err"), (told.Pod, told.Namespace, told.Container, told.ExitCode, told.StdOut, told.StdErr));
        Assert.Equal(["ls", "-l", "a b", "", "$x"], ScriptedExec.Command(Asked));
        Assert.Contains("container=a", Asked.Target, StringComparison.Ordinal);
        Assert.DoesNotContain("stdin=true", Asked.Target, StringComparison.Ordinal);
        Assert.Equal("Bearer canary-token", Asked.Headers["Authorization"]);
        Assert.Contains(Version5, Asked.Headers["Sec-WebSocket-Protocol"], StringComparison.Ordinal);
        Assert.Contains(ScriptedExec.Version4, Asked.Headers["Sec-WebSocket-Protocol"], StringComparison.Ordinal);
    }

    [Fact]
    public void TheLastLineEnd_IsNotPartOfTheText_AndTheBytesKeepIt()
    {
        Serve(_ => ScriptedExec.Ends(0, "web\r\n\n", ""));
        EngineResult result = _engine.Run("$r = Invoke-KubeExec web -Command hostname; $r.StdOut -eq 'web'; $r.GetStdOutBytes().Length");
        Assert.Equal(["True", "6"], result.Output.Select(value => value.ToString()));
        string screen = _engine.Show("Invoke-KubeExec web -Command hostname");
        Assert.Matches(@"POD\s+CONTAINER\s+EXITCODE\s+STDOUT\s+STDERR\s*\n", screen);
        Assert.Matches(@"web\s+a\s+0\s+web\s*\n", screen);
    }

    [Fact]

    public void AnExitCode_IsAnErrorBesideTheResult_UnlessItIsExpected()
    {
        Serve(_ => ScriptedExec.Ends(3, "", "it is full\n"));
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command x");
        Assert.Equal(3, Result(result).ExitCode);
        Assert.StartsWith("KubeExecExitCode,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidResult, result.Error.CategoryInfo.Category);
        Assert.Contains("command terminated with exit code 3: it is full", result.Error.Exception.Message, StringComparison.Ordinal);
        Assert.IsType<KubeExecResult>(result.Error.TargetObject);
        Assert.Empty(_engine.Run("Invoke-KubeExec web -Command x -IgnoreExitCode").Errors);
    }

    [Fact]
    public void T61_ALinkThatBreaks_IsAnError_NeverASuccess()
    {
        Serve(_ => ScriptedExec.Reply(ScriptedExec.Version4, async exec => await exec.WriteAsync("half of it")));
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command x");
        Assert.Empty(result.Output);
        Assert.StartsWith("KubeExecBroken,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ConnectionError, result.Error.CategoryInfo.Category);
    }

    [Fact]
    public void T61_WhatCouldNotBeStarted_IsAnErrorInTheNodesWords()
    {
        Serve(_ => ScriptedExec.Reply(ScriptedExec.Version4, exec => exec.StatusAsync("""{"status":"Failure","reason":"InternalError","message":"executable file not found in $PATH"}""")));
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command x");
        Assert.Empty(result.Output);
        Assert.StartsWith("KubeExecFailed,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("executable file not found in $PATH", result.Error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARefusalOfTheUpgrade_IsTheErrorOfAnyRequest()
    {
        Serve(_ => ScriptedReply.Refuse(403, "Forbidden", "pods \\\"web\\\" is forbidden: User \\\"u\\\" cannot create resource \\\"pods/exec\\\""));
        ErrorRecord error = _engine.Run("Invoke-KubeExec web -Command x").Error;
        Assert.StartsWith("KubeForbidden,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
        Assert.Contains("pods/exec", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-token", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-InputObject 'grün'", "grün")]
    [InlineData("-InputObject 'one', 'two'", "one\ntwo\n")]
    [InlineData("-InputObject ([byte[]](0, 255, 10))", "\u0000\u00FF\n")]
    public void T61_Input_IsSentAsItIs_AndItsEndTold(string parameter, string expected)
    {
        byte[]? heard = null;
        Serve(_ => ScriptedExec.Reply(Version5, async exec =>
        {
            heard = await exec.ReadInputAsync();
            await exec.EndAsync(0);
        }));
        Assert.Empty(_engine.Run($"Invoke-KubeExec web -Command cat {parameter}").Errors);
        Assert.Equal(expected.Contains('\u00FF', StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(expected) : Encoding.UTF8.GetBytes(expected), heard);
        Assert.Contains("stdin=true", Asked.Target, StringComparison.Ordinal);
    }

    [Fact]
    public void PipedTexts_AreInput_AndPipedPodsAreWhereItRuns()
    {
        byte[]? heard = null;
        Serve(_ => ScriptedExec.Reply(Version5, async exec =>
        {
            heard = await exec.ReadInputAsync();
            await exec.EndAsync(0);
        }));
        Assert.Single(_engine.Run("'a', 'b' | Invoke-KubeExec web -Command cat").Output);
        Assert.Equal("a\nb\n", Encoding.UTF8.GetString(heard!));
        Serve(_ => ScriptedExec.Ends(0));
        Assert.Equal(["p1", "p2"], _engine.Run("Get-KubePod p1, p2 | Invoke-KubeExec -Command date").Output.Select(item => ((KubeExecResult)item.BaseObject).Pod));
    }

    [Fact]
    public void T61_AServerThatCannotTellTheEndOfInput_GetsItsLengthThroughTheShell()
    {
        byte[]? heard = null;
        Serve(request => !request.Headers["Sec-WebSocket-Protocol"].Contains(ScriptedExec.Version4, StringComparison.Ordinal) ? ScriptedExec.DoesNotKnow() : ScriptedExec.Reply(ScriptedExec.Version4, async exec =>
        {
            heard = await exec.ReadInputAsync(5);
            await exec.EndAsync(0);
        }));
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command cat, '-n' -InputObject 'hello' -Verbose");
        Assert.Empty(result.Errors);
        Assert.Equal("hello", Encoding.UTF8.GetString(heard!));
        IReadOnlyList<string> sent = ScriptedExec.Command(_server!.Requests[^1]);
        Assert.Equal(["sh", "-c"], sent.Take(2));
        Assert.Equal(["5", "cat", "-n"], sent.TakeLast(3));
        Assert.Equal(["cat", "-n"], ((KubeExecResult)result.Output[0].BaseObject).Command);
    }

    [Fact]
    public void T61_AHundredMegabytes_ComeWhole()
    {
        const int Blocks = 100;
        byte[] block = new byte[1024 * 1024];
        new Random(7).NextBytes(block);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < Blocks; i++) sum.AppendData(block);
        Serve(_ => ScriptedExec.Reply(Version5, async exec =>
        {
            for (int i = 0; i < Blocks; i++) await exec.SendAsync(1, block);
            await exec.EndAsync(0);
        }));
        PSObject bytes = Assert.Single(_engine.Run("Invoke-KubeExec web -Command cat -AsByteStream").Output);
        Assert.Equal(Convert.ToHexString(sum.GetHashAndReset()), Convert.ToHexString(SHA256.HashData((byte[])bytes.BaseObject)));
    }

    [Fact]
    public void Stream_TellsLinesAsTheyCome_AndErrorsAsWarnings()
    {
        Serve(_ => ScriptedExec.Reply(Version5, async exec =>
        {
            await exec.WriteAsync("on");
            await exec.WriteAsync("e\ntwo\nthr");
            await exec.SendAsync(2, Encoding.UTF8.GetBytes("careful\n"));
            await exec.WriteAsync("ee");
            await exec.EndAsync(0);
        }));
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command x -Stream");
        Assert.Equal(["one", "two", "three"], result.Output.Select(line => line.BaseObject));
        Assert.Equal("web", result.Output[0].Properties["Pod"].Value);
        Assert.Equal(["careful"], result.Warnings);
    }

    [Fact]
    public void T59_CtrlC_AndAReaderThatHasEnough_CloseTheConnectionWithinASecond()
    {
        var begun = new ManualResetEventSlim();
        var hungUp = new ManualResetEventSlim();
        Serve(_ => ScriptedExec.Reply(Version5, async exec =>
        {
            try
            {
                await exec.WriteAsync("first\n");
                begun.Set();
                await exec.WaitForHangUpAsync();
            }
            catch (Exception failure) when (failure is WebSocketException or IOException)
            {
                // This is what is waited for.
            }

            hungUp.Set();
        }));
        TimeSpan took = _engine.Stop("Invoke-KubeExec web -Command sleep, 3600", () => begun.IsSet);
        Assert.True(took < TimeSpan.FromSeconds(1), $"It took {took}.");
        Assert.True(hungUp.Wait(TimeSpan.FromSeconds(1)), "The connection stayed open after Ctrl+C.");
        hungUp.Reset();
        var clock = Stopwatch.StartNew();
        EngineResult first = _engine.Run("Invoke-KubeExec web -Command x -Stream | Select-First");
        Assert.Empty(first.Errors);
        Assert.Equal("first", Assert.Single(first.Output).BaseObject);
        Assert.True(hungUp.Wait(TimeSpan.FromSeconds(1)), "The connection stayed open after the first line.");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public void ATimeout_IsAnErrorOfItsPod()
    {
        Serve(_ => ScriptedExec.Reply(Version5, exec => exec.WaitForHangUpAsync()));
        ErrorRecord error = _engine.Run("Invoke-KubeExec web -Command sleep, 3600 -Timeout 300ms").Error;
        Assert.StartsWith("KubeExecTimeout,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
    }

    [Fact]
    public void ManyPods_RunSideBySide_AndAreToldInTheirOrder_EachWithItsOwnError()
    {
        int now = 0, most = 0;
        Serve(request => request.Path.Contains("/p3/", StringComparison.Ordinal) ? ScriptedReply.Refuse(500, "InternalError", "the node is gone") : ScriptedExec.Reply(Version5, async exec =>
        {
            int running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            // The earlier a pod stands, the later it ends.
            await Task.Delay(request.Path.Contains("/p1/", StringComparison.Ordinal) ? 600 : 200, exec.Cancel);
            Interlocked.Decrement(ref now);
            await exec.EndAsync(0);
        }));
        EngineResult result = _engine.Run("Get-KubePod p1, p2, p3, p4, p5, p6 | Invoke-KubeExec -Command x -ThrottleLimit 2");
        Assert.Equal(["p1", "p2", "p4", "p5", "p6"], result.Output.Select(item => ((KubeExecResult)item.BaseObject).Pod));
        Assert.StartsWith("KubeServerError,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, most);
    }

    [Theory]
    [InlineData("Succeeded", """{"name":"a"}""", "{}", "", "KubePodCompleted", "cannot exec into a container in a completed pod; current phase is Succeeded")]
    [InlineData("Running", """{"name":"a"},{"name":"b"}""", "{}", "-Container c", "KubeContainerNotFound", "container c is not valid for pod web out of: a, b")]
    public void WhatCannotBe_IsSaidBeforeAnythingIsRun(string phase, string containers, string annotations, string parameters, string id, string message)
    {
        Serve(_ => ScriptedExec.Ends(0), name => ScriptedReply.Ok(Pod(name, phase, containers, annotations)));
        ErrorRecord error = _engine.Run($"Invoke-KubeExec web -Command x {parameters}").Error;
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_server!.Requests, request => request.Path.EndsWith("/exec", StringComparison.Ordinal));
    }

    [Fact]
    public void TheDefaultContainer_IsTheAnnotations_ElseTheFirstWithAWarning()
    {
        Serve(_ => ScriptedExec.Ends(0), name => ScriptedReply.Ok(Pod(name, containers: """{"name":"a"},{"name":"b"}""", annotations: """{"kubectl.kubernetes.io/default-container":"b"}""")));
        Assert.Equal("b", Result(_engine.Run("Invoke-KubeExec web -Command x")).Container);
        Serve(_ => ScriptedExec.Ends(0), name => ScriptedReply.Ok(Pod(name, containers: """{"name":"a"},{"name":"b"}""")));
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command x");
        Assert.Equal("a", Result(result).Container);
        Assert.Equal("Defaulted container \"a\" out of: a, b", Assert.Single(result.Warnings));
    }

    [Fact]
    public void WhatIf_RunsNothing_AndNoCommandIsAnError()
    {
        Serve(_ => ScriptedExec.Ends(0));
        Assert.Empty(_engine.Run("Invoke-KubeExec web -Command x -WhatIf").Output);
        Assert.Empty(_server!.Requests);
        Assert.Contains("you must specify at least one command", _engine.Run("Invoke-KubeExec web").Error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EnterKubePod_NeedsAConsole()
    {
        Serve(_ => ScriptedExec.Ends(0));
        Assert.StartsWith("KubeNoTerminal,", _engine.Run("Enter-KubePod web").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
