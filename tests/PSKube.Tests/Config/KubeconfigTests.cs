using System.Text;
using PSKube.Config;
using PSKube.Errors;
using PSKube.TestKit;

namespace PSKube.Tests.Config;

public class KubeconfigTests
{
    private static string File(string context = "prod", string user = "token: t", string cluster = "server: https://one:6443") => $$"""
        apiVersion: v1
        kind: Config
        current-context: {{context}}
        clusters:
        - name: c
          cluster: {{{cluster}}}
        users:
        - name: u
          user: {{{user}}}
        contexts:
        - name: {{context}}
          context: {cluster: c, user: u, namespace: shop}
        """;

    private static ClusterConfig Read(string text, string? context = null)
    {
        using var folder = new TempFolder();
        return KubeconfigCluster.Read(Kubeconfig.Load([folder.Write("config", text)], mustExist: true), context);
    }

    private static async Task<string?> Authorization(ClusterConfig config) => (await config.Credentials.GetAsync(null, default)).Authorization;

    [Fact]
    public async Task AContext_GivesServerNamespaceAndToken()
    {
        ClusterConfig config = Read(File());
        Assert.Equal("https://one:6443/", config.Server.ToString());
        Assert.Equal("shop", config.Namespace);
        Assert.Equal("prod", config.ContextName);
        Assert.Equal("Bearer t", await Authorization(config));
    }

