using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using PSKube.Commands.Clusters;
using PSKube.Config;
using PSKube.Errors;
using PSKube.FaultServer;
using PSKube.Parameters;
using PSKube.Sandbox;

namespace PSKube.Tests.Config;

public sealed class SessionTests : KubeconfigFixture
{
    private string TwoContexts() => Write("home/.kube/config", """
        current-context: a
        clusters:
        - {name: k, cluster: {server: https://kube}}
        contexts:
        - {name: a, context: {cluster: k, namespace: ns-a}}
        - {name: b, context: {cluster: k}}
        """);

    private void Use(KubeSession session, string? name, string? ns = null, string? path = null)
    {
        ContextChoice choice = ContextChoice.Make(session, path, name, Loader);
        session.Select(choice.Kubeconfig, choice.Entry.Name, ns, choice.Previous);
    }

    private (string? Context, string Namespace) Seen(KubeSession session, string? path = null, string? context = null)
    {
        ClusterConfig config = ClusterSelector.Resolve(session, path, context, Loader);
        return (config.ContextName, ClusterSelector.Namespace(session, path, context, config));
    }

    [Fact]
    public void ParametersBeatTheSession_WhichBeatsTheKubeconfig()
    {
        string file = TwoContexts();
        var session = new KubeSession();
        Assert.Equal(("a", "ns-a"), Seen(session));
        Use(session, "b", "shop");
        Assert.Equal(("b", "shop"), Seen(session));
        Assert.Equal(("a", "ns-a"), Seen(session, context: "a"));
        Assert.Equal(("a", "ns-a"), Seen(session, path: file));
        session.Clear();
        Assert.Equal(("a", "ns-a"), Seen(session));
    }

    [Fact]
    public void AMinusSign_GoesBackAndForth()
    {
        TwoContexts();
        var session = new KubeSession();
        Assert.Equal("KubeContextNotFound", Assert.Throws<KubeException>(() => Use(session, "-")).ErrorId);
        Use(session, "b");
        Use(session, "-");
        Assert.Equal("a", Seen(session).Context);
        Use(session, "-");
        Assert.Equal("b", Seen(session).Context);
    }

    [Fact]
    public void OnlyANamespace_KeepsTheContext()
    {
        TwoContexts();
        var session = new KubeSession();
        Use(session, "b");
        Use(session, null, "other");
        Assert.Equal(("b", "other"), Seen(session));
        Use(session, "-");
        Assert.Equal(("a", "ns-a"), Seen(session));
    }

    [Fact]
    public void AConnectionWithoutKubeconfig_IsUsedUntilSomethingElseIsNamed()
    {
        TwoContexts();
        var session = new KubeSession();
        ClusterConfig direct = DirectCluster.Create(new Uri("https://direct:6443"), null, null, false, p => p);
        session.Connect(direct, "n");
        Assert.Same(direct, ClusterSelector.Resolve(session, null, null, Loader));
        Assert.Equal("b", Seen(session, context: "b").Context);
        Assert.Empty(ContextList.Read(session, null, "*", true, Loader));
        Assert.DoesNotContain(ContextList.Read(session, null, "*", false, Loader), context => context.IsCurrent);
        File.Delete(Path.Combine(Folder, "home", ".kube", "config"));
        Assert.Empty(ContextList.Read(session, null, "*", true, Loader));
    }

    [Fact]
    public void ASandbox_IsTheContextInUse_WithAKubeconfigAndWithout()
    {
        TwoContexts();
        using var cluster = new SandboxCluster(new SandboxOptions { Nodes = 1 });
        var session = new KubeSession();
        session.Connect(new KubeSandbox(cluster), "n");
        Assert.Equal(["sandbox:n:True", "a:ns-a:False", "b:default:False"], Told("*", false));
        Assert.Equal(["sandbox:n:True"], Told("*", true));
        Assert.Equal(["sandbox:n:True"], Told("sandbox", false));
        Assert.Equal(["b:default:False"], Told("b", false));
        Assert.Equal(["b:default:False"], Told("b*", false));
        // A file that is named is read for what it says.
        Assert.All(ContextList.Read(session, Path.Combine(Folder, "home", ".kube", "config"), "*", false, Loader), context => Assert.NotEqual("sandbox", context.Name));
        File.Delete(Path.Combine(Folder, "home", ".kube", "config"));
        Assert.Equal(["sandbox:n:True"], Told("*", false));
        Assert.Equal(["sandbox:n:True"], Told("*", true));

        IEnumerable<string> Told(string name, bool current) => ContextList.Read(session, null, name, current, Loader).Select(c => $"{c.Name}:{c.Namespace}:{c.IsCurrent}");
    }

    [Fact]
    public void AListOfContexts_ShowsWhichOneThisSessionUses()
    {
        string file = TwoContexts();
        var session = new KubeSession();
        Use(session, "b", "shop");
        IReadOnlyList<KubeContext> all = ContextList.Read(session, null, "*", false, Loader);
        Assert.Equal(["a:ns-a:False", "b:shop:True"], all.Select(c => $"{c.Name}:{c.Namespace}:{c.IsCurrent}"));
        Assert.All(all, c => Assert.Equal(("https://kube/", file), (c.Server, c.Source)));
        Assert.Equal("a", Assert.Single(ContextList.Read(session, null, "A*", false, Loader)).Name);
        Assert.Equal("KubeContextNotFound", Assert.Throws<KubeException>(() => ContextList.Read(session, null, "A", false, Loader)).ErrorId);
        Assert.Equal("b", Assert.Single(ContextList.Read(session, null, "*", true, Loader)).Name);
    }

