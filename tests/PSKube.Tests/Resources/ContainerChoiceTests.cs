using System.Management.Automation;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

public class ContainerChoiceTests
{
    private static V1Pod Pod(string containers, string init = "", string ephemeral = "", string? annotation = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "n", Annotations = annotation is null ? null : new Dictionary<string, string> { ["kubectl.kubernetes.io/default-container"] = annotation } },
        Spec = new V1PodSpec
        {
            Containers = [.. Split(containers).Select(name => new V1Container { Name = name })],
            InitContainers = [.. Split(init).Select(name => new V1Container { Name = name })],
            EphemeralContainers = [.. Split(ephemeral).Select(name => new V1EphemeralContainer { Name = name })],
        },
    };

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);

    [Theory]
    [InlineData("a", "", "", null, "a", null, false)]
    [InlineData("a,b", "", "", null, "a", "Defaulted container \"a\" out of: a, b", true)]
    [InlineData("a", "i", "e", null, "a", "Defaulted container \"a\" out of: a, e (ephem), i (init)", false)]
    [InlineData("a,b", "", "", "b", "b", null, false)]
    [InlineData("a,b", "i", "", "i", "i", null, false)]
    [InlineData("a,b", "", "", "gone", "a", "Default container name \"gone\" not found in pod p; using \"a\" out of: a, b", true)]
    [InlineData("a,b", "", "", "", "a", "Defaulted container \"a\" out of: a, b", true)]
    public void WithoutAName_ItIsTheAnnotationsOrTheFirst(string containers, string init, string ephemeral, string? annotation, string name, string? note, bool doubtful) =>
        Assert.Equal(new ContainerChoice(name, note, doubtful), ContainerChoice.Of(Pod(containers, init, ephemeral, annotation), null));

    [Theory]
    [InlineData("b")]
    [InlineData("i")]
    [InlineData("e")]
    public void AName_IsLookedForAmongAll(string name) => Assert.Equal(new ContainerChoice(name, null, false), ContainerChoice.Of(Pod("a,b", "i", "e", "a"), name));

    [Fact]
    public void ANameThatIsNotThere_IsAnErrorWithAllThatAre()
    {
        KubeException failure = Assert.Throws<KubeException>(() => ContainerChoice.Of(Pod("a", "b", "c"), "x"));
        Assert.Equal("KubeContainerNotFound", failure.ErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, failure.Category);
        Assert.Equal("container x is not valid for pod p out of: a, c (ephem), b (init)", failure.Message);
        Assert.Equal(new KubeReference("Pod", "n", "p"), failure.Target);
    }

    [Fact]
    public void APodWithoutContainers_IsAnErrorToo() => Assert.Equal("pod p does not have any containers", Assert.Throws<KubeException>(() => ContainerChoice.Of(Pod(""), null)).Message);

    [Fact]
    public void All_AreInTheOrderInWhichTheyBegin() => Assert.Equal(["i", "a", "b", "e"], ContainerChoice.All(Pod("a,b", "i", "e")));

    [Fact]
    public void TheStateOfAContainer_IsFoundWhereverItIs()
    {
        V1Pod pod = Pod("a", "i", "e");
        pod.Status = new V1PodStatus { ContainerStatuses = [new V1ContainerStatus { Name = "a" }], InitContainerStatuses = [new V1ContainerStatus { Name = "i", RestartCount = 2 }] };
        Assert.Equal(2, ContainerChoice.Status(pod, "i")!.RestartCount);
        Assert.Null(ContainerChoice.Status(pod, "e"));
        Assert.Null(ContainerChoice.Status(new V1Pod(), "a"));
    }
}
