using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Commands.Terminal;
using PSKube.Errors;
using PSKube.Parameters;

namespace PSKube.Commands.Pods;

/// <summary>
/// Opens a shell in a container and hands the terminal over to it, as <c>kubectl exec -it</c> does, until the shell ends. Every key
/// goes to the shell, Ctrl+C too.
/// </summary>
[Cmdlet(VerbsCommon.Enter, "KubePod", DefaultParameterSetName = "Target")]
[OutputType(typeof(void))]
public sealed class EnterKubePodCommand : PodCommandCmdlet
{
    /// <summary>How often the size of the window is looked at, and the longest that a key has to wait: never, as keys wake it.</summary>
    private const int Tick = 50;

    private static readonly string[] UnixShell = ["sh", "-c", "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi"];
    private static readonly string[] WindowsShell = ["cmd", "/q", "/c", "where /q powershell & if errorlevel 1 (cmd) else (powershell -NoLogo)"];

    /// <summary>The pod, or <c>TYPE/NAME</c> of a workload or service, of which the pod that kubectl would take is taken.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(PodCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>The pod, workload or service, or its name.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Pod")]
    [ValidateNotNull]
    public PSObject? Pod { get; set; }

    /// <summary>What to run instead of a shell: program and arguments. When not given it is bash where there is one, else sh; in pods for Windows PowerShell where there is one, else cmd.</summary>
    [Parameter(ValueFromRemainingArguments = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Command { get; set; }

    private protected override void Begin() => RawTerminal.Check();

    private protected override void Process()
    {
        KubeClient client = ClientFor(Pod);
        ResourceTarget target = Pod is null ? ResourceTarget.Parse(Target!) : ResourceTarget.From(Pod);
        int code = Await(cancel => RunAsync(client, target, cancel));
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"The shell ended with exit code {code}."));
    }

    private async Task<int> RunAsync(KubeClient client, ResourceTarget target, CancellationToken cancel)
    {
        V1Pod pod = await FindPodAsync(client, target, cancel).ConfigureAwait(false);
        var spec = new RemoteCommandSpec(pod.Metadata.NamespaceProperty, pod.Metadata.Name, ChooseContainer(pod), Command ?? (IsWindows(pod) ? WindowsShell : UnixShell)) { Terminal = true };
        using RawTerminal terminal = RawTerminal.Open();
        using RemoteCommand shell = await client.ExecAsync(spec, cancel).ConfigureAwait(false);
        return await shell.RunAsync((_, bytes, token) => terminal.WriteAsync(bytes, token), token => FeedAsync(terminal, shell, token), cancel).ConfigureAwait(false);
    }

    private static async Task FeedAsync(RawTerminal terminal, RemoteCommand shell, CancellationToken cancel)
    {
        var keys = new byte[4096];
        (int Width, int Height) told = default;
        while (!cancel.IsCancellationRequested)
        {
            if (RawTerminal.Size is var size && size != told)
            {
                told = size;
                await shell.ResizeAsync(size.Width, size.Height, cancel).ConfigureAwait(false);
            }

            int count = terminal.Read(keys, Tick);
            if (count < 0) throw new KubeException("KubeNoTerminal", ErrorCategory.InvalidOperation, "The terminal was closed.");
            if (count > 0) await shell.SendAsync(keys.AsMemory(0, count), cancel).ConfigureAwait(false);
        }
    }
}
