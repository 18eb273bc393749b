using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

/// <summary>kubectl's tests of a rollout, row by row, and the way back to an earlier revision.</summary>
public sealed class RolloutRulesTests
{
    private static readonly KubeReference Web = new("Deployment", "shop", "web");

    private static object Workload(string kind, string spec, string status, string metadata = "") => ResourceJson.Decode(JsonNode.Parse($$"""
        {"apiVersion":"apps/v1","kind":"{{kind}}","metadata":{"name":"web","namespace":"shop","generation":3,"annotations":{"deployment.kubernetes.io/revision":"5"}{{metadata}}},"spec":{{spec}},"status":{{status}}}
        """)!);

    private static object Stuck(string updated = "2026-01-02T03:04:05Z", string status = "", int replicas = 3) => Workload("Deployment", $$"""{"replicas":{{replicas}}}""", $$"""{"observedGeneration":3,{{status}}"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"ReplicaSet \"web-1\" has timed out progressing.","lastUpdateTime":"{{updated}}"}]}""");

    [Theory]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":2,"updatedReplicas":3,"replicas":3,"availableReplicas":3}""", "Waiting for deployment spec update to be observed...", false)]
    [InlineData("""{"replicas":3}""", """{}""", "Waiting for deployment spec update to be observed...", false)]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":3,"updatedReplicas":1,"replicas":4,"availableReplicas":3}""", "Waiting for deployment \"web\" rollout to finish: 1 out of 3 new replicas have been updated...", false)]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":3,"replicas":3}""", "Waiting for deployment \"web\" rollout to finish: 0 out of 3 new replicas have been updated...", false)]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":3,"updatedReplicas":3,"replicas":4,"availableReplicas":3}""", "Waiting for deployment \"web\" rollout to finish: 1 old replicas are pending termination...", false)]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":3,"updatedReplicas":3,"replicas":3,"availableReplicas":2}""", "Waiting for deployment \"web\" rollout to finish: 2 of 3 updated replicas are available...", false)]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":3,"updatedReplicas":3,"replicas":3,"availableReplicas":3}""", "deployment \"web\" successfully rolled out", true)]
    [InlineData("""{"replicas":0}""", """{"observedGeneration":3}""", "deployment \"web\" successfully rolled out", true)]
    [InlineData("""{"replicas":3}""", """{"observedGeneration":4,"updatedReplicas":3,"replicas":3,"availableReplicas":3,"conditions":[{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"}]}""", "deployment \"web\" successfully rolled out", true)]
    public void ADeployment_IsJudgedInKubectlsOrder(string spec, string status, string message, bool done)
    {
        KubeRolloutStatus judged = RolloutRules.Judge(Workload("Deployment", spec, status));
        Assert.Equal((message, done, false, (long?)5), (judged.Message, judged.Done, judged.Failed, judged.Revision));
        Assert.Equal(done ? null : message.TrimEnd('.'), RolloutRules.PendingBecause(Workload("Deployment", spec, status), Web));
    }

    [Theory]
    [InlineData("""{}""", """{"observedGeneration":2,"desiredNumberScheduled":2}""", "Waiting for daemon set spec update to be observed...", false)]
    [InlineData("""{}""", """{"observedGeneration":3,"desiredNumberScheduled":2,"updatedNumberScheduled":1,"numberAvailable":2}""", "Waiting for daemon set \"web\" rollout to finish: 1 out of 2 new pods have been updated...", false)]
    [InlineData("""{}""", """{"observedGeneration":3,"desiredNumberScheduled":2,"updatedNumberScheduled":2,"numberAvailable":1}""", "Waiting for daemon set \"web\" rollout to finish: 1 of 2 updated pods are available...", false)]
    [InlineData("""{"updateStrategy":{"type":"RollingUpdate"}}""", """{"observedGeneration":3,"desiredNumberScheduled":2,"updatedNumberScheduled":2,"numberAvailable":2}""", "daemon set \"web\" successfully rolled out", true)]
    [InlineData("""{}""", """{"observedGeneration":3,"desiredNumberScheduled":0}""", "daemon set \"web\" successfully rolled out", true)]
    public void ADaemonSet_IsJudgedInKubectlsOrder(string spec, string status, string message, bool done)
    {
        KubeRolloutStatus judged = RolloutRules.Judge(Workload("DaemonSet", spec, status));
        Assert.Equal((message, done, false, (long?)null), (judged.Message, judged.Done, judged.Failed, judged.Revision));
    }

    [Theory]
    [InlineData("""{"replicas":2}""", """{"replicas":2,"readyReplicas":2}""", "Waiting for statefulset spec update to be observed...", false)]
    [InlineData("""{"replicas":2}""", """{"observedGeneration":2,"replicas":2,"readyReplicas":2}""", "Waiting for statefulset spec update to be observed...", false)]
    [InlineData("""{"replicas":2}""", """{"observedGeneration":3,"replicas":2}""", "Waiting for 2 pods to be ready...", false)]
    [InlineData("""{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}}}""", """{"observedGeneration":3,"replicas":3,"readyReplicas":3,"updatedReplicas":1}""", "Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...", false)]
    [InlineData("""{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}}}""", """{"observedGeneration":3,"replicas":3,"readyReplicas":3,"updatedReplicas":2}""", "partitioned roll out complete: 2 new pods have been updated...", true)]
    [InlineData("""{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{}}}""", """{"observedGeneration":3,"replicas":3,"readyReplicas":3,"updatedReplicas":0}""", "partitioned roll out complete: 0 new pods have been updated...", true)]
    [InlineData("""{"replicas":2}""", """{"observedGeneration":3,"replicas":2,"readyReplicas":2,"updatedReplicas":1,"currentRevision":"web-a","updateRevision":"web-b"}""", "waiting for statefulset rolling update to complete 1 pods at revision web-b...", false)]
    [InlineData("""{"replicas":2}""", """{"observedGeneration":3,"replicas":2,"readyReplicas":2,"currentReplicas":2,"currentRevision":"web-b","updateRevision":"web-b"}""", "statefulset rolling update complete 2 pods at revision web-b...", true)]
    public void AStatefulSet_IsJudgedInKubectlsOrder(string spec, string status, string message, bool done)
    {
        KubeRolloutStatus judged = RolloutRules.Judge(Workload("StatefulSet", spec, status));
        Assert.Equal((message, done, false), (judged.Message, judged.Done, judged.Failed));
    }

    [Fact]
    public void TheRevisionThatIsAskedFor_IsLookedAtFirst()
    {
        KubeRolloutStatus judged = RolloutRules.Judge(Stuck(), revision: 4);
        Assert.Equal(("desired revision (4) is different from the running revision (5)", false, true), (judged.Message, judged.Done, judged.Failed));
        Assert.Equal("KubePreconditionFailed", Assert.Throws<KubeException>(() => RolloutRules.PendingBecause(Stuck(), Web, revision: 4)).ErrorId);
        Assert.StartsWith("deployment \"web\" exceeded", RolloutRules.Judge(Stuck(), revision: 5).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissedDeadline_CountsBeforeTheCounts_ButNotBeforeTheGeneration()
    {
        KubeRolloutStatus judged = RolloutRules.Judge(Stuck(status: "\"updatedReplicas\":1,\"replicas\":4,"));
        Assert.Equal(("deployment \"web\" exceeded its progress deadline", false, true), (judged.Message, judged.Done, judged.Failed));
        KubeException failure = Assert.Throws<KubeException>(() => RolloutRules.PendingBecause(Stuck(), Web));
        Assert.Equal(("KubeProgressDeadlineExceeded", ErrorCategory.InvalidResult), (failure.ErrorId, failure.Category));
        Assert.Equal("deployment \"web\" exceeded its progress deadline (ReplicaSet \"web-1\" has timed out progressing.)", failure.Message);
        Assert.Equal("Waiting for deployment spec update to be observed", RolloutRules.PendingBecause(Workload("Deployment", """{"replicas":3}""", """{"observedGeneration":2,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}"""), Web));
    }

    [Fact]
    public void AFailureThatWasThereBeforeTheChange_IsNotTheChangesOwn()
    {
        Assert.Equal("deployment \"web\" exceeded its progress deadline", RolloutRules.PendingBecause(Stuck(), Web, before: Stuck()));
        Assert.Throws<KubeException>(() => RolloutRules.PendingBecause(Stuck("2026-01-02T04:00:00Z"), Web, before: Stuck()));
        Assert.Throws<KubeException>(() => Readiness.StillPending(Stuck()));
        Assert.NotNull(Readiness.StillPending(Stuck(), Stuck()));
        Assert.Null(Readiness.StillPending(Stuck(replicas: 0)));
    }

    [Theory]
    [InlineData("DaemonSet", """{"updateStrategy":{"type":"OnDelete"}}""", "rollout status is only available for RollingUpdate strategy type")]
    [InlineData("StatefulSet", """{"updateStrategy":{"type":"OnDelete"}}""", "rollout status is only available for RollingUpdate strategy type")]
    [InlineData("ReplicaSet", """{}""", "has no rollout")]
    public void WhatCannotBeFollowed_IsNotImplemented(string kind, string spec, string message)
    {
        KubeException failure = Assert.Throws<KubeException>(() => RolloutRules.Judge(Workload(kind, spec, """{"observedGeneration":3}""")));
        Assert.Equal(("KubeRolloutNotSupported", ErrorCategory.NotImplemented), (failure.ErrorId, failure.Category));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWorkloadThatVanishes_IsAnError() => Assert.Equal("KubeNotFound", Assert.Throws<KubeException>(() => RolloutRules.PendingBecause(null, Web)).ErrorId);

    private static object ReplicaSet(string name, string? revision, string owner = "u-web", string cause = "")
    {
        string number = revision is null ? "" : $"\"deployment.kubernetes.io/revision\":\"{revision}\",";
        return ResourceJson.Decode(JsonNode.Parse($$"""
            {"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"{{name}}","namespace":"shop","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"{{owner}}","controller":true}],
            "annotations":{ {{number}}"kubernetes.io/change-cause":"{{cause}}"} },
            "spec":{"template":{"metadata":{"labels":{"app":"web","pod-template-hash":"1"} },"spec":{"containers":[{"name":"a","image":"{{name}}"}],"initContainers":[{"name":"i","image":"init"}]} } } }
            """)!);
    }

    [Fact]
    public void ADeploymentsHistory_IsThatOfItsOwnReplicaSets_ByNumberNotByText()
    {
        object web = Workload("Deployment", "{}", "{}", ",\"uid\":\"u-web\"");
        IReadOnlyList<KubeRolloutRevision> history = RolloutHistory.Of(web, [ReplicaSet("ten", "10", cause: "why"), ReplicaSet("nine", "9"), ReplicaSet("foreign", "11", "u-other"), ReplicaSet("none", null)]);
        Assert.Equal([9, 10], history.Select(revision => revision.Revision));
        Assert.Equal((string?[])[null, "why"], history.Select(revision => revision.ChangeCause));
        Assert.Equal(["ten", "init"], history[1].Images);
        Assert.Equal(9, RolloutHistory.Choose(history, Web, 0).Revision);
        Assert.Equal(10, RolloutHistory.Choose(history, Web, 10).Revision);
        Assert.Contains("unable to find specified revision 7 in history", Assert.Throws<KubeException>(() => RolloutHistory.Choose(history, Web, 7)).Message, StringComparison.Ordinal);
        KubeException none = Assert.Throws<KubeException>(() => RolloutHistory.Choose([history[0]], Web, 0));
        Assert.Equal(("KubeRevisionNotFound", ErrorCategory.ObjectNotFound), (none.ErrorId, none.Category));
        Assert.Contains("no rollout history found for deployment \"web\"", none.Message, StringComparison.Ordinal);
        Assert.Contains("no last revision to roll back to", Assert.Throws<KubeException>(() => RolloutHistory.Choose([], Web with { Kind = "DaemonSet" }, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASetsHistory_IsReadFromItsControllerRevisions()
    {
        object set = Workload("DaemonSet", "{}", "{}", ",\"uid\":\"u-web\"");
        object kept = ResourceJson.Decode(JsonNode.Parse("""
            {"apiVersion":"apps/v1","kind":"ControllerRevision","revision":2,"metadata":{"name":"web-2","ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"web","uid":"u-web","controller":true}]},
            "data":{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"a","image":"nginx:1"}]}}}}}
            """)!);
        KubeRolloutRevision revision = Assert.Single(RolloutHistory.Of(set, [kept]));
        Assert.Equal((2, "nginx:1", "b"), (revision.Revision, revision.Images[0], revision.Template.Metadata.Labels["a"]));
        Assert.Contains("daemonset.apps/web with revision #2\nPod Template:", revision.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheWayBack_TakesTheTemplateAndItsAnnotations_AndLeavesTheDeploymentsOwn()
    {
        var now = (JsonObject)JsonNode.Parse("""{"metadata":{"annotations":{"deployment.kubernetes.io/revision":"3","kubectl.kubernetes.io/last-applied-configuration":"mine","kubernetes.io/change-cause":"new","mine":"x"}},"spec":{"template":{"spec":{"v":3}}}}""")!;
        var kept = (JsonObject)JsonNode.Parse("""{"metadata":{"annotations":{"deployment.kubernetes.io/revision":"1","deployment.kubernetes.io/desired-replicas":"2","kubernetes.io/change-cause":"old"}},"spec":{"template":{"metadata":{"creationTimestamp":null,"labels":{"app":"web","pod-template-hash":"h"}},"spec":{"fieldOfTomorrow":1}}}}""")!;
        Assert.Equal("""[{"op":"replace","path":"/spec/template","value":{"metadata":{"labels":{"app":"web"}},"spec":{"fieldOfTomorrow":1}}},{"op":"add","path":"/metadata/annotations","value":{"deployment.kubernetes.io/revision":"3","kubectl.kubernetes.io/last-applied-configuration":"mine","kubernetes.io/change-cause":"old"}}]""", RolloutHistory.Undo(now, kept).ToJsonString());
        Assert.False(RolloutHistory.SameTemplate(now["spec"]!["template"], RolloutHistory.TemplateOf(kept)));
        Assert.True(RolloutHistory.SameTemplate(JsonNode.Parse("""{"metadata":{"labels":{"app":"web"}},"spec":{"fieldOfTomorrow":1}}"""), RolloutHistory.TemplateOf(kept)));
    }
}
