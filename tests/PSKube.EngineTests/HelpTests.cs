using System.Management.Automation;
using System.Text.RegularExpressions;

namespace PSKube.EngineTests;

/// <summary>The help pages beside the cmdlets that they describe: nothing there may be missing, old or invented.</summary>
public sealed partial class HelpTests(Engine engine) : IClassFixture<Engine>
{
    private static readonly string Pages = Path.Combine(Engine.RepositoryRoot, "docs", "en-US");
    public static TheoryData<string> Commands() => [.. Engine.Cmdlets().Select(pair => $"{pair.Name.VerbName}-{pair.Name.NounName}")];

    private CommandInfo Command(string name) => (CommandInfo)engine.Run($"Get-Command {name}").Output.Single().BaseObject;

    private static string Page(string name) => File.ReadAllText(Path.Combine(Pages, name + ".md"));

    [Theory]
    [MemberData(nameof(Commands))]
    public void ThePageHasEveryParameter_WithItsTypeItsAliasesAndItsPlace(string name)
    {
        string page = Page(name);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        CommandInfo command = Command(name);
        ParameterMetadata[] parameters = [.. command.Parameters.Values.Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name))];
        Dictionary<string, string> sections = Section().Matches(page).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["yaml"].Value);
        Assert.Equal(parameters.Select(parameter => parameter.Name).Order(), sections.Keys.Order());
        foreach (ParameterMetadata parameter in parameters)
        {
            string yaml = sections[parameter.Name];
            Assert.Contains($"Type: {TypeName(parameter.ParameterType)}\n", yaml, StringComparison.Ordinal);
            Assert.Equal(parameter.Aliases.Order(), Items(yaml, "Aliases").Order());
            Assert.Equal(parameter.ParameterSets.Keys.Select(set => set == "__AllParameterSets" ? "(All)" : set).Order(), SetName().Matches(yaml).Select(match => match.Groups[1].Value).Order());
            foreach ((string set, ParameterSetMetadata data) in parameter.ParameterSets)
            {
                string shown = yaml[yaml.IndexOf($"- Name: {(set == "__AllParameterSets" ? "(All)" : set)}\n", StringComparison.Ordinal)..];
                Assert.Contains($"Position: {(data.Position == int.MinValue ? "Named" : data.Position)}\n", shown[..shown.IndexOf("IsRequired", StringComparison.Ordinal)], StringComparison.Ordinal);
                Assert.StartsWith($"IsRequired: {data.IsMandatory.ToString().ToLowerInvariant()}\n", shown[shown.IndexOf("IsRequired", StringComparison.Ordinal)..], StringComparison.Ordinal);
                Assert.StartsWith($"ValueFromPipeline: {data.ValueFromPipeline.ToString().ToLowerInvariant()}\n", shown[shown.IndexOf("ValueFromPipeline:", StringComparison.Ordinal)..], StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void ThePageHasEveryParameterSet(string name)
    {
        string syntax = Page(name).Split("## SYNTAX")[1].Split("\n## ")[0];
        string[] sets = [.. Command(name).ParameterSets.Select(set => set.Name == "__AllParameterSets" ? "__AllParameterSets" : set.IsDefault ? $"{set.Name} (Default)" : set.Name)];
        Assert.Equal(sets.Order(), Heading().Matches(syntax).Select(match => match.Groups[1].Value).Order());
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void EveryExampleBinds(string name)
    {
        MatchCollection examples = Example().Matches(Page(name));
        Assert.NotEmpty(examples);
        Assert.Contains(examples, example => example.Groups[1].Value.Contains(name, StringComparison.Ordinal));
        foreach (Match example in examples)
        {
            Binding.Check(engine, example.Groups[1].Value);
        }
    }

    [Fact]
    public void EveryErrorIdIsListed()
    {
        string topic = File.ReadAllText(Path.Combine(Pages, "about_PSKube_Errors.help.txt"));
        IEnumerable<string> used = Directory.EnumerateFiles(Path.Combine(Engine.RepositoryRoot, "src", "PSKube"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Id().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).Distinct()
            .Except(Engine.Cmdlets().Select(pair => pair.Name.NounName));
        Assert.All(used, id => Assert.Contains(id, topic, StringComparison.Ordinal));
    }

    private static string TypeName(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? $"System.Nullable`1[{inner.FullName}]" : type.ToString();

    private static IEnumerable<string> Items(string yaml, string field)
    {
        string[] lines = yaml.Split('\n');
        int at = Array.FindIndex(lines, line => line.StartsWith(field + ":", StringComparison.Ordinal));
        return lines.Skip(at + 1).TakeWhile(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..].Trim());
    }

    [GeneratedRegex(@"### -(?<name>\w+)\n\n(?<text>.*?)\n\n```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^- Name: (.+)$", RegexOptions.Multiline)]
    private static partial Regex SetName();

    [GeneratedRegex(@"^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"```powershell\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("\"(Kube[A-Z][A-Za-z]+)\"(?=,| =>|\\)| when)")]
    private static partial Regex Id();
}
