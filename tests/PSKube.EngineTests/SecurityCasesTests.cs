using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PSKube.EngineTests;

/// <summary>docs/security-cases.md is what the names of the tests say; with PSKUBE_RECORD=1 it is written anew.</summary>
public sealed partial class SecurityCasesTests
{
    private const string Intro = """
        # The cases that security and reliability rest on

        Every case is held by tests that are called after it: `T41_…` in C#, `T69: …` in Pester. This page is made from their names and
        from `tests/golden/security-cases.txt`; a test fails when it is out of date (`PSKUBE_RECORD=1 dotnet test tests/PSKube.EngineTests
        --filter SecurityCases` writes it anew).

        """;

    private static readonly string Tests = Path.Combine(Engine.RepositoryRoot, "tests");

    [Fact]
    public void ThePage_IsWhatTheTestsSay()
    {
        string file = Path.Combine(Engine.RepositoryRoot, "docs", "security-cases.md");
        string page = Write();
        if (Environment.GetEnvironmentVariable("PSKUBE_RECORD") == "1") File.WriteAllText(file, page);
        Assert.Equal(page, File.ReadAllText(file).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void EveryCase_HasATestOrIsOpen_AndThereIsNoOther()
    {
        Dictionary<string, string> cases = Lines().Where(line => line.StartsWith('T')).ToDictionary(line => line[..3], line => line[4..]);
        Assert.Equal(Enumerable.Range(1, 93).Select(number => string.Create(CultureInfo.InvariantCulture, $"T{number:00}")), cases.Keys.Order(StringComparer.Ordinal));
        ILookup<string, (string File, string Name)> named = Named();
        Assert.Empty(named.Select(group => group.Key).Except(cases.Keys));
        Assert.Empty(cases.Where(one => one.Value.StartsWith("open:", StringComparison.Ordinal) == named.Contains(one.Key)).Select(one => $"{one.Key}: {(named.Contains(one.Key) ? "has tests, but is called open" : "has no test")}"));
    }

    private static IEnumerable<string> Lines() => File.ReadAllLines(Path.Combine(Tests, "golden", "security-cases.txt")).Where(line => !line.StartsWith("# ", StringComparison.Ordinal));

    private static string Write()
    {
        ILookup<string, (string File, string Name)> named = Named();
        var page = new StringBuilder(Intro.ReplaceLineEndings("\n"));
        foreach (string line in Lines())
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                page.Append(CultureInfo.InvariantCulture, $"\n{line}\n");
                continue;
            }

            page.Append(CultureInfo.InvariantCulture, $"\n**{line[..3]}** {char.ToUpperInvariant(line[4])}{line[5..]}.\n");
            foreach (IGrouping<string, string> group in named[line[..3]].GroupBy(test => test.File, test => test.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                page.Append(CultureInfo.InvariantCulture, $"- `{group.Key}`: {string.Join("; ", group.Order(StringComparer.Ordinal))}\n");
            }
        }

        return page.ToString();
    }

    /// <summary>The tests by their case: where each stands below tests, and its name.</summary>
    private static ILookup<string, (string File, string Name)> Named() => Directory.EnumerateFiles(Tests, "*", SearchOption.AllDirectories)
        .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".Tests.ps1", StringComparison.Ordinal))
        .Where(file => !Generated().IsMatch(file))
        .SelectMany(file => (file.EndsWith(".cs", StringComparison.Ordinal) ? Method() : It()).Matches(File.ReadAllText(file)).Select(match => (File: Path.GetRelativePath(Tests, file).Replace('\\', '/'), Case: match.Groups[1].Value, Name: match.Groups[2].Value.Replace("''", "'", StringComparison.Ordinal))))
        .Distinct()
        .ToLookup(test => test.Case, test => (test.File, test.Name));

    [GeneratedRegex(@"^ +public (?:async )?(?:void|Task) (T\d\d)_(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex(@"^ +It '(T\d\d): ((?:[^']|'')+)'", RegexOptions.Multiline)]
    private static partial Regex It();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Generated();
}
