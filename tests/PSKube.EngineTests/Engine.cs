using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Security;
using System.Text;
using PSKube.Commands.Pods;

namespace PSKube.EngineTests;

/// <summary>What a command did, stream by stream.</summary>
public sealed record EngineResult(IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Warnings, IReadOnlyList<string> Verbose, IReadOnlyList<string> Debug, string Screen)
{
    /// <summary>The only error.</summary>
    public ErrorRecord Error => Assert.Single(Errors);
}

/// <summary>A runspace of the real engine with PSKube's cmdlets, members and tables.</summary>
public sealed class Engine : IDisposable
{
    private readonly RecordingHost _host = new();

    /// <summary>Opens a runspace.</summary>
    public Engine()
        : this([])
    {
    }

    private Engine(Assembly[] others)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach (Type type in others.SelectMany(assembly => assembly.GetExportedTypes()))
        {
            if (type.GetCustomAttribute<CmdletAttribute>(inherit: false) is { } own) state.Commands.Add(new SessionStateCmdletEntry($"{own.VerbName}-{own.NounName}", type, null));
        }

        foreach ((CmdletAttribute name, Type type) in Cmdlets()) state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
        state.Commands.Add(new SessionStateCmdletEntry("Select-First", typeof(TakeFirstCommand), null));
        string views = Path.Combine(RepositoryRoot, "src", "PSKube", "Output");
        state.Types.Add(new SessionStateTypeEntry(Path.Combine(views, "PSKube.Types.ps1xml")));
        state.Formats.Add(new SessionStateFormatEntry(Path.Combine(views, "PSKube.Format.ps1xml")));
        state.ThrowOnRunspaceOpenError = true;
        Runspace = RunspaceFactory.CreateRunspace(_host, state);
        Runspace.Open();
    }

    /// <summary>Opens a runspace in which the commands of other assemblies are too.</summary>
    public static Engine With(params Assembly[] others) => new(others);

    /// <summary>The runspace.</summary>
    public Runspace Runspace { get; }

    /// <summary>The repository, from the place of the test's own assembly.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Answers to prompts, in order; without one the answer is No.</summary>
    public Queue<int> Choices => _host.Ui.Choices;

    /// <summary>Every cmdlet of the module.</summary>
    public static IEnumerable<(CmdletAttribute Name, Type Type)> Cmdlets() =>
        typeof(GetKubePodCommand).Assembly.GetExportedTypes().Select(type => (type.GetCustomAttribute<CmdletAttribute>(inherit: false)!, type)).Where(pair => pair.Item1 is not null);

    /// <summary>Runs a script.</summary>
    public EngineResult Run(string script, params (string Name, object? Value)[] variables) => Run(script, toScreen: false, variables);

    /// <summary>Runs a script and shows its output, as a console would.</summary>
    public string Show(string script, params (string Name, object? Value)[] variables) => Run(script, toScreen: true, variables).Screen;

    /// <summary>Runs a command by its parameters, as splatting does.</summary>
    public EngineResult Invoke(string command, IDictionary<string, object?> parameters)
    {
        using PowerShell shell = PowerShell.Create(Runspace);
        shell.AddCommand(command);
        foreach ((string name, object? value) in parameters) shell.AddParameter(name, value);
        return Collect(shell, shell.Invoke());
    }

    /// <summary>Begins a script and stops it when the condition holds; returns how long the stop took.</summary>
    public TimeSpan Stop(string script, Func<bool> when, params (string Name, object? Value)[] variables)
    {
        foreach ((string name, object? value) in variables) Runspace.SessionStateProxy.SetVariable(name, value);
        using PowerShell shell = PowerShell.Create(Runspace);
        shell.AddScript(script);
        IAsyncResult running = shell.BeginInvoke();
        Assert.True(SpinWait.SpinUntil(when, TimeSpan.FromSeconds(20)), "The command did not come to the point at which it is to be stopped.");
        var clock = Stopwatch.StartNew();
        shell.Stop();
        clock.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        return clock.Elapsed;
    }

    /// <inheritdoc/>
    public void Dispose() => Runspace.Dispose();

    private EngineResult Run(string script, bool toScreen, (string Name, object? Value)[] variables)
    {
        _host.Ui.Screen.Clear();
        foreach ((string name, object? value) in variables) Runspace.SessionStateProxy.SetVariable(name, value);
        using PowerShell shell = PowerShell.Create(Runspace);
        shell.AddScript(script);
        if (toScreen) shell.AddCommand("Out-Default");
        Collection<PSObject> output;
        try
        {
            output = shell.Invoke();
        }
        catch (RuntimeException failure)
        {
            shell.Streams.Error.Add(failure.ErrorRecord);
            output = [];
        }

        return Collect(shell, output);
    }

    private EngineResult Collect(PowerShell shell, Collection<PSObject> output) => new(
        [.. output],
        [.. shell.Streams.Error],
        [.. shell.Streams.Warning.Select(record => record.Message)],
        [.. shell.Streams.Verbose.Select(record => record.Message)],
        [.. shell.Streams.Debug.Select(record => record.Message)],
        System.Text.RegularExpressions.Regex.Replace(_host.Ui.Screen.ToString(), @"\e\[[0-9;]*m", ""));

    private static string FindRoot()
    {
        string? folder = Path.GetDirectoryName(typeof(Engine).Assembly.Location);
        while (folder is not null && !File.Exists(Path.Combine(folder, "PSKube.psd1"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The repository was not found above the tests.");
    }

    private sealed class RecordingHost : PSHost
    {
        public RecordingUi Ui { get; } = new();

        public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

        public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

        public override Guid InstanceId { get; } = Guid.NewGuid();

        public override string Name => "PSKube tests";

        public override PSHostUserInterface UI => Ui;

        public override Version Version { get; } = new(1, 0);

        public override void EnterNestedPrompt() => throw new NotSupportedException();

        public override void ExitNestedPrompt() => throw new NotSupportedException();

        public override void NotifyBeginApplication()
        {
        }

        public override void NotifyEndApplication()
        {
        }

        public override void SetShouldExit(int exitCode)
        {
        }
    }

    private sealed class RecordingUi : PSHostUserInterface
    {
        public StringBuilder Screen { get; } = new();

        public Queue<int> Choices { get; } = new();

        public override PSHostRawUserInterface RawUI { get; } = new WideConsole();

        public override string ReadLine() => "";

        public override SecureString ReadLineAsSecureString() => new();

        public override void Write(string value) => Screen.Append(value);

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Screen.Append(value);

        public override void WriteLine(string value) => Screen.Append(value).Append('\n');

        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteErrorLine(string value) => Screen.Append(value).Append('\n');

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override void WriteVerboseLine(string message)
        {
        }

        public override void WriteWarningLine(string message)
        {
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => [];

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            Screen.Append(message).Append('\n');
            // Yes, Yes to All, No, No to All, Suspend: the engine's order.
            return Choices.Count > 0 ? Choices.Dequeue() : 2;
        }

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();
    }

    private sealed class WideConsole : PSHostRawUserInterface
    {
        public override ConsoleColor BackgroundColor { get; set; }

        public override Size BufferSize { get; set; } = new(220, 100);

        public override Coordinates CursorPosition { get; set; }

        public override int CursorSize { get; set; }

        public override ConsoleColor ForegroundColor { get; set; }

        public override bool KeyAvailable => false;

        public override Size MaxPhysicalWindowSize => new(220, 100);

        public override Size MaxWindowSize => new(220, 100);

        public override Coordinates WindowPosition { get; set; }

        public override Size WindowSize { get; set; } = new(220, 100);

        public override string WindowTitle { get; set; } = "";

        public override void FlushInputBuffer()
        {
        }

        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => new BufferCell[0, 0];

        public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

        public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill)
        {
        }

        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents)
        {
        }

        public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
        {
        }
    }
}
