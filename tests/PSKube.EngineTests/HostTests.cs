using System.Diagnostics;
using System.Globalization;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>PSKube.Host in a process of its own, as <c>dotnet run --project src/PSKube.Host</c> starts it.</summary>
public sealed class HostTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Output_IsTheEnginesOwnTables()
    {
        HostRun run = HostProcess.Run("New-KubeDeployment web nginx -Replicas 3 -DryRun Client");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\s*NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\s+----.*\n\s*web\s+0/3\s+0\s+0\s+<unknown>", run.Output);
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void AScript_GetsItsArgumentsByName()
    {
        string script = _folder.Write("say it's.ps1", "param([string] $Name, [switch] $Loud, [Parameter(ValueFromRemainingArguments)] $Rest) \"$Name $Loud $Rest\"");
        HostRun run = HostProcess.Start([script, "-Loud", "-Name", "a'b; $x", "-1", "last"]).End();
        Assert.Equal("a'b; $x True -1 last", run.Output.Trim());
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("throw 'broken'", 1)]
    [InlineData("Write-Error 'one item failed'; 'went on'", 1)]
    [InlineData("Get-KubePod -Kubeconfig /no/such/file", 1)]
    [InlineData("Get-NoSuchCommand", 1)]
    [InlineData("if (", 1)]
    [InlineData("exit 7", 7)]
    public void TheExitCode_TellsWhetherItWorked(string command, int code) => Assert.Equal(code, HostProcess.Run(command).ExitCode);

    [Fact]
    public void TheQuickStart_RunsTheWholeTutorial_WithTheSdkAlone()
    {
        HostRun run = HostProcess.Start([Path.Combine(Engine.RepositoryRoot, "samples", "quick-start.ps1"), "-Speed", "20"]).End();
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Matches(@"deployment\.apps/firstnginx\s+3/3\s+3\s+3", run.Output);
        Assert.Matches(@"web-2\s+1/1\s+Running", run.Output);
        Assert.Contains("hello from the cluster", run.Output, StringComparison.Ordinal);
        // The two lines that do the same elsewhere.
        string[] lines = [.. run.Output.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        Assert.Equal(["Connect-KubeCluster YOUR-CONTEXT", "./samples/tutorial.ps1"], lines[^2..]);
    }

    [Fact]
    public void TheMainJob_RunsOnASandbox()
    {
        HostRun run = HostProcess.Run($"Start-KubeSandbox -Speed 20; & '{Path.Combine(Engine.RepositoryRoot, "samples", "main-job.ps1")}'; 'the end'");
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.EndsWith("the end", run.Output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingScript_IsNamed()
    {
        HostRun run = HostProcess.Start(["nowhere.ps1"]).End();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nowhere.ps1", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AQuestion_IsPutAndItsAnswerTaken()
    {
        string file = _folder.Write("config", "current-context: c\ncontexts: [{name: c, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n");
        HostRun no = HostProcess.Start(["-Command", $"Remove-KubePod a -Kubeconfig '{file}'; 'end'"], input: "n\n").End();
        Assert.Contains("pod/a in default", no.Output + no.Errors, StringComparison.Ordinal);
        Assert.Contains("end", no.Output, StringComparison.Ordinal);
        Assert.Equal(0, no.ExitCode);
        // The answer Yes goes on to the server, which is not there.
        HostRun yes = HostProcess.Start(["-Command", $"Remove-KubePod a -Kubeconfig '{file}'"], input: "y\n").End();
        Assert.Contains("was refused", yes.Output + yes.Errors, StringComparison.Ordinal);
        Assert.Equal(1, yes.ExitCode);
    }

    [Fact]
    public void CtrlC_StopsThePipelineInGoodOrder()
    {
        if (OperatingSystem.IsWindows()) return;
        using HostProcess process = HostProcess.Start(["-Command", "'begun'; try { while ($true) { [System.Threading.Thread]::Sleep(50) } } finally { [Console]::Out.WriteLine('cleaned up') }"]);
        Assert.True(process.Says("begun", TimeSpan.FromSeconds(60)));
        var clock = Stopwatch.StartNew();
        process.Interrupt();
        HostRun run = process.End();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
        Assert.Contains("cleaned up", run.Output, StringComparison.Ordinal);
        Assert.Equal(130, run.ExitCode);
    }
}

/// <summary>What a run of the host said, and how it ended.</summary>
public sealed record HostRun(int ExitCode, string Output, string Errors);

/// <summary>A host under way.</summary>
public sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly System.Text.StringBuilder _output = new();
    private readonly Task<string> _errors;
    private readonly Task _reading;

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line) lock (_output) _output.Append(line).Append('\n');
        });
    }

    /// <summary>Runs a command with no kubeconfig, and optionally another assembly loaded before anything else.</summary>
    public static HostRun Run(string command, string? first = null) => Start(["-Command", command], first: first).End();

    /// <summary>Starts the host.</summary>
    public static HostProcess Start(IEnumerable<string> arguments, string? input = null, string? first = null)
    {
        // Beside us: the same configuration, built by the same build.
        string configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!);
        string host = Path.Combine(Engine.RepositoryRoot, "src", "PSKube.Host", "bin", configuration, "net10.0", "PSKube.Host.dll");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (!Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase)) start.FileName = "dotnet";
        start.ArgumentList.Add(host);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["KUBECONFIG"] = Path.Combine(Path.GetTempPath(), "pskube-no-such-kubeconfig");
        start.Environment.Remove("KUBERNETES_SERVICE_HOST");
        if (first is not null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(TempFolder).Assembly.Location;
            start.Environment["PSKUBE_TEST_FIRST"] = first;
        }

        Process process = Process.Start(start)!;
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        return new HostProcess(process);
    }

    /// <summary>Waits until the host has written a text.</summary>
    public bool Says(string text, TimeSpan within) => SpinWait.SpinUntil(() => Output.Contains(text, StringComparison.Ordinal), within);

    /// <summary>Ctrl+C.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -INT {_process.Id.ToString(CultureInfo.InvariantCulture)}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end.</summary>
    public HostRun End()
    {
        using (_process)
        {
            if (!_process.WaitForExit(TimeSpan.FromSeconds(90)))
            {
                _process.Kill(entireProcessTree: true);
                Assert.Fail($"The host did not end. It said: {Output}");
            }

            _reading.Wait(TimeSpan.FromSeconds(10));
            return new HostRun(_process.ExitCode, Output, _errors.Result);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }
}
