using k8s.Models;
using PSKube.Api;

namespace PSKube.Tests.Api;

/// <summary>What is gone through behind an import has to come to its end, or it is in vain and nobody hears of it.</summary>
public sealed class RehearsalTests
{
    [Fact]
    public async Task ThePodIsReadOverHttp2()
    {
        V1Pod pod = Assert.IsType<V1Pod>(Assert.Single(await Rehearsal.ListAsync(default)));
        Assert.Equal("a", pod.Metadata.Name);
        Assert.Equal("64Mi", pod.Spec.Containers[0].Resources.Limits["memory"].ToString());
        Assert.Equal(1, pod.Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task TrustIsRehearsedToItsEnd() => await Rehearsal.TrustAsync(default);
}
