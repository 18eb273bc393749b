using System.Text;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Nodes.Shell;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.SandboxTests.Controllers;

namespace PSKube.SandboxTests.Nodes;

public class ShellTests
{
    private sealed class NoNet : IPodNetwork
    {
        public (string Address, string Name)? Resolve(string ns, string host) => host == "web" ? ("10.96.1.2", "web.default.svc.cluster.local") : null;

        public WebAnswer? Get(string ns, string pod, string host, int port, string path) => port == 80 ? new WebAnswer(200, "text/html", "page\n"u8.ToArray()) : null;
    }

    private static async Task<(int Code, byte[] Out, string Err)> Run(string[] command, byte[]? input = null)
    {
        var world = new ShellWorld("default", "box", "c", "busybox", "box", new ContainerFiles("busybox", "box", []), new SandboxClock(1000), new NoNet());
        var shell = new ShellProcess(world, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        shell.Variables["A"] = "b";
        shell.Exported.Add("A");
        var output = new MemoryStream();
        var errors = new MemoryStream();
        int code = await shell.RunAsync(command, new ShellStreams(new MemoryStream(input ?? []), bytes => { lock (output) output.Write(bytes.Span); return default; }, bytes => { lock (errors) errors.Write(bytes.Span); return default; }));
        return (code, output.ToArray(), Encoding.UTF8.GetString(errors.ToArray()));
    }

    [Theory]
    [InlineData("echo out; echo err >&2; exit 3", "out\n", 3)]
    [InlineData("echo a && false || echo c", "a\nc\n", 0)]
    [InlineData("for i in 1 2 3; do echo \"a $i\"; sleep 0.2; done; printf \"no end\"", "a 1\na 2\na 3\nno end", 0)]
    [InlineData("i=0; while [ $i -lt 3 ]; do echo \"line $i\"; i=$((i+1)); done", "line 0\nline 1\nline 2\n", 0)]
    [InlineData("i=0; while :; do i=$((i+1)); if [ $i = 3 ]; then break; fi; echo $i; done", "1\n2\n", 0)]
    [InlineData("until false; do echo once; exit 0; done", "once\n", 0)]
    [InlineData("cat >/dev/null; exit 7", "", 7)]
    [InlineData("seq 1 100000 | tail -n 2", "99999\n100000\n", 0)]
    [InlineData("head -c 5 /dev/zero | tr \"\\0\" x; echo", "xxxxx\n", 0)]
    [InlineData("yes | head -n 2", "y\ny\n", 0)]
    [InlineData("echo $(echo a; echo b) \"$(echo a; echo b)\"", "a b a\nb\n", 0)]
    [InlineData("echo ${X:-none} ${A} $A ${#A} $((2 * (3 + 4)))", "none b b 1 14\n", 0)]
    [InlineData("echo hi > /tmp/f; cat /tmp/f; echo ho >> /tmp/f; wc -l /tmp/f", "hi\n2 /tmp/f\n", 0)]
    [InlineData("case abc in x) echo x;; a*) echo starts;; esac", "starts\n", 0)]
    [InlineData("f() { echo \"$1-$#\"; return 4; }; f a b; echo $?", "a-2\n4\n", 0)]
    [InlineData("cat <<EOF\nhello $A\nEOF", "hello b\n", 0)]
    [InlineData("echo a b c | while read x y; do echo \"$y\"; done", "b c\n", 0)]
    [InlineData("(exit 5); echo $?; ! true; echo $?", "5\n1\n", 0)]
    [InlineData("hostname; printenv A; ls -d /tmp", "box\nb\n/tmp\n", 0)]
    [InlineData("until nslookup web >/dev/null; do sleep 1; done; wget -qO- http://web", "page\n", 0)]
    [InlineData("echo *tmp* *none* '*' \"*\"; cd /etc; echo host*", "tmp *none* * *\nhostname hosts\n", 0)]
    [InlineData("nosuch; echo $?", "127\n", 0)]
    [InlineData("# only a comment", "", 0)]
    [InlineData("if true; then", "", 2)]
    public async Task Script(string script, string output, int code)
    {
        (int Code, byte[] Out, string Err) ran = await Run(["sh", "-c", script]);
        Assert.Equal((output, code), (Encoding.UTF8.GetString(ran.Out), ran.Code));
    }

    [Fact]
    public async Task Words_PassAsTheyAre()
    {
        string[] words = ["a b", "$HOME", "*", "\"", "'", "\\", "-n", "grün"];
        (int _, byte[] output, string _) = await Run(["sh", "-c", "for w in \"$@\"; do printf \"%s\\n\" \"$w\"; done", "sh", .. words]);
        Assert.Equal(words, Encoding.UTF8.GetString(output).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Bytes_PassAsTheyAre()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256 * 300).Select(one => (byte)one)];
        Assert.Equal(bytes, (await Run(["cat"], bytes)).Out);
        Assert.Equal("a\nb\n"u8.ToArray(), (await Run(["sort"], "b\na\n"u8.ToArray())).Out);
        (int code, byte[] output, string _) = await Run(["sh", "-c", "printf \"gr\\303\\274n \\360\\237\\232\\200\\r\\n\\377\\n\""]);
        Assert.Equal(0, code);
        Assert.Equal([.. "grün 🚀\r\n"u8.ToArray(), 0xff, (byte)'\n'], output);
    }

