using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PSKube.FaultServer;
using PSKube.Output;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>Watch-KubeResource against a server that closes, forgets, garbles and restarts.</summary>
public sealed class WatchTests : IDisposable
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

    /// <summary>A server whose lists and watches are answered in turn; the last watch stays open.</summary>
    private ScriptedServer Script(IEnumerable<ScriptedReply> lists, IEnumerable<ScriptedReply> watches)
    {
        var list = new Queue<ScriptedReply>(lists);
        var watch = new Queue<ScriptedReply>(watches);
        return Serve(request => request.Target.Contains("watch=true", StringComparison.Ordinal)
            ? watch.Count > 0 ? watch.Dequeue() : Last("")
            : list.Count > 1 ? list.Dequeue() : list.Peek());
    }

    private static string Pod(string name, int version) => Invariant($$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default","uid":"u-{{{name}}}","resourceVersion":"{{{version}}}"}}""");

    private static ScriptedReply List(int version, params string[] items) => ScriptedReply.Ok(Invariant($$"""{"metadata":{"resourceVersion":"{{version}}"},"items":[{{string.Join(',', items)}}]}"""));

    private static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""" + "\n";

    private static string Bookmark(int version) => Event("BOOKMARK", Invariant($$$"""{"kind":"Pod","metadata":{"resourceVersion":"{{{version}}}"}}"""));

    private static string Gone() => Event("ERROR", """{"kind":"Status","status":"Failure","message":"too old resource version","reason":"Expired","code":410}""");

    /// <summary>A watch whose connection the server closes after these lines.</summary>
    private static ScriptedReply Closed(string lines) => ScriptedReply.Ok(lines);

    /// <summary>A watch that stays open after these lines.</summary>
    private static ScriptedReply Open(string lines) => ScriptedReply.Ok(lines + new string(' ', 4096)) with { OnlyBytes = lines.Length, Silent = true };

    /// <summary>The last watch of a test: it stays open after these lines and one that ends <see cref="Watch"/>.</summary>
    private static ScriptedReply Last(string lines) => Open(lines + Event("ADDED", Pod("end", 999)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is told until the last line comes, however long that takes.</summary>
    private string[] Watch(string parameters = "-Timeout 90") => [.. _engine.Run($"Watch-KubeResource pod {parameters} | ForEach-Object {{ if ($_.Name -ne 'end') {{ [void]$told.Add($_) }} else {{ $_ }} }} | Select-First | Out-Null; $told.ToArray()", ("told", new List<PSObject>())).Output.Select(item => (KubeWatchEvent)item.BaseObject).Select(change => $"{change.Change} {change.Name}")];

    private IEnumerable<string?> WatchedFrom() => _server!.Requests.Where(request => request.Target.Contains("watch=true", StringComparison.Ordinal)).Select(request => System.Web.HttpUtility.ParseQueryString(request.Target.Split('?')[1])["resourceVersion"]);

    [Fact]
    public void WhatIsThereComesFirst_ThenEachChangeOnce()
    {
        Script([List(5, Pod("a", 1), Pod("b", 2))], [Last(Event("MODIFIED", Pod("a", 6)) + Event("ADDED", Pod("c", 7)) + Event("DELETED", Pod("b", 8)))]);
        Assert.Equal(["Added a", "Added b", "Modified a", "Added c", "Deleted b"], Watch());
        Assert.Equal(["5"], WatchedFrom());
        Assert.Contains("allowWatchBookmarks=true", _server!.Requests[^1].Target, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyChanges_AndOnlySomeKindsOfThem()
    {
        Script([List(5, Pod("a", 1))], [Open(Event("MODIFIED", Pod("a", 6)) + Event("DELETED", Pod("a", 7)))]);
        Assert.Equal(["Modified a", "Deleted a"], Watch("-Timeout 1 -ChangeOnly"));
        Script([List(5, Pod("a", 1))], [Open(Event("MODIFIED", Pod("a", 6)) + Event("DELETED", Pod("a", 7)))]);
        Assert.Equal(["Deleted a"], Watch("-Timeout 1 -Change Deleted"));
    }

    [Fact]
    public void T58_AClosedConnection_GoesOnFromTheLastVersion_BookmarksIncluded()
    {
        Script([List(5)], [Closed(Event("ADDED", Pod("a", 6)) + Bookmark(9)), Last(Event("MODIFIED", Pod("a", 10)))]);
        Assert.Equal(["Added a", "Modified a"], Watch());
        Assert.Equal(["5", "9"], WatchedFrom());
    }

    [Fact]
    public void T58_AConnectionThatTellsNothing_OrOnlyWhereItIs_GoesOnFromThere()
    {
        Script([List(5, Pod("a", 1))], [Closed(""), Closed(Bookmark(9)), Last(Event("MODIFIED", Pod("a", 10)))]);
        Assert.Equal(["Added a", "Modified a"], Watch());
        Assert.Equal(["5", "5", "9"], WatchedFrom());
    }

    [Fact]
    public void T58_AVersionThatIsForgotten_IsListedAnew_AndTheDifferenceTold()
    {
        Script([List(5, Pod("a", 1), Pod("b", 2), Pod("c", 3)), List(20, Pod("a", 1), Pod("b", 15), Pod("d", 16))], [Open(Gone())]);
        Assert.Equal(["Added a", "Added b", "Added c", "Modified b", "Added d", "Deleted c"], Watch());
        Assert.Equal(["5", "20"], WatchedFrom());
    }

    [Fact]
    public void T58_ForgottenAsHttpStatus_IsTheSame()
    {
        Script([List(5, Pod("a", 1)), List(20, Pod("b", 19))], [ScriptedReply.Refuse(410, "Expired", "too old")]);
        Assert.Equal(["Added a", "Added b", "Deleted a"], Watch());
    }

    [Fact]
    public void T58_HalfALineAndGarbage_LoseNothingAndTellNothingTwice()
    {
        string whole = Event("ADDED", Pod("b", 7));
        Script([List(5)], [Closed(Event("ADDED", Pod("a", 6)) + whole[..20]), Closed(whole + "garbage\n"), Last(Event("MODIFIED", Pod("b", 8)))]);
        Assert.Equal(["Added a", "Added b", "Modified b"], Watch());
        Assert.Equal(["5", "6", "7"], WatchedFrom());
    }

    [Fact]
    public void T58_ALineOfMoreThanAMegabyte_IsAnEventLikeAnother()
    {
        string large = Event("ADDED", """{"metadata":{"name":"a","uid":"u","resourceVersion":"6","annotations":{"x":"PAD"}}}""".Replace("PAD", new string('x', 3_000_000), StringComparison.Ordinal));
        Script([List(5)], [Last(large + Event("ADDED", Pod("b", 7)))]);
        Assert.Equal(["Added a", "Added b"], Watch());
    }

    [Fact]
    public void T58_AServerThatFailsForAWhile_IsAskedAgain_WithAWarning()
    {
        Script([List(5, Pod("a", 1))], [ScriptedReply.Refuse(500, "InternalError", "etcd is away"), Open(Event("MODIFIED", Pod("a", 6)))]);
        EngineResult result = _engine.Run("Watch-KubeResource pod -Timeout 4");
        Assert.Equal(2, result.Output.Count);
        Assert.Contains("interrupted (etcd is away)", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void T58_ARefusalEndsTheWatch()
    {
        Script([List(5, Pod("a", 1))], [ScriptedReply.Refuse(403, "Forbidden", "may not watch")]);
        EngineResult result = _engine.Run("Watch-KubeResource pod -Timeout 20");
        Assert.Single(result.Output);
        Assert.StartsWith("KubeForbidden,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void AnObjectThatCannotBeRead_IsAnError_AndTheWatchGoesOn()
    {
        Script([List(5)], [Open(Event("ADDED", """{"metadata":{"name":"a","uid":"u","resourceVersion":"6"},"spec":{"containers":7}}""") + Event("ADDED", Pod("b", 7)))]);
        EngineResult result = _engine.Run("Watch-KubeResource pod -Timeout 1.5");
        Assert.Single(result.Output);
        Assert.StartsWith("KubeResponseInvalid,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void T59_CtrlC_ClosesTheConnectionWithinASecond()
    {
        Script([List(5)], [Open("")]);
        TimeSpan stop = _engine.Stop("Watch-KubeResource pod", () => _server!.Requests.Count == 2);
        Assert.True(stop < TimeSpan.FromSeconds(1), $"{stop}");
        Assert.True(SpinWait.SpinUntil(() => _server!.ClosedByClient > 0, TimeSpan.FromSeconds(1)), "The connection stayed open.");
    }

    [Theory]
    [InlineData("Watch-KubeResource pod | Select-First")]
    [InlineData("Watch-KubeResource pod | ForEach-Object { throw 'downstream' }")]
    public void T59_AReaderThatHasEnough_ClosesTheConnectionWithinASecond(string script)
    {
        Script([List(5)], [Open(Event("ADDED", Pod("a", 6)))]);
        var clock = Stopwatch.StartNew();
        try
        {
            _engine.Run(script);
        }
        catch (RuntimeException failure)
        {
            Assert.Equal("downstream", failure.Message);
        }

        Assert.True(SpinWait.SpinUntil(() => _server!.ClosedByClient > 0, TimeSpan.FromSeconds(3) - clock.Elapsed), "The connection stayed open.");
    }

    [Fact]
    public void PipedObjectsOfSeveralKinds_AreWatchedSideBySide()
    {
        Serve(request => request.Target.Contains("watch=true", StringComparison.Ordinal)
            ? Open(Event("MODIFIED", Pod(request.Path.Contains("pods", StringComparison.Ordinal) ? "a" : "web", 9)))
            : List(5, Pod(request.Path.Contains("pods", StringComparison.Ordinal) ? "a" : "web", 1)));
        EngineResult result = _engine.Run("'pod/a','deployment/web' | Watch-KubeResource -Timeout 1.5 | ForEach-Object { \"$($_.Change) $($_.Kind) $($_.Name)\" }");
        Assert.Equal(["Added Deployment web", "Added Pod a", "Modified Deployment web", "Modified Pod a"], result.Output.Select(item => item.ToString()).Order(StringComparer.Ordinal));
    }
}
