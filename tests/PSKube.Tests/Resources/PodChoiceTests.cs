using k8s.Models;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

public class PodChoiceTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>A pod on a node that runs and has been ready since noon; each test takes something away.</summary>
    private static V1Pod Pod(string name, string? node = "n", string phase = "Running", int? readyFor = 0, bool leaving = false, int restarts = 0, int olderBy = 0) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, CreationTimestamp = Noon.AddHours(-1 - olderBy), DeletionTimestamp = leaving ? Noon : null },
        Spec = new V1PodSpec { NodeName = node },
        Status = new V1PodStatus
        {
            Phase = phase,
            Conditions = [new V1PodCondition { Type = "Ready", Status = readyFor is null ? "False" : "True", LastTransitionTime = Noon.AddMinutes(-(readyFor ?? 0)) }],
            ContainerStatuses = [new V1ContainerStatus { Name = "a", RestartCount = 0 }, new V1ContainerStatus { Name = "b", RestartCount = restarts }],
        },
    };

    public static TheoryData<V1Pod, V1Pod, string> Pairs() => new()
    {
        { Pod("good", readyFor: null, phase: "Pending"), Pod("bad", node: null), "on a node" },
        { Pod("good", readyFor: null), Pod("bad", phase: "Pending"), "running" },
        { Pod("good", readyFor: null), Pod("bad", phase: "Succeeded"), "still running" },
        { Pod("good", phase: "Failed", readyFor: null), Pod("bad", phase: "Pending", readyFor: null), "ended before never begun" },
        { Pod("good", leaving: true), Pod("bad", readyFor: null), "ready" },
        { Pod("good"), Pod("bad", leaving: true, readyFor: 9), "not being deleted" },
        { Pod("good", readyFor: 9), Pod("bad", olderBy: 9), "ready for longer" },
        { Pod("good", olderBy: 1), Pod("bad"), "older" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ThePodOfMoreUse_IsChosen_WhateverTheOrderOfTheList(V1Pod good, V1Pod bad, string why)
    {
        Assert.NotEmpty(why);
        Assert.Equal("good", PodChoice.ForExec([bad, good])!.Metadata.Name);
        Assert.Equal("good", PodChoice.ForExec([good, bad])!.Metadata.Name);
        Assert.Equal(["good", "bad"], PodChoice.ForLogs([bad, good]).Select(pod => pod.Metadata.Name));
        Assert.Equal(["good", "bad"], PodChoice.ForLogs([good, bad]).Select(pod => pod.Metadata.Name));
    }

    [Fact]
    public void Restarts_SpeakAgainstACommandAndForALog()
    {
        V1Pod[] pods = [Pod("calm"), Pod("restless", restarts: 3)];
        Assert.Equal("calm", PodChoice.ForExec(pods)!.Metadata.Name);
        Assert.Equal("restless", PodChoice.ForLogs(pods)[0].Metadata.Name);
    }

    [Fact]
    public void OfNone_NoneIsChosen_AndAPodThatSaysNothingIsNoFault()
    {
        Assert.Null(PodChoice.ForExec([]));
        Assert.Empty(PodChoice.ForLogs([]));
        Assert.Equal("good", PodChoice.ForExec([new V1Pod(), Pod("good")])!.Metadata.Name);
    }
}
