using PSKube.Config;
using PSKube.Errors;
using PSKube.FaultServer;

namespace PSKube.Tests.Config;

/// <summary>What a kubeconfig that somebody sent may do on this machine.</summary>
public sealed class ForeignKubeconfigTests : KubeconfigFixture
{
    private const string Exec = "exec: {apiVersion: client.authentication.k8s.io/v1, command: login, args: [--for, 'a b'], env: [{name: LD_PRELOAD, value: /x.so}], interactiveMode: Never}";

    private string Download(string user, string cluster = "server: https://attacker.example", string place = "download/config") => Write(place, File.ReadAllText(WriteUser(user, cluster)));

    private KubeException Untrusted(string path)
    {
        KubeException error = Assert.Throws<KubeException>(() => Loader.Resolve(path, null));
        Assert.Equal("KubeConfigUntrusted", error.ErrorId);
        Assert.Equal(System.Management.Automation.ErrorCategory.SecurityError, error.Category);
        Assert.True(error.EndsCommand);
        Assert.Contains("-TrustKubeconfig", error.RecommendedAction, StringComparison.Ordinal);
        return error;
    }

    [Theory]
    [InlineData("tokenFile")]
    [InlineData("client-key")]
    [InlineData("client-certificate")]
    [InlineData("certificate-authority")]
    public void T91_AFileElsewhere_IsNotReadUntilSomebodyAgrees(string field)
    {
        string secret = Write("elsewhere/id_rsa", "canary-secret");
        bool ofCluster = field == "certificate-authority";
        string config = Download(ofCluster ? "{}" : $"{field}: {secret}", ofCluster ? $"server: https://attacker.example\n{field}: {secret}" : "server: https://attacker.example");
        KubeException error = Untrusted(config);
        Assert.Contains(config, error.Message, StringComparison.Ordinal);
        Assert.Contains($"{secret} ({field} of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("https://attacker.example", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void T91_TheQuestionNamesAllThatWouldHappen_AndIsAskedOnce()
    {
        string authority = Write("elsewhere/ca.crt", Certificates.Authority().ExportCertificatePem());
        string config = Download(Exec, $"server: https://attacker.example\ncertificate-authority: ../elsewhere/ca.crt");
        var asked = new List<ForeignReach>();
        Assert.Equal("KubeConfigUntrusted", Assert.Throws<KubeException>(() => Loader.Resolve(config, null, Answer(false))).ErrorId);
        Loader.Resolve(config, null, Answer(true));
        Loader.Resolve(config, null, Answer(false));
        Loader.Resolve(config, null);
        Assert.Equal(2, asked.Count);
        Assert.Equal(["run the program login --for 'a b' with LD_PRELOAD=/x.so (exec of user 'u')", $"read the file {authority} (certificate-authority of cluster 'k')"], asked[1].Deeds);

        Func<ForeignReach, bool> Answer(bool yes) => reach =>
        {
            asked.Add(reach);
            return yes;
        };
    }

    [Theory]
    [InlineData("login", "other")]
    [InlineData("--for", "--not-for")]
    [InlineData("/x.so", "/y.so")]
    [InlineData("attacker.example", "another.example")]
    public void T91_WhatWasAgreedTo_IsNotMoreThanThat(string before, string after)
    {
        string config = Download(Exec);
        Loader.Resolve(config, null, static _ => true);
        string text = File.ReadAllText(config);
        // What else stands in the file may change: kubectl writes the current context there.
        File.WriteAllText(config, text + "# touched by another program\n");
        Loader.Resolve(config, null);
        File.WriteAllText(config, text.Replace(before, after, StringComparison.Ordinal));
        Untrusted(config);
    }

    [Fact]
    public async Task T91_ALinkIsNoWayOutOfTheFolder_AlsoLater()
    {
        string secret = Write("elsewhere/token", "canary-secret");
        string link = Path.Combine(Folder, "download", "token");
        string config = Download("tokenFile: token");
        File.CreateSymbolicLink(link, secret);
        Assert.Contains(secret, Untrusted(config).Message, StringComparison.Ordinal);
        File.Delete(link);
        File.WriteAllText(link, "own");
        ClusterConfig cluster = Loader.Resolve(config, null);
        Credential held = await cluster.Credentials.GetAsync(null, default);
        File.Delete(link);
        File.CreateSymbolicLink(link, secret);
        Assert.Equal("KubeConfigUntrusted", Assert.Throws<KubeException>(() => Loader.Resolve(config, null)).ErrorId);
        // The running connection keeps what it has, and does not read through the link when that is refused.
        Assert.Equal("Bearer own", (await cluster.Credentials.GetAsync(held, default)).Authorization);
    }

    [Fact]
    public void T91_WhatStaysInItsFolder_NeedsNoQuestion()
    {
        Write("download/keys/token", "t");
        Loader.Resolve(Download("tokenFile: keys/token"), null);
        Loader.Resolve(Download("token: abc\n" + Exec), null);
        Loader.Resolve(Download("{}"), null);
        // A service account's files are links within their folder.
        Write("download/..data/token", "t");
        File.CreateSymbolicLink(Path.Combine(Folder, "download", "linked"), "..data/token");
        Loader.Resolve(Download("tokenFile: linked"), null);
    }

    [Fact]
    public void T91_TheUsersOwnPlaces_NeedNoQuestion()
    {
        string secret = Write("elsewhere/token", "t");
        Loader.Resolve(Download($"tokenFile: {secret}", place: "home/.kube/config"), null);
        Loader.Resolve(Download(Exec, place: "home/.kube/clusters/one"), null);
        string named = Download(Exec, place: "named/config");
        Untrusted(named);
        SetEnvironment("KUBECONFIG", named);
        Loader.Resolve(null, null);
        Loader.Resolve(named, null);
        // Not by its look: the folder is another one.
        Untrusted(Download(Exec, place: "download/.kube/config"));
        Untrusted(Download(Exec, place: "home/.kube-not/config"));
    }

    [Fact]
    public void T91_InTheHomeFolderItself_NothingIsNear()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string config = Path.Combine(home, $"pskube-test-{Guid.NewGuid():n}");
        string token = config + "-token";
        try
        {
            File.WriteAllText(config, File.ReadAllText(WriteUser($"tokenFile: {Path.GetFileName(token)}")));
            File.WriteAllText(token, "t");
            Assert.Contains(token, Untrusted(config).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(config);
            File.Delete(token);
        }
    }

    [Fact]
    public void T91_TheQuestionShowsNoControlCharacters_AndNoSecrets()
    {
        var asked = new List<ForeignReach>();
        string config = Download("exec: {apiVersion: client.authentication.k8s.io/v1, command: \"log\\e[2Jin\", args: [--client-secret=canary-secret], interactiveMode: Never}");
        Loader.Resolve(config, null, reach =>
        {
            asked.Add(reach);
            return true;
        });
        Assert.Contains("log\\u001b[2Jin", Assert.Single(asked).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", asked[0].Text, StringComparison.Ordinal);
    }
}
