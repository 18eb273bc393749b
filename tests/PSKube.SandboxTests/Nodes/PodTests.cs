using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.SandboxTests.Controllers;

namespace PSKube.SandboxTests.Nodes;

public class PodTests
{
    private static JsonObject? Status(JsonObject pod, string list = "containerStatuses") => pod.Objects("status", list).FirstOrDefault();

    private static string? Waits(JsonObject pod, string list = "containerStatuses") => Status(pod, list).Text("state", "waiting", "reason");

    [Fact]
    public async Task Runs_WithAllThatAStatusHas()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Pods, Cluster.Pod("box"));
        JsonObject pod = await cluster.Until(Kinds.Pods, "box", json => Conditions.Find(json["status"], "Ready").Text("status") == "True");
        Assert.Equal("Running", pod.Text("status", "phase"));
        Assert.NotNull(pod.Text("status", "podIP"));
        Assert.Equal("192.168.49.2", pod.Text("status", "hostIP"));
        Assert.StartsWith("containerd://", Status(pod).Text("containerID"));
        Assert.True(Status(pod).Flag("started"));
        Assert.Equal(["Scheduled", "Pulling", "Pulled", "Created", "Started"], cluster.Events("box").Select(one => one.Reason));
        cluster.Registry.Delete(Kinds.Pods, "default", "box", new DeleteOptions());
        await cluster.Until(() => cluster.Get(Kinds.Pods, "box") is null);
        Assert.Contains(("Normal", "Killing", "Stopping container c"), cluster.Events("box"));
    }

    [Fact]
    public async Task CrashLoop_WaitsLonger_AndKeepsTheLastWords()
    {
        // The 20 s of the second wait, which come once, have to last for as long as a busy machine may look away.
        using var cluster = new Cluster(10);
        cluster.Create(Kinds.Pods, Cluster.Pod("crash", "busybox", ",'command':['sh','-c','echo \\'last words\\'; exit 3']").Replace("\\'", "\\\""));
        JsonObject pod = await cluster.Until(Kinds.Pods, "crash", json => Waits(json) == "CrashLoopBackOff" && Status(json).Number("restartCount") == 2);
        Assert.StartsWith("back-off 20s restarting failed container=c pod=crash_default(", Status(pod).Text("state", "waiting", "message"));
        Assert.Equal(3, Status(pod).Number("lastState", "terminated", "exitCode"));
        Assert.Equal("last words\n", cluster.Log("crash", previous: true));
    }

    [Fact]
    public async Task Ends_AsItsPolicySays()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Pods, Cluster.Pod("completed", "busybox", ",'command':['true']", ",'restartPolicy':'Never'"));
        cluster.Create(Kinds.Pods, Cluster.Pod("failed", "busybox", ",'command':['false']", ",'restartPolicy':'Never'"));
        cluster.Create(Kinds.Pods, Cluster.Pod("plain", "busybox"));
        cluster.Create(Kinds.Pods, Cluster.Pod("missing", "busybox", ",'command':['nosuchprogram']"));
        cluster.Create(Kinds.Pods, Cluster.Pod("gone", "busybox", ",'command':['nosuchprogram']", ",'restartPolicy':'Never'"));
        cluster.Create(Kinds.Pods, Cluster.Pod("slow", "busybox", ",'command':['sleep','5000']", ",'activeDeadlineSeconds':5"));
        Assert.Equal("Completed", Status(await cluster.Until(Kinds.Pods, "completed", json => json.Text("status", "phase") == "Succeeded")).Text("state", "terminated", "reason"));
        Assert.Equal("Error", Status(await cluster.Until(Kinds.Pods, "failed", json => json.Text("status", "phase") == "Failed")).Text("state", "terminated", "reason"));
        await cluster.Until(Kinds.Pods, "plain", json => Waits(json) == "CrashLoopBackOff" && Status(json).Text("lastState", "terminated", "reason") == "Completed");
        await cluster.Until(Kinds.Pods, "missing", json => Status(json).Text("lastState", "terminated", "reason") == "StartError");
        // Nothing is tried again, so it does not wait for that.
        Assert.Equal("StartError", Status(await cluster.Until(Kinds.Pods, "gone", json => json.Text("status", "phase") == "Failed")).Text("state", "terminated", "reason"));
        await cluster.Until(Kinds.Pods, "slow", json => json.Text("status", "reason") == "DeadlineExceeded");
    }

    [Fact]
    public async Task InitContainers_AreRunInOrder_AndSidecarsGoOn()
    {
        using var cluster = new Cluster(20);
        cluster.Create(Kinds.Pods, Cluster.Pod("init", more: ",'initContainers':[{'name':'i','image':'busybox','command':['sleep','10']},{'name':'side','image':'nginx','restartPolicy':'Always'}]"));
        JsonObject pod = await cluster.Until(Kinds.Pods, "init", json => Status(json, "initContainerStatuses")?.At("state", "running") is not null);
        Assert.Equal("Pending", pod.Text("status", "phase"));
        Assert.Equal("PodInitializing", Waits(pod));
        Assert.Equal("ContainersNotInitialized", Conditions.Find(pod["status"], "Initialized").Text("reason"));
        pod = await cluster.Until(Kinds.Pods, "init", json => Conditions.Find(json["status"], "Ready").Text("status") == "True");
        Assert.NotNull(pod.Objects("status", "initContainerStatuses").Last().At("state", "running"));
        cluster.Create(Kinds.Pods, Cluster.Pod("bad", more: ",'initContainers':[{'name':'i','image':'busybox','command':['false']}]"));
        await cluster.Until(Kinds.Pods, "bad", json => Waits(json, "initContainerStatuses") == "CrashLoopBackOff");
    }

    [Fact]
    public async Task WhatIsMissing_IsSaid_AndWaitedFor()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Pods, Cluster.Pod("no-config", container: ",'envFrom':[{'configMapRef':{'name':'none-such'}}]"));
        cluster.Create(Kinds.Pods, Cluster.Pod("no-volume", more: ",'volumes':[{'name':'v','configMap':{'name':'none-such'}}]"));
        cluster.Create(Kinds.Pods, Cluster.Pod("no-image", "registry.invalid/nothing"));
        cluster.Create(Kinds.Pods, Cluster.Pod("no-node", more: ",'nodeSelector':{'none':'such'}"));
        cluster.Create(Kinds.Pods, Cluster.Pod("too-big", container: ",'resources':{'requests':{'cpu':'100'}}"));
        JsonObject config = await cluster.Until(Kinds.Pods, "no-config", json => Waits(json) == "CreateContainerConfigError");
        Assert.Equal("configmap \"none-such\" not found", Status(config).Text("state", "waiting", "message"));
        await cluster.Until(() => cluster.Events("no-volume").Any(one => one.Reason == "FailedMount"));
        await cluster.Until(Kinds.Pods, "no-image", json => Waits(json) == "ImagePullBackOff");
        JsonObject lost = await cluster.Until(Kinds.Pods, "no-node", json => Conditions.Find(json["status"], "PodScheduled").Text("reason") == "Unschedulable");
        Assert.StartsWith("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", Conditions.Find(lost["status"], "PodScheduled").Text("message"));
        JsonObject big = await cluster.Until(Kinds.Pods, "too-big", json => Conditions.Find(json["status"], "PodScheduled").Text("reason") == "Unschedulable");
        Assert.StartsWith("0/1 nodes are available: 1 Insufficient cpu.", Conditions.Find(big["status"], "PodScheduled").Text("message"));
        cluster.Create(Kinds.ConfigMaps, "{'metadata':{'name':'none-such'},'data':{'a':'b'}}");
        await cluster.Until(() => new[] { "no-config", "no-volume" }.All(name => cluster.Get(Kinds.Pods, name).Text("status", "phase") == "Running"));
        cluster.Change(Kinds.Nodes, "sandbox-1", json => json.Child("metadata").Child("labels")["none"] = "such");
        await cluster.Until(Kinds.Pods, "no-node", json => json.Text("status", "phase") == "Running");
    }

    [Fact]
    public async Task Probes_AndOverrides()
    {
        var overrides = new PodOverrides();
        overrides.Add(new PodOverride { Pod = "never", NeverReady = true, Log = "hello", Answers = [new ExecAnswer("say *", "said", "", 4)] });
        overrides.Add(new PodOverride { Pod = "twice", Crash = new CrashOverride(9, TimeSpan.FromSeconds(1), 1) });
        using var cluster = new Cluster(settings: new ControllerSettings { Overrides = overrides });
        cluster.Create(Kinds.Pods, Cluster.Pod("unready", container: ",'readinessProbe':{'exec':{'command':['false']}}"));
        cluster.Create(Kinds.Pods, Cluster.Pod("ready", container: ",'readinessProbe':{'httpGet':{'path':'/','port':80},'initialDelaySeconds':5}"));
        cluster.Create(Kinds.Pods, Cluster.Pod("never"));
        cluster.Create(Kinds.Pods, Cluster.Pod("twice"));
        await cluster.Until(Kinds.Pods, "ready", json => Conditions.Find(json["status"], "Ready").Text("status") == "True");
        await cluster.Until(() => cluster.Events("unready").Any(one => one.Reason == "Unhealthy"));
        await cluster.Until(Kinds.Pods, "never", json => json.Text("status", "phase") == "Running");
        Assert.Equal("False", Conditions.Find(cluster.Get(Kinds.Pods, "never")!["status"], "Ready").Text("status"));
        Assert.StartsWith("hello\n", cluster.Log("never"));
        Assert.Equal((4, "said", "", null), await cluster.Exec("never", "say", "it"));
        await cluster.Until(Kinds.Pods, "twice", json => Status(json).Number("restartCount") == 1 && Status(json).Flag("ready") == true);
    }

    [Fact]
    public async Task ASleeper_TakesTheWholeGrace_AndATrapDoesNot()
    {
        using var cluster = new Cluster(20);
        cluster.Create(Kinds.Pods, Cluster.Pod("sleeper", "busybox", ",'command':['sleep','3600']", ",'terminationGracePeriodSeconds':300"));
        cluster.Create(Kinds.Pods, Cluster.Pod("trap", "busybox", ",'command':['sh','-c','trap exit TERM; while true; do sleep 1; done']", ",'terminationGracePeriodSeconds':300"));
        await cluster.Until(() => cluster.Pods().All(pod => pod.Phase == "Running") && cluster.Pods().Length == 2);
        foreach (string name in (string[])["sleeper", "trap"]) cluster.Registry.Delete(Kinds.Pods, "default", name, new DeleteOptions());
        await cluster.Until(() => cluster.Get(Kinds.Pods, "trap") is null);
        Assert.NotNull(cluster.Get(Kinds.Pods, "sleeper"));
        cluster.Registry.Delete(Kinds.Pods, "default", "sleeper", new DeleteOptions { GracePeriodSeconds = 0 });
        await cluster.Until(() => cluster.Get(Kinds.Pods, "sleeper") is null);
    }

    [Fact]
    public async Task Containers_ShareVolumes()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.Pods, "{'metadata':{'name':'two'},'spec':{'volumes':[{'name':'s','emptyDir':{}}],'containers':[{'name':'nginx','image':'nginx','volumeMounts':[{'name':'s','mountPath':'/usr/share/nginx/html'}]},{'name':'b','image':'busybox','volumeMounts':[{'name':'s','mountPath':'/messages'}],'command':['/bin/sh'],'args':['-c','echo hello from the cluster > /messages/index.html && sleep 600']}]}}");
        await cluster.Until(Kinds.Pods, "two", json => json.Text("status", "phase") == "Running");
        JsonObject pod = cluster.Get(Kinds.Pods, "two")!;
        await cluster.Until(() => cluster.Loop.Processes.Net.Answer("default", "two", 80, "/") is { Status: 200 } answer && System.Text.Encoding.UTF8.GetString(answer.Body.Span) == "hello from the cluster\n");
    }
}
