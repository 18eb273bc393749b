using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using PSKube.Config;
using PSKube.Errors;
using PSKube.FaultServer;

namespace PSKube.Tests.Config;

/// <summary>Credential plugins as small shell scripts; where there is no sh, there is nothing to run.</summary>
public sealed class ExecCredentialTests : KubeconfigFixture
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private const string Reply = """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"tok"}}""";

    private string Script(string body, string name = "plugin")
    {
        string path = Write(name, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private ExecCredentialSource Source(string body, string version = V1, string[]? arguments = null, ExecInteractiveMode mode = ExecInteractiveMode.Never, ExecOptions? options = null) =>
        new(new ExecCommand { Command = Script(body), ApiVersion = version, Arguments = arguments ?? [], InteractiveMode = mode }, options);

    private static async Task<KubeException> Failure(ExecCredentialSource source, string id = "KubePluginFailed")
    {
        using (source)
        {
            KubeException error = await Assert.ThrowsAsync<KubeException>(async () => await source.GetAsync(null, default));
            Assert.Equal(id, error.ErrorId);
            Assert.True(error.EndsCommand);
            return error;
        }
    }

    [Fact]
    public async Task APlugin_GivesAToken_AndIsToldWhatItNeeds()
    {
        if (OperatingSystem.IsWindows()) return;
        using X509Certificate2 authority = Certificates.Authority();
        string pem = authority.ExportCertificatePem();
        Script($"printf '%s' \"$KUBERNETES_EXEC_INFO\" > '{Folder}/info'; printf '%s' \"$EXTRA\" > '{Folder}/extra'; cat; echo '{Reply}'", "bin/login");
        ClusterConfig config = Resolve(WriteUser(
            $"exec:\n  apiVersion: {V1}\n  command: ./bin/login\n  interactiveMode: Never\n  provideClusterInfo: true\n  env: [{{name: EXTRA, value: 'a b'}}]",
            $"server: https://h:6443\ncertificate-authority-data: {Certificates.Base64(pem)}\ntls-server-name: other\nextensions: [{{name: client.authentication.k8s.io/exec, extension: {{audience: x, n: 1}}}}]"));
        Assert.Equal("Bearer tok", await Authorization(config));
        Assert.Equal("a b", File.ReadAllText(Path.Combine(Folder, "extra")));
        JsonNode info = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "info")))!;
        Assert.Equal(("ExecCredential", V1, false), ((string?)info["kind"], (string?)info["apiVersion"], (bool?)info["spec"]!["interactive"]));
        JsonNode cluster = info["spec"]!["cluster"]!;
        Assert.Equal(("https://h:6443", "other", Certificates.Base64(pem)), ((string?)cluster["server"], (string?)cluster["tls-server-name"], (string?)cluster["certificate-authority-data"]));
        Assert.Equal("""{"audience":"x","n":1}""", cluster["config"]!.ToJsonString());
    }

    [Fact]
    public async Task T28_AnAbsentPlugin_IsToldWithItsInstallHint()
    {
        using var source = new ExecCredentialSource(new ExecCommand { Command = "no-such-plugin-here", ApiVersion = V1, InstallHint = "get it from\u001b[2J example" });
        KubeException error = await Failure(source, "KubePluginNotFound");
        Assert.Contains("no-such-plugin-here", error.Message, StringComparison.Ordinal);
        Assert.Contains("get it from\\u001b[2J example", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T28_AFailingPlugin_IsToldWithItsLastWords()
    {
        if (OperatingSystem.IsWindows()) return;
        string message = (await Failure(Source("i=0; while [ $i -lt 2000 ]; do echo \"line $i\" >&2; i=$((i+1)); done; printf 'session ended\\033[31m token=canary-secret Bearer eyJhbGciOi.eyJzdWIi.sig' >&2; echo canary-stdout; exit 3"))).Message;
        Assert.Contains("exit code 3", message, StringComparison.Ordinal);
        Assert.Contains("session ended\\u001b[31m", message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", message, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 100, 4500);
    }

    [Theory]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}""", "v1beta1")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}""", "without a status")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":""}}""", "neither a token nor")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientCertificateData":"c"}}""", "only one of")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientCertificateData":"c","clientKeyData":"k"}}""", "cannot be used")]
    [InlineData("""{"kind":"Pod","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t"}}""", "kind ExecCredential")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t","expirationTimestamp":"soon"}}""", "expirationTimestamp")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"a\nb"}}""", "no HTTP header")]
    [InlineData("hello", "as JSON")]
    [InlineData("", "as JSON")]
    [InlineData("null", "kind ExecCredential")]
    public async Task T28_ABadAnswer_IsToldForWhatItIs(string answer, string reason)
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Contains(reason, (await Failure(Source($"cat <<'END'\n{answer}\nEND"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T28_EndlessOutput_IsCutOff()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Contains("1 MiB", (await Failure(Source("exec yes"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T28_ANeverEndingPlugin_IsStoppedWithItsChildren()
    {
        if (OperatingSystem.IsWindows()) return;
        var watch = Stopwatch.StartNew();
        KubeException error = await Failure(Source($"sleep 300 & echo $! > '{Folder}/child'; echo waiting >&2; wait", options: new ExecOptions { Timeout = TimeSpan.FromSeconds(0.7) }));
        Assert.Contains("0.7 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("waiting", error.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
        int child = int.Parse(File.ReadAllText(Path.Combine(Folder, "child")), System.Globalization.CultureInfo.InvariantCulture);
        // A killed child may stay a zombie for a moment until somebody collects it.
        Assert.True(await Eventually(() => !File.Exists($"/proc/{child}/cmdline") || File.ReadAllText($"/proc/{child}/cmdline").Length == 0));
    }

    [Fact]
    public async Task CtrlC_EndsThePlugin()
    {
        if (OperatingSystem.IsWindows()) return;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));
        using ExecCredentialSource source = Source("sleep 300");
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.GetAsync(null, stop.Token));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task T29_Arguments_ArriveAsTheyAre()
    {
        if (OperatingSystem.IsWindows()) return;
        string[] odd = ["a b", "\"quoted\" 'too'", "$(touch hacked)", "", "back\\slash", "*", "größe"];
        using ExecCredentialSource source = Source($"for a in \"$@\"; do printf '[%s]\\n' \"$a\"; done > '{Folder}/args'; echo '{Reply}'", arguments: odd);
        await source.GetAsync(null, default);
        Assert.Equal(odd.Select(a => $"[{a}]"), File.ReadAllLines(Path.Combine(Folder, "args")));
    }

    [Fact]
    public void T30_AProgramInTheCurrentFolder_IsNotTaken()
    {
        if (OperatingSystem.IsWindows()) return;
        string planted = Path.Combine(Environment.CurrentDirectory, "pskube-planted-plugin");
        File.WriteAllText(planted, "#!/bin/sh\n");
        File.SetUnixFileMode(planted, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        try
        {
            Assert.Null(ExecCommand.Locate("pskube-planted-plugin"));
            Assert.Null(ExecCommand.Locate("./pskube-planted-plugin"));
            Assert.True(Path.IsPathFullyQualified(ExecCommand.Locate("sh")!));
        }
        finally
        {
            File.Delete(planted);
        }
    }

    [Fact]
    public async Task T31_TheUsersPolicy_DecidesWhichPluginsRun()
    {
        if (OperatingSystem.IsWindows()) return;
        string file = Script($"echo x >> '{Folder}/runs'; echo '{Reply}'");
        string link = Path.Combine(Folder, "link");
        File.CreateSymbolicLink(link, file);
        foreach (string denied in new[] { "DenyAll", "Allowlist\ncredentialPluginAllowlist: [{name: sh}]", $"Allowlist\ncredentialPluginAllowlist: [{{command: {link}}}]", $"Allowlist\ncredentialPluginAllowlist: [{{command: {file.ToUpperInvariant()}}}]", "Allowlist\ncredentialPluginAllowlist: [{name: plugin}]", $"Allowlist\ncredentialPluginAllowlist: [{{command: {Folder}/../{Path.GetFileName(Folder)}/plugin}}]" })
        {
            KubeException error = await Failure(Governed(denied), "KubePluginDenied");
            Assert.Contains("kuberc", error.Message, StringComparison.Ordinal);
        }

        foreach (string invalid in new[] { "denyall", "Allowlist", "Allowlist\ncredentialPluginAllowlist: []", "Allowlist\ncredentialPluginAllowlist: [{}]", "DenyAll\ncredentialPluginAllowlist: [{name: x}]" }) await Failure(Governed(invalid), "KubeConfigInvalid");
        Assert.Equal(0, Runs());
        foreach (string allowed in new[] { "AllowAll", "''", $"Allowlist\ncredentialPluginAllowlist: [{{name: other}}, {{command: {file}}}]" })
        {
            using ExecCredentialSource source = Governed(allowed);
            await source.GetAsync(null, default);
        }

        Assert.Equal(3, Runs());

        ExecCredentialSource Governed(string policy)
        {
            string path = Write("kuberc", $"apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: {policy}\n");
            return new ExecCredentialSource(new ExecCommand { Command = file, ApiVersion = V1 }, new ExecOptions { Policy = () => new PluginPolicy([PluginPolicyReader.ReadKuberc(path)]), IsInteractive = () => false });
        }
    }

    [Fact]
    public async Task T32_HoweverManyAsk_ThePluginRunsOnce()
    {
        if (OperatingSystem.IsWindows()) return;
        using ExecCredentialSource source = Source($"echo x >> '{Folder}/runs'; sleep 0.2; echo '{Reply}'");
        Credential[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await source.GetAsync(null, default))));
        Assert.All(all, one => Assert.Same(all[0], one));
        Assert.Equal(1, Runs());
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await source.GetAsync(all[0], default))));
        Assert.Equal(2, Runs());
    }

    [Fact]
    public async Task AnExpiredCredential_IsFetchedAgain()
    {
        if (OperatingSystem.IsWindows()) return;
        var clock = new ManualClock();
        string expires = clock.GetUtcNow().AddMinutes(10).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        using ExecCredentialSource source = Source($"echo x >> '{Folder}/runs'; echo '{Reply.Replace("\"tok\"", $"\"tok\",\"expirationTimestamp\":\"{expires}\"", StringComparison.Ordinal)}'", options: new ExecOptions { Clock = clock });
        await source.GetAsync(null, default);
        clock.Advance(TimeSpan.FromMinutes(9));
        await source.GetAsync(null, default);
        Assert.Equal(1, Runs());
        clock.Advance(TimeSpan.FromMinutes(1));
        await source.GetAsync(null, default);
        Assert.Equal(2, Runs());
    }

    [Fact]
    public async Task APluginsCertificate_IsUsed()
    {
        if (OperatingSystem.IsWindows()) return;
        using X509Certificate2 authority = Certificates.Authority();
        using X509Certificate2 mine = Certificates.Leaf(authority, []);
        var reply = new JsonObject { ["kind"] = "ExecCredential", ["apiVersion"] = V1, ["status"] = new JsonObject { ["clientCertificateData"] = mine.ExportCertificatePem(), ["clientKeyData"] = Certificates.KeyPem(mine) } };
        using ExecCredentialSource source = Source($"cat '{Write("reply", reply.ToJsonString())}'");
        Credential credential = await source.GetAsync(null, default);
        Assert.Equal(mine.Thumbprint, credential.ClientCertificate!.Thumbprint);
        Assert.Null(credential.Authorization);
    }

    [Fact]
    public async Task T33_APluginThatMustAsk_FailsAtOnceWhereNobodyIs()
    {
        var options = new ExecOptions { IsInteractive = () => false };
        Assert.Contains("interactiveMode: Always", (await Failure(Source($"echo x >> '{Folder}/runs'", mode: ExecInteractiveMode.Always, options: options))).Message, StringComparison.Ordinal);
        Assert.Equal(0, Runs());
    }

    [Fact]
    public async Task T33_APluginThatMayAsk_GetsNoInputWhereNobodyIs()
    {
        if (OperatingSystem.IsWindows()) return;
        var options = new ExecOptions { IsInteractive = () => false };
        using ExecCredentialSource source = Source($"cat > '{Folder}/input'; echo '{Reply}'", mode: ExecInteractiveMode.IfAvailable, options: options);
        await source.GetAsync(null, default);
        Assert.Equal("", File.ReadAllText(Path.Combine(Folder, "input")));
    }

    [Fact]
    public async Task AnInteractivePlugin_IsHeardWhileItWaits()
    {
        if (OperatingSystem.IsWindows()) return;
        using var terminal = new StringWriter();
        var options = new ExecOptions { IsInteractive = () => true, Terminal = terminal };
        using ExecCredentialSource source = Source($"echo 'open https://example/device' >&2; echo '{Reply}'", mode: ExecInteractiveMode.IfAvailable, options: options);
        await source.GetAsync(null, default);
        Assert.Equal("open https://example/device\n", terminal.ToString());
    }

    [Theory]
    [InlineData("apiVersion: client.authentication.k8s.io/v1alpha1\n  command: x", "v1alpha1")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1beta1", "names no command")]
    [InlineData("command: x", "names no apiVersion")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1\n  command: x", "names no interactiveMode")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1\n  command: x\n  interactiveMode: Sometimes", "'Sometimes'")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1\n  command: x\n  interactiveMode: '1'", "'1'")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1beta1\n  command: x\n  env: [{value: v}]", "env entry")]
    public void ABadDescription_IsRefused(string exec, string reason) => Assert.Contains(reason, Refused(WriteUser("exec:\n  " + exec)).Message, StringComparison.Ordinal);

    private int Runs() => File.Exists(Path.Combine(Folder, "runs")) ? File.ReadAllLines(Path.Combine(Folder, "runs")).Length : 0;

    private static async Task<bool> Eventually(Func<bool> holds)
    {
        for (int i = 0; i < 100 && !holds(); i++) await Task.Delay(50);
        return holds();
    }
}
