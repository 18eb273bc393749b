using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using PSKube.Host;

// What a shell says of a program that Ctrl+C ended.
const int Interrupted = 130;

if (args.Length == 0 || args[0] is "-h" or "--help" or "-?")
{
    Console.Error.WriteLine("usage: PSKube.Host SCRIPT.ps1 [arguments] | -Command TEXT");
    return args.Length == 0 ? 1 : 0;
}

// A file or a pipe gets text without colours (https://no-color.org).
if (Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }) PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

string module = typeof(ConsoleHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "ModulePath").Value!;
var host = new ConsoleHost();
InitialSessionState state = InitialSessionState.CreateDefault2();
state.ThrowOnRunspaceOpenError = true;
if (OperatingSystem.IsWindows()) state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
state.ImportPSModule([module]);
using Runspace runspace = RunspaceFactory.CreateRunspace(host, state);
runspace.Open();
using PowerShell shell = PowerShell.Create(runspace);

Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl+C stops the pipeline in good order; a second one ends the process.
    pressed.Cancel = shell.InvocationStateInfo.State == PSInvocationState.Running;
    if (pressed.Cancel) shell.BeginStop(null, null);
};

bool isCommand = args[0].Equals("-Command", StringComparison.OrdinalIgnoreCase) || args[0].Equals("-c", StringComparison.OrdinalIgnoreCase);
if (isCommand)
{
    shell.AddScript(string.Join(' ', args.Skip(1)));
}
else
{
    string script = Path.GetFullPath(args[0]);
    if (!File.Exists(script))
    {
        Console.Error.WriteLine($"There is no script {script}.");
        return 1;
    }

    // Through the parser, so that -Name Value binds by name as on a command line.
    string words = string.Join(' ', args.Skip(1).Select(word => word.StartsWith('-') && word.Length > 1 && char.IsAsciiLetter(word[1]) ? word : $"'{word.Replace("'", "''", StringComparison.Ordinal)}'"));
    shell.AddScript($"& '{script.Replace("'", "''", StringComparison.Ordinal)}' {words}");
}

// What a shell does with a command's output: the engine's own formatting, errors among the output in their order.
shell.AddCommand("Out-Default");
shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
try
{
    shell.Invoke();
}
catch (PipelineStoppedException)
{
    return Interrupted;
}
catch (RuntimeException failure)
{
    host.UI.WriteErrorLine($"{failure.ErrorRecord.InvocationInfo?.MyCommand?.Name ?? "error"}: {failure.ErrorRecord.ErrorDetails?.Message ?? failure.Message}");
    return 1;
}

if (shell.InvocationStateInfo.State == PSInvocationState.Stopped) return Interrupted;
return host.ExitCode ?? (host.Console.ShowedError ? 1 : 0);
