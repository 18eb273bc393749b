using System.Diagnostics;
using System.Text.Json.Nodes;
using PSKube.Config;
using PSKube.Errors;
using PSKube.TestKit;

namespace PSKube.Tests.Config;

/// <summary>Plugins are shell scripts here; on Windows the same rules hold, but there is no /bin/sh to write them in.</summary>
public sealed class ExecPluginTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Answer(string status) => $$"""echo '{"kind":"ExecCredential","apiVersion":"{{V1}}","status":{{status}}}'""";

    private ExecPlugin Plugin(string command, string more = "") => ExecPlugin.Read((JsonObject)JsonNode.Parse($$"""{"command":"{{command}}","apiVersion":"{{V1}}","interactiveMode":"Never"{{more}}}""")!, Path.Combine(_folder.Path, "config"), null, new Uri("https://x/"));

    private async Task<KubeException> Failure(string body, string more = "")
    {
        ExecPlugin plugin = Plugin(_folder.Script("plugin", body), more);
        return await Assert.ThrowsAsync<KubeException>(() => plugin.RunAsync(default));
    }

    [Fact]
    public async Task T29_ArgumentsArriveByteExact()
    {
        if (OperatingSystem.IsWindows()) return;
        string script = _folder.Script("plugin", $"for a in \"$@\"; do printf '[%s]' \"$a\" >> '{_folder.Path}/args'; done\n" + Answer("""{"token":"t"}"""));
        ExecAnswer answer = await Plugin(script, """,   "args":["a b","\"q\"","$(id)","","'"]""").RunAsync(default);
        Assert.Equal("t", answer.Token);
        Assert.Equal("[a b][\"q\"][$(id)][][']", File.ReadAllText(Path.Combine(_folder.Path, "args")));
    }

    [Fact]
    public async Task TheQuestionIsAskedAsTheProtocolSays()
    {
        if (OperatingSystem.IsWindows()) return;
        string script = _folder.Script("plugin", $"printf '%s' \"$KUBERNETES_EXEC_INFO\" > '{_folder.Path}/info'; printf '%s' \"$EXTRA\" > '{_folder.Path}/extra'\n" + Answer("""{"token":"t"}"""));
        await Plugin(script, """,   "env":[{"name":"EXTRA","value":"v w"}]""").RunAsync(default);
        JsonNode info = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.Path, "info")))!;
        Assert.Equal("ExecCredential", info["kind"]!.ToString());
        Assert.Equal("false", info["spec"]!["interactive"]!.ToJsonString());
        Assert.Equal("v w", File.ReadAllText(Path.Combine(_folder.Path, "extra")));
    }

    [Fact]
    public async Task T30_AProgramInTheCurrentFolderIsNotRun()
    {
        if (OperatingSystem.IsWindows()) return;
        _folder.Script("pskube-no-such-plugin", $"touch '{_folder.Path}/ran'");
        string before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(_folder.Path);
            var error = await Assert.ThrowsAsync<KubeException>(() => Plugin("pskube-no-such-plugin", ""","installHint":"get it there"}""".TrimEnd('}')).RunAsync(default));
            Assert.Equal("KubePluginNotFound", error.ErrorId);
            Assert.Contains("get it there", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }

        Assert.False(File.Exists(Path.Combine(_folder.Path, "ran")));
    }

    [Theory]
    [InlineData("echo oops >&2; exit 3", "exit code 3: oops")]
    [InlineData("echo 'token eyJhbGciOiJSUzI1NiIsImtpZCI6IkFCQ0RFRkdISUpLTE1OT1AifQ' >&2; exit 1", "token ***")]
    [InlineData("echo hello", "no JSON")]
    [InlineData("echo '{\"kind\":\"Other\"}'", "no ExecCredential")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"t\"}}'", "another version")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}'", "no status")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"\"}}'", "neither a token")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"clientCertificateData\":\"x\"}}'", "without a key")]
    [InlineData("head -c 2000000 /dev/zero | tr '\\0' x", "longer than 1 MiB")]
    public async Task T28_APluginThatFailsSaysWhy(string body, string words)
    {
        if (OperatingSystem.IsWindows()) return;
        KubeException error = await Failure(body);
        Assert.Equal("KubePluginFailed", error.ErrorId);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T28_APluginThatNeverEnds_IsKilledWithItsChildren()
    {
        if (OperatingSystem.IsWindows()) return;
        string script = _folder.Script("plugin", $"sleep 987 & echo $! > '{_folder.Path}/child'; wait");
        JsonObject exec = (JsonObject)JsonNode.Parse($$"""{"command":"{{script}}","apiVersion":"{{V1}}","interactiveMode":"Never"}""")!;
        var plugin = ExecPlugin.Read(exec, Path.Combine(_folder.Path, "config"), null, null, TimeSpan.FromMilliseconds(700));
        var error = await Assert.ThrowsAsync<KubeException>(() => plugin.RunAsync(default));
        Assert.Contains("no answer within", error.Message, StringComparison.Ordinal);
        int child = int.Parse(File.ReadAllText(Path.Combine(_folder.Path, "child")));
        for (int i = 0; i < 50 && Alive(child); i++) await Task.Delay(20);
        Assert.False(Alive(child));
    }

    [Fact]
    public async Task T32_FiftyCallersStartThePluginOnce_AndARefusedTokenIsAskedForOnceMore()
    {
        if (OperatingSystem.IsWindows()) return;
        string script = _folder.Script("plugin", $"echo x >> '{_folder.Path}/runs'; sleep 0.2\n" + """printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t%s"}}' $(wc -l < """ + $"'{_folder.Path}/runs')");
        var source = new ExecCredentials(Plugin(script), null);
        Credential[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => source.GetAsync(null, default).AsTask()));
        Assert.All(all, credential => Assert.Equal("Bearer t1", credential.Authorization));
        Credential[] renewed = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => source.GetAsync(all[0], default).AsTask()));
        Assert.All(renewed, credential => Assert.Equal("Bearer t2", credential.Authorization));
        Assert.Equal(2, File.ReadAllLines(Path.Combine(_folder.Path, "runs")).Length);
    }

    [Fact]
    public async Task T33_APluginThatHasToAsk_FailsAtOnceWhereNobodyIsThere()
    {
        if (!Console.IsInputRedirected) return;
        ExecPlugin plugin = ExecPlugin.Read((JsonObject)JsonNode.Parse($$"""{"command":"sh","apiVersion":"{{V1}}","interactiveMode":"Always"}""")!, "/x/config", null, null);
        var clock = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<KubeException>(() => plugin.RunAsync(default));
        Assert.Contains("no terminal", error.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2));
    }

    /// <summary>A process that has ended but that nobody has waited for yet is dead all the same.</summary>
    private static bool Alive(int pid)
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", ["-o", "stat=", "-p", $"{pid}"]) { RedirectStandardOutput = true })!;
        string state = ps.StandardOutput.ReadToEnd().Trim();
        ps.WaitForExit();
        return state.Length > 0 && state[0] != 'Z';
    }
}