    [Fact]
    public async Task Exec_InAPod()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Pods, Cluster.Pod("box", "busybox", ",'args':['sleep','360000'],'env':[{'name':'WHO','value':'me'}]"));
        await cluster.Until(Kinds.Pods, "box", json => json.Text("status", "phase") == "Running");
        Assert.Equal((0, "box\n", "", null), await cluster.Exec("box", "hostname"));
        Assert.Equal((0, "me\n", "", null), await cluster.Exec("box", "sh", "-c", "echo $WHO"));
        Assert.Contains("exec: \"nosuchprogram\": executable file not found in $PATH: unknown", (await cluster.Exec("box", "nosuchprogram")).Failure);
        await cluster.Exec("box", "sh", "-c", "head -c 10485760 /dev/urandom > /tmp/big");
        string sum = (await cluster.Exec("box", "sha256sum", "/tmp/big")).Out.Split(' ')[0];
        var output = new MemoryStream();
        await cluster.Loop.Processes.RunAsync("default", "box", null, ["cat", "/tmp/big"], null, bytes => { output.Write(bytes.Span); return default; }, ShellStreams.Nowhere, CancellationToken.None);
        Assert.Equal(sum, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(output.ToArray())).ToLowerInvariant());
        using var cancel = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Loop.Processes.RunAsync("default", "box", null, ["sh", "-c", "while :; do echo tick; sleep 0.1; done"], null, ShellStreams.Nowhere, ShellStreams.Nowhere, cancel.Token));
    }

    [Fact]
    public async Task Terminal_EchoesAndIsInterrupted()
    {
        using var cluster = new Cluster(1);
        cluster.Create(Kinds.Pods, Cluster.Pod("box", "busybox", ",'args':['sleep','3600']"));
        await cluster.Until(Kinds.Pods, "box", json => json.Text("status", "phase") == "Running");
        var keys = new ShellPipe();
        var screen = new StringBuilder();
        Task<ExecResult> running = cluster.Loop.Processes.RunAsync("default", "box", null, ["sh"], keys, bytes => { lock (screen) screen.Append(Encoding.UTF8.GetString(bytes.Span)); return default; }, ShellStreams.Nowhere, CancellationToken.None, () => (120, 30));
        async Task Shows(string text) => await cluster.Until(() => { lock (screen) return screen.ToString().Contains(text); }, () => screen.ToString());
        await Shows("# ");
        await keys.PutAsync("echo in-$((40+2)); stty size\r"u8.ToArray());
        await Shows("in-42\r\n30 120\r\n");
        await keys.PutAsync("sleep 1000\r"u8.ToArray());
        await Shows("sleep 1000\r\n");
        await keys.PutAsync(new byte[] { 3 });
        await keys.PutAsync("echo still-$((1+1))\r"u8.ToArray());
        await Shows("still-2\r\n");
        await keys.PutAsync("exit 3\r"u8.ToArray());
        Assert.Equal(3, (await running.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode);
    }
}
