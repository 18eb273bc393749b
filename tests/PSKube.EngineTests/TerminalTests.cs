using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using k8s.Models;
using PSKube.FaultServer;
using PSKube.Output;
using PSKube.Output.Describe;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>What other people have written into a cluster or a kubeconfig is shown by every view, and obeyed by none.</summary>
public sealed partial class TerminalTests(Engine engine) : IClassFixture<Engine>
{
    private static readonly XElement[] Views = [.. XDocument.Load(Path.Combine(Engine.RepositoryRoot, "src", "PSKube", "Output", "PSKube.Format.ps1xml")).Descendants("View")];

    private static string[] TypesOf(XElement view) => [.. view.Descendants("TypeName").Select(name => name.Value)];

    private static IEnumerable<string> ModelNames => Views.SelectMany(TypesOf).Distinct().Where(name => name.StartsWith("k8s.Models.", StringComparison.Ordinal));

    public static TheoryData<string> AllTypes() => [.. Views.SelectMany(TypesOf).Distinct()];

    /// <summary>The types of the model, with the names in front of theirs that choose another table.</summary>
    public static TheoryData<string> ModelTypes() => [.. ModelNames];

    private string Show(object value, string type)
    {
        PSObject shown = PSObject.AsPSObject(value);
        shown.TypeNames.Insert(0, type);
        string screen = engine.Show("$value", ("value", shown));
        Assert.Equal("", Hostile.Obeyed(screen));
        return screen;
    }

