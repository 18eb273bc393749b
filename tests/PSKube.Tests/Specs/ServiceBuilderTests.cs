using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Tests.Specs;

public class ServiceBuilderTests
{
    [Theory]
    [InlineData("80", null, "80 80 TCP")]
    [InlineData("80:8080", null, "80 8080 TCP")]
    [InlineData("80:http", null, "80 http TCP")]
    [InlineData("80", "8080", "80 8080 TCP")]
    [InlineData("53/udp", null, "53 53 UDP")]
    [InlineData("53:5353/UDP", null, "53 5353 UDP")]
    [InlineData("web=80:8080", null, "web 80 8080 TCP")]
    public void PortsAreReadAsPeopleWriteThem(string text, string? target, string expected)
    {
        V1ServicePort port = ServiceBuilder.ParsePort(text, target, "TCP");
        Assert.Equal(expected, string.Join(' ', new[] { port.Name, port.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), port.TargetPort.Value, port.Protocol }.OfType<string>()));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("70000")]
    [InlineData("80:")]
    [InlineData("80:99999")]
    [InlineData("80:1:2")]
    [InlineData("x")]
    [InlineData("80/ICMP")]
    [InlineData("-1")]
    public void WhatIsNoPort_IsRefused(string text) => Assert.Equal("KubeInvalidArgument", Assert.Throws<KubeException>(() => ServiceBuilder.ParsePort(text, null, "TCP")).ErrorId);

    [Theory]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"n","labels":{"app":"web"}},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"containers":[{"name":"c","ports":[{"containerPort":80},{"containerPort":53,"protocol":"UDP"}]}]}}}}""", "web n app=web app=web port-1:80:80/TCP port-2:53:53/UDP")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"run":"p"}},"spec":{"containers":[{"name":"c","ports":[{"containerPort":8080}]}]}}""", "p  run=p run=p :8080:8080/TCP")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"s"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"c","ports":[{"containerPort":1}]}]}}}}""", "s   a=b :1:1/TCP")]
    public void ExposeTakesSelectorLabelsAndPortsFromItsSource(string source, string expected)
    {
        V1Service service = ServiceBuilder.Expose((JsonObject)JsonNode.Parse(source)!, new V1ObjectMeta(), new ServiceBuilder.ServiceArgs(), null, null);
        string labels = string.Join(',', (service.Metadata.Labels ?? new Dictionary<string, string>()).Select(pair => $"{pair.Key}={pair.Value}"));
        string ports = string.Join(' ', service.Spec.Ports.Select(port => $"{port.Name}:{port.Port}:{port.TargetPort.Value}/{port.Protocol}"));
        Assert.Equal(expected, $"{service.Metadata.Name} {service.Metadata.NamespaceProperty} {labels} {string.Join(',', service.Spec.Selector.Select(pair => $"{pair.Key}={pair.Value}"))} {ports}");
    }

    [Theory]
    [InlineData("""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"}}""", "cannot be exposed")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"selector":{"matchExpressions":[{"key":"a","operator":"Exists"}]}}}""", "expressions")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}""", "no labels")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"a":"b"}}}""", "-Port is needed")]
    public void WhatCannotBeExposed_IsRefused(string source, string words) =>
        Assert.Contains(words, Assert.Throws<KubeException>(() => ServiceBuilder.Expose((JsonObject)JsonNode.Parse(source)!, new V1ObjectMeta(), new ServiceBuilder.ServiceArgs(), null, null)).Message, StringComparison.Ordinal);
}

public class AutoscalerBuilderTests
{
    private static readonly KubeReference Target = new("Deployment", "n", "web");

    [Theory]
    [InlineData("cpu", "70%", 70, null)]
    [InlineData("cpu", "70", 70, null)]
    [InlineData("cpu", "500m", null, "500m")]
    [InlineData("memory", "80%", 80, null)]
    [InlineData("memory", "200Mi", null, "200Mi")]
    public void TargetsAreSharesOrAmounts(string resource, string text, int? percent, string? amount) => Assert.Equal(new AutoscalerBuilder.Metric(resource, percent, amount), AutoscalerBuilder.Metric.Parse(resource, text));

    [Theory]
    [InlineData("0%")]
    [InlineData("much")]
    [InlineData("1e999999")]
    public void WhatIsNoTarget_IsRefused(string text) => Assert.Equal("KubeInvalidArgument", Assert.Throws<KubeException>(() => AutoscalerBuilder.Metric.Parse("cpu", text)).ErrorId);

    [Fact]
    public void V2AndV1SayTheSame_WhereV1Can()
    {
        AutoscalerBuilder.Metric[] cpu = [new("cpu", 70, null)];
        Assert.Equal("""{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"web"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"maxReplicas":5,"minReplicas":2,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}}]}}""", AutoscalerBuilder.Build("autoscaling/v2", new JsonObject { ["name"] = "web" }, Target, "apps/v1", 2, 5, cpu).ToJsonString());
        Assert.Equal("""{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"web"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"maxReplicas":5,"minReplicas":2,"targetCPUUtilizationPercentage":70}}""", AutoscalerBuilder.BuildV1(new JsonObject { ["name"] = "web" }, Target, "apps/v1", 2, 5, cpu)!.ToJsonString());
        Assert.Null(AutoscalerBuilder.BuildV1([], Target, "apps/v1", 2, 5, [new("memory", 70, null)]));
        Assert.Null(AutoscalerBuilder.BuildV1([], Target, "apps/v1", 2, 5, [new("cpu", null, "500m")]));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 2)]
    public void MoreAtLeastThanAtMost_IsRefused(int min, int max) => Assert.Equal("KubeInvalidArgument", Assert.Throws<KubeException>(() => AutoscalerBuilder.Build("autoscaling/v2", [], Target, "apps/v1", min, max, [])).ErrorId);
}
