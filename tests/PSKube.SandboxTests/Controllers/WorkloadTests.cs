using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.SandboxTests.Controllers;

public class WorkloadTests
{
    private const string Claims = ",'serviceName':'web','volumeClaimTemplates':[{'metadata':{'name':'www'},'spec':{'accessModes':['ReadWriteOnce'],'storageClassName':'standard','resources':{'requests':{'storage':'1Gi'}}}}]";

    [Fact]
    public async Task StatefulSet_GoesByNumbers_WithClaims_AndRollsBackwards()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.StatefulSets, Cluster.Workload("web", more: Claims));
        JsonObject web = await cluster.Until(Kinds.StatefulSets, "web", json => json.Number("status", "readyReplicas") == 3);
        Assert.Equal(["web-0", "web-1", "web-2"], cluster.Pods().Select(pod => pod.Name));
        Assert.Equal(web.Text("status", "currentRevision"), cluster.Pods()[0].Labels["controller-revision-hash"]);
        Assert.Equal("web-0", cluster.Pods()[0].Labels["statefulset.kubernetes.io/pod-name"]);
        Assert.All(cluster.Store.List(Kinds.PersistentVolumeClaims, "default"), claim => Assert.Equal("Bound", claim.Phase));
        Assert.Equal(["www-web-0", "www-web-1", "www-web-2"], cluster.Store.List(Kinds.PersistentVolumeClaims, "default").Select(claim => claim.Name));
        Assert.Equal(3, cluster.Store.List(Kinds.PersistentVolumes).Count(volume => volume.Phase == "Bound"));

        var deleted = new List<string>();
        using (cluster.Store.Listen(change =>
        {
            if (change.Object.Resource == Kinds.Pods && change.Type == StoreEventType.Deleted) lock (deleted) deleted.Add(change.Object.Name);
        }))
        {
            cluster.Change(Kinds.StatefulSets, "web", json => json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "nginx:2");
            await cluster.Until(Kinds.StatefulSets, "web", json => cluster.Store.List(Kinds.ControllerRevisions, "default").Length == 2 && json.Text("status", "updateRevision") != web.Text("status", "updateRevision") && json.Number("status", "updatedReplicas") == 3 && json.Number("status", "readyReplicas") == 3 && json.Text("status", "currentRevision") == json.Text("status", "updateRevision"));
        }

        Assert.Equal(["web-2", "web-1", "web-0"], deleted);
        Assert.Equal([1, 2], cluster.Store.List(Kinds.ControllerRevisions, "default").Select(one => one.Parse().Number("revision") ?? 0).Order());
        cluster.Change(Kinds.StatefulSets, "web", json => json["spec"]!["replicas"] = 1);
        await cluster.Until(() => cluster.Pods().Select(pod => pod.Name).SequenceEqual(["web-0"]));
        Assert.Equal(3, cluster.Store.List(Kinds.PersistentVolumeClaims, "default").Length);
    }

    [Fact]
    public async Task DaemonSet_IsOnEveryNodeThatItMayBeOn_AndRollsOut()
    {
        using var cluster = new Cluster(settings: new ControllerSettings { Nodes = 3 });
        cluster.Change(Kinds.Nodes, "sandbox-3", json => json.Child("spec").ListOf("taints").Add(Cluster.Json("{'key':'a','value':'b','effect':'NoSchedule'}")));
        cluster.Create(Kinds.DaemonSets, Cluster.Workload("agent").Replace("'replicas':3,", ""));
        JsonObject agent = await cluster.Until(Kinds.DaemonSets, "agent", json => json.Number("status", "numberAvailable") == 2);
        Assert.Equal(2, agent.Number("status", "desiredNumberScheduled"));
        Assert.Equal(["sandbox-1", "sandbox-2"], cluster.Pods().Select(pod => pod.NodeName!).Order());
        cluster.Change(Kinds.DaemonSets, "agent", json => json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "nginx:2");
        await cluster.Until(Kinds.DaemonSets, "agent", json => json.Number("status", "updatedNumberScheduled") == 2 && json.Number("status", "numberAvailable") == 2 && cluster.Pods().All(pod => pod.Parse().Objects("spec", "containers").First().Text("image") == "nginx:2"));
        cluster.Change(Kinds.Nodes, "sandbox-3", json => json.Child("spec").Remove("taints"));
        await cluster.Until(Kinds.DaemonSets, "agent", json => json.Number("status", "numberAvailable") == 3);
    }

    private static string Job(string name, string command, string more = "") => $"{{'metadata':{{'name':'{name}'}},'spec':{{'template':{{'spec':{{'restartPolicy':'Never','containers':[{{'name':'c','image':'busybox','command':{command}}}]}}}}{more}}}}}";

    [Fact]
    public async Task Job_CompletesOrFails()
    {
        using var cluster = new Cluster(1000);
        cluster.Create(Kinds.Jobs, Job("done", "['true']"));
        JsonObject done = await cluster.Until(Kinds.Jobs, "done", json => Conditions.Find(json["status"], "Complete") is not null);
        Assert.Equal(1, done.Number("status", "succeeded"));
        Assert.NotNull(done.Text("status", "completionTime"));
        Assert.Contains(("Normal", "Completed", "Job completed"), cluster.Events("done"));
        cluster.Create(Kinds.Jobs, Job("bad", "['false']", ",'backoffLimit':1"));
        JsonObject bad = await cluster.Until(Kinds.Jobs, "bad", json => Conditions.Find(json["status"], "Failed") is not null);
        Assert.Equal("BackoffLimitExceeded", Conditions.Find(bad["status"], "Failed").Text("reason"));
        Assert.Equal(2, bad.Number("status", "failed"));
        cluster.Create(Kinds.Jobs, Job("many", "['true']", ",'completions':5,'parallelism':2,'completionMode':'Indexed','ttlSecondsAfterFinished':3600"));
        JsonObject many = await cluster.Until(Kinds.Jobs, "many", json => Conditions.Find(json["status"], "Complete") is not null);
        Assert.Equal("0-4", many.Text("status", "completedIndexes"));
        cluster.Create(Kinds.Jobs, Job("late", "['sleep','100000']", ",'activeDeadlineSeconds':20"));
        await cluster.Until(Kinds.Jobs, "late", json => Conditions.Find(json["status"], "Failed").Text("reason") == "DeadlineExceeded");
        await cluster.Until(() => cluster.Get(Kinds.Jobs, "many") is null && !cluster.Pods().Any(pod => pod.Name.StartsWith("many-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CronJob_GoesByVirtualMinutes()
    {
        using var cluster = new Cluster(1000);
        cluster.Create(Kinds.CronJobs, $"{{'metadata':{{'name':'tick'}},'spec':{{'schedule':'* * * * *','jobTemplate':{Job("x", "['true']").Replace("{'metadata':{'name':'x'},", "{")}}}}}");
        await cluster.Until(() => cluster.Store.List(Kinds.Jobs, "default").Count(job => JobController.Finished(job.Parse()["status"]) == "Complete") == 3);
        JsonObject tick = await cluster.Until(Kinds.CronJobs, "tick", json => json.Text("status", "lastScheduleTime") is not null && json.Text("status", "lastSuccessfulTime") is not null);
        Assert.All(cluster.Store.List(Kinds.Jobs, "default"), job => Assert.Matches(@"^tick-\d{8}$", job.Name));
        await cluster.Until(() => cluster.Events("tick").Any(one => one.Reason == "SuccessfulDelete"));
        cluster.Registry.Delete(Kinds.CronJobs, "default", "tick", new DeleteOptions { PropagationPolicy = "Foreground" });
        await cluster.Until(() => cluster.Get(Kinds.CronJobs, "tick") is null && cluster.Store.List(Kinds.Jobs, "default").Length == 0 && cluster.Pods().Length == 0);
    }

    [Theory]
    [InlineData("* * * * *", "2024-01-31T15:03:27Z", "2024-01-31T15:04:00Z")]
    [InlineData("*/5 * * * *", "2024-01-31T15:03:27Z", "2024-01-31T15:05:00Z")]
    [InlineData("@hourly", "2024-01-31T23:03:27Z", "2024-02-01T00:00:00Z")]
    [InlineData("0 9 * * mon-fri", "2024-02-02T15:00:00Z", "2024-02-05T09:00:00Z")]
    [InlineData("0 0 29 2 *", "2024-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("@yearly", "2024-03-01T00:00:00Z", "2025-01-01T00:00:00Z")]
    [InlineData("15,45 1 1 * *", "2024-03-01T01:15:00Z", "2024-03-01T01:45:00Z")]
    public void CronSchedule_Next(string schedule, string after, string next) =>
        Assert.Equal(DateTime.Parse(next).ToUniversalTime(), CronSchedule.Parse(schedule)!.Next(DateTime.Parse(after).ToUniversalTime(), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("a b c d e")]
    public void CronSchedule_IsNone(string schedule) => Assert.Null(CronSchedule.Parse(schedule));

    [Theory]
    [InlineData(null, true)]
    [InlineData("Foreground", true)]
    [InlineData("Orphan", false)]
    public async Task Deletion_TakesDependentsAlong_OrNot(string? policy, bool along)
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 2));
        await cluster.Until(Kinds.Deployments, "web", json => json.Number("status", "availableReplicas") == 2);
        cluster.Registry.Delete(Kinds.Deployments, "default", "web", new DeleteOptions { PropagationPolicy = policy });
        await cluster.Until(() => cluster.Get(Kinds.Deployments, "web") is null);
        if (along) await cluster.Until(() => cluster.Store.List(Kinds.ReplicaSets, "default").Length == 0 && cluster.Pods().Length == 0);
        else
        {
            Assert.Empty(Assert.Single(cluster.Store.List(Kinds.ReplicaSets, "default")).Owners);
            Assert.Equal(2, cluster.Pods().Length);
            cluster.Create(Kinds.Deployments, Cluster.Workload("web", 2));
            await cluster.Until(Kinds.Deployments, "web", json => json.Number("status", "availableReplicas") == 2);
            Assert.NotEmpty(Assert.Single(cluster.Store.List(Kinds.ReplicaSets, "default")).Owners);
        }
    }

    [Fact]
    public async Task Namespace_HasWhatEveryOneHas_AndGoesWithAllThatIsInIt()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Namespaces, "{'metadata':{'name':'shop'},'status':{'phase':'Active'}}", null);
        await cluster.Until(() => cluster.Get(Kinds.ServiceAccounts, "default", "shop") is not null && cluster.Get(Kinds.ConfigMaps, "kube-root-ca.crt", "shop") is not null);
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 2), "shop");
        await cluster.Until(() => cluster.Pods("shop").Count(pod => pod.Phase == "Running") == 2);
        cluster.Registry.Delete(Kinds.Namespaces, null, "shop", new DeleteOptions());
        await cluster.Until(() => cluster.Get(Kinds.Namespaces, "shop", null) is null);
        Assert.Empty(cluster.Pods("shop"));
        Assert.Empty(cluster.Store.List(Kinds.Events, "shop"));
    }

    [Fact]
    public async Task Endpoints_FollowReadyPods()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Services, "{'metadata':{'name':'web'},'spec':{'clusterIP':'10.96.1.2','selector':{'app':'web'},'ports':[{'port':80,'targetPort':80,'protocol':'TCP'}]}}");
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 2));
        JsonObject endpoints = await cluster.Until(Kinds.Endpoints, "web", json => json.Objects("subsets").FirstOrDefault().Objects("addresses").Count() == 2);
        Assert.Equal(80, endpoints.Objects("subsets").First().Objects("ports").First().Number("port"));
        cluster.Change(Kinds.Deployments, "web", json => json["spec"]!["replicas"] = 0);
        await cluster.Until(Kinds.Endpoints, "web", json => json["subsets"] is null);
    }

    [Fact]
    public async Task Claims_WaitOrAreBound()
    {
        using var cluster = new Cluster();
        string Claim(string name, string type) => $"{{'metadata':{{'name':'{name}','finalizers':['kubernetes.io/pvc-protection']}},'spec':{{'accessModes':['ReadWriteOnce'],'storageClassName':'{type}','resources':{{'requests':{{'storage':'5Gi'}}}}}}}}";
        cluster.Create(Kinds.PersistentVolumeClaims, Claim("waiting", "none-such"));
        cluster.Create(Kinds.PersistentVolumeClaims, Claim("data", "standard"));
        JsonObject data = await cluster.Until(Kinds.PersistentVolumeClaims, "data", json => json.Text("status", "phase") == "Bound");
        Assert.Equal("5Gi", data.Text("status", "capacity", "storage"));
        await cluster.Until(Kinds.PersistentVolumeClaims, "waiting", json => json.Text("status", "phase") == "Pending");
        Assert.Contains(("Warning", "ProvisioningFailed", "storageclass.storage.k8s.io \"none-such\" not found"), cluster.Events("waiting"));
        cluster.Create(Kinds.Pods, Cluster.Pod("user", more: ",'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'data'}}]"));
        await cluster.Until(Kinds.Pods, "user", json => json.Text("status", "phase") == "Running");
        cluster.Registry.Delete(Kinds.PersistentVolumeClaims, "default", "data", new DeleteOptions());
        await cluster.Loop.SettleAsync();
        Assert.NotNull(cluster.Get(Kinds.PersistentVolumeClaims, "data"));
        cluster.Registry.Delete(Kinds.Pods, "default", "user", new DeleteOptions());
        await cluster.Until(() => cluster.Get(Kinds.PersistentVolumeClaims, "data") is null && cluster.Store.Count(Kinds.PersistentVolumes) == 0);
    }

    [Fact]
    public async Task Autoscaler_ScalesByUse_AndBudgetAndQuotaTell()
    {
        var metrics = new SettableMetrics();
        using var cluster = new Cluster(1000, settings: new ControllerSettings { Metrics = metrics });
        cluster.Create(Kinds.ResourceQuotas, "{'metadata':{'name':'q'},'spec':{'hard':{'pods':'10','requests.cpu':'2'}}}");
        cluster.Create(Kinds.PodDisruptionBudgets, "{'metadata':{'name':'b'},'spec':{'minAvailable':1,'selector':{'matchLabels':{'app':'web'}}}}");
        cluster.Create(Kinds.Deployments, Cluster.Workload("web", 1).Replace("'image':'nginx'", "'image':'nginx','resources':{'requests':{'cpu':'100m'}}"));
        cluster.Create(Kinds.HorizontalPodAutoscalers, "{'metadata':{'name':'web'},'spec':{'scaleTargetRef':{'kind':'Deployment','name':'web'},'minReplicas':1,'maxReplicas':4,'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{'type':'Utilization','averageUtilization':50}}}]}}");
        await cluster.Until(Kinds.HorizontalPodAutoscalers, "web", json => Conditions.Find(json["status"], "ScalingActive").Text("reason") == "FailedGetResourceMetric");
        metrics.Set("default", cluster.Pods()[0].Name, 150);
        await cluster.Until(Kinds.Deployments, "web", json => json.Number("spec", "replicas") == 3);
        await cluster.Until(Kinds.PodDisruptionBudgets, "b", json => json.Number("status", "disruptionsAllowed") == 2);
        await cluster.Until(Kinds.ResourceQuotas, "q", json => json.Text("status", "used", "requests.cpu") == "300m" && json.Text("status", "used", "pods") == "3");
    }
}