    /// <summary>As they come from a job, a file or another machine: every member a text that anybody may have written.</summary>
    [Theory]
    [MemberData(nameof(AllTypes))]
    public void T65_EveryView_ShowsWhatItIsGiven_AndObeysNothing(string type)
    {
        XElement view = Views.First(view => TypesOf(view).Contains(type));
        var value = new PSObject();
        foreach (string name in Members().Matches(view.ToString()).Select(match => match.Groups[1].Value).Concat(view.Descendants("PropertyName").Select(name => name.Value)).Append("Name").Append("Kind").Distinct(StringComparer.OrdinalIgnoreCase))
        {
            value.Properties.Add(new PSNoteProperty(name, Hostile.Text));
        }

        string screen = Show(value, type);
        // Text that a method of the object makes is not there on a copy of it.
        if (view.Descendants("CustomControl").Any()) return;
        Assert.Contains("evil\\u001b]0;owned\\u0007", screen, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ModelTypes))]
    public void T65_EveryTableOfAKind_ShowsAHostileObject(string type)
    {
        Type model = typeof(V1Pod).Assembly.GetType(type.Split('#')[0], throwOnError: true)!;
        Assert.Contains("evil\\u001b]0;owned\\u0007", Show(Hostile.Fill(model), type), StringComparison.Ordinal);
    }

    public static TheoryData<string> DescribedTypes() => [.. ModelNames.Select(name => name.Split('#')[0]).Distinct()];

    [Theory]
    [MemberData(nameof(DescribedTypes))]
    public void T65_EveryDescription_ShowsAHostileObject(string type)
    {
        object value = Hostile.Fill(typeof(V1Pod).Assembly.GetType(type, throwOnError: true)!);
        KubeDescription description = Describer.Describe(value, new DescribeFacts
        {
            Now = DateTime.UtcNow,
            Events = [Hostile.Fill<Corev1Event>()],
            ReplicaSets = [Hostile.Fill<V1ReplicaSet>()],
            Pods = [Hostile.Fill<V1Pod>()],
            Endpoints = [new ServiceEndpoint(Hostile.Text, Hostile.Text)],
            Quotas = [Hostile.Fill<V1ResourceQuota>()],
            Limits = [Hostile.Fill<V1LimitRange>()],
            Lease = Hostile.Fill<V1Lease>(),
            Tokens = [Hostile.Text],
        });
        Assert.Contains("evil\\u001b]0;owned\\u0007", Show(description, KubeDescription.TypeName), StringComparison.Ordinal);
        Assert.Equal("", Hostile.Obeyed(string.Concat(description.Sections)));
        // Scripts get what is there.
        Assert.Equal(Hostile.Text, description.Name);
        Assert.Equal(Hostile.Text, description.Events[0].Message);
    }

    [Fact]
    public void T65_TreesTablesAndHistories_ShowHostileObjects()
    {
        object[] all = [Hostile.Fill<V1Deployment>(), Hostile.Fill<V1ReplicaSet>(), Hostile.Fill<V1Pod>(), Hostile.Fill<V1Job>()];
        foreach (KubeTreeNode node in WorkloadTree.Build(all)) Show(node, typeof(KubeTreeNode).FullName!);
        foreach (object value in all)
        {
            foreach (PSObject row in WorkloadTable.Mark(value.GetType().Name[2..], [value], namespaces: true, first: true)) Show(row, WorkloadTable.TypeName);
        }

        var revision = new KubeRolloutRevision("Deployment", Hostile.Text, Hostile.Text, 1, Hostile.Text, null, new[] { Hostile.Text }, Hostile.Fill<V1PodTemplateSpec>(), new object());
        Show(revision, typeof(KubeRolloutRevision).FullName!);
        Show(revision, KubeRolloutRevision.TemplateView);
    }

    [Fact]
    public void T65_WhatACommandRan_IsShown_AndKeptAsItWas()
    {
        var result = new KubeExecResult("p", "n", "c", new[] { "cat" }, 0, System.Text.Encoding.UTF8.GetBytes(Hostile.Text), Hostile.Text, TimeSpan.Zero);
        Show(result, typeof(KubeExecResult).FullName!);
        Assert.Equal(Hostile.Text, result.StdOut);
        Show(new KubePodRun("p", "n", "i", 0, "Completed", Hostile.Text, TimeSpan.Zero), typeof(KubePodRun).FullName!);
    }

    [Fact]
    public void T65_ErrorsWarningsAndVerboseLines_ObeyNothing()
    {
        string json = System.Text.Json.JsonSerializer.Serialize(Hostile.Text)[1..^1];
        using var server = new ScriptedServer(request => request.Path.EndsWith("/refused", StringComparison.Ordinal)
            ? ScriptedReply.Refuse(403, "Forbidden", json, """{"name":"TEXT","causes":[{"field":"TEXT","message":"TEXT"}]}""".Replace("TEXT", json, StringComparison.Ordinal))
            : new ScriptedReply(200, """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"TEXT","namespace":"TEXT","uid":"u"},"spec":{"containers":[{"name":"TEXT","image":"i"}]}}""".Replace("TEXT", json, StringComparison.Ordinal)) { Headers = [("Warning", "299 - \"old \\u001b[2J thing\"")] });
        using var folder = new TempFolder();
        string file = folder.Write("config", server.Kubeconfig());
        string bad = folder.Write("bad", "current-context: c\ncontexts: [{name: c, context: {cluster: \"k\\e[2J\", user: \"u\\e[2J\"}}]\n");
        EngineResult result = engine.Run(
            """
            Get-KubePod refused -Kubeconfig $file -Verbose -Debug
            Get-KubePod fine -Kubeconfig $file -Verbose -Debug | Remove-KubePod -WhatIf -Verbose
            Get-KubePod any -Kubeconfig $bad
            Get-KubePod any -Kubeconfig $file -Context "$([char]27)[2J"
            """,
            ("file", file),
            ("bad", bad));
        Assert.NotEmpty(result.Errors);
        Assert.NotEmpty(result.Verbose);
        string[] all = [.. result.Errors.SelectMany(error => new[] { error.Exception.Message, error.ErrorDetails?.Message, error.ErrorDetails?.RecommendedAction, error.CategoryInfo.ToString(), error.TargetObject?.ToString() }).OfType<string>(), .. result.Warnings, .. result.Verbose, .. result.Debug, result.Screen];
        Assert.All(all, text => Assert.Equal("", Hostile.Obeyed(text)));
        Assert.Contains(all, text => text.Contains("evil\\u001b]0;", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\$_(?:, '|\.)(\w+)'?(?!\()")]
    private static partial Regex Members();
}
