using k8s.Models;
using PSKube.Output;
using PSKube.Output.Describe;

namespace PSKube.EngineTests;

/// <summary>What scripts do with the objects that commands emit.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private static V1Pod Pod(string name) => new() { ApiVersion = "v1", Kind = "Pod", Metadata = new V1ObjectMeta { Name = name }, Status = new V1PodStatus { Phase = "Failed", Conditions = [new V1PodCondition { Type = "Ready", Status = "False" }, new V1PodCondition { Type = "PodScheduled", Status = "True" }] } };

    /// <summary>PowerShell finds no indexer on the lists that the compiler makes for a read-only list.</summary>
    [Fact]
    public void ListsHaveAFirstItem()
    {
        KubeWorkloadHealth verdict = HealthRules.Judge(Pod("a"), [Pod("a"), Pod("b")], []);
        KubeDescription description = Describer.Describe(Pod("a"), new DescribeFacts { Now = default, Events = [.. new[] { "x", "y" }.Select(text => new Corev1Event { Message = text })], Related = [.. new[] { "x", "y" }.Select(Pod)] });
        KubeTreeNode tree = WorkloadTree.Build([new V1Pod { ApiVersion = "v1", Kind = "Pod", Metadata = new V1ObjectMeta { Name = "a" }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "x" }, new V1Container { Name = "y" }] } }])[0];
        EngineResult result = _engine.Run("$verdict.Evidence[0]; $description.Conditions[0].Type; $description.Events[0].Message; $description.Related[0].Metadata.Name; $description.Sections[0].Name; $tree.Children[0].Name", ("verdict", verdict), ("description", description), ("tree", tree));
        Assert.Empty(result.Errors);
        Assert.Equal([verdict.Evidence[0], "Ready", "x", "x", "Name", "x"], result.Output.Select(item => item.BaseObject));
    }
}
