using System.Globalization;
using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PSKube.Api;
using PSKube.Config;
using PSKube.Errors;
using PSKube.FaultServer;
using PSKube.Resources;
using PSKube.TestKit;

namespace PSKube.Tests.Api;

/// <summary>What happens between us and a server that is not as it should be. Every server is one on loopback.</summary>
public sealed class TransportTests : IDisposable
{
    private const string Pods = """{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a","namespace":"n"}}]}""";
    private readonly TestAuthority _authority = new();
    private readonly List<string> _warnings = [];
    private readonly List<string> _verbose = [];

    public void Dispose() => _authority.Dispose();

    private sealed class Listener(TransportTests test, bool bodies = false) : ICallObserver
    {
        public bool WantsBodies => bodies;

        public List<string> Debugs { get; } = [];

        public void Verbose(string text) => test._verbose.Add(text);

        public void Warning(string text) => test._warnings.Add(text);

        public void Debug(string text) => Debugs.Add(text);
    }

    private KubeClient Client(ClusterConfig config, TimeSpan? timeout = null, ICallObserver? observer = null) => new(ApiConnection.For(config), observer ?? new Listener(this), timeout ?? TimeSpan.FromSeconds(10), "default");

    private static ChangeOptions Options(DryRun dry = DryRun.None) => new(dry, "pskube", FieldValidation.Strict);

    private static ClusterConfig Config(string kubeconfig)
    {
        using var folder = new TempFolder();
        return new KubeconfigLoader().Resolve(folder.Write("config", kubeconfig), null, static _ => true);
    }

    private static async Task<List<string>> Names(KubeClient client, CancellationToken cancel = default)
    {
        (List<object> items, _) = await client.ListAllAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n" }, cancel);
        return [.. items.Select(item => ResourceHeader.Read(item).Name!)];
    }

