using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using k8s.Models;

namespace PSKube.EngineTests;

/// <summary>The columns that people see are members that scripts can use, and what a list and a second kind in one pipeline show.</summary>
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
    public void AList_ShowsTheColumns_AndNotTheWholeSpecification()
    {
        string screen = _engine.Show("$pod | Format-List", ("pod", Pod("a")));
        Assert.Equal(["Name", "Namespace", "Ready", "State", "Restarts", "Age"], screen.Split('\n').Where(line => line.Contains(" : ", StringComparison.Ordinal)).Select(line => line.Split(':')[0].Trim()));
        Assert.Matches(@"Age\s+: 00:05:\d\d\s", screen);
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
    public void ColumnsComeFirstInACsv()
    {
        string header = _engine.Run("$pod | ConvertTo-Csv | Select-Object -First 1", ("pod", Pod("a"))).Output.Single().ToString();
        Assert.StartsWith("\"Name\",\"Namespace\",\"Age\",\"Ready\",\"State\",", header, StringComparison.Ordinal);
    }

    [Fact]
    public void ColumnsCanBeSelected()
    {
        var node = new V1Node { ApiVersion = "v1", Kind = "Node", Metadata = new V1ObjectMeta { Name = "n", Labels = new Dictionary<string, string> { ["node-role.kubernetes.io/worker"] = "" } }, Status = new V1NodeStatus { NodeInfo = new V1NodeSystemInfo { KubeletVersion = "v1.30.1" } } };
        var seen = new Corev1Event { ApiVersion = "v1", Kind = "Event", InvolvedObject = new V1ObjectReference { Kind = "Pod", Name = "a" } };
        Assert.Equal("worker v1.30.1", _engine.Run("$node | Select-Object Roles, Version | ForEach-Object { \"$($_.Roles) $($_.Version)\" }", ("node", node)).Output.Single().ToString());
        Assert.Equal("pod/a", _engine.Run("($event1 | Select-Object Object).Object", ("event1", seen)).Output.Single().ToString());
        Assert.Equal("a", _engine.Run("($pod | Where-Object State -eq Running).Name", ("pod", Pod("a"))).Output.Single().ToString());
    }

    [GeneratedRegex("[^A-Z]")]
    private static partial Regex Letters();
}
