using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace PSKube.EngineTests;

/// <summary><c>docs/kubectl-to-pskube.md</c>: every form in it binds, and no flag of kubectl is left out.</summary>
public sealed partial class KubectlTableTests(Engine engine) : IClassFixture<Engine>
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Engine.RepositoryRoot, "docs", "kubectl-to-pskube.md"));
    /// <summary>Code with a command of ours; in the table a bar is written <c>\|</c>.</summary>
    public static TheoryData<string> Forms() => [.. AllForms()];

    private static IEnumerable<string> AllForms() =>
        Code().Matches(Page).Select(match => match.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal)).Where(code => Regex.IsMatch(code, "[a-z]-Kube")).Distinct();

    /// <summary>The commands whose flags were recorded by <c>tests/golden/record-flags.sh</c>.</summary>
    public static TheoryData<string> KubectlCommands() => [.. Flags().Select(flag => flag.Command).Distinct()];

    private static IEnumerable<(string Command, string Flag)> Flags() =>
        File.ReadLines(Path.Combine(Engine.RepositoryRoot, "tests", "golden", "kubectl-flags.txt")).Select(line => (line[..line.LastIndexOf(' ')], line[(line.LastIndexOf(' ') + 1)..]));

    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryFormBinds(string form) => Binding.Check(engine, form);

    /// <summary>The forms that build objects, as they are without a cluster.</summary>
    public static TheoryData<string> Buildable()
    {
        var buildable = new TheoryData<string>();
        foreach (string form in AllForms())
        {
            ScriptBlockAst parsed = Parser.ParseInput(form, out _, out _);
            CommandAst[] commands = [.. parsed.FindAll(static ast => ast is CommandAst, true).Cast<CommandAst>()];
            bool builds = commands.All(static command => BuildingCommand().IsMatch(command.GetCommandName() ?? "")) && commands[0].GetCommandName().StartsWith("New-", StringComparison.Ordinal);
            // A form with a value of the reader's own, or a file of his, cannot be run as it stands.
            bool complete = !parsed.FindAll(static ast => ast is VariableExpressionAst, true).Any() && !ForeignInput().IsMatch(form);
            if (builds && complete) buildable.Add(string.Concat(form.AsSpan(0, commands[0].Extent.EndOffset), form.Contains("-DryRun", StringComparison.Ordinal) ? "" : " -DryRun Client", form.AsSpan(commands[0].Extent.EndOffset)));
        }

        return buildable;
    }

    [Theory]
    [MemberData(nameof(Buildable))]
    public void EveryFormThatNeedsNoCluster_Runs(string form)
    {
        EngineResult result = engine.Run(form);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        Assert.NotEmpty(result.Output);
    }

    [Theory]
    [MemberData(nameof(KubectlCommands))]
    public void EveryFlagHasItsRow(string command)
    {
        string section = Page.Split($"\n## kubectl {command}\n")[1].Split("\n## ")[0];
        string[] answered = [.. Code().Matches(section).Select(match => match.Groups[1].Value.Split('=')[0])];
        Assert.Empty(Flags().Where(flag => flag.Command == command && !answered.Contains(flag.Flag)).Select(flag => flag.Flag));
    }

    [GeneratedRegex("(?<!`)`([^`\n]+)`(?!`)")]
    private static partial Regex Code();

    [GeneratedRegex("^(New-Kube|ConvertTo-Kube|Add-Kube|Set-Kube(Image|Env|Probe|ResourceLimit)$)")]
    private static partial Regex BuildingCommand();

    [GeneratedRegex(@"-DryRun Server|-Path|-FromFile|-FromEnvFile|-FromCronJob|-Certificate|-Wait|\.\.\.|\bcert\b|\.pem|\./")]
    private static partial Regex ForeignInput();
}

/// <summary>Whether commands in a text bind to the real cmdlets, without running them.</summary>
internal static class Binding
{
    /// <summary>Fails where the text does not parse, names a command that does not exist, or has parameters that do not bind.</summary>
    public static void Check(Engine engine, string script)
    {
        // The binder that runs commands knows the end of parameters, the static one does not.
        Ast parsed = Parser.ParseInput(Regex.Replace(script, @" -- [^\n|;)]*", ""), out _, out ParseError[] errors);
        Assert.Empty(errors);
        foreach (CommandAst command in parsed.FindAll(ast => ast is CommandAst, true).Cast<CommandAst>())
        {
            if (command.GetCommandName()?.Contains("-Kube", StringComparison.Ordinal) != true) continue;
            Assert.NotEmpty(engine.Run($"Get-Command {command.GetCommandName()}").Output);
            IEnumerable<string> wrong = Bind(engine, command).BindingExceptions.Values.Where(wrong => !ComesThroughThePipeline(command, wrong.BindingException)).Select(wrong => wrong.BindingException.Message);
            Assert.True(!wrong.Any(), $"{command.Extent.Text}: {string.Join(", ", wrong)}");
        }
    }

    /// <summary>Where two sets take the pipeline the static binder sees only one of them.</summary>
    private static bool ComesThroughThePipeline(CommandAst command, ParameterBindingException failure) =>
        failure.ErrorId == "MissingArgument" && failure.ParameterName == "InputObject" && command.Parent is PipelineAst { PipelineElements: { Count: > 1 } elements } && elements[0] != command;

    /// <summary>Binding looks commands up in the runspace of its thread.</summary>
    private static StaticBindingResult Bind(Engine engine, CommandAst command)
    {
        System.Management.Automation.Runspaces.Runspace? before = System.Management.Automation.Runspaces.Runspace.DefaultRunspace;
        try
        {
            System.Management.Automation.Runspaces.Runspace.DefaultRunspace = engine.Runspace;
            return StaticParameterBinder.BindCommand(command, resolve: true);
        }
        finally
        {
            System.Management.Automation.Runspaces.Runspace.DefaultRunspace = before;
        }
    }
}
