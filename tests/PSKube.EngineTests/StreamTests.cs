using System.Diagnostics;
using System.Management.Automation;
using PSKube.FaultServer;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>
/// Whatever ends a command that still reads ends its connections too, within a second as the server sees it. Watch-KubeResource
/// and the Ctrl+C of waits and lists are in <see cref="WatchTests"/>, <see cref="WaitTests"/> and <see cref="ClusterTests"/>.
/// </summary>
public sealed class StreamTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private readonly ScriptedServer _server;

    public StreamTests()
    {
        _server = new ScriptedServer(Answer);
        _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", _folder.Write("config", _server.Kubeconfig())));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    /// <summary>Answers that tell something and then stay open: logs, watches, and the second page of a list.</summary>
    private static ScriptedReply Answer(SeenRequest request)
    {
        if (IsOpen(request)) return Open(Told(request));
        if (request.Path.EndsWith("/pods", StringComparison.Ordinal) && !request.Path.Contains("/waits/", StringComparison.Ordinal)) return ScriptedReply.Ok($$"""{"metadata":{"resourceVersion":"5","continue":"next"},"items":[{{string.Join(',', Enumerable.Range(0, 20).Select(i => Pod($"p{i}", true)))}}]}""");
        if (request.Path.EndsWith("/pods", StringComparison.Ordinal)) return ScriptedReply.Ok($$"""{"metadata":{"resourceVersion":"5"},"items":[{{Pod("ready", true, "waits")}},{{Pod("late", false, "waits")}}]}""");
        if (request.Path.EndsWith("/events", StringComparison.Ordinal)) return ScriptedReply.Ok($$"""{"metadata":{"resourceVersion":"5"},"items":[]}""");
        return ScriptedReply.Ok(Pod(request.Path.Split('/')[^1], true));
    }

    private static bool IsOpen(SeenRequest request) => request.Path.EndsWith("/log", StringComparison.Ordinal) || request.Target.Contains("watch=true", StringComparison.Ordinal) || request.Target.Contains("continue=next", StringComparison.Ordinal);

    private static string Told(SeenRequest request) =>
        request.Path.EndsWith("/log", StringComparison.Ordinal) ? "2026-01-02T03:04:05Z a\n"
        : request.Path.EndsWith("/events", StringComparison.Ordinal) ? """{"type":"ADDED","object":{"kind":"Event","apiVersion":"v1","metadata":{"name":"e","namespace":"default","uid":"e","resourceVersion":"6"},"involvedObject":{"kind":"Pod","name":"p"}}}""" + "\n"
        : "";

    private static string Pod(string name, bool ready, string ns = "default") => $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","uid":"u-{{{name}}}","resourceVersion":"4"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""";

    private static ScriptedReply Open(string text) => ScriptedReply.Ok(text + new string(' ', 4096)) with { OnlyBytes = text.Length, Silent = true };

    private int Opened => _server.Requests.Count(IsOpen);

    [Theory]
    [InlineData("Get-KubeEvent -Follow", 1)]
    [InlineData("Get-KubeLog p", 1)]
    [InlineData("Get-KubeLog p -Raw", 1)]
    [InlineData("Get-KubeLog p -Follow", 1)]
    [InlineData("'p', 'q', 'r' | Get-KubeLog -Follow", 3)]
    [InlineData("Get-KubePod", 1)]
    public void T59_CtrlC_EndsTheCommandAndItsConnections(string script, int connections)
    {
        TimeSpan stop = _engine.Stop(script, () => Opened == connections);
        Assert.True(stop < Second, $"The command took {stop} to end.");
        AssertClosed(connections, Second - stop);
    }

    [Theory]
    [InlineData("Get-KubeEvent -Follow | Select-First", 1)]
    [InlineData("Get-KubeLog p | Select-First", 1)]
    [InlineData("Get-KubeLog p -Follow | Select-First", 1)]
    [InlineData("'p', 'q', 'r' | Get-KubeLog -Follow -AsObject | ForEach-Object { $n = 0 } { if (++$n -eq 3) { $_ } } | Select-First", 3)]
    [InlineData("'pod/ready', 'pod/late' | Wait-KubeResource -Namespace waits | Select-First", 1)]
    [InlineData("Get-KubeEvent -Follow | ForEach-Object { throw 'downstream' }", 1)]
    [InlineData("Get-KubeLog p -Follow | ForEach-Object { throw 'downstream' }", 1)]
    [InlineData("'p', 'q', 'r' | Get-KubeLog -Follow | ForEach-Object { $n = 0 } { if (++$n -eq 3) { throw 'downstream' } }", 3)]
    [InlineData("'pod/ready', 'pod/late' | Wait-KubeResource -Namespace waits | ForEach-Object { throw 'downstream' }", 1)]
    [InlineData("Get-KubePod | ForEach-Object { $n = 0 } { if (++$n -eq 15) { throw 'downstream' } }", 1)]
    public void T59_AReaderThatHasEnough_EndsTheCommandAndItsConnections(string script, int connections)
    {
        var clock = Stopwatch.StartNew();
        EngineResult result = _engine.Run(script);
        TimeSpan took = clock.Elapsed;
        Assert.All(result.Errors, error => Assert.Equal("downstream", error.Exception.Message));
        Assert.Equal(script.Contains("throw", StringComparison.Ordinal), result.Errors.Count == 1);
        // The start of the command is in this time too.
        Assert.True(took < TimeSpan.FromSeconds(5), $"The command took {took}.");
        AssertClosed(connections, Second);
    }

    private void AssertClosed(int connections, TimeSpan within)
    {
        bool closed = SpinWait.SpinUntil(() => _server.ClosedByClient == connections, within > TimeSpan.Zero ? within : TimeSpan.Zero);
        Assert.True(closed, $"The server saw {_server.ClosedByClient} of {connections} connections close.");
        Assert.Equal(connections, Opened);
    }
}
