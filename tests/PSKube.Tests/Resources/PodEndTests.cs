using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

public class PodEndTests
{
    private static V1Pod Pod(string phase, string? waiting = null, int? exitCode = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "n" },
        Status = new V1PodStatus
        {
            Phase = phase,
            Message = phase == "Failed" ? "the node was low on memory" : null,
            Reason = phase == "Failed" ? "Evicted" : null,
            ContainerStatuses = waiting is null && exitCode is null ? null :
            [
                new V1ContainerStatus
                {
                    Name = "c",
                    State = new V1ContainerState { Waiting = waiting is null ? null : new V1ContainerStateWaiting { Reason = waiting, Message = "because" }, Terminated = exitCode is { } code ? new V1ContainerStateTerminated { ExitCode = code } : null },
                },
            ],
        },
    };

    [Theory]
    [InlineData("Pending", null, false)]
    [InlineData("Pending", "ContainerCreating", false)]
    [InlineData("Running", null, false)]
    [InlineData("Succeeded", null, true)]
    [InlineData("Failed", null, true)]
    public void APod_HasEndedOrNot(string phase, string? waiting, bool ended) => Assert.Equal(ended, PodEnd.PendingBecause(Pod(phase, waiting), "p", "n") is null);

    [Theory]
    [InlineData("ErrImagePull")]
    [InlineData("ImagePullBackOff")]
    [InlineData("InvalidImageName")]
    [InlineData("ErrImageNeverPull")]
    [InlineData("CreateContainerConfigError")]
    public void WhatCannotBegin_IsNotWaitedFor(string reason)
    {
        KubeException failure = Assert.Throws<KubeException>(() => PodEnd.PendingBecause(Pod("Pending", reason), "p", "n"));
        Assert.Equal(("KubePodNotStarted", $"pod/p in n cannot start: {reason}: because"), (failure.ErrorId, failure.Message));
    }

    [Fact]
    public void WhatSomebodyRemoved_IsNotWaitedFor() => Assert.Equal("KubePodRemoved", Assert.Throws<KubeException>(() => PodEnd.PendingBecause(null, "p", "n")).ErrorId);

    [Fact]
    public void HowItEnded_IsTheContainersToSay()
    {
        Assert.Equal(3, PodEnd.Of(Pod("Failed", exitCode: 3), "c").ExitCode);
        KubeException failure = Assert.Throws<KubeException>(() => PodEnd.Of(Pod("Failed"), "c"));
        Assert.Equal(("KubePodFailed", "pod/p in n ended before its container did: Evicted: the node was low on memory"), (failure.ErrorId, failure.Message));
    }
}
