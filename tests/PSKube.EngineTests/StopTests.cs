using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;
using System.Reflection;
using PSKube.Api;
using PSKube.Commands;
using PSKube.FaultServer;

namespace PSKube.EngineTests;

/// <summary>How a command comes to its end before it is done.</summary>
public enum Ending
{
    /// <summary>Ctrl+C.</summary>
    Stopped,

    /// <summary>A command after it has all that it wanted.</summary>
    FirstTaken,

    /// <summary>A command after it fails.</summary>
    FailedDownstream,

    /// <summary>The runspace is closed.</summary>
    RunspaceClosed,
}

/// <summary>Nothing else runs while a second is measured.</summary>
[CollectionDefinition(nameof(StopTests), DisableParallelization = true)]
public sealed class StopCollection;

/// <summary>Whatever ends a command that still waits for a server ends its connections too, within a second as the server sees it, and leaves no failure that nobody looks at.</summary>
[Collection(nameof(StopTests))]
public sealed class StopTests : IDisposable
{
    private readonly ConcurrentQueue<string> _unobserved = new();
    private readonly TestKit.TempFolder _folder = new();

    public StopTests() => TaskScheduler.UnobservedTaskException += Note;

    public void Dispose()
    {
        TaskScheduler.UnobservedTaskException -= Note;
        _folder.Dispose();
    }

    private void Note(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        // The servers of other tests may leave some behind; what counts is what our own code has thrown.
        string text = e.Exception.ToString();
        if (text.Contains("at PSKube.Api.", StringComparison.Ordinal) || text.Contains("at PSKube.Commands.", StringComparison.Ordinal) || text.Contains("at PSKube.Config.", StringComparison.Ordinal)) _unobserved.Enqueue(text);
    }

