using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PSKube.Config;
using PSKube.Errors;
using PSKube.FaultServer;

namespace PSKube.Tests.Config.Transport;

public sealed class TransportTests
{
    private static readonly X509Certificate2 s_authority = Certificates.Authority();

    private static ClusterConfig Config(Uri server, X509Certificate2Collection? authority = null, bool skip = false, string? name = null, Uri? proxy = null, ICredentialSource? credentials = null, Impersonation? impersonation = null) => new()
    {
        Server = server,
        Source = "test",
        CertificateAuthority = authority ?? (skip ? null : [s_authority]),
        SkipTlsVerify = skip,
        TlsServerName = name,
        Proxy = proxy,
        Credentials = credentials ?? new FixedCredentials(new Credential { Authorization = "Bearer canary" }),
        Impersonation = impersonation,
    };

    private static async Task<string> Get(ClusterConfig config, HttpMethod? method = null, HttpContent? content = null, Version? version = null)
    {
        using var client = new HttpClient(ClusterTransport.Create(config, TimeSpan.FromSeconds(5)));
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(config.Server, "api")) { Content = content, Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request);
            return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or KubeException)
        {
            throw TransportErrors.Translate(error, config);
        }
    }

    private static async Task<KubeException> Refused(RawServer server, ClusterConfig config, string id)
    {
        KubeException error = await Assert.ThrowsAsync<KubeException>(() => Get(config));
        Assert.Equal(id, error.ErrorId);
        Assert.Equal(ErrorCategory.SecurityError, error.Category);
        Assert.True(error.EndsCommand);
        Assert.Null(error.InnerException);
        Assert.Empty(server.Requests);
        return error;
    }

    [Fact]
    public async Task ACertificateOfTheAuthorityWithTheRightName_IsTrusted()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1", "localhost"]);
        await using var server = new RawServer(leaf);
        Assert.Equal("200 ok", await Get(Config(server.Url())));
        Assert.Equal("200 ok", await Get(Config(server.Url("localhost"))));
        Assert.Contains("Authorization: Bearer canary", server.Requests.First(), StringComparison.Ordinal);
        Assert.Contains("Accept-Encoding: gzip", server.Requests.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T01_AnotherName_IsRefusedBeforeAnythingIsSent()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["other.example"]);
        await using var server = new RawServer(leaf);
        KubeException error = await Refused(server, Config(server.Url()), "KubeTlsNameMismatch");
        Assert.Contains("other.example", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T01_ACommonNameAlone_IsNoName()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, [], subject: "CN=localhost");
        await using var server = new RawServer(leaf);
        await Refused(server, Config(server.Url("localhost")), "KubeTlsNameMismatch");
    }

    [Fact]
    public async Task T02_AnotherPrivateAuthority_IsRefused()
    {
        using X509Certificate2 other = Certificates.Authority("CN=somebody else");
        using X509Certificate2 leaf = Certificates.Leaf(other, ["127.0.0.1"]);
        await using var server = new RawServer(leaf);
        Assert.Contains("somebody else", (await Refused(server, Config(server.Url()), "KubeTlsUntrusted")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T02_AnAuthorityOfTheSameNameWithAnotherKey_IsRefused()
    {
        using X509Certificate2 twin = Certificates.Authority(s_authority.Subject);
        using X509Certificate2 leaf = Certificates.Leaf(twin, ["127.0.0.1"]);
        await using var server = new RawServer(leaf, chain: [s_authority]);
        await Refused(server, Config(server.Url()), "KubeTlsUntrusted");
    }

    [Fact]
    public async Task T03_WithoutAPinnedAuthority_TheMachinesStoreDecides()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"]);
        await using var server = new RawServer(leaf);
        var config = new ClusterConfig { Server = server.Url(), Source = "test" };
        Assert.Contains("this machine does not trust", (await Refused(server, config, "KubeTlsUntrusted")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T03_APinnedAuthority_IsTheOnlyOne()
    {
        X509ChainPolicy policy = new ServerTrust(Config(new Uri("https://h"))).Options(Credential.None).CertificateChainPolicy!;
        Assert.Equal(X509ChainTrustMode.CustomRootTrust, policy.TrustMode);
        Assert.Equal([s_authority.Thumbprint], policy.CustomTrustStore.Select(c => c.Thumbprint));
    }

    [Fact]
    public async Task T04_AnExpiredCertificate_IsRefusedWithItsDate()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"], DateTimeOffset.UtcNow.AddHours(-20), new DateTimeOffset(DateTime.UtcNow.AddHours(-2)));
        await using var server = new RawServer(leaf);
        string message = (await Refused(server, Config(server.Url()), "KubeTlsUntrusted")).Message;
        Assert.Contains($"expired on {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T04_ACertificateThatIsNotValidYet_IsRefusedWithItsDate()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"], DateTimeOffset.UtcNow.AddHours(2), DateTimeOffset.UtcNow.AddHours(4));
        await using var server = new RawServer(leaf);
        string message = (await Refused(server, Config(server.Url()), "KubeTlsUntrusted")).Message;
        Assert.Contains($"not valid before {leaf.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T05_TheSecondOfTwoAuthorities_Counts()
    {
        using X509Certificate2 other = Certificates.Authority("CN=another");
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"]);
        await using var server = new RawServer(leaf);
        Assert.Equal("200 ok", await Get(Config(server.Url(), [other, s_authority])));
    }

    [Fact]
    public async Task T05_AnIntermediateAlone_IsEnoughAsItIsForKubectl()
    {
        using X509Certificate2 intermediate = Certificates.Authority("CN=intermediate", s_authority);
        using X509Certificate2 leaf = Certificates.Leaf(intermediate, ["127.0.0.1"]);
        await using var server = new RawServer(leaf);
        Assert.Equal("200 ok", await Get(Config(server.Url(), [new X509Certificate2Collection(X509CertificateLoader.LoadCertificate(intermediate.RawData))[0]])));
        await using var other = new RawServer(Certificates.Leaf(intermediate, ["wrong.example"]));
        await Refused(other, Config(other.Url(), [intermediate]), "KubeTlsNameMismatch");
    }

    [Fact]
    public async Task T05_ATwinOfThePinnedIntermediate_IsRefused()
    {
        using X509Certificate2 intermediate = Certificates.Authority("CN=intermediate", s_authority);
        using X509Certificate2 twin = Certificates.Authority("CN=intermediate", s_authority);
        using X509Certificate2 leaf = Certificates.Leaf(twin, ["127.0.0.1"]);
        foreach (X509Certificate2Collection sent in new X509Certificate2Collection[] { [], [intermediate], [twin], [intermediate, s_authority] })
        {
            await using var server = new RawServer(leaf, chain: sent);
            await Refused(server, Config(server.Url(), [intermediate]), "KubeTlsUntrusted");
        }
    }

    [Fact]
    public async Task T05_APinnedServerCertificate_IsEnough_AndIsNoAuthority()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"]);
        using X509Certificate2 forged = Certificates.Leaf(leaf, ["127.0.0.1"], leaf.NotBefore, leaf.NotAfter, subject: "CN=forged");
        await using var server = new RawServer(leaf);
        Assert.Equal("200 ok", await Get(Config(server.Url(), [leaf])));
        await using var forger = new RawServer(forged, chain: [leaf, s_authority]);
        await Refused(forger, Config(forger.Url(), [leaf]), "KubeTlsUntrusted");
        await Refused(forger, Config(forger.Url()), "KubeTlsUntrusted");
    }

    [Fact]
    public async Task T05_WhatServersSend_DoesNotPileUpInThePolicy()
    {
        using X509Certificate2 intermediate = Certificates.Authority("CN=intermediate", s_authority);
        using X509Certificate2 leaf = Certificates.Leaf(intermediate, ["127.0.0.1"]);
        await using var server = new RawServer(leaf, _ => RawServer.Ok("ok", "Connection: close\r\n"), chain: [intermediate]);
        using SocketsHttpHandler handler = ClusterTransport.CreateInner(Config(server.Url()), Credential.None, TimeSpan.FromSeconds(5));
        using var client = new HttpClient(handler);
        for (int i = 0; i < 3; i++) await client.GetStringAsync(server.Url());
        Assert.Single(handler.SslOptions.CertificateChainPolicy!.ExtraStore);
        Assert.Equal([s_authority.Thumbprint], handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Select(c => c.Thumbprint));
    }

    [Fact]
    public async Task AServerThatShowsAClientCertificate_IsRefused()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"], purpose: "1.3.6.1.5.5.7.3.2");
        await using var server = new RawServer(leaf);
        await Refused(server, Config(server.Url()), "KubeTlsUntrusted");
    }

    [Fact]
    public async Task T06_SkippingTheCheck_AcceptsAnyCertificate()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["other.example"]);
        await using var server = new RawServer(leaf);
        Assert.Equal("200 ok", await Get(Config(server.Url(), skip: true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T07_TheTlsServerName_IsAskedForAndChecked(bool http2)
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["inner.example"]);
        await using var server = new RawServer(leaf) { OfferHttp2 = false };
        Assert.Equal("200 ok", await Get(Config(server.Url(), name: "inner.example"), version: http2 ? HttpVersion.Version20 : HttpVersion.Version11));
        Assert.Equal("inner.example", server.ServerNames.First());
        Assert.Contains($"Host: 127.0.0.1:{server.Port}", server.Requests.First(), StringComparison.Ordinal);
        await using var wrong = new RawServer(Certificates.Leaf(s_authority, ["127.0.0.1"]));
        Assert.Contains("inner.example", (await Refused(wrong, Config(wrong.Url(), name: "inner.example"), "KubeTlsNameMismatch")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T07_WebSockets_GoTheSameWay()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["inner.example"]);
        await using var server = new RawServer(leaf, head =>
        {
            if (!head.Contains("Bearer t2", StringComparison.Ordinal)) return RawServer.Status(401);
            string key = head.Split("Sec-WebSocket-Key: ")[1].Split('\r')[0];
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1 here; nothing rests on it.
            string accept = Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
            return $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
        });
        var config = Config(server.Url(), name: "inner.example", credentials: new Counting(), impersonation: new Impersonation("jane", null, [], new Dictionary<string, IReadOnlyList<string>>()));
        using var invoker = new HttpMessageInvoker(ClusterTransport.Create(config));
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(config.Server) { Scheme = "wss" }.Uri, invoker, default);
        Assert.Equal(System.Net.WebSockets.WebSocketState.Open, socket.State);
        Assert.Equal("inner.example", server.ServerNames.First());
        Assert.Contains("Impersonate-User: jane", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("inner.example")]
    public async Task Http2_IsAgreedOnWhereTheServerHasIt(string? name)
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1", "inner.example"]);
        await using var server = new RawServer(leaf) { OfferHttp2 = true };
        await Assert.ThrowsAsync<KubeException>(() => Get(Config(server.Url(), name: name), version: HttpVersion.Version20));
        Assert.Equal("h2", server.Protocols.First());
        await Get(Config(server.Url(), name: name), version: HttpVersion.Version11);
        Assert.NotEqual("h2", server.Protocols.Last());
    }

    [Fact]
    public async Task T08_AProxy_IsUsed_AndTheNameIsStillChecked()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["api.example"]);
        await using var server = new RawServer(leaf);
        await using var proxy = new RawServer(null);
        Assert.Equal("200 ok", await Get(Config(server.Url("api.example"), proxy: proxy.Url())));
        Assert.StartsWith($"CONNECT api.example:{server.Port}", proxy.Requests.First(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", proxy.Requests.First(), StringComparison.Ordinal);
        Assert.Equal("200 ok", await Get(Config(server.Url("far.example"), proxy: proxy.Url(), name: "api.example")));
        KubeException error = await Assert.ThrowsAsync<KubeException>(() => Get(Config(server.Url("far.example"), proxy: proxy.Url())));
        Assert.Equal("KubeTlsNameMismatch", error.ErrorId);
        await Assert.ThrowsAsync<KubeException>(() => Get(Config(server.Url("api.example"), proxy: proxy.Url(), name: "far.example")));
    }

    [Fact]
    public async Task T08_ASocksProxy_IsSpokenToAsOne()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<string> pending = Task.Run(() => Get(Config(new Uri("https://api.example:6443"), proxy: new Uri($"socks5://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"))));
        using TcpClient client = await listener.AcceptTcpClientAsync();
        Assert.Equal(5, client.GetStream().ReadByte());
        client.Close();
        Assert.Equal("KubeConnectionFailed", (await Assert.ThrowsAsync<KubeException>(() => pending)).ErrorId);
    }

    [Theory]
    [InlineData("https://10.1.2.3/", true)]
    [InlineData("https://127.0.0.1/", true)]
    [InlineData("https://localhost/", true)]
    [InlineData("https://[::1]/", true)]
    [InlineData("https://11.1.2.3/", false)]
    [InlineData("https://far.example/", false)]
    public void TheEnvironmentsProxy_KnowsNetworksAndThisMachine(string server, bool direct)
    {
        var proxy = new ClusterProxy(new WebProxy("http://proxy:3128"), "a.example, 10.0.0.0/8");
        Assert.Equal(direct, proxy.IsBypassed(new Uri(server)));
        Assert.Equal(direct, proxy.GetProxy(new Uri(server)) is null);
    }

    [Fact]
    public async Task T09_ARefusedConnection_IsToldInKubectlsWords()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        KubeException error = await Assert.ThrowsAsync<KubeException>(() => Get(Config(new Uri($"https://127.0.0.1:{port}"))));
        Assert.Equal(("KubeConnectionFailed", ErrorCategory.ConnectionError, true), (error.ErrorId, error.Category, error.EndsCommand));
        Assert.Equal($"The connection to the server 127.0.0.1:{port} was refused - did you specify the right host or port?", error.Message);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T09_AnUnknownName_IsTold()
    {
        KubeException error = await Assert.ThrowsAsync<KubeException>(() => Get(Config(new Uri("https://no-such-host.invalid:6443"))));
        Assert.Equal("KubeConnectionFailed", error.ErrorId);
        Assert.Contains("no-such-host.invalid", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T09_AServerThatNeverShakesHands_IsGivenUpInTime()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var config = Config(new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"));
        using var client = new HttpClient(ClusterTransport.Create(config, TimeSpan.FromSeconds(0.5)));
        var watch = Stopwatch.StartNew();
        Exception raw = await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync(config.Server));
        KubeException error = TransportErrors.Translate(raw, config);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4));
        Assert.Equal("KubeConnectionFailed", error.ErrorId);
        Assert.Contains("in time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerWithoutTls_IsToldSo()
    {
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        Task<string> pending = Task.Run(() => Get(Config(new Uri($"https://127.0.0.1:{((IPEndPoint)plain.LocalEndpoint).Port}"))));
        using TcpClient client = await plain.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync("HTTP/1.0 400 Bad Request\r\n\r\n"u8.ToArray());
        KubeException error = await Assert.ThrowsAsync<KubeException>(() => pending);
        Assert.Equal("KubeConnectionFailed", error.ErrorId);
        Assert.Contains("TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T14_ARedirect_IsNotFollowed()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"]);
        await using var server = new RawServer(leaf, _ => RawServer.Status(302, "Location: https://elsewhere.example/\r\n"));
        Assert.Equal("302 ", await Get(Config(server.Url())));
    }

    [Fact]
    public async Task T19_ARefusedCredential_IsRenewedOnceAndTheBodySentAgain()
    {
        await using var server = new RawServer(null, head => head.Contains("Bearer t2", StringComparison.Ordinal) ? RawServer.Ok("in") : RawServer.Status(401));
        Assert.Equal("200 in", await Get(Config(server.Url(), credentials: new Counting()), HttpMethod.Post, new StringContent("body", Encoding.UTF8)));
        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.EndsWith("\r\n\r\nbody", request, StringComparison.Ordinal));
        Assert.Equal(1, server.Requests.Last().Split("Authorization:").Length - 1);
    }

    [Fact]
    public async Task T19_ASecondRefusal_Stands()
    {
        await using var server = new RawServer(null, _ => RawServer.Status(401));
        Assert.Equal("401 ", await Get(Config(server.Url(), credentials: new Counting())));
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal("401 ", await Get(Config(server.Url())));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task T19_AStream_IsNotSentTwice()
    {
        await using var server = new RawServer(null, _ => RawServer.Status(401));
        Assert.Equal("401 ", await Get(Config(server.Url(), credentials: new Counting()), HttpMethod.Post, new StreamContent(new MemoryStream("body"u8.ToArray()))));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task T25_Impersonation_IsOnEveryRequest()
    {
        await using var server = new RawServer(null, head => head.Contains("Bearer t2", StringComparison.Ordinal) ? RawServer.Ok("in") : RawServer.Status(401));
        var whom = new Impersonation("jane", "42", ["dev", "ops"], new Dictionary<string, IReadOnlyList<string>> { ["a.example/reason"] = ["x", "y"] });
        await Get(Config(server.Url(), credentials: new Counting(), impersonation: whom));
        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, head =>
        {
            Assert.Contains("Impersonate-User: jane\r\n", head, StringComparison.Ordinal);
            Assert.Contains("Impersonate-Uid: 42\r\n", head, StringComparison.Ordinal);
            Assert.Matches("Impersonate-Group: dev(, |\r\nImpersonate-Group: )ops\r\n", head);
            Assert.Matches("Impersonate-Extra-a.example%2Freason: x(, |\r\nImpersonate-Extra-a.example%2Freason: )y\r\n", head);
        });
    }

    [Fact]
    public async Task AClientCertificate_IsShownWithItsChain_AndANewOneTakesItsPlace()
    {
        using X509Certificate2 leaf = Certificates.Leaf(s_authority, ["127.0.0.1"]);
        using X509Certificate2 first = Certificates.Leaf(s_authority, [], purpose: "1.3.6.1.5.5.7.3.2", subject: "CN=first");
        using X509Certificate2 second = Certificates.Leaf(s_authority, [], purpose: "1.3.6.1.5.5.7.3.2", subject: "CN=second");
        await using var server = new RawServer(leaf) { AskForClientCertificate = true };
        var source = new Switched { Current = new Credential { ClientCertificate = first, ClientCertificateChain = [s_authority] } };
        var config = Config(server.Url(), credentials: source);
        using var client = new HttpClient(ClusterTransport.Create(config));
        await client.GetStringAsync(config.Server);
        await client.GetStringAsync(config.Server);
        source.Current = new Credential { ClientCertificate = second };
        await client.GetStringAsync(config.Server);
        Assert.Equal([first.Thumbprint, second.Thumbprint], server.ClientCertificates);
    }

    private sealed class Counting : ICredentialSource
    {
        private int _count = 1;
        private Credential _current = new() { Authorization = "Bearer t1" };

        public bool CanRefresh => true;

        public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
        {
            if (ReferenceEquals(rejected, _current)) _current = new Credential { Authorization = $"Bearer t{++_count}" };
            return new ValueTask<Credential>(_current);
        }
    }

    private sealed class Switched : ICredentialSource
    {
        public required Credential Current { get; set; }

        public bool CanRefresh => false;

        public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel) => new(Current);
    }
}
