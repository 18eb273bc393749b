using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.SandboxTests.Server;

/// <summary>Who sends a field that the sandbox does nothing about is told so, once, and nobody else is.</summary>
public sealed class InertFieldTests : IDisposable
{
    private const string Spread = "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'zone','whenUnsatisfiable':'DoNotSchedule','labelSelector':{'matchLabels':{'app':'a'}}}]";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private readonly Asking _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    private static string Template(string pod) => $"{{'metadata':{{'labels':{{'app':'a'}}}},'spec':{{'containers':[{{'name':'c','image':'nginx'}}]{pod}}}}}";

    private static string Deployment(string pod, string more = "") => $"{{'apiVersion':'apps/v1','kind':'Deployment','metadata':{{'name':'a'}},'spec':{{'selector':{{'matchLabels':{{'app':'a'}}}},'template':{Template(pod)}{more}}}}}";

    public static TheoryData<string, string, string[]> Bodies => new()
    {
        { "/api/v1/namespaces/default/pods", $"{{'metadata':{{'name':'a'}},'spec':{{{Spread},'containers':[{{'name':'c','image':'nginx','lifecycle':{{'preStop':{{'exec':{{'command':['x']}}}}}}}},{{'name':'d','image':'nginx','lifecycle':{{'postStart':{{'exec':{{'command':['x']}}}},'preStop':{{'exec':{{'command':['x']}}}}}}}}]}}}}",
            ["stores spec.topologySpreadConstraints", "stores spec.containers[1].lifecycle.postStart", "stores spec.containers[0].lifecycle.preStop (and 1 more)"] },
        { "/api/v1/namespaces/default/pods", "{'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','image':'nginx','securityContext':{'runAsUser':5},'resources':{'limits':{'cpu':'1'}}}],'shareProcessNamespace':false,'tolerations':[{'key':'node.kubernetes.io/not-ready','operator':'Exists','effect':'NoExecute','tolerationSeconds':9},{'key':'x','operator':'Exists','effect':'NoExecute','tolerationSeconds':9}],'affinity':{'podAntiAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'z','namespaceSelector':{'matchLabels':{'a':'b'}}}]}}}}",
            ["stores spec.tolerations[1] and does nothing about its tolerationSeconds", "stores spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaceSelector"] },
        { "/apis/apps/v1/namespaces/default/deployments", Deployment("," + Spread), ["stores spec.template.spec.topologySpreadConstraints"] },
        { "/apis/apps/v1/namespaces/default/daemonsets", Deployment("," + Spread).Replace("Deployment", "DaemonSet", StringComparison.Ordinal), ["stores spec.template.spec.topologySpreadConstraints"] },
        { "/apis/apps/v1/namespaces/default/statefulsets", $"{{'metadata':{{'name':'a'}},'spec':{{'serviceName':'a','selector':{{'matchLabels':{{'app':'a'}}}},'template':{Template("")},'persistentVolumeClaimRetentionPolicy':{{'whenDeleted':'Delete'}}}}}}", ["stores spec.persistentVolumeClaimRetentionPolicy.whenDeleted"] },
        { "/apis/batch/v1/namespaces/default/jobs", $"{{'metadata':{{'name':'a'}},'spec':{{'completionMode':'Indexed','completions':2,'backoffLimitPerIndex':1,'template':{Template(",'restartPolicy':'Never'")}}}}}", ["stores spec.backoffLimitPerIndex"] },
        { "/apis/batch/v1/namespaces/default/cronjobs", $"{{'metadata':{{'name':'a'}},'spec':{{'schedule':'* * * * *','jobTemplate':{{'spec':{{'podFailurePolicy':{{'rules':[{{'action':'Ignore','onPodConditions':[{{'type':'DisruptionTarget'}}]}}]}},'template':{Template(",'restartPolicy':'Never'," + Spread)}}}}}}}}}", ["stores spec.jobTemplate.spec.podFailurePolicy", "stores spec.jobTemplate.spec.template.spec.topologySpreadConstraints"] },
        { "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", "{'metadata':{'name':'a'},'spec':{'maxReplicas':3,'scaleTargetRef':{'kind':'Deployment','name':'a','apiVersion':'apps/v1'},'behavior':{'scaleDown':{'stabilizationWindowSeconds':5}}}}", [] },
        { "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", "{'metadata':{'name':'a'},'spec':{'maxReplicas':3,'scaleTargetRef':{'kind':'Deployment','name':'a','apiVersion':'apps/v1'},'behavior':{'scaleUp':{'selectPolicy':'Min'}},'metrics':[{'type':'External','external':{'metric':{'name':'x'},'target':{'type':'Value','value':'1'}}}]}}", ["stores spec.metrics[0]", "stores spec.behavior.scaleUp"] },
        { "/api/v1/namespaces/default/resourcequotas", "{'metadata':{'name':'a'},'spec':{'hard':{'pods':'4'},'scopes':['BestEffort'],'scopeSelector':{'matchExpressions':[{'scopeName':'BestEffort','operator':'Exists'}]}}}", ["stores spec.scopeSelector"] },
        { "/api/v1/nodes", "{'metadata':{'name':'a'},'spec':{'taints':[{'key':'k','effect':'NoSchedule'},{'key':'k','effect':'NoExecute'}]}}", ["keeps new pods away for spec.taints[1] and evicts none"] },
        { "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "{'metadata':{'name':'as.x.io'},'spec':{'group':'x.io','scope':'Namespaced','names':{'plural':'as','kind':'A'},'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{'type':'object','x-kubernetes-validations':[{'rule':'true'}],'properties':{'port':{'anyOf':[{'type':'integer'},{'type':'string'}],'x-kubernetes-int-or-string':true}}}}}}}]}}", ["stores spec.versions[0].schema.openAPIV3Schema.properties.spec.x-kubernetes-validations"] },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task ANewObjectIsWarnedOf(string path, string body, string[] told)
    {
        (int code, JsonNode? answer, string[] warnings) = await _sandbox.Send("POST", path, body);
        Assert.True(code == 201, answer?.ToJsonString());
        Assert.Equal(told.Select(one => $"the sandbox {one}{(one.StartsWith("stores", StringComparison.Ordinal) && !one.Contains(" and does", StringComparison.Ordinal) ? " and does nothing about it" : "")}"), warnings);
    }

    [Fact]
    public async Task OnlyTheRequestThatBringsItIsWarned()
    {
        string[] told = ["the sandbox stores spec.template.spec.topologySpreadConstraints and does nothing about it"];
        Assert.Equal(told, (await _sandbox.Send("POST", Deployments + "?dryRun=All", Deployment("," + Spread))).Warnings);
        Assert.Equal(told, (await _sandbox.Send("POST", Deployments, Deployment("," + Spread))).Warnings);
        Assert.Empty((await _sandbox.Send("PUT", Deployments + "/a", Deployment("," + Spread, ",'replicas':2"))).Warnings);
        Assert.Empty((await _sandbox.Send("PATCH", Deployments + "/a", "{'spec':{'replicas':3}}", "application/merge-patch+json")).Warnings);
        Assert.Empty((await _sandbox.Send("PATCH", Deployments + "/a/scale", "{'spec':{'replicas':1}}", "application/merge-patch+json")).Warnings);
        Assert.Equal(told, (await _sandbox.Send("PATCH", Deployments + "/a", "{'spec':{'template':{'spec':{'topologySpreadConstraints':[{'maxSkew':2,'topologyKey':'zone','whenUnsatisfiable':'DoNotSchedule'}]}}}}", "application/strategic-merge-patch+json")).Warnings);
        Assert.Empty((await _sandbox.Send("PATCH", Deployments + "/a", "{'spec':{'template':{'spec':{'topologySpreadConstraints':null}}}}", "application/merge-patch+json")).Warnings);
    }

    [Fact]
    public async Task AnApplyIsWarnedWhenItBringsIt()
    {
        const string Apply = "application/apply-patch+yaml";
        string body = Deployment("," + Spread).Replace('\'', '"');
        Assert.Single((await _sandbox.Send("PATCH", Deployments + "/a?fieldManager=t", body, Apply)).Warnings);
        Assert.Empty((await _sandbox.Send("PATCH", Deployments + "/a?fieldManager=t", body, Apply)).Warnings);
    }

    [Fact]
    public async Task AContainerThatOnlyMovesIsNoChange()
    {
        const string Hooked = "{'name':'c','image':'nginx','lifecycle':{'preStop':{'exec':{'command':['x']}}}}";
        string body = Deployment("").Replace("{'name':'c','image':'nginx'}", Hooked, StringComparison.Ordinal);
        Assert.Single((await _sandbox.Send("POST", Deployments, body)).Warnings);
        Assert.Empty((await _sandbox.Send("PUT", Deployments + "/a", body.Replace(Hooked, "{'name':'b','image':'busybox'}," + Hooked, StringComparison.Ordinal))).Warnings);
    }

    [Fact]
    public async Task AClaimThatGrowsIsTold()
    {
        const string Claims = "/api/v1/namespaces/default/persistentvolumeclaims";
        const string Claim = "{'metadata':{'name':'a'},'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}";
        Assert.Equal(200, (await _sandbox.Send("PATCH", "/apis/storage.k8s.io/v1/storageclasses/standard", "{'allowVolumeExpansion':true}", "application/merge-patch+json")).Code);
        Assert.Empty((await _sandbox.Send("POST", Claims, Claim)).Warnings);
        for (int i = 0; (await _sandbox.Send("GET", Claims + "/a")).Body.Text("status", "phase") != "Bound"; i++)
        {
            Assert.True(i < 3000, "The claim was never bound.");
            await Task.Delay(10);
        }

        Assert.Equal(["the sandbox stores spec.resources.requests.storage and does not let the volume grow"], (await _sandbox.Send("PATCH", Claims + "/a", "{'spec':{'resources':{'requests':{'storage':'2Gi'}}}}", "application/merge-patch+json")).Warnings);
    }
}
