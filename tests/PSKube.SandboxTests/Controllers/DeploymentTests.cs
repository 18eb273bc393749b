using System.Diagnostics;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;

namespace PSKube.SandboxTests.Controllers;

public class DeploymentTests
{
    private static bool Complete(JsonObject json, long replicas) => json.Number("status", "availableReplicas") == replicas && json.Number("status", "updatedReplicas") == replicas && json.Number("status", "replicas") == replicas;

    [Fact]
    public async Task Runs_ItsPods_AndSaysSo()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web"));
        JsonObject web = await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 3) && Conditions.Find(json["status"], "Progressing").Text("reason") == "NewReplicaSetAvailable");
        Assert.Equal("1", web.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal("MinimumReplicasAvailable", Conditions.Find(web["status"], "Available").Text("reason"));
        string set = Assert.Single(cluster.Store.List(Kinds.ReplicaSets, "default")).Name;
        Assert.Matches("^web-[bcdfghjklmnpqrstvwxz2456789]{6,10}$", set);
        Assert.Equal($"ReplicaSet \"{set}\" has successfully progressed.", Conditions.Find(web["status"], "Progressing").Text("message"));
        Assert.All(cluster.Pods(), pod => Assert.Matches($"^{set}-[bcdfghjklmnpqrstvwxz2456789]{{5}}$", pod.Name));
        Assert.Contains(("Normal", "ScalingReplicaSet", $"Scaled up replica set {set} to 3"), cluster.Events("web"));
        Assert.Equal(3, cluster.Events(set).Count(one => one.Reason == "SuccessfulCreate"));
        Assert.Contains(cluster.Events(cluster.Pods()[0].Name), one => one.Message == $"Successfully assigned default/{cluster.Pods()[0].Name} to sandbox-1");
    }

    [Fact]
    public async Task RollsForward_AndBack_ToTheSameReplicaSet()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web"));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 3));
        string first = cluster.Store.List(Kinds.ReplicaSets, "default")[0].Name;
        cluster.Change(Kinds.Deployments, "web", json => json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "nginx:1.25");
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 3) && json.Text("metadata", "annotations", "deployment.kubernetes.io/revision") == "2" && cluster.Pods().Length == 3);
        Assert.Equal(2, cluster.Store.List(Kinds.ReplicaSets, "default").Length);
        Assert.All(cluster.Pods(), pod => Assert.Equal("nginx:1.25", pod.Parse().Objects("spec", "containers").First().Text("image")));
        cluster.Change(Kinds.Deployments, "web", json => json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "nginx");
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 3) && json.Text("metadata", "annotations", "deployment.kubernetes.io/revision") == "3" && cluster.Pods().Length == 3);
        JsonObject set = cluster.Get(Kinds.ReplicaSets, first)!;
        Assert.Equal("3", set.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal("1", set.Text("metadata", "annotations", "deployment.kubernetes.io/revision-history"));
        Assert.Equal(3, set.Number("spec", "replicas"));
    }

    [Fact]
    public async Task ABadImage_LeavesTheOldPods_AndMissesTheDeadline()
    {
        // Slow enough that the deadline does not pass before the new pod is there.
        using var cluster = new Cluster(speed: 10);
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", more: ",'progressDeadlineSeconds':5"));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 3));
        cluster.Change(Kinds.Deployments, "web", json => json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "localhost:1/none:1");
        JsonObject web = await cluster.Until(Kinds.Deployments, "web", json => Conditions.Find(json["status"], "Progressing").Text("reason") == "ProgressDeadlineExceeded");
        Assert.Equal(3, web.Number("status", "availableReplicas"));
        Assert.Equal(1, web.Number("status", "updatedReplicas"));
        Assert.Equal("False", Conditions.Find(web["status"], "Progressing").Text("status"));
    }

    [Fact]
    public async Task Recreate_EndsAllBeforeItBegins()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", more: ",'strategy':{'type':'Recreate'}"));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 3));
        var images = new List<string>();
        using IDisposable listening = cluster.Store.Listen(change =>
        {
            if (change.Object.Resource == Kinds.Pods) lock (images) images.Add($"{change.Type} {change.Object.Parse().Objects("spec", "containers").First().Text("image")}");
        });
        cluster.Change(Kinds.Deployments, "web", json => json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "nginx:2");
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 3) && cluster.Pods().All(pod => pod.Parse().Objects("spec", "containers").First().Text("image") == "nginx:2"));
        lock (images) Assert.True(images.LastIndexOf("Deleted nginx") < images.IndexOf("Added nginx:2"));
    }

    [Fact]
    public async Task Paused_HoldsAChangeBack_AndScalesStill()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 2));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 2));
        cluster.Change(Kinds.Deployments, "web", json =>
        {
            json["spec"]!["paused"] = true;
            json["spec"]!["replicas"] = 4;
            json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "nginx:2";
        });
        await cluster.Until(Kinds.Deployments, "web", json => json.Number("status", "availableReplicas") == 4 && Conditions.Find(json["status"], "Progressing").Text("reason") == "DeploymentPaused");
        Assert.Single(cluster.Store.List(Kinds.ReplicaSets, "default"));
        cluster.Change(Kinds.Deployments, "web", json => ((JsonObject)json["spec"]!).Remove("paused"));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 4) && cluster.Pods().Length == 4 && cluster.Store.List(Kinds.ReplicaSets, "default").Length == 2);
    }

    [Fact]
    public async Task ScalesDown_TheYoungestFirst()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 5));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 5));
        cluster.Change(Kinds.Deployments, "web", json => json["spec"]!["replicas"] = 1);
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 1) && cluster.Pods().Length == 1);
    }

    [Fact]
    public async Task PodsThatAreRefused_AreTriedLessAndLess()
    {
        using var cluster = new Cluster(speed: 10);
        cluster.Create(Kinds.ResourceQuotas, """{"metadata":{"name":"q"},"spec":{"hard":{"pods":"1"}}}""");
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 3));
        await cluster.Until(Kinds.Deployments, "web", json => json.Objects("status", "conditions").Any(one => one.Text("type") == "ReplicaFailure" && one.Text("status") == "True"));
        await cluster.Loop.SettleAsync();
        await Task.Delay(1000);
        int tries = cluster.Store.List(Kinds.Events).Count(one => one.Parse().Text("reason") == "FailedCreate");
        Assert.InRange(tries, 1, 20);
    }

    [Fact]
    public async Task AThousandPods_RunWithinSeconds()
    {
        using var cluster = new Cluster(settings: new ControllerSettings { Nodes = 12 });
        var clock = Stopwatch.StartNew();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 1000));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 1000));
        // It takes a tenth of that on a quiet machine.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), clock.Elapsed.ToString());
    }

    [Fact]
    public async Task FiftyThousandPods_AreTakenAsTheyCome()
    {
        using var cluster = new Cluster(settings: new ControllerSettings { Nodes = 2 });
        var clock = Stopwatch.StartNew();
        for (int at = 0; at < 50_000; at++)
        {
            cluster.Store.Put(Kinds.Pods, Cluster.Json($"{{'metadata':{{'name':'p-{at:00000}','namespace':'load','uid':'u-{at}','labels':{{'app':'load'}}}},'spec':{{'nodeName':'sandbox-1','containers':[{{'name':'c','image':'nginx'}}]}},'status':{{'phase':'Running','conditions':[{{'type':'Ready','status':'True'}}],'podIP':'10.244.0.1'}}}}"));
        }

        await cluster.Loop.SettleAsync();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 5));
        await cluster.Until(Kinds.Deployments, "web", json => Complete(json, 5));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), clock.Elapsed.ToString());
    }

    [Fact]
    public void Dispose_IsQuick()
    {
        var cluster = new Cluster();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 20));
        var clock = Stopwatch.StartNew();
        cluster.Dispose();
        Assert.True(clock.ElapsedMilliseconds < 500, clock.Elapsed.ToString());
    }
}
