using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Schema;
using PSKube.SandboxTests.Controllers;

namespace PSKube.SandboxTests.Nodes;

/// <summary>Where pods go.</summary>
public class SchedulingTests
{
    private const string Preferred = ",'affinity':{'AFFINITY':{'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':100,'podAffinityTerm':{'topologyKey':'kubernetes.io/hostname','labelSelector':{'matchLabels':{'run':'first'}}}}]}}";

    [Theory]
    [InlineData("podAffinity", true)]
    [InlineData("podAntiAffinity", false)]
    public async Task APodThatLikesOthersGoesToThem(string affinity, bool together)
    {
        using var cluster = new Cluster(settings: new ControllerSettings { Nodes = 3 });
        cluster.Create(Kinds.Pods, Cluster.Pod("first"));
        string node = (await cluster.Until(Kinds.Pods, "first", json => json.Text("spec", "nodeName") is not null)).Text("spec", "nodeName")!;
        for (int i = 0; i < 4; i++)
        {
            cluster.Create(Kinds.Pods, Cluster.Pod($"p{i}", more: Preferred.Replace("AFFINITY", affinity, StringComparison.Ordinal)));
            JsonObject pod = await cluster.Until(Kinds.Pods, $"p{i}", json => json.Text("spec", "nodeName") is not null);
            Assert.Equal(together, pod.Text("spec", "nodeName") == node);
        }
    }

    [Fact]
    public async Task ManyNodesAreAllUsed()
    {
        using var cluster = new Cluster(settings: new ControllerSettings { Nodes = 150 });
        for (int i = 0; i < 300; i++) cluster.Create(Kinds.Pods, Cluster.Pod($"p{i}"));
        await cluster.Until(() => cluster.Pods().All(pod => pod.NodeName is not null));
        Assert.All(cluster.Pods().GroupBy(pod => pod.NodeName), pods => Assert.InRange(pods.Count(), 1, 4));
        // The first node has the control plane's pods to carry.
        Assert.InRange(cluster.Pods().Select(pod => pod.NodeName).Distinct().Count(), 140, 150);
    }
}