    [Fact]
    public void T66_ContextNames_AreCompletedAsTextAndNeverAsCode()
    {
        string file = Write("config", "contexts:\n- {name: \"a'; calc; '\", context: {}}\n- {name: \"a\u2019$(calc)\", context: {}}\n- {name: \"a\\nb\", context: {}}\n- {name: a-plain, context: {}}\n- {name: b, context: {}}\n");
        CompletionResult[] found = [.. ContextCompleter.Complete(Loader.Load(file), "'a")];
        Assert.Equal(3, found.Length);
        foreach (CompletionResult result in found)
        {
            ScriptBlockAst parsed = Parser.ParseInput("Use-KubeContext " + result.CompletionText, out _, out ParseError[] errors);
            Assert.Empty(errors);
            var command = (CommandAst)((PipelineAst)Assert.Single(parsed.EndBlock.Statements)).PipelineElements[0];
            Assert.Equal(result.ListItemText, Assert.IsType<StringConstantExpressionAst>(command.CommandElements[1]).Value);
            Assert.Equal(2, command.CommandElements.Count);
        }
    }

    [Fact]
    public void T66_ABrokenKubeconfig_CompletesToNothing()
    {
        string file = Write("config", "contexts: [");
        Assert.Empty(new ContextCompleter().CompleteArgument("Use-KubeContext", "Name", "", null!, new Hashtable { ["Kubeconfig"] = file }));
    }

    [Fact]
    public async Task AScriptBlocksToken_IsAskedForAgainBeforeItEnds()
    {
        var clock = new ManualClock();
        int asked = 0;
        var source = new ScriptTokenCredentials(() => [Answer($"t{++asked}", clock.GetUtcNow().AddHours(1))], clock);
        Assert.True(source.NeedsPipelineThread);
        source.RefreshIfDue();
        clock.Advance(TimeSpan.FromMinutes(54));
        source.RefreshIfDue();
        Credential first = await source.GetAsync(null, default);
        Assert.Equal("Bearer t1", first.Authorization);
        clock.Advance(TimeSpan.FromMinutes(1));
        source.RefreshIfDue();
        Assert.Equal("Bearer t2", (await source.GetAsync(null, default)).Authorization);
        await source.GetAsync(first, default);
        Assert.False(source.NeedsPipelineThread);
        await source.GetAsync(await source.GetAsync(null, default), default);
        Assert.True(source.NeedsPipelineThread);
    }

    [Fact]
    public async Task AJsonWebToken_SaysItselfWhenItEnds()
    {
        var clock = new ManualClock();
        string token = $"h.{Certificates.Base64($"{{\"exp\":{clock.GetUtcNow().AddMinutes(30).ToUnixTimeSeconds()}}}").TrimEnd('=')}.s";
        var source = new ScriptTokenCredentials(() => [PSObject.AsPSObject(token)], clock);
        source.RefreshIfDue();
        Assert.Equal("Bearer " + token, (await source.GetAsync(null, default)).Authorization);
        clock.Advance(TimeSpan.FromMinutes(24));
        Assert.False(source.NeedsPipelineThread);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(source.NeedsPipelineThread);
    }

    [Fact]
    public void AScriptBlockThatReturnsNonsense_IsToldSo()
    {
        foreach (PSObject[] answer in new PSObject[][] { [], [PSObject.AsPSObject("a"), PSObject.AsPSObject("b")], [PSObject.AsPSObject(42)], [PSObject.AsPSObject("two words")] })
        {
            var error = Assert.Throws<KubeException>(() => new ScriptTokenCredentials(() => answer).RefreshIfDue());
            Assert.Equal("KubeTokenFailed", error.ErrorId);
            Assert.DoesNotContain("two words", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AServer_TakesATokenAndAnAuthorityInTheShapesPeopleHave()
    {
        using X509Certificate2 authority = Certificates.Authority();
        string pem = authority.ExportCertificatePem();
        string file = Write("ca.crt", pem);
        using var secure = new SecureString();
        foreach (char c in "secret-token") secure.AppendChar(c);
        foreach (object shape in new object[] { pem, file, Certificates.Base64(pem), authority, new object[] { authority } })
        {
            ClusterConfig config = DirectCluster.Create(new Uri("https://h"), secure, shape, false, p => p);
            Assert.Equal(authority.Thumbprint, Assert.Single(config.CertificateAuthority!).Thumbprint);
            Assert.Equal("Bearer secret-token", await Authorization(config));
        }

        Assert.Equal("Bearer secret-token", await Authorization(DirectCluster.Create(new Uri("https://h"), Answer(secure, DateTimeOffset.UtcNow), null, false, p => p)));
    }

    [Fact]
    public void APlainTextToken_IsRefusedWithoutRepeatingIt()
    {
        var error = Assert.Throws<KubeException>(() => DirectCluster.Create(new Uri("https://h"), "canary", new object[] { 1 }, true, p => p));
        Assert.Contains("SecureString", error.Message, StringComparison.Ordinal);
        Assert.Contains("-CertificateAuthority takes", error.Message, StringComparison.Ordinal);
        Assert.Contains("exclude each other", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    private static PSObject Answer(object token, DateTimeOffset expires)
    {
        var answer = new PSObject();
        answer.Properties.Add(new PSNoteProperty("Token", token));
        answer.Properties.Add(new PSNoteProperty("ExpiresOn", expires));
        return answer;
    }
}
