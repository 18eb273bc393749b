using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.SandboxTests.Server;

/// <summary>Answers of newer servers that the recorded ones of 1.20 do not show.</summary>
public class AnswerTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task ADeletionThatIsOnlyTriedIsAnsweredAsTheRealOne()
    {
        using var sandbox = new Asking();
        const string Maps = "/api/v1/namespaces/default/configmaps";
        await sandbox.Send("POST", Maps, "{'metadata':{'name':'a'}}");
        await sandbox.Send("POST", Maps, "{'metadata':{'name':'held','finalizers':['x.io/y']}}");
        Assert.Equal("Success", (await sandbox.Send("DELETE", Maps + "/a?dryRun=All")).Body.Text("status"));
        Assert.Equal("ConfigMap", (await sandbox.Send("DELETE", Maps + "/held?dryRun=All")).Body.Text("kind"));
        Assert.Equal(200, (await sandbox.Send("GET", Maps + "/a")).Code);
    }

    [Theory]
    [InlineData("{'policyTypes':['Ingress','Egress','Other'],'podSelector':{}}", "spec.policyTypes")]
    [InlineData("{'podSelector':{},'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/8','except':['11.0.0.0/16','10.1.0.0/16']},'podSelector':{}}]}]}", "spec.egress[0].to[0].ipBlock.except[0] spec.egress[0].to[0]")]
    [InlineData("{'podSelector':{},'ingress':[{'from':[{}],'ports':[{'port':80,'endPort':70},{'port':'web','endPort':90},{'endPort':90}]}]}", "spec.ingress[0].ports[0].endPort spec.ingress[0].ports[1].endPort spec.ingress[0].ports[2].endPort spec.ingress[0].from[0]")]
    [InlineData("{'podSelector':{},'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.7/8'}},{'podSelector':{},'namespaceSelector':{}}],'ports':[{'port':'web'},{'port':80,'endPort':90},{}]}]}", "")]
    public async Task ANetworkPolicyIsChecked(string spec, string fields)
    {
        using var sandbox = new Asking();
        (int code, JsonNode? answer, _) = await sandbox.Send("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", $"{{'metadata':{{'name':'a'}},'spec':{spec}}}");
        Assert.Equal(fields.Length == 0 ? 201 : 422, code);
        Assert.Equal(fields, string.Join(' ', answer.Objects("details", "causes").Select(cause => cause.Text("field"))));
    }

    [Theory]
    [InlineData("IfHealthyBudget", 429)]
    [InlineData("AlwaysAllow", 201)]
    public async Task APodThatIsNotReadyMayBeEvictedWhenItsBudgetSaysSo(string policy, int answered)
    {
        using var sandbox = new Asking();
        await sandbox.Send("POST", Pods, "{'metadata':{'name':'a','labels':{'app':'a'}},'spec':{'containers':[{'name':'c','image':'nginx','readinessProbe':{'exec':{'command':['false']}}}]}}");
        await sandbox.Send("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", $"{{'metadata':{{'name':'b'}},'spec':{{'minAvailable':1,'unhealthyPodEvictionPolicy':'{policy}','selector':{{'matchLabels':{{'app':'a'}}}}}}}}");
        for (int i = 0; (await sandbox.Send("GET", Pods + "/a")).Body.Text("status", "phase") != "Running"; i++)
        {
            Assert.True(i < 3000, "The pod never ran.");
            await Task.Delay(10);
        }

        Assert.Equal(answered, (await sandbox.Send("POST", Pods + "/a/eviction", "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'a'}}")).Code);
    }

    [Fact]
    public async Task APodOfARuntimeClassIsRefused()
    {
        using var sandbox = new Asking();
        Assert.Equal("pods \"a\" is forbidden: pod rejected: RuntimeClass \"gvisor\" not found", (await sandbox.Send("POST", Pods, "{'metadata':{'name':'a'},'spec':{'runtimeClassName':'gvisor','containers':[{'name':'c','image':'nginx'}]}}")).Body.Text("message"));
    }
}
