using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.SandboxTests.Rules;

/// <summary>What servers after 1.20 do otherwise; by their sources.</summary>
public class NewerServersTests
{
    private const string Namespace = "rules-test";

    [Fact]
    public void APodsTokenIsProjected()
    {
        JsonObject pod = Create(Kinds.Pods, """{"metadata":{"name":"x"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}""");
        Assert.StartsWith("kube-api-access-", pod.Objects("spec", "volumes").Single().Text("name"));
        Assert.Equal("kube-root-ca.crt", pod.Objects("spec", "volumes").Single().Objects("projected", "sources").ElementAt(1).Text("configMap", "name"));
        Assert.Equal(1, pod.Number("metadata", "generation"));
    }

    [Fact]
    public void AServiceHasItsFamilies()
    {
        JsonNode? spec = Create(Kinds.Services, """{"metadata":{"name":"x"},"spec":{"ports":[{"port":80}]}}""")["spec"];
        Assert.Equal("SingleStack", spec.Text("ipFamilyPolicy"));
        Assert.Equal("Cluster", spec.Text("internalTrafficPolicy"));
        Assert.StartsWith("10.", spec.Text("clusterIP"));
    }

    [Fact]
    public void ANamespaceCarriesItsName() => Assert.Equal("new", Create(Kinds.Namespaces, """{"metadata":{"name":"new"}}""", null).Text("metadata", "labels", "kubernetes.io/metadata.name"));

    [Fact]
    public void AJobsLabelsHaveADomain()
    {
        JsonObject job = Create(Kinds.Jobs, """{"metadata":{"name":"x"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"nginx"}]}}}}""");
        Assert.Equal(job.Text("metadata", "uid"), job.Text("spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"));
        Assert.Equal("x", job.Text("spec", "template", "metadata", "labels", "job-name"));
        Assert.Equal("NonIndexed", job.Text("spec", "completionMode"));
    }

    [Fact]
    public void UnknownFieldsAreToldOrRefused()
    {
        var options = new WriteOptions("test") { FieldValidation = FieldValidation.Warn };
        Golden.Registry(34).Create(Kinds.Pods, Namespace, Parse("""{"metadata":{"name":"x"},"spec":{"foo":1,"containers":[{"name":"c","image":"nginx","bar":2}]}}"""), options);
        Assert.Equal(["unknown field \"spec.foo\"", "unknown field \"spec.containers[0].bar\""], options.Warnings);
        StatusException refusal = Assert.Throws<StatusException>(() => Create(Kinds.Pods, """{"metadata":{"name":"x"},"spec":{"foo":1,"containers":[{"name":"c","image":"nginx"}]}}""", mode: FieldValidation.Strict));
        Assert.Equal(400, refusal.Code);
        Assert.Equal("Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.foo\"", refusal.Message);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"x"},"spec":{"replicas":"x"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"metadata":{"name":"x"},"spec":{"template":{"spec":{"containers":[{"env":[{"value":1}]}]}}}}""", "json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string")]
    public void AWrongTypeIsToldAsGoDoes(string body, string words) => Assert.EndsWith(words, Assert.Throws<StatusException>(() => Create(Kinds.Deployments, body)).Message);

    [Fact]
    public void AServiceThatIsReplacedKeepsItsAddress()
    {
        ObjectRegistry registry = Golden.Registry(34);
        JsonObject service = registry.Create(Kinds.Services, Namespace, Parse("""{"metadata":{"name":"x"},"spec":{"type":"NodePort","ports":[{"port":80}]}}"""), new WriteOptions("test")).Parse();
        JsonObject again = registry.Update(Kinds.Services, Namespace, "x", Parse("""{"metadata":{"name":"x"},"spec":{"type":"NodePort","ports":[{"port":80}],"selector":{"a":"b"}}}"""), new WriteOptions("test")).Parse();
        Assert.Equal(service.Text("spec", "clusterIP"), again.Text("spec", "clusterIP"));
        Assert.Equal(service.Objects("spec", "ports").Single().Number("nodePort"), again.Objects("spec", "ports").Single().Number("nodePort"));
    }

    [Fact]
    public void AnAddressIsGivenOnce()
    {
        ObjectRegistry registry = Golden.Registry(34);
        registry.Create(Kinds.Services, Namespace, Parse("""{"metadata":{"name":"x"},"spec":{"clusterIP":"10.96.0.77","ports":[{"port":80}]}}"""), new WriteOptions("test"));
        StatusException refusal = Assert.Throws<StatusException>(() => registry.Create(Kinds.Services, Namespace, Parse("""{"metadata":{"name":"y"},"spec":{"clusterIP":"10.96.0.77","ports":[{"port":80}]}}"""), new WriteOptions("test")));
        Assert.EndsWith("failed to allocate IP 10.96.0.77: provided IP is already allocated", refusal.Message);
    }

    [Fact]
    public void AnAutoscalerOfV1GoesThereAndBack()
    {
        JsonObject old = Parse("""{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"x"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"x"},"maxReplicas":3,"targetCPUUtilizationPercentage":50}}""");
        JsonObject stored = HorizontalPodAutoscalerVersions.FromV1(old);
        Assert.Equal(50, stored.Objects("spec", "metrics").Single().Number("resource", "target", "averageUtilization"));
        JsonObject memory = Parse("""{"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"1Gi"}}}""");
        ((JsonArray)stored["spec"]!["metrics"]!).Add(memory);
        JsonObject shown = HorizontalPodAutoscalerVersions.ToV1(stored);
        Assert.Equal(50, shown.Number("spec", "targetCPUUtilizationPercentage"));
        Assert.Equal("""[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}]""", shown.Text("metadata", "annotations", "autoscaling.alpha.kubernetes.io/metrics"));
        Assert.Equal(2, HorizontalPodAutoscalerVersions.FromV1(shown).Objects("spec", "metrics").Count());
    }

    [Fact]
    public void ACustomObjectIsHeldToItsSchema()
    {
        var resource = new Resource("example.com", "Thing", "things", true)
        {
            IsCustom = true,
            CustomSchema = Parse("""{"type":"object","properties":{"spec":{"type":"object","required":["size"],"properties":{"size":{"type":"integer","minimum":1},"color":{"type":"string","default":"red","enum":["red","blue"]}}}}}"""),
        };
        ObjectRegistry registry = Golden.Registry(34);
        JsonObject thing = registry.Create(resource, Namespace, Parse("""{"metadata":{"name":"x"},"spec":{"size":2,"weight":3}}"""), new WriteOptions("test")).Parse();
        Assert.Equal("""{"size":2,"color":"red"}""", thing["spec"]!.ToJsonString());
        StatusException refusal = Assert.Throws<StatusException>(() => registry.Create(resource, Namespace, Parse("""{"metadata":{"name":"y"},"spec":{"size":0,"color":"green"}}"""), new WriteOptions("test")));
        Assert.Equal("""Thing.example.com "y" is invalid: [spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1, spec.color: Unsupported value: "green": supported values: "red", "blue"]""", refusal.Message);
    }

    private static JsonObject Create(Resource resource, string body, string? ns = Namespace, FieldValidation mode = FieldValidation.Ignore) =>
        Golden.Registry(34).Create(resource, ns, Parse(body), new WriteOptions("test") { FieldValidation = mode }).Parse();

    private static JsonObject Parse(string text) => (JsonObject)JsonNode.Parse(text)!;
}
