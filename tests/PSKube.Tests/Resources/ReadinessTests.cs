using k8s.Models;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

public class ReadinessTests
{
    [Theory]
    [InlineData(2, 4, 4, 4, "2 pods too many are still there")]
    [InlineData(2, 3, 2, 2, "1 old pods are still there")]
    [InlineData(2, 2, 1, 2, "1 of 2 pods are updated")]
    [InlineData(2, 2, 2, 1, "1 of 2 pods are available")]
    [InlineData(2, 2, 2, 2, null)]
    [InlineData(0, 0, 0, 0, null)]
    public void ADeployment_IsReadyWithJustThePodsItAsksFor(int wanted, int replicas, int updated, int available, string? pending)
    {
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Generation = 3 },
            Spec = new V1DeploymentSpec { Replicas = wanted },
            Status = new V1DeploymentStatus { ObservedGeneration = 3, Replicas = replicas, UpdatedReplicas = updated, AvailableReplicas = available },
        };
        Assert.Equal(pending, Readiness.PendingBecause(deployment));
        deployment.Metadata.Generation = 4;
        Assert.Equal("its new specification has not been seen yet", Readiness.PendingBecause(deployment));
    }
}