    private async Task<KubeException> TlsFailure(X509Certificate2 certificate, string? authority, string more = "")
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods), certificate);
        var error = await Assert.ThrowsAsync<KubeException>(() => Names(Client(Config(server.Kubeconfig(authority, cluster: more)))));
        Assert.Empty(server.Requests);
        Assert.True(error.EndsCommand);
        Assert.Equal(ErrorCategory.SecurityError, error.Category);
        return error;
    }

    [Fact]
    public async Task T01_ACertificateForAnotherName_IsRefused_AndNoTokenLeaves()
    {
        using X509Certificate2 certificate = _authority.Sign("kubelet.example");
        KubeException error = await TlsFailure(certificate, _authority.Pem);
        Assert.Equal("KubeTlsNameMismatch", error.ErrorId);
        Assert.Contains("kubelet.example", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T02_ACertificateOfAnotherAuthority_IsRefused()
    {
        using var other = new TestAuthority("other");
        using X509Certificate2 certificate = other.Sign("localhost", address: IPAddress.Loopback);
        Assert.Equal("KubeTlsUntrusted", (await TlsFailure(certificate, _authority.Pem)).ErrorId);
    }

    [Fact]
    public async Task T03_WithoutAnAuthority_OnlyTheMachinesOwnAreTrusted()
    {
        using X509Certificate2 certificate = _authority.Sign("localhost", address: IPAddress.Loopback);
        Assert.Equal("KubeTlsUntrusted", (await TlsFailure(certificate, null)).ErrorId);
    }

    [Fact]
    public async Task T04_ACertificateThatRanOut_IsRefusedWithItsDate()
    {
        using X509Certificate2 certificate = _authority.Sign("localhost", DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(-10), IPAddress.Loopback);
        KubeException error = await TlsFailure(certificate, _authority.Pem);
        Assert.Equal("KubeTlsUntrusted", error.ErrorId);
        Assert.Contains($"{DateTime.UtcNow.AddDays(-10):yyyy-MM-dd}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T05_TheSecondAuthorityOfABundle_IsTrustedToo()
    {
        using var first = new TestAuthority("first");
        using X509Certificate2 certificate = _authority.Sign("localhost", address: IPAddress.Loopback);
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods), certificate);
        Assert.Equal(["a"], await Names(Client(Config(server.Kubeconfig(first.Pem + "\n" + _authority.Pem)))));
        Assert.Equal("Bearer canary-token", Assert.Single(server.Requests).Headers["Authorization"]);
    }

    [Fact]
    public async Task T06_SkippingTheCheck_WorksWithOneWarning()
    {
        using X509Certificate2 certificate = _authority.Sign("elsewhere");
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods), certificate);
        ClusterConfig config = Config(server.Kubeconfig(cluster: ", insecure-skip-tls-verify: true"));
        Assert.Equal(["a"], await Names(Client(config)));
        Assert.Equal(["a"], await Names(Client(config)));
        Assert.Contains("not checked", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T07_TheTlsServerName_IsWhatTheCertificateHasToCarry()
    {
        using X509Certificate2 certificate = _authority.Sign("inner.example");
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods), certificate);
        Assert.Equal(["a"], await Names(Client(Config(server.Kubeconfig(_authority.Pem, cluster: ", tls-server-name: inner.example")))));
    }

    [Fact]
    public async Task T09_ARefusedConnection_IsToldInKubectlsWords()
    {
        ClusterConfig config;
        using (var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods))) config = Config(server.Kubeconfig());
        var error = await Assert.ThrowsAsync<KubeException>(() => Names(Client(config)));
        Assert.Equal("KubeConnectionFailed", error.ErrorId);
        Assert.Equal(ErrorCategory.ConnectionError, error.Category);
        Assert.Contains($"The connection to the server 127.0.0.1:{config.Server.Port} was refused - did you specify the right host or port?", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T10_ABodyThatFallsSilent_EndsAtTheTimeLimit()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods) with { OnlyBytes = 30, Silent = true });
        var clock = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<KubeException>(() => Names(Client(Config(server.Kubeconfig()), TimeSpan.FromMilliseconds(400))));
        Assert.Equal("KubeRequestTimeout", error.ErrorId);
        Assert.Equal(ErrorCategory.OperationTimeout, error.Category);
        Assert.InRange(clock.ElapsedMilliseconds, 300, 4000);
    }

    [Fact]
    public async Task T11_ACancelledRead_EndsAtOnce_AndTheServerSeesIt()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods) with { OnlyBytes = 30, Silent = true });
        using var cancel = new CancellationTokenSource(300);
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Names(Client(Config(server.Kubeconfig())), cancel.Token));
        Assert.InRange(clock.ElapsedMilliseconds, 200, 1500);
        for (int i = 0; i < 50 && server.ClosedByClient == 0; i++) await Task.Delay(20);
        Assert.True(server.ClosedByClient > 0);
    }

    [Fact]
    public async Task T12_AReadThatBreaksOff_IsAskedAgainOnce_AWriteNever()
    {
        int calls = 0;
        using var server = new ScriptedServer(request => ScriptedReply.Ok(Pods) with { OnlyBytes = request.Method == "POST" || Interlocked.Increment(ref calls) == 1 ? 20 : null });
        KubeClient client = Client(Config(server.Kubeconfig()));
        Assert.Equal(["a"], await Names(client));
        Assert.Equal(2, server.Requests.Count);
        var error = await Assert.ThrowsAsync<KubeException>(() => client.CreateAsync(BuiltInKinds.Pod, "n", new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "x" } }, new ChangeOptions(DryRun.None, "t", FieldValidation.Strict), default));
        Assert.Equal("KubeResponseInvalid", error.ErrorId);
        Assert.Contains("may have been made", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Single(server.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task T13_AProxysPage_IsAnErrorWithItsTextEscapedAndShort()
    {
        string page = "<html>\u001b[31m" + new string('x', 5000);
        using var server = new ScriptedServer(_ => new ScriptedReply(502, page) { ContentType = "text/html" });
        var error = await Assert.ThrowsAsync<KubeApiException>(() => Names(Client(Config(server.Kubeconfig()))));
        Assert.Equal("KubeServerError", error.ErrorId);
        Assert.True(error.Message.Length < 2200);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Fact]
    public async Task T13_ASignInPageInsteadOfAList_IsNoList()
    {
        using var server = new ScriptedServer(_ => new ScriptedReply(200, "<html>sign in</html>") { ContentType = "text/html" });
        Assert.Equal("KubeResponseInvalid", (await Assert.ThrowsAsync<KubeException>(() => Names(Client(Config(server.Kubeconfig()))))).ErrorId);
    }

    [Fact]
    public async Task T14_ARedirectIsNotFollowed()
    {
        using var target = new ScriptedServer(_ => ScriptedReply.Ok(Pods));
        using var server = new ScriptedServer(_ => new ScriptedReply(302, "") { Headers = [("Location", target.Address + "/api")] });
        var error = await Assert.ThrowsAsync<KubeApiException>(() => Names(Client(Config(server.Kubeconfig()))));
        Assert.Equal("KubeRedirected", error.ErrorId);
        Assert.Contains(target.Address, error.Message, StringComparison.Ordinal);
        Assert.Empty(target.Requests);
    }

    [Fact]
    public async Task T15_ACompressedBody_IsRead_WhereCompressionIsNotOff()
    {
        using var server = new ScriptedServer(request => ScriptedReply.Ok(Pods) with { Gzip = request.Headers.TryGetValue("Accept-Encoding", out string? takes) && takes.Contains("gzip", StringComparison.Ordinal) });
        Assert.Equal(["a"], await Names(Client(Config(server.Kubeconfig()))));
        Assert.Equal("gzip", server.Requests[0].Headers["Accept-Encoding"]);
        Assert.Equal(["a"], await Names(Client(Config(server.Kubeconfig(cluster: ", disable-compression: true")))));
        Assert.False(server.Requests[1].Headers.ContainsKey("Accept-Encoding"));
    }

    [Theory]
    [InlineData(Http2Break.Unprocessed)]
    [InlineData(Http2Break.HalfBody)]
    [InlineData(Http2Break.Reset)]
    public async Task T16_AServerThatSaysGoodbyeInTheMiddle_IsAskedAgain(Http2Break how)
    {
        using X509Certificate2 certificate = _authority.Sign("localhost", address: IPAddress.Loopback);
        using var server = new Http2Server(certificate, Pods, breaks: 1, how);
        Assert.Equal(["a"], await Names(Client(Config(Http2Config(server)))));
        Assert.Equal(2, server.Requests);
    }

    [Theory]
    [InlineData(Http2Break.HalfBody)]
    [InlineData(Http2Break.Reset)]
    public async Task T16_AWriteThatWasBegun_IsNotRepeated_AndMayHaveBeenMade(Http2Break how)
    {
        using X509Certificate2 certificate = _authority.Sign("localhost", address: IPAddress.Loopback);
        using var server = new Http2Server(certificate, "{}", breaks: 1, how);
        var error = await Assert.ThrowsAsync<KubeException>(() => Client(Config(Http2Config(server))).DeleteAsync(BuiltInKinds.Pod, "n", "x", new DeleteOptions(null, null, null, DryRun.None), default));
        Assert.Equal("KubeResponseInvalid", error.ErrorId);
        Assert.Equal("The change may have been made: read the object before you repeat it.", error.RecommendedAction);
        Assert.Equal(1, server.Requests);
    }

    private string Http2Config(Http2Server server)
    {
        using var any = new ScriptedServer(_ => ScriptedReply.Ok(Pods));
        return any.Kubeconfig(_authority.Pem).Replace(any.Address, server.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T17_TheEleventhRefusal_Stands()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Refuse(429, "TooManyRequests", "slow down") with { Headers = [("Retry-After", "0")] });
        Assert.Equal("KubeTooManyRequests", (await Assert.ThrowsAsync<KubeApiException>(() => Names(Client(Config(server.Kubeconfig()))))).ErrorId);
        Assert.Equal(11, server.Requests.Count);
    }

    [Fact]
    public async Task T17_ABusyServer_IsWaitedFor_ButNotForAnHour()
    {
        int calls = 0;
        using var server = new ScriptedServer(_ => Interlocked.Increment(ref calls) == 1 ? ScriptedReply.Refuse(429, "TooManyRequests", "slow down") with { Headers = [("Retry-After", "1")] } : ScriptedReply.Ok(Pods));
        Assert.Equal(["a"], await Names(Client(Config(server.Kubeconfig()))));
        Assert.Equal(2, server.Requests.Count);

        using var far = new ScriptedServer(_ => ScriptedReply.Refuse(429, "TooManyRequests", "slow down") with { Headers = [("Retry-After", "3600")] });
        var error = await Assert.ThrowsAsync<KubeApiException>(() => Names(Client(Config(far.Kubeconfig()))));
        Assert.Equal("KubeTooManyRequests", error.ErrorId);
        Assert.Equal(TimeSpan.FromHours(1), error.RetryAfter);
        Assert.Single(far.Requests);
    }

    [Fact]
    public async Task T18_AFailedWrite_IsNotRepeated()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Refuse(500, "InternalError", "webhook failed"));
        KubeClient client = Client(Config(server.Kubeconfig()));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.DeleteAsync(BuiltInKinds.Pod, "n", "x", new DeleteOptions(null, null, null, DryRun.None), default));
        Assert.Equal("KubeServerError", error.ErrorId);
        Assert.Equal("pod/x in n: webhook failed", error.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task T19_AChangeWhoseCredentialIsRenewed_IsSentAgainWhole()
    {
        using var folder = new TempFolder();
        string token = folder.Write("token", "first");
        using var server = new ScriptedServer(request =>
        {
            File.WriteAllText(token, "second");
            return request.Headers["Authorization"] == "Bearer second" ? ScriptedReply.Ok("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x","namespace":"n"}}""") : ScriptedReply.Refuse(401, "Unauthorized", "Unauthorized");
        });
        await Client(Config(server.Kubeconfig(user: $"tokenFile: '{token}'"))).CreateAsync(BuiltInKinds.Pod, "n", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x" } }, Options(), default);
        Assert.Equal(["Bearer first", "Bearer second"], server.Requests.Select(request => request.Headers["Authorization"]));
        Assert.All(server.Requests, request => Assert.Equal("""{"metadata":{"name":"x"}}""", request.Body));
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(408, true)]
    [InlineData(501, false)]
    [InlineData(429, false)]
    [InlineData(409, false)]
    [InlineData(403, false)]
    public async Task T18_ARefusalOfAWrite_TellsWhetherItMayHaveBeenMade(int code, bool open)
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Refuse(code, "Whatever", "etcdserver: request timed out"));
        KubeClient client = Client(Config(server.Kubeconfig()));
        Assert.Equal(open, (await Assert.ThrowsAsync<KubeApiException>(() => client.PatchAsync(BuiltInKinds.Pod, "n", "x", null, PatchTypes.Merge, new JsonObject(), Options(), default))).MayHaveBeenMade);
        Assert.False((await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(BuiltInKinds.Pod, "n", "x", default))).MayHaveBeenMade);
    }

    [Fact]
    public async Task T18_ARefusalAfterAnotherAttempt_MayBeOfWhatThatOneHasMade()
    {
        int calls = 0;
        using var server = new ScriptedServer(_ => Interlocked.Increment(ref calls) == 1 ? ScriptedReply.Refuse(504, "ServerTimeout", "come back") with { Headers = [("Retry-After", "0")] } : ScriptedReply.Refuse(409, "AlreadyExists", "x is there already"));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => Client(Config(server.Kubeconfig())).CreateAsync(BuiltInKinds.Pod, "n", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x" } }, Options(), default));
        Assert.Equal("KubeAlreadyExists", error.ErrorId);
        Assert.True(error.MayHaveBeenMade);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task T12_AWriteWithoutAnAnswer_MayHaveBeenMade_OneThatWasNotSentHasNot()
    {
        using var silent = new ScriptedServer(_ => ScriptedReply.Ok("{}") with { OnlyBytes = 0, Silent = true });
        KubeClient client = Client(Config(silent.Kubeconfig()), TimeSpan.FromMilliseconds(400));
        var late = await Assert.ThrowsAsync<KubeException>(() => Patch(client, DryRun.None));
        Assert.Equal("KubeRequestTimeout", late.ErrorId);
        Assert.True(late.MayHaveBeenMade);
        Assert.Equal("The change may have been made: read the object before you repeat it.", late.RecommendedAction);
        Assert.False((await Assert.ThrowsAsync<KubeException>(() => Patch(client, DryRun.Server))).MayHaveBeenMade);

        string gone;
        using (var closed = new ScriptedServer(_ => ScriptedReply.Ok("{}"))) gone = closed.Kubeconfig();
        var refused = await Assert.ThrowsAsync<KubeException>(() => Patch(Client(Config(gone)), DryRun.None));
        Assert.Equal("KubeConnectionFailed", refused.ErrorId);
        Assert.False(refused.MayHaveBeenMade);

        static Task Patch(KubeClient client, DryRun dry) => client.PatchAsync(BuiltInKinds.Pod, "n", "x", null, PatchTypes.Merge, new JsonObject(), Options(dry), default);
    }

    [Fact]
    public async Task T19_ARefusedTokenIsRenewedOnce_ThenTheRefusalStands()
    {
        using var folder = new TempFolder();
        string token = folder.Write("token", "first");
        using var server = new ScriptedServer(request =>
        {
            File.WriteAllText(token, "second");
            return request.Headers["Authorization"] == "Bearer second" ? ScriptedReply.Ok(Pods) : ScriptedReply.Refuse(401, "Unauthorized", "Unauthorized");
        });
        Assert.Equal(["a"], await Names(Client(Config(server.Kubeconfig(user: $"tokenFile: '{token}'")))));
        Assert.Equal(["Bearer first", "Bearer second"], server.Requests.Select(request => request.Headers["Authorization"]));

        using var strict = new ScriptedServer(_ => ScriptedReply.Refuse(401, "Unauthorized", "Unauthorized"));
        var error = await Assert.ThrowsAsync<KubeApiException>(() => Names(Client(Config(strict.Kubeconfig()))));
        Assert.Equal("KubeUnauthorized", error.ErrorId);
        Assert.Equal(ErrorCategory.AuthenticationError, error.Category);
        Assert.True(error.EndsCommand);
        Assert.Single(strict.Requests);
    }

    [Fact]
    public async Task T25_ImpersonationIsSent()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods));
        await Names(Client(Config(server.Kubeconfig(user: "token: t, as: jane, as-uid: '7', as-groups: [dev], as-user-extra: {Reason: [why]}"))));
        IReadOnlyDictionary<string, string> headers = server.Requests[0].Headers;
        Assert.Equal(("jane", "7", "dev", "why"), (headers["Impersonate-User"], headers["Impersonate-Uid"], headers["Impersonate-Group"], headers["Impersonate-Extra-reason"]));
    }

    [Fact]
    public async Task T85_AServersWarnings_AreSaidOnceAndEscaped()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(Pods) with { Headers = [("Warning", "299 - \"v1beta1 is deprecated, use v1\"")] });
        await Names(Client(Config(server.Kubeconfig())));
        Assert.Equal(["v1beta1 is deprecated, use v1"], _warnings);
    }

    [Fact]
    public async Task T34_BodiesAreShownWithSecretsMasked()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok("""{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"s"},"data":{"password":"Y2FuYXJ5"}}]}"""));
        var listener = new Listener(this, bodies: true);
        KubeClient client = Client(Config(server.Kubeconfig()), observer: listener);
        await client.ListAllAsync(BuiltInKinds.Secret, new ListOptions { Namespace = "n" }, default);
        await client.CreateAsync(BuiltInKinds.Secret, "n", new() { ["kind"] = "Secret", ["stringData"] = new System.Text.Json.Nodes.JsonObject { ["k"] = "canary" } }, new ChangeOptions(DryRun.None, "t", FieldValidation.Strict), default);
        string all = string.Join('\n', listener.Debugs.Concat(_verbose));
        Assert.Contains("\"password\":\"***\"", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Y2FuYXJ5", all, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T54_PagesAreFetchedAsTheyAreNeeded()
    {
        string Page(int from, string next)
        {
            IEnumerable<string> items = Enumerable.Range(from, 500).Select(i => "{\"metadata\":{\"name\":\"p" + i + "\"}}");
            return "{\"metadata\":{\"continue\":\"" + next + "\"},\"items\":[" + string.Join(',', items) + "]}";
        }

        using var server = new ScriptedServer(request => ScriptedReply.Ok(request.Target.Contains("continue=two", StringComparison.Ordinal) ? Page(1000, "") : request.Target.Contains("continue=one", StringComparison.Ordinal) ? Page(500, "two") : Page(0, "one")));
        ClusterConfig config = Config(server.Kubeconfig());
        await foreach (ListItem item in Client(config).ListAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n" }, default))
        {
            if (ResourceHeader.Read(item.Object).Name == "p2") break;
        }

        Assert.Single(server.Requests);
        List<string> names = await Names(Client(config));
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => $"p{i}"), names);
        Assert.Equal(4, server.Requests.Count);
        Assert.Contains("limit=250", server.Requests[0].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T55_AContinueTokenThatRanOut_IsAnError_NotAMixedList()
    {
        using var server = new ScriptedServer(request => request.Target.Contains("continue=", StringComparison.Ordinal) ? ScriptedReply.Refuse(410, "Expired", "too old") : ScriptedReply.Ok("""{"metadata":{"continue":"x"},"items":[{"metadata":{"name":"a"}}]}"""));
        var seen = new List<string>();
        var error = await Assert.ThrowsAsync<KubeException>(async () =>
        {
            await foreach (ListItem item in Client(Config(server.Kubeconfig())).ListAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n" }, default)) seen.Add(ResourceHeader.Read(item.Object).Name!);
        });
        Assert.Equal("KubeExpired", error.ErrorId);
        Assert.Equal(["a"], seen);
    }

    [Theory]
    [InlineData("""{"metadata":{},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}""")]
    [InlineData("""{"metadata":{},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":]}""")]
    [InlineData("""{"metadata":{},"items":[{"metadata":{"name":"a"}}]""")]
    [InlineData("""{"metadata":{},"items":[{"metadata":{"name":"a"}}]}}""")]
    public async Task T56_APageThatGoesWrong_GivesWhatCameBefore_AndAnError(string body)
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(body));
        var seen = new List<string>();
        var error = await Assert.ThrowsAsync<KubeException>(async () =>
        {
            await foreach (ListItem item in Client(Config(server.Kubeconfig())).ListAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n" }, default)) seen.Add(ResourceHeader.Read(item.Object).Name!);
        });
        Assert.Equal("KubeResponseInvalid", error.ErrorId);
        Assert.Contains("not valid JSON", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a"], seen);
    }

    [Fact]
    public async Task APageWhoseMetadataComesLast_IsReadAsAnyOther()
    {
        using var server = new ScriptedServer(request => ScriptedReply.Ok(request.Target.Contains("continue=next", StringComparison.Ordinal)
            ? """{"items":[null,{"metadata":{"name":"c"}}],"kind":"PodList","metadata":{"resourceVersion":"8"}}"""
            : """{"items":[{"metadata":{"name":"a","continue":"not this"}},{"metadata":{"name":"b"}}],"metadata":{"continue":"next"}}"""));
        Assert.Equal(["a", "b", "c"], await Names(Client(Config(server.Kubeconfig()))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(64)]
    [InlineData(249)]
    [InlineData(251)]
    [InlineData(700)]
    public async Task ALimit_IsKeptToTheObject_WhateverThePagesAre(int limit)
    {
        // A server may give fewer than it was asked for, with more behind.
        using var server = new ScriptedServer(request =>
        {
            int from = request.Target.Split("continue=") is [_, var rest] ? int.Parse(rest.Split('&')[0], CultureInfo.InvariantCulture) : 0;
            IEnumerable<string> items = Enumerable.Range(from, 100).Select(i => "{\"metadata\":{\"name\":\"p" + i + "\"}}");
            return ScriptedReply.Ok($$$"""{"metadata":{"continue":"{{{from + 100}}}"},"items":[{{{string.Join(',', items)}}}]}""");
        });
        var seen = new List<string>();
        await foreach (ListItem item in Client(Config(server.Kubeconfig())).ListAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n", Limit = limit }, default)) seen.Add(ResourceHeader.Read(item.Object).Name!);
        Assert.Equal(Enumerable.Range(0, limit).Select(i => $"p{i}"), seen);
        Assert.InRange(server.Requests.Count, (limit + 99) / 100, ((limit + 99) / 100) + 1);
    }

    [Fact]
    public async Task T56_OneBadItem_DoesNotHideTheOthers()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok("""{"metadata":{},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"bad","namespace":"n"},"spec":{"containers":"x"}},{"metadata":{"name":"c"}}]}"""));
        (List<object> items, List<KubeException> failures) = await Client(Config(server.Kubeconfig())).ListAllAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n" }, default);
        Assert.Equal(["a", "c"], items.Select(item => ResourceHeader.Read(item).Name));
        Assert.Contains("pod/bad in n", Assert.Single(failures).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"metadata":{},"items":null}""")]
    [InlineData("""{"items":[]}""")]
    [InlineData("""{}""")]
    public async Task T57_AnEmptyListHasManyForms(string body)
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Ok(body));
        Assert.Empty(await Names(Client(Config(server.Kubeconfig()))));
    }
}
