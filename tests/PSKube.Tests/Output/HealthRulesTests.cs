using k8s.Models;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.Tests.Output;

public class HealthRulesTests
{
    private static V1Deployment Deployment(int wanted = 1, int available = 1, V1DeploymentCondition? condition = null) => new()
    {
        ApiVersion = "apps/v1",
        Kind = "Deployment",
        Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "n" },
        Spec = new V1DeploymentSpec { Replicas = wanted },
        Status = new V1DeploymentStatus { Replicas = wanted, UpdatedReplicas = wanted, AvailableReplicas = available, Conditions = condition is null ? null : [condition] },
    };

    private static V1Pod Pod(V1ContainerState state, string phase = "Running", V1PodCondition? condition = null) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta { Name = "web-1" },
        Spec = new V1PodSpec { Volumes = [new V1Volume { Name = "d", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data" } }] },
        Status = new V1PodStatus { Phase = phase, Conditions = condition is null ? null : [condition], ContainerStatuses = [new V1ContainerStatus { Name = "c", State = state, RestartCount = 4, LastState = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 137, Reason = "OOMKilled" } } }] },
    };

    private static V1ContainerState Waiting(string reason) => new() { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = "why" } };

    private static KubeWorkloadHealth Judge(V1Deployment deployment, V1Pod? pod = null, params V1PersistentVolumeClaim[] claims) => HealthRules.Judge(deployment, pod is null ? [] : [pod], claims);

    [Fact]
    public void WhatIsAsItAsksToBe_IsHealthy()
    {
        KubeWorkloadHealth verdict = Judge(Deployment(), Pod(new V1ContainerState { Running = new V1ContainerStateRunning() }));
        Assert.True(verdict.Healthy);
        Assert.Equal("Healthy", verdict.Reason);
        Assert.Empty(verdict.Evidence);
    }

    [Theory]
    [InlineData("CrashLoopBackOff")]
    [InlineData("ImagePullBackOff")]
    [InlineData("CreateContainerConfigError")]
    public void AContainerThatCannotRun_IsTheReason_EvenWithEnoughPods(string state)
    {
        KubeWorkloadHealth verdict = Judge(Deployment(), Pod(Waiting(state)));
        Assert.False(verdict.Healthy);
        Assert.Equal(state, verdict.Reason);
        Assert.Equal($"pod/web-1: container c: {state} (ended with 137, OOMKilled; 4 restarts): why", Assert.Single(verdict.Evidence));
    }

    [Fact]
    public void TheGravestComesFirst()
    {
        var stuck = new V1DeploymentCondition { Type = "Progressing", Status = "False", Reason = "ProgressDeadlineExceeded", Message = "stuck" };
        KubeWorkloadHealth verdict = Judge(Deployment(2, 1, stuck), Pod(Waiting("ErrImagePull")));
        Assert.Equal("ErrImagePull", verdict.Reason);
        Assert.Equal(3, verdict.Evidence.Count);
        Assert.Equal("ProgressDeadlineExceeded", Judge(Deployment(2, 1, stuck)).Reason);
        Assert.Equal("NotReady", Judge(Deployment(2, 1)).Reason);
    }

    [Fact]
    public void WhyAPodHasNoNode_AndAClaimNoVolume_IsTold()
    {
        V1Pod pod = Pod(Waiting("ContainerCreating"), "Pending", new V1PodCondition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = "0/1 nodes are available: 1 Insufficient cpu." });
        var claim = new V1PersistentVolumeClaim { Metadata = new V1ObjectMeta { Name = "data" }, Spec = new V1PersistentVolumeClaimSpec { StorageClassName = "fast" }, Status = new V1PersistentVolumeClaimStatus { Phase = "Pending" } };
        KubeWorkloadHealth verdict = Judge(Deployment(1, 0), pod, claim);
        Assert.Equal("VolumePending", verdict.Reason);
        Assert.Equal(["persistentvolumeclaim/data: Pending (storage class fast)", "pod/web-1: Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.", "0 of 1 pods are available"], verdict.Evidence);
    }

    [Fact]
    public void AFailedJob_SaysWhy_AndHowItsContainerEnded_BeforeThatItsPodFailed()
    {
        var job = new V1Job { ApiVersion = "batch/v1", Kind = "Job", Metadata = new V1ObjectMeta { Name = "f0" }, Status = new V1JobStatus { Conditions = [new V1JobCondition { Type = "Failed", Status = "True", Reason = "BackoffLimitExceeded", Message = "too often" }] } };
        var pod = new V1Pod { Metadata = new V1ObjectMeta { Name = "f0-x" }, Status = new V1PodStatus { Phase = "Failed", ContainerStatuses = [new V1ContainerStatus { Name = "f0", State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 4, Reason = "Error" } } }] } };
        KubeWorkloadHealth verdict = HealthRules.Judge(job, [pod], []);
        Assert.Equal("BackoffLimitExceeded", verdict.Reason);
        Assert.Equal(["Failed=True BackoffLimitExceeded: too often", "pod/f0-x: container f0: Error (ended with 4, Error; 0 restarts)", "0 of 1 pods are completed"], verdict.Evidence);
        pod.Status = new V1PodStatus { Phase = "Failed", Reason = "Evicted", Message = "low on disk" };
        Assert.Equal("pod/f0-x: Evicted: low on disk", HealthRules.Judge(job, [pod], []).Evidence[0]);
    }

    [Fact]

    public void APodOnItsWayOut_SaysNothingOfTheWorkload()
    {
        V1Pod pod = Pod(Waiting("CrashLoopBackOff"));
        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        Assert.True(Judge(Deployment(), pod).Healthy);
    }
}

