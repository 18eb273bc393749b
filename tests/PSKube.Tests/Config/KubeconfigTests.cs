using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PSKube.Config;
using PSKube.Errors;
using PSKube.FaultServer;

namespace PSKube.Tests.Config;

public sealed class KubeconfigTests : KubeconfigFixture
{
    private static string Context(string name, string server = "https://h:6443", string user = "u", string extra = "") => $$"""
        apiVersion: v1
        kind: Config
        {{extra}}
        clusters:
        - {name: {{name}}, cluster: {server: "{{server}}"} }
        users:
        - {name: {{user}}, user: {token: t-{{name}} } }
        contexts:
        - {name: {{name}}, context: {cluster: {{name}}, user: {{user}} } }

        """;

    [Fact]
    public void T20_AnEmptyKubeconfigVariable_IsAsIfUnset()
    {
        Write("home/.kube/config", Context("mine", extra: "current-context: mine"));
        SetEnvironment("KUBECONFIG", "");
        Assert.Equal("mine", Loader.Resolve(null, null).ContextName);
    }

    [Fact]
    public void T20_EmptyRepeatedAndMissingEntries_AreSkipped()
    {
        string a = Write("a", Context("a", extra: "current-context: a"));
        string b = Write("b", Context("b"));
        char sep = Path.PathSeparator;
        SetEnvironment("KUBECONFIG", $"{sep}{a}{sep}{sep}{Path.Combine(Folder, "missing")}{sep}{a}{sep}{b}{sep}");
        Kubeconfig found = Loader.Load(null);
        Assert.Equal(["a", "b"], found.ContextNames);
        Assert.Equal([a, b], found.Files.Select(f => f.Path));
    }

    [Fact]
    public void T20_WhenAllAreMissing_TheErrorSaysWhereItLooked()
    {
        string missing = Path.Combine(Folder, "missing");
        SetEnvironment("KUBECONFIG", missing);
        var error = Assert.Throws<KubeException>(() => Loader.Resolve(null, null));
        Assert.Equal("KubeConfigNotFound", error.ErrorId);
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.True(error.EndsCommand);
    }