    [Fact]
    public void T22_ContextNamesAreExactCase()
    {
        var error = Assert.Throws<KubeException>(() => Read(File("Prod"), "PROD"));
        Assert.Equal("KubeContextNotFound", error.ErrorId);
        Assert.Contains("Prod", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T21_TheFirstFileWins_AndPathsAreMeantFromTheirOwnFile()
    {
        using var folder = new TempFolder();
        folder.Write("two/token", "from-two");
        string one = folder.Write("one/config", File(cluster: "server: https://first"));
        string two = folder.Write("two/config", File("other", "tokenFile: token", "server: https://second").Replace("- name: u", "- name: u2").Replace("user: u,", "user: u2,"));
        Kubeconfig merged = Kubeconfig.Load([one, two], mustExist: true);
        Assert.Equal("prod", merged.CurrentContext);
        ClusterConfig config = KubeconfigCluster.Read(merged, "other");
        Assert.Equal("https://first/", config.Server.ToString());
        Assert.Equal("Bearer from-two", await Authorization(config));
    }

    [Fact]
    public void T20_MissingFilesAreSkipped_UnlessNamed()
    {
        using var folder = new TempFolder();
        string there = folder.Write("config", File());
        string missing = Path.Combine(folder.Path, "nope");
        Assert.Equal([there], Kubeconfig.Load([missing, there], mustExist: false).Files);
        Assert.Equal("KubeConfigNotFound", Assert.Throws<KubeException>(() => Kubeconfig.Load([missing], mustExist: true)).ErrorId);
        Assert.Contains("folder", Assert.Throws<KubeException>(() => Kubeconfig.Load([folder.Path], mustExist: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T20_KUBECONFIG_SkipsEmptyEntriesAndRepeats()
    {
        string? before = Environment.GetEnvironmentVariable("KUBECONFIG");
        try
        {
            char colon = Path.PathSeparator;
            Environment.SetEnvironmentVariable("KUBECONFIG", $"a{colon}{colon}b{colon}a");
            Assert.Equal(["a", "b"], Kubeconfig.DefaultFiles());
            Environment.SetEnvironmentVariable("KUBECONFIG", "");
            Assert.EndsWith(Path.Combine(".kube", "config"), Assert.Single(Kubeconfig.DefaultFiles()), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KUBECONFIG", before);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"current-context\": \"j\", \"contexts\": [{\"name\": \"j\", \"context\": {\"cluster\": \"c\"}}], \"clusters\": [{\"name\": \"c\", \"cluster\": {\"server\": \"https://json\"}}]}")]
    [InlineData("\uFEFFcurrent-context: j\r\nextra: {x: 1}\r\ncontexts:\r\n- name: j\r\n  context: {cluster: c}\r\nclusters:\r\n- {name: c, cluster: {server: 'https://crlf'}}\r\n")]
    public void T23_ManyShapesLoad(string text)
    {
        using var folder = new TempFolder();
        Kubeconfig loaded = Kubeconfig.Load([folder.Write("config", text)], mustExist: true);
        if (text.Length == 0) Assert.Null(loaded.CurrentContext);
        else Assert.StartsWith("https://", KubeconfigCluster.Read(loaded, null).Server.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void T23_BrokenYaml_IsToldWithItsPlace()
    {
        var error = Assert.Throws<KubeException>(() => Read("contexts: [\n- x"));
        Assert.Equal("KubeConfigInvalid", error.ErrorId);
        Assert.Contains("line ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token: t", "server: https://x, certificate-authority-data: '%%%'", "certificate-authority-data is not base64")]
    [InlineData("client-certificate-data: aGVsbG8=", "server: https://x", "client-key is missing")]
    [InlineData("client-certificate-data: aGVsbG8=, client-key-data: aGVsbG8=", "server: https://x", "no PEM certificate")]
    [InlineData("token: t", "server: https://x, insecure-skip-tls-verify: true, certificate-authority-data: QUJD", "exclude each other")]
    [InlineData("token: t", "server: https://x, proxy-url: 'ftp://p'", "proxy-url")]
    [InlineData("token: t", "server: 'https://me:secret@x'", "user name or password")]
    [InlineData("token: 123", "server: https://x", "token has to be a text")]
    [InlineData("as-groups: [g]", "server: https://x", "need 'as'")]
    [InlineData("auth-provider: {name: azure}", "server: https://x", "kubelogin")]
    [InlineData("exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "server: https://x", "v1alpha1")]
    [InlineData("exec: {command: x, apiVersion: client.authentication.k8s.io/v1}", "server: https://x", "interactiveMode")]
    public void T24_T25_T27_WhatIsWrong_IsRefusedByName_NeverByContent(string user, string cluster, string words)
    {
        var error = Assert.Throws<KubeException>(() => Read(File(user: user, cluster: cluster)));
        Assert.Equal("KubeConfigInvalid", error.ErrorId);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("aGVsbG8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryProblemIsToldAtOnce()
    {
        var error = Assert.Throws<KubeException>(() => Read(File(user: "as-groups: [g], token: 5", cluster: "proxy-url: x")));
        Assert.Contains("no server", error.Message, StringComparison.Ordinal);
        Assert.Contains("proxy-url", error.Message, StringComparison.Ordinal);
        Assert.Contains("need 'as'", error.Message, StringComparison.Ordinal);
        Assert.Contains("token has to be a text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T26_ARotatedTokenFileIsReadAgain_WhenTheServerRefusesTheOldOne()
    {
        using var folder = new TempFolder();
        string path = folder.Write("token", "old\n");
        var source = new TokenFileCredentials(path, null);
        Credential first = await source.GetAsync(null, default);
        System.IO.File.WriteAllText(path, "new\n");
        Assert.Equal("Bearer old", (await source.GetAsync(null, default)).Authorization);
        Assert.Equal("Bearer new", (await source.GetAsync(first, default)).Authorization);
    }

    [Theory]
    [InlineData("https://rancher/k8s/clusters/c-1", "https://rancher/k8s/clusters/c-1/api/v1/pods")]
    [InlineData("https://[::1]:6443/", "https://[::1]:6443/api/v1/pods")]
    [InlineData("https://HOST:443", "https://host/api/v1/pods")]
    [InlineData("host:6443", "https://host:6443/api/v1/pods")]
    public void T93_AddressesOfAllShapesLeadToTheRightPlace(string server, string expected) => Assert.Equal(expected, new Uri(KubeconfigCluster.ParseServer(server), "api/v1/pods").ToString());

    [Fact]
    public void T92_CredentialsOverPlainHttp_AreWarnedOf()
    {
        Assert.Contains(Read(File(cluster: "server: http://far.example")).Warnings, warning => warning.Contains("unencrypted", StringComparison.Ordinal));
        Assert.Empty(Read(File(cluster: "server: http://127.0.0.1:8001")).Warnings);
    }

    [Fact]
    public void PersistingAChoice_LeavesEverythingElseToTheByte()
    {
        using var folder = new TempFolder();
        const string text = "# my clusters\napiVersion: v1\ncurrent-context:   old   # chosen\ncontexts:\n- context:\n    cluster: c   # here\n    user: u\n  name: new\n- {name: flow, context: {cluster: c, namespace: 'before'}}\nusers: [{name: u, user: {exec: {command: x, args: [\"a b\"]}}}]\nunknown: {keep: me}\n";
        string path = folder.Write("config", text);
        KubeconfigEditor.SetCurrentContext(path, "new");
        KubeconfigEditor.SetNamespace(path, "new", "shop");
        KubeconfigEditor.SetNamespace(path, "flow", "after");
        string expected = text.Replace("old", "\"new\"").Replace("    cluster: c   # here", "    namespace: \"shop\"\n    cluster: c   # here").Replace("'before'", "\"after\"");
        Assert.Equal(expected, System.IO.File.ReadAllText(path));
        Assert.Equal(["config"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void AFileThatAnotherProgramWrites_IsLeftAlone()
    {
        using var folder = new TempFolder();
        string path = folder.Write("config", "current-context: a\n");
        folder.Write("config.lock", "");
        Assert.Equal("KubeConfigLocked", Assert.Throws<KubeException>(() => KubeconfigEditor.SetCurrentContext(path, "b")).ErrorId);
        Assert.Equal("current-context: a\n", System.IO.File.ReadAllText(path));
    }
}
