using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using k8s.Models;

namespace PSKube.EngineTests;

/// <summary>The columns that people see are members that scripts can use, and what a second kind in one pipeline shows.</summary>
public sealed partial class MemberTests : IDisposable
{
    /// <summary>Columns whose name is a property of the model; about_PSKube names the members instead.</summary>
    private static readonly string[] Taken = ["STATUS", "DATA", "SECRETS", "COUNT", "SOURCE"];

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private static V1Pod Pod(string name) => new() { ApiVersion = "v1", Kind = "Pod", Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "n", CreationTimestamp = DateTime.UtcNow.AddMinutes(-5) }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c" }] }, Status = new V1PodStatus { Phase = "Running" } };

    private static V1ConfigMap Settings => new() { ApiVersion = "v1", Kind = "ConfigMap", Metadata = new V1ObjectMeta { Name = "settings", NamespaceProperty = "n", CreationTimestamp = DateTime.UtcNow.AddMinutes(-5) }, Data = new Dictionary<string, string> { ["a"] = "secret-text" } };

    public static TheoryData<string> ModelTypes()
    {
        var names = new TheoryData<string>();
        foreach (XElement type in XDocument.Load(Path.Combine(Engine.RepositoryRoot, "src", "PSKube", "Output", "PSKube.Types.ps1xml")).Descendants("Type").Where(type => type.Element("Name")!.Value.StartsWith("k8s.Models.", StringComparison.Ordinal) && type.Descendants("Name").Any(name => name.Value == "Age"))) names.Add(type.Element("Name")!.Value);
        return names;
    }

    [Theory]
    [MemberData(nameof(ModelTypes))]
    public void EveryColumnOfATable_IsAMemberOfThatName(string type)
    {
        XDocument views = XDocument.Load(Path.Combine(Engine.RepositoryRoot, "src", "PSKube", "Output", "PSKube.Format.ps1xml"));
        string[] columns = [.. views.Descendants("View").Where(view => view.Descendants("TypeName").Any(name => name.Value == type || name.Value.StartsWith(type + "#", StringComparison.Ordinal))).SelectMany(view => view.Descendants("Label")).Select(label => label.Value).Distinct()];
        Assert.NotEmpty(columns);
        PSObject value = PSObject.AsPSObject(Activator.CreateInstance(typeof(V1Pod).Assembly.GetType(type)!)!);
        string[] members = [.. _engine.Run("$value.PSObject.Properties.Name", ("value", value)).Output.Select(name => name.ToString())];
        foreach (string column in columns)
        {
            string name = Letters().Replace(column.Replace("(S)", "S", StringComparison.Ordinal), "");
            Assert.Contains(name, members, StringComparer.OrdinalIgnoreCase);
            if (!Taken.Contains(column)) Assert.DoesNotContain("V1", _engine.Run($"$value.PSObject.Properties['{name}'].TypeNameOfValue", ("value", value)).Output.Single().ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ASecondKindInOnePipeline_ShowsItsColumns_AndNoValuesOfItsData()
    {
        string screen = _engine.Show("$pod; $settings", ("pod", Pod("a")), ("settings", Settings));
        Assert.Contains("RESTARTS", screen, StringComparison.Ordinal);
        Assert.Matches(@"Name\s+: settings\s", screen);
        Assert.Matches(@"DataCount\s+: 1\s", screen);
        Assert.DoesNotContain("Metadata", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-text", screen, StringComparison.Ordinal);
        Assert.True(screen.Trim().Split('\n').Length < 15, screen);
    }

    [Fact]
    public void T72_NoView_CallsAMethodThatTheConstrainedLanguageModeForbids()
    {
        XDocument views = XDocument.Load(Path.Combine(Engine.RepositoryRoot, "src", "PSKube", "Output", "PSKube.Format.ps1xml"));
        string[] blocks = [.. views.Descendants("ScriptBlock").Select(block => block.Value)];
        Assert.NotEmpty(blocks);
        // Any object may become text there, and a text is of a core type.
        string[] allowed = ["ToString", "ToLowerInvariant"];
        Assert.DoesNotContain(blocks, block => Parser.ParseInput(block, out _, out _).FindAll(part => part is InvokeMemberExpressionAst call && (call.Static || !allowed.Contains(call.Member.ToString())), searchNestedScriptBlocks: true).Any());
    }

    [GeneratedRegex("[^A-Z]")]
    private static partial Regex Letters();
}