    [Fact]
    public void T20_WithoutAnyConfiguration_NoServerIsGuessed()
    {
        var error = Assert.Throws<KubeException>(() => Loader.Resolve(null, null));
        Assert.Equal("KubeConfigNotFound", error.ErrorId);
        Assert.Contains(Path.Combine("home", ".kube", "config"), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("8080", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T20_AFolderAndAnUnreadableFile_AreNamed()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "dir")).FullName;
        KubeException error = Refused(folder);
        Assert.Equal("KubeConfigInvalid", error.ErrorId);
        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T21_OfTwoEntriesWithOneName_TheFirstCountsWhole()
    {
        string a = Write("a", "current-context: ''\n" + Context("x", "https://first:1"));
        string b = Write("b", Context("x", "https://second:2", extra: "current-context: x"));
        SetEnvironment("KUBECONFIG", a + Path.PathSeparator + b);
        ClusterConfig config = Loader.Resolve(null, null);
        Assert.Equal("https://first:1/", config.Server.AbsoluteUri);
    }

    [Fact]
    public async Task T21_ARelativePath_IsMeantFromItsOwnFile()
    {
        string a = Write("one/a", Context("a", extra: "current-context: b"));
        string b = Write("two/b", Context("b").Replace("token: t-b", "tokenFile: keys/token", StringComparison.Ordinal).Replace("name: u", "name: v", StringComparison.Ordinal).Replace("user: u", "user: v", StringComparison.Ordinal));
        Write("two/keys/token", "from-two\n");
        SetEnvironment("KUBECONFIG", a + Path.PathSeparator + b);
        Assert.Equal("Bearer from-two", await Authorization(Loader.Resolve(null, null)));
    }

    [Fact]
    public async Task T22_ContextsAreExactCase()
    {
        string path = Write("config", """
            clusters:
            - {name: prod, cluster: {server: "https://lower"}}
            - {name: Prod, cluster: {server: "https://upper"}}
            users:
            - {name: prod, user: {token: lower}}
            - {name: Prod, user: {token: upper}}
            contexts:
            - {name: prod, context: {cluster: prod, user: prod}}
            - {name: Prod, context: {cluster: Prod, user: Prod}}
            """);
        Assert.Equal("lower", Resolve(path, "prod").Server.Host);
        Assert.Equal("upper", Resolve(path, "Prod").Server.Host);
        Assert.Equal("Bearer upper", await Authorization(Resolve(path, "Prod")));
    }

    [Fact]
    public void T22_AWrongName_GetsTheNearOnes()
    {
        string path = Write("config", Context("prod-eu") + "");
        KubeException error = Refused(path, "PROD-EU");
        Assert.Equal("KubeContextNotFound", error.ErrorId);
        Assert.Contains("'PROD-EU'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'prod-eu'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prod-eu", "prd-eu", true)]
    [InlineData("prod-eu", "prod", true)]
    [InlineData("a", "b", false)]
    [InlineData("staging", "testing", false)]
    public void T22_OnlyWhatLooksAlike_IsOffered(string known, string typed, bool near) => Assert.Equal(near, Refused(Write("config", Context(known)), typed).Message.Contains("Did you mean", StringComparison.Ordinal));

    [Fact]
    public void T22_NoCurrentContext_IsSaidWithTheChoices()
    {
        KubeException error = Refused(Write("config", Context("only")));
        Assert.Equal("KubeContextNotFound", error.ErrorId);
        Assert.Contains("'only'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFF", "\n")]
    [InlineData("", "\r\n")]
    [InlineData("\uFEFF", "\r\n")]
    public void T23_ByteOrderMarksAndWindowsLineEnds_AreRead(string mark, string newLine)
    {
        string text = mark + Context("a", extra: "current-context: a").Replace("\n", newLine, StringComparison.Ordinal);
        Assert.Equal("a", Resolve(Write("config", text)).ContextName);
    }

    [Fact]
    public void T23_JsonWithTabs_IsRead()
    {
        string path = Write("config", "{\n\t\"kind\": \"Config\",\n\t\"clusters\": [\n\t\t{\"name\": \"k\", \"cluster\": {\"server\": \"https://h\"}}],\n\t\"users\": [],\n\t\"contexts\": [{\"name\": \"j\", \"context\": {\"cluster\": \"k\"}}],\n\t\"current-context\": \"j\"\n}\n");
        Assert.Equal("https://h/", Resolve(path).Server.AbsoluteUri);
    }

    [Fact]
    public void T23_UnknownFields_AreLeftAlone()
    {
        string path = Write("config", Context("a", extra: "current-context: a\npreferences: {colors: true}\nx-tool: [1, {deep: [2]}]"));
        Assert.Equal("a", Resolve(path).ContextName);
    }

    [Fact]
    public void T23_BrokenYaml_IsToldWithLineAndColumn()
    {
        KubeException error = Refused(Write("config", "clusters:\n- name: a\n\tcluster: x\n"));
        Assert.Equal("KubeConfigInvalid", error.ErrorId);
        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("column", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T23_AnEmptyFile_HasNoContexts()
    {
        KubeException error = Refused(Write("config", ""));
        Assert.Equal("KubeContextNotFound", error.ErrorId);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("- ")]
    [InlineData("{a: ")]
    public void T23_EndlessNesting_IsRefusedWithoutEndingTheProcess(string opening)
    {
        KubeException error = Refused(Write("config", "x: " + string.Concat(Enumerable.Repeat(opening, 200_000))));
        Assert.Equal("KubeConfigInvalid", error.ErrorId);
    }

    [Fact]
    public void T23_AliasesThatMultiply_AreRefused()
    {
        var bomb = new StringBuilder("x0: &a0 [v, v, v, v, v, v, v, v, v, v]\n");
        for (int i = 1; i < 12; i++) bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"x{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        string path = Write("config", bomb + """
            current-context: c
            clusters:
            - name: k
              cluster:
                server: https://h
                extensions: [{name: client.authentication.k8s.io/exec, extension: *a11}]
            users:
            - {name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x, provideClusterInfo: true}}}
            contexts:
            - {name: c, context: {cluster: k, user: u}}
            """);
        Assert.Contains("aliases", Refused(path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllProblems_ComeInOneError()
    {
        KubeException error = Refused(WriteUser("client-certificate-data: '***'\nclient-key: nowhere.key\nas-groups: [g]", "insecure-skip-tls-verify: true\nproxy-url: ftp://p"));
        Assert.Equal("KubeConfigInvalid", error.ErrorId);
        Assert.Contains("names no server", error.Message, StringComparison.Ordinal);
        Assert.Contains("proxy-url", error.Message, StringComparison.Ordinal);
        Assert.Contains("client-certificate-data", error.Message, StringComparison.Ordinal);
        Assert.Contains("as-groups", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingClusterAndUser_AreBothNamed()
    {
        KubeException error = Refused(Write("config", "current-context: c\ncontexts:\n- {name: c, context: {cluster: ghost, user: nobody}}\n"));
        Assert.Contains("'ghost'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AUserWithoutCredentials_IsAnonymous() => Assert.Same(AnonymousCredentials.Instance, Resolve(WriteUser("{}")).Credentials);

    [Fact]
    public void T24_BadClientCertificates_AreToldByFieldAndNeverByContent()
    {
        using X509Certificate2 authority = Certificates.Authority();
        using X509Certificate2 mine = Certificates.Leaf(authority, []);
        using X509Certificate2 other = Certificates.Leaf(authority, []);
        string certificate = Certificates.Base64(mine.ExportCertificatePem());
        using ECDsa key = mine.GetECDsaPrivateKey()!;
        string encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("canary-password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        foreach ((string cert, string keyData, string field) in new[]
        {
            ("not-base64!", Certificates.Base64(Certificates.KeyPem(mine)), "client-certificate-data of user 'u' is not base64"),
            (Certificates.Base64("canary"), Certificates.Base64(Certificates.KeyPem(mine)), "client-certificate-data of user 'u' holds no PEM certificate"),
            (certificate, Certificates.Base64("canary"), "client-key-data of user 'u' holds no PEM private key"),
            (certificate, Certificates.Base64(encrypted), "client-key-data of user 'u' is encrypted"),
            (certificate, Certificates.Base64(Certificates.KeyPem(other)), "client-key-data of user 'u' does not belong to client-certificate-data"),
        })
        {
            KubeException error = Refused(WriteUser($"client-certificate-data: {cert}\nclient-key-data: {keyData}"));
            Assert.Contains(field, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(keyData, error.ToString(), StringComparison.Ordinal);
        }

        Assert.Contains("no client-key", Refused(WriteUser($"client-certificate-data: {certificate}")).Message, StringComparison.Ordinal);
        Assert.Contains("no client-certificate", Refused(WriteUser("client-key: some.key")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T24_DataWinsOverAFile_WithAWarning()
    {
        using X509Certificate2 authority = Certificates.Authority();
        using X509Certificate2 mine = Certificates.Leaf(authority, []);
        ClusterConfig config = Resolve(WriteUser($"client-certificate-data: {Certificates.Base64(mine.ExportCertificatePem() + "\n" + authority.ExportCertificatePem())}\nclient-certificate: nowhere.crt\nclient-key-data: {Certificates.Base64(Certificates.KeyPem(mine))}"));
        Credential credential = await config.Credentials.GetAsync(null, default);
        Assert.Equal(mine.Thumbprint, credential.ClientCertificate!.Thumbprint);
        Assert.True(credential.ClientCertificate.HasPrivateKey);
        Assert.Equal(authority.Thumbprint, Assert.Single(credential.ClientCertificateChain!).Thumbprint);
        Assert.Contains(config.Warnings, warning => warning.Contains("client-certificate-data is used", StringComparison.Ordinal));
    }

    [Fact]
    public void T25_Impersonation_IsReadWhole()
    {
        Impersonation whom = Resolve(WriteUser("token: t\nas: jane\nas-uid: '42'\nas-groups: [dev, ops]\nas-user-extra: {reason: [a, b]}")).Impersonation!;
        Assert.Equal(("jane", "42"), (whom.User, whom.Uid));
        Assert.Equal(["dev", "ops"], whom.Groups);
        Assert.Equal(["a", "b"], whom.Extra["reason"]);
    }

    [Theory]
    [InlineData("as-groups: [g]")]
    [InlineData("as-uid: '1'")]
    [InlineData("as-user-extra: {k: [v]}")]
    public void T25_GroupsWithoutAUser_AreRefused(string user) => Assert.Contains("without naming whom", Refused(WriteUser(user)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task T26_ARotatedTokenFile_IsReadAgainWithinAMinute()
    {
        string file = Write("token", " first \n");
        var clock = new ManualClock();
        var source = new ReloadingCredentials("test", () => new Credential { Authorization = Credential.Bearer(TokenFile.Read("tokenFile", file)) }, clock);
        Credential first = await source.GetAsync(null, default);
        Assert.Equal("Bearer first", first.Authorization);
        File.WriteAllText(file, "second");
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Same(first, await source.GetAsync(null, default));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer second", (await source.GetAsync(null, default)).Authorization);
        File.WriteAllText(file, "third");
        Credential held = await source.GetAsync(null, default);
        Assert.Equal("Bearer third", (await source.GetAsync(held, default)).Authorization);
        File.Delete(file);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("Bearer third", (await source.GetAsync(null, default)).Authorization);
    }

    [Fact]
    public void T26_AFileThatIsNoToken_IsNotSent()
    {
        Write("id_rsa", "-----BEGIN KEY-----\ncanary\n");
        KubeException error = Refused(WriteUser("tokenFile: id_rsa"));
        Assert.Contains("does not hold a token", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azure", "kubelogin")]
    [InlineData("gcp", "gke-gcloud-auth-plugin")]
    [InlineData("oidc", "exec plugin")]
    [InlineData("other", "not supported")]
    public void T27_AnAuthProvider_IsRefusedByNameWithAdvice(string name, string advice)
    {
        string message = Refused(WriteUser($"auth-provider: {{name: {name}}}")).Message;
        Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T27_AStaticOidcToken_Works() => Assert.Equal("Bearer abc", await Authorization(Resolve(WriteUser("auth-provider: {name: oidc, config: {id-token: abc}}"))));

    [Fact]
    public async Task AStaticToken_WinsOverAPlugin() => Assert.Equal("Bearer abc", await Authorization(Resolve(WriteUser("token: abc\nexec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /nowhere}"))));

    [Fact]
    public async Task ABasicLogin_IsSentAsSuch() => Assert.Equal("Basic " + Certificates.Base64("me:p:w"), await Authorization(Resolve(WriteUser("username: me\npassword: 'p:w'"))));

    [Fact]
    public void ATokenAndABasicLogin_ExcludeEachOther() => Assert.Contains("only one is allowed", Refused(WriteUser("token: t\nusername: me\npassword: p")).Message, StringComparison.Ordinal);

    [Fact]
    public void T06_SkippingTheCheckWithAnAuthority_IsRefused()
    {
        using X509Certificate2 authority = Certificates.Authority();
        string data = Certificates.Base64(authority.ExportCertificatePem());
        Assert.Contains("insecure-skip-tls-verify", Refused(WriteUser("token: t", $"server: https://h\ninsecure-skip-tls-verify: true\ncertificate-authority-data: {data}")).Message, StringComparison.Ordinal);
        Assert.Single(Resolve(WriteUser("token: t", "server: https://h\ninsecure-skip-tls-verify: true")).Warnings);
    }

    [Fact]
    public void T92_CredentialsInTheClear_AreWarnedOf()
    {
        Assert.Contains("unencrypted", Assert.Single(Resolve(WriteUser("token: t", "server: http://far.example")).Warnings), StringComparison.Ordinal);
        Assert.Empty(Resolve(WriteUser("token: t", "server: http://127.0.0.1:8001")).Warnings);
        Assert.Empty(Resolve(WriteUser("{}", "server: http://far.example")).Warnings);
    }

    [Fact]
    public void T92_APasswordInTheAddress_IsRefusedAndNotShown()
    {
        KubeException error = Refused(WriteUser("{}", "server: https://me:canary@h"));
        Assert.Contains("user name or password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.Message, StringComparison.Ordinal);
        KubeContext shown = Assert.Single(ContextList.Read(new KubeSession(), Path.Combine(Folder, "config"), "*", false, Loader));
        Assert.DoesNotContain("canary", shown.Server, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://rancher.example/k8s/clusters/c-1", "https://rancher.example/k8s/clusters/c-1/")]
    [InlineData("https://rancher.example/k8s/clusters/c-1/", "https://rancher.example/k8s/clusters/c-1/")]
    [InlineData("https://[2001:db8::1]:6443", "https://[2001:db8::1]:6443/")]
    [InlineData("https://HOST.Example:443", "https://host.example/")]
    [InlineData("host:6443", "https://host:6443/")]
    public void T93_ServerAddresses_BecomeBasesForPaths(string server, string expected)
    {
        ClusterConfig config = Resolve(WriteUser("{}", $"server: '{server}'"));
        Assert.Equal(expected, config.Server.AbsoluteUri);
        Assert.Equal(expected + "api/v1/pods", new Uri(config.Server, "api/v1/pods").AbsoluteUri);
    }

    [Theory]
    [InlineData("https://h/?a=b")]
    [InlineData("https://h/#x")]
    [InlineData("ftp://h")]
    [InlineData("https://")]
    public void T93_OtherAddresses_AreRefused(string server) => Assert.Contains("server of cluster 'k'", Refused(WriteUser("{}", $"server: '{server}'")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task InsideAPod_TheServiceAccountIsUsed()
    {
        using X509Certificate2 authority = Certificates.Authority();
        SetEnvironment("KUBERNETES_SERVICE_HOST", "fd00::1");
        SetEnvironment("KUBERNETES_SERVICE_PORT", "443");
        Assert.Throws<KubeException>(() => Loader.Resolve(null, null));
        Write("serviceaccount/token", "sa-token\n");
        Write("serviceaccount/namespace", "shop\n");
        Write("serviceaccount/ca.crt", authority.ExportCertificatePem());
        ClusterConfig config = Loader.Resolve(null, null);
        Assert.Equal("https://[fd00::1]/", config.Server.AbsoluteUri);
        Assert.Equal(("shop", "in-cluster"), (config.Namespace, config.Source));
        Assert.Equal("Bearer sa-token", await Authorization(config));
        Assert.Single(config.CertificateAuthority!);
    }

    [Fact]
    public void TheSameFileAndContext_GiveTheSameObject_UntilTheFileChanges()
    {
        string path = WriteUser("token: t");
        ClusterConfig first = Resolve(path);
        Assert.Same(first, Resolve(path));
        File.AppendAllText(path, "# changed\n");
        Assert.NotSame(first, Resolve(path));
    }

    [Fact]
    public void AChangeBehindALink_IsNoticed()
    {
        if (OperatingSystem.IsWindows()) return;
        string real = WriteUser("token: t");
        string link = Path.Combine(Folder, "link");
        File.CreateSymbolicLink(link, real);
        ClusterConfig first = Resolve(link);
        File.AppendAllText(real, "# changed\n");
        Assert.NotSame(first, Resolve(link));
    }

    [Fact]
    public async Task ClientCertificateFiles_AreReadAgainWhenTheyAreRotated()
    {
        using X509Certificate2 authority = Certificates.Authority();
        using X509Certificate2 first = Certificates.Leaf(authority, []);
        using X509Certificate2 second = Certificates.Leaf(authority, []);
        Write("c.pem", first.ExportCertificatePem() + "\n" + Certificates.KeyPem(first));
        ICredentialSource source = Resolve(WriteUser("client-certificate: c.pem\nclient-key: c.pem")).Credentials;
        Credential held = await source.GetAsync(null, default);
        Assert.Equal(first.Thumbprint, held.ClientCertificate!.Thumbprint);
        Assert.Same(held, await source.GetAsync(held, default));
        Write("c.pem", second.ExportCertificatePem() + "\n" + Certificates.KeyPem(second));
        Assert.Equal(second.Thumbprint, (await source.GetAsync(held, default)).ClientCertificate!.Thumbprint);
    }

    [Fact]
    public async Task APluginBesideAClientCertificate_AddsItsToken()
    {
        using X509Certificate2 authority = Certificates.Authority();
        using X509Certificate2 mine = Certificates.Leaf(authority, []);
        var own = new FixedCredentials(new Credential { ClientCertificate = mine });
        int asked = 0;
        var plugin = new ReloadingCredentials("test", () => new Credential { Authorization = $"Bearer t{++asked}" });
        var both = new CertificateAndPlugin(own, plugin);
        Credential first = await both.GetAsync(null, default);
        Assert.Equal((mine, "Bearer t1"), (first.ClientCertificate, first.Authorization));
        Assert.Same(first, await both.GetAsync(null, default));
        Assert.Equal("Bearer t2", (await both.GetAsync(first, default)).Authorization);
        Assert.Equal(2, asked);
    }

    [Fact]
    public void T34_NothingPublic_ShowsAToken()
    {
        ClusterConfig config = Resolve(WriteUser("token: canary"));
        Assert.DoesNotContain("canary", new KubeConnection(config, "n").ToString() + config + config.Credentials, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", System.Text.Json.JsonSerializer.Serialize(new KubeConnection(config, "n")), StringComparison.Ordinal);
    }
}

internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