public class WorkloadTreeTests
{
    private static V1ObjectMeta Meta(string name, string? owner = null) => new()
    {
        Name = name,
        NamespaceProperty = "n",
        Uid = "uid-" + name,
        OwnerReferences = owner is null ? null : [new V1OwnerReference { Uid = "uid-" + owner, Controller = true, Kind = "x", Name = owner, ApiVersion = "v1" }],
    };

    [Fact]
    public void OwnersStandAboveWhatTheyOwn_ClaimsBelowTheirPods()
    {
        object[] objects =
        [
            new V1Pod { ApiVersion = "v1", Kind = "Pod", Metadata = Meta("web-0", "web"), Spec = new V1PodSpec { Containers = [new V1Container { Name = "c" }], Volumes = [new V1Volume { Name = "d", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "d-web-0" } }] }, Status = new V1PodStatus { Phase = "Running", ContainerStatuses = [new V1ContainerStatus { Name = "c", Ready = true, State = new V1ContainerState { Running = new V1ContainerStateRunning() } }] } },
            new V1StatefulSet { ApiVersion = "apps/v1", Kind = "StatefulSet", Metadata = Meta("web"), Spec = new V1StatefulSetSpec { Replicas = 1 }, Status = new V1StatefulSetStatus { ReadyReplicas = 1 } },
            new V1PersistentVolumeClaim { ApiVersion = "v1", Kind = "PersistentVolumeClaim", Metadata = Meta("d-web-0"), Status = new V1PersistentVolumeClaimStatus { Phase = "Bound" } },
            new V1Pod { ApiVersion = "v1", Kind = "Pod", Metadata = Meta("orphan", "gone"), Status = new V1PodStatus { Phase = "Pending" } },
        ];
        IReadOnlyList<KubeTreeNode> trees = WorkloadTree.Build(objects);
        Assert.Equal(["web", "orphan"], trees.Select(tree => tree.Name));
        Assert.Equal(["StatefulSet", "Pod", "Container", "PersistentVolumeClaim"], Walk(trees[0]).Select(node => node.Kind));
        Assert.Equal(
        [
            "statefulset/web                       1/1",
            "└─ pod/web-0                          1/1   Running",
            "   ├─ container/c                           Running",
            "   └─ persistentvolumeclaim/d-web-0         Bound",
        ], trees[0].ToString().Split('\n'));
    }

    [Fact]
    public void ARingOfOwners_DoesNotGoOnForEver()
    {
        object[] objects =
        [
            new V1ReplicaSet { ApiVersion = "apps/v1", Kind = "ReplicaSet", Metadata = Meta("a", "b") },
            new V1ReplicaSet { ApiVersion = "apps/v1", Kind = "ReplicaSet", Metadata = Meta("b", "a") },
        ];
        Assert.Empty(WorkloadTree.Build(objects));
    }

    private static IEnumerable<KubeTreeNode> Walk(KubeTreeNode node) => node.Children.SelectMany(Walk).Prepend(node);
}