    private void NothingWasLeftUnobserved()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(_unobserved.IsEmpty, string.Join("\n\n", _unobserved));
    }

    private Engine Open(ScriptedServer server)
    {
        var engine = new Engine();
        engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", _folder.Write("config", server.Kubeconfig())));
        return engine;
    }

    public static TheoryData<string> Talking() => [.. TalkingCommands.All.Select(pair => pair.Name).Where(name => name != "Invoke-KubePod")];

    /// <summary>Invoke-KubePod is not here: what it has begun to create it removes first, for which it gives the server five seconds.</summary>
    [Theory]
    [MemberData(nameof(Talking))]
    public void T11_CtrlC_EndsEveryCommandThatWaitsForItsAnswer(string command)
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Open("{"));
        using Engine engine = Open(server);
        var lag = new SchedulingLag();
        TimeSpan stop = engine.Stop(TalkingCommands.Line(command), () => server.Requests.Count > 0 && lag.Restart());
        AllClose(server, () => server.Requests.Count, stop, lag);
        NothingWasLeftUnobserved();
    }

    /// <summary>The commands whose answers go on, what each opens, and whether it has said something by then.</summary>
    private static readonly (string Line, int Connections, bool Tells)[] s_streams =
    [
        ("Get-KubePod", 1, true),
        ("Get-KubeResource things.example.com", 1, true),
        ("Get-KubeEvent -Follow", 1, true),
        ("Get-KubeLog p", 1, true),
        ("Get-KubeLog p -Raw", 1, false),
        ("Get-KubeLog p -Follow", 1, true),
        ("'p', 'q', 'r' | Get-KubeLog -Follow", 3, true),
        ("Watch-KubeResource pod -Namespace waits", 1, true),
        ("'pod/ready', 'pod/late' | Wait-KubeResource -Namespace waits", 1, true),
        ("'deployment/ready', 'deployment/late' | Wait-KubeRollout", 1, true),
        ("Invoke-KubeExec p -Command x -Stream", 1, true),
        ("Invoke-KubeExec p -Command x", 1, false),
        ("'p', 'q' | ForEach-Object { \"pod/$_\" } | Get-KubeResource | Invoke-KubeExec -Command x", 2, false),
        ("Invoke-KubePod busybox -Name late -Namespace waits -Command x", 1, false),
        ("New-KubeDeployment late nginx -Wait", 1, false),
        ("New-KubePod late nginx -Namespace waits -Wait", 1, false),
        ("Remove-KubePod late -Namespace waits -Wait -Confirm:$false", 1, false),
        ("@{ apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'late' } } | Invoke-KubeApply -Wait", 1, false),
        ("Set-KubeScale deployment/late -Replicas 2 -Wait", 1, false),
        ("Save-KubeScale deployment/late -Wait", 1, false),
        ("Remove-KubeStatefulSet late -ScaleDownFirst -Confirm:$false", 1, false),
        ("Set-KubeImage deployment/late -Image x:2 -Wait", 1, false),
        ("Restart-KubeRollout deployment/late -Wait", 1, false),
    ];

    public static TheoryData<string, int, Ending> Streams()
    {
        var data = new TheoryData<string, int, Ending>();
        foreach ((string line, int connections, bool tells) in s_streams)
        {
            foreach (Ending ending in tells ? Enum.GetValues<Ending>() : [Ending.Stopped, Ending.RunspaceClosed]) data.Add(line, connections, ending);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void T59_HoweverACommandEnds_ItsConnectionsCloseWithinASecond(string line, int connections, Ending ending)
    {
        using var server = new ScriptedServer(ScriptedApi.Answer);
        using Engine engine = Open(server);
        var lag = new SchedulingLag();
        int Opened() => server.Requests.Count(ScriptedApi.IsOpen);
        bool Ready() => Opened() == connections;
        switch (ending)
        {
            case Ending.Stopped:
                AllClose(server, Opened, engine.Stop(line, () => Ready() && lag.Restart()), lag);
                break;
            case Ending.RunspaceClosed:
                AllClose(server, Opened, Close(engine, line, () => Ready() && lag.Restart()), lag);
                break;
            default:
                // The first that is told while all are open; what came before stays in the pipeline.
                string after = ending == Ending.FirstTaken ? "Select-First" : "ForEach-Object { throw 'downstream' }";
                EngineResult result = engine.Run($"{line} | ForEach-Object {{ while (-not $ready.Invoke()) {{ [System.Threading.Thread]::Sleep(20) }}; $_ }} | {after}", ("ready", (Func<bool>)(() => Ready() || line == "Get-KubePod" || line.StartsWith("Get-KubeResource", StringComparison.Ordinal))));
                if (ending == Ending.FirstTaken) Assert.Empty(result.Errors);
                else Assert.Equal("downstream", result.Error.Exception.Message);
                lag.Restart();
                AllClose(server, Opened, TimeSpan.Zero, lag);
                break;
        }

        NothingWasLeftUnobserved();
    }

    [Fact]
    public void T59_WhatTheTabKeyDoesNotWaitFor_IsNotLeftUnobserved()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok("") with { OnlyBytes = 0, Silent = true });
        using Engine engine = Open(server);
        EngineResult result = engine.Run("(TabExpansion2 \"Get-KubePod -Kubeconfig '$file' -Namespace n -Name w\").CompletionMatches", ("file", Path.Combine(_folder.Path, "config")));
        Assert.Empty(result.Errors);
        Assert.NotEmpty(server.Requests);
        // The request is given up at the moment at which the key stops waiting; which of them is first is chance.
        Thread.Sleep(500);
        NothingWasLeftUnobserved();
    }

    [Theory]
    [InlineData("Get-KubeWorkload")]
    [InlineData("Get-KubeWorkload -Tree")]
    [InlineData("Get-KubeResource things.example.com")]
    [InlineData("Get-KubeDescription pod/a")]
    [InlineData("Get-KubeAutoscaler")]
    [InlineData("Test-KubeCluster")]
    [InlineData("Test-KubeWorkload")]
    [InlineData("'a', 'b' | Get-KubeLog -Follow")]
    [InlineData("'pod/a', 'deployment/b' | Wait-KubeResource")]
    [InlineData("'pod/a', 'deployment/b' | Watch-KubeResource")]
    [InlineData("Invoke-KubeExec a, b, c -Command x")]
    public void T59_WhenManyRequestsFailAtOnce_NoFailureIsLeftUnobserved(string line)
    {
        foreach (int status in new[] { 401, 403, 500 })
        {
            using var server = new ScriptedServer(_ => ScriptedReply.Refuse(status, "No", "no"));
            using Engine engine = Open(server);
            engine.Run(line + " -ErrorAction SilentlyContinue");
            Assert.NotEmpty(server.Requests);
        }

        NothingWasLeftUnobserved();
    }

    /// <summary>Every class of ours that opens something that stays open has a command above that goes through it.</summary>
    [Fact]
    public void T59_EveryCommandThatStreams_IsAmongThem()
    {
        MethodBase[] openers = [.. new[] { (typeof(KubeCmdlet), "Pull"), (typeof(KubeApiCmdlet), "WaitForAll"), (typeof(KubeClient), nameof(KubeClient.ExecAsync)), (typeof(ChangeTargetCmdlet), "EmitWhenReady") }
            .SelectMany(pair => pair.Item1.GetMember(pair.Item2, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OfType<MethodBase>())];
        Assert.Equal(4, openers.Select(opener => opener.Name).Distinct().Count());
        Type[] tested = [.. TalkingCommands.All.Where(pair => s_streams.Any(stream => stream.Line.Contains(pair.Name, StringComparison.Ordinal))).Select(pair => pair.Type)];
        foreach (Type opener in TalkingCommands.All.SelectMany(pair => Ladder(pair.Type)).Distinct().Where(type => Calls(type, openers)))
        {
            Assert.True(Array.Exists(tested, opener.IsAssignableFrom), $"{opener.Name} opens what stays open; {nameof(StopTests)} needs a line that goes through it.");
        }
    }

    private static IEnumerable<Type> Ladder(Type type)
    {
        for (Type? step = type; step is not null && step != typeof(KubeApiCmdlet); step = step.BaseType) yield return step;
    }

    /// <summary>Whether a class, its lambdas and its iterators included, calls one of these methods.</summary>
    private static bool Calls(Type type, MethodBase[] targets)
    {
        const BindingFlags own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetMethods(own).Any(method => Callees(method).Any(called => targets.Any(target => target.MetadataToken == called.MetadataToken && target.Module == called.Module)))
            || type.GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public).Any(nested => Calls(nested, targets));
    }

    private static IEnumerable<MethodBase> Callees(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int i = 0; i + 4 < code.Length; i++)
        {
            // call and callvirt; what looks like one by chance does not resolve, or to nothing that is asked for.
            if (code[i] is not 0x28 and not 0x6F) continue;
            MethodBase? called = null;
            try
            {
                called = method.Module.ResolveMethod(BitConverter.ToInt32(code, i + 1), method.DeclaringType?.GetGenericArguments(), method.GetGenericArguments());
            }
            catch (Exception failure) when (failure is ArgumentException or BadImageFormatException)
            {
                continue;
            }

            if (called is not null) yield return called is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : called;
        }
    }

    private static TimeSpan Close(Engine engine, string line, Func<bool> when)
    {
        PowerShell shell = PowerShell.Create(engine.Runspace);
        shell.AddScript(line);
        shell.BeginInvoke();
        Assert.True(SpinWait.SpinUntil(when, TimeSpan.FromSeconds(30)), "The command did not come to the point at which its runspace is to be closed.");
        var clock = Stopwatch.StartNew();
        engine.Runspace.Close();
        return clock.Elapsed;
    }

    private static void AllClose(ScriptedServer server, Func<int> opened, TimeSpan already, SchedulingLag lag)
    {
        var clock = Stopwatch.StartNew();
        while (server.ClosedByClient < opened() && already + clock.Elapsed < TimeSpan.FromSeconds(1) + lag.Waited) Thread.Sleep(5);
        Assert.True(server.ClosedByClient == opened(), $"The server saw {server.ClosedByClient} of {opened()} connections close in {already + clock.Elapsed}; this process waited {lag.Waited} for a processor.");
    }
}
