using System.Management.Automation;
using System.Text.Json;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.EngineTests;

/// <summary>kubectl's columns, value for value (kubernetes <c>pkg/printers/internalversion/printers.go</c>).</summary>
public sealed class PrinterTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private static object Pod(string spec, string status, string metadata = "")
    {
        string json = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"" + metadata + "},\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]" + spec + "},\"status\":{" + status + "}}";
        return ResourceJson.Decode(JsonDocument.Parse(json).RootElement, "v1", "Pod");
    }

    private string Columns(object pod)
    {
        EngineResult result = _engine.Run("\"$($pod.Ready) $($pod.State) $([PSKube.Output.ViewCells]::Restarts[$pod])\"", ("pod", pod));
        return result.Output[0].ToString();
    }

    private const string Running = "\"state\":{\"running\":{}},\"ready\":true,\"restartCount\":0";
    private const string Init = ",\"initContainers\":[{\"name\":\"i1\"},{\"name\":\"i2\"}]";
    private const string Sidecar = ",\"initContainers\":[{\"name\":\"s\",\"restartPolicy\":\"Always\"}]";

    private static string Terminated(int exit, string more = "") => "\"state\":{\"terminated\":{\"exitCode\":" + exit + more + "}},\"ready\":false,\"restartCount\":";

    public static TheoryData<string, string, string, string, string> Pods()
    {
        string pending = "\"phase\":\"Pending\"";
        string running = "\"phase\":\"Running\"";
        string Containers(string a, string b) => ",\"containerStatuses\":[{\"name\":\"a\"," + a + "},{\"name\":\"b\"," + b + "}]";
        string Inits(string a, string b = "") => ",\"initContainerStatuses\":[{\"name\":\"i1\"," + a + "}" + (b.Length > 0 ? ",{\"name\":\"i2\"," + b + "}" : "") + "]";
        string waiting(string reason) => "\"state\":{\"waiting\":{\"reason\":\"" + reason + "\"}},\"ready\":false,\"restartCount\":0";
        return new TheoryData<string, string, string, string, string>
        {
            { "", pending, "", "0/2 Pending 0", "nothing yet" },
            { "", running + Containers(Running, Running), "", "2/2 Running 0", "all well" },
            { "", running + Containers(Running, waiting("CrashLoopBackOff")), "", "1/2 CrashLoopBackOff 0", "one crashes" },
            { "", pending + Containers(waiting("ContainerCreating"), waiting("ImagePullBackOff")), "", "0/2 ContainerCreating 0", "the first container's reason" },
            { "", "\"phase\":\"Succeeded\"" + Containers(Terminated(0, ",\"reason\":\"Completed\"") + "0", Terminated(0, ",\"reason\":\"Completed\"") + "0"), "", "0/2 Completed 0", "done" },
            { "", "\"phase\":\"Failed\"" + Containers(Terminated(1, ",\"reason\":\"Error\"") + "0", Terminated(0, ",\"reason\":\"Completed\"") + "0"), "", "0/2 Error 0", "failed" },
            { "", running + Containers(Terminated(3) + "0", Running), "", "1/2 ExitCode:3 0", "an exit code without a reason" },
            { "", running + Containers(Terminated(137, ",\"signal\":9") + "0", Running), "", "1/2 Signal:9 0", "a signal" },
            { "", running + ",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]" + Containers(Terminated(0, ",\"reason\":\"Completed\"") + "0", Running), "", "1/2 Running 0", "one is done, the other runs" },
            { "", running + Containers(Terminated(0, ",\"reason\":\"Completed\"") + "0", Running), "", "1/2 NotReady 0", "done and running, not ready" },
            { "", "\"phase\":\"Failed\",\"reason\":\"Evicted\"", "", "0/2 Evicted 0", "a reason of the pod's own" },
            { "", pending + ",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\",\"reason\":\"SchedulingGated\"}]", "", "0/2 SchedulingGated 0", "gated" },
            { Init, pending + Inits("\"state\":{\"running\":{}},\"ready\":false,\"restartCount\":0"), "", "0/2 Init:0/2 0", "the first init container runs" },
            { Init, pending + Inits(Terminated(0) + "0", waiting("PodInitializing")), "", "0/2 Init:1/2 0", "the second waits" },
            { Init, pending + Inits(waiting("CrashLoopBackOff")), "", "0/2 Init:CrashLoopBackOff 0", "an init container crashes" },
            { Init, pending + Inits(Terminated(2) + "1"), "", "0/2 Init:ExitCode:2 1", "an init container failed" },
            { Init, pending + Inits(Terminated(2, ",\"signal\":11") + "0"), "", "0/2 Init:Signal:11 0", "an init container was killed" },
            { Init, pending + Inits(Terminated(1, ",\"reason\":\"Error\"") + "4"), "", "0/2 Init:Error 4", "an init container's reason" },
            { Init, running + Inits(Terminated(0) + "3", Terminated(0) + "2") + Containers(Running, Running), "", "2/2 Running 0", "restarts of plain init containers no longer count" },
            { Sidecar, running + ",\"initContainerStatuses\":[{\"name\":\"s\",\"started\":true,\"ready\":true,\"restartCount\":2,\"state\":{\"running\":{}}}]" + Containers(Running, Running), "", "3/3 Running 2", "a sidecar counts, and so do its restarts" },
            { "", running + Containers(Running, Running), ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"", "2/2 Terminating 0", "being deleted" },
            { "", running + ",\"reason\":\"NodeLost\"" + Containers(Running, Running), ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"", "2/2 Unknown 0", "its node is lost" },
            { "", "\"phase\":\"Succeeded\"" + Containers(Terminated(0, ",\"reason\":\"Completed\"") + "0", Terminated(0, ",\"reason\":\"Completed\"") + "0"), ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"", "0/2 Completed 0", "done, being deleted" },
        };
    }

    [Theory]
    [MemberData(nameof(Pods))]
    public void PodsReadAsKubectlPrintsThem(string spec, string status, string metadata, string expected, string why)
    {
        Assert.NotEmpty(why);
        Assert.Equal(expected, Columns(Pod(spec, status, metadata)));
    }

    [Fact]
    public void Restarts_TellWhenTheLastOneWas()
    {
        DateTime ended = DateTime.UtcNow.AddMinutes(-5).AddSeconds(-1);
        object pod = Pod("", "\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"a\",\"restartCount\":3,\"ready\":true,\"state\":{\"running\":{}},\"lastState\":{\"terminated\":{\"exitCode\":1,\"finishedAt\":\"" + ended.ToString("yyyy-MM-ddTHH:mm:ssZ") + "\"}}}]");
        Assert.Matches(@"^1/2 Running 3 \(5m[0-9]*s? ago\)$", Columns(pod));
    }

    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(200, "3m20s")]
    [InlineData(599, "9m59s")]
    [InlineData(600, "10m")]
    [InlineData(10799, "179m")]
    [InlineData(10800, "3h")]
    [InlineData(18600, "5h10m")]
    [InlineData(28800, "8h")]
    [InlineData(172799, "47h")]
    [InlineData(172800, "2d")]
    [InlineData(273600, "3d4h")]
    [InlineData(691200, "8d")]
    [InlineData(17280000, "200d")]
    [InlineData(63072000, "2y")]
    [InlineData(65664000, "2y30d")]
    [InlineData(252288000, "8y")]
    public void AgesReadAsKubectlPrintsThem(long seconds, string text) => Assert.Equal(text, Duration.Text(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("""{"type":"ClusterIP","clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ports":[{"port":80}]}""", "{}", "ClusterIP 10.0.0.1 <none> 80/TCP")]
    [InlineData("""{"type":"ClusterIP","clusterIP":"None","ports":[{"port":53,"protocol":"UDP"},{"port":80,"protocol":"TCP"}]}""", "{}", "ClusterIP None <none> 53/UDP,80/TCP")]
    [InlineData("""{"type":"NodePort","clusterIP":"10.0.0.1","externalIPs":["1.2.3.4","5.6.7.8"],"ports":[{"port":80,"nodePort":30080}]}""", "{}", "NodePort 10.0.0.1 1.2.3.4,5.6.7.8 80:30080/TCP")]
    [InlineData("""{"type":"LoadBalancer","clusterIP":"10.0.0.1"}""", "{}", "LoadBalancer 10.0.0.1 <pending> <none>")]
    [InlineData("""{"type":"LoadBalancer","clusterIP":"10.0.0.1"}""", """{"loadBalancer":{"ingress":[{"hostname":"a-very-long-name.example.com"}]}}""", "LoadBalancer 10.0.0.1 a-very-long-n... <none>")]
    [InlineData("""{"type":"ExternalName","externalName":"db.example.com"}""", "{}", "ExternalName <none> db.example.com <none>")]
    public void ServicesReadAsKubectlPrintsThem(string spec, string status, string expected)
    {
        object service = ResourceJson.Decode(JsonDocument.Parse("{\"metadata\":{\"name\":\"s\"},\"spec\":" + spec + ",\"status\":" + status + "}").RootElement, "v1", "Service");
        EngineResult result = _engine.Run("\"$($s.Type) $($s.ClusterIP) $([PSKube.Output.ViewCells]::ExternalAddress[$s]) $($s.Ports)\"", ("s", service));
        Assert.Equal(expected, result.Output[0].ToString());
    }

    [Theory]
    [InlineData("v1", "Endpoints", """{"metadata":{"name":"e"}}""", @"NAME\s+ENDPOINTS\s+AGE[-\s]+e\s+<none>\s+<unknown>")]
    [InlineData("v1", "Endpoints", """{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"port":80},{"name":"tls","port":443}]}]}""", @"e\s+10\.0\.0\.1:80,10\.0\.0\.2:80,10\.0\.0\.1:443 \+ 1 more\.\.\.\s+<unknown>")]
    [InlineData("storage.k8s.io/v1", "StorageClass", """{"metadata":{"name":"s"},"provisioner":"p","reclaimPolicy":"Delete","volumeBindingMode":"Immediate","allowVolumeExpansion":true}""", @"VOLUMEBINDINGMODE\s+ALLOWVOLUMEEXPANSION\s+AGE[-\s]+s\s+p\s+Delete\s+Immediate\s+true\s+<unknown>")]
    [InlineData("storage.k8s.io/v1", "StorageClass", """{"metadata":{"name":"s"},"provisioner":"p","reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}""", @"Immediate\s+false\s+<unknown>")]
    public void OtherTablesReadAsKubectlPrintsThem(string version, string kind, string json, string expected)
    {
        Assert.Matches(expected, _engine.Show("$o", ("o", ResourceJson.Decode(JsonDocument.Parse(json).RootElement, version, kind))));
    }

    [Fact]
    public void MissingCountsAreZero_AndMissingReplicasOne()
    {
        object deployment = ResourceJson.Decode(JsonDocument.Parse("""{"metadata":{"name":"d"},"spec":{"template":{}}}""").RootElement, "apps/v1", "Deployment");
        string screen = _engine.Show("$d", ("d", deployment));
        Assert.Matches(@"NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE", screen);
        Assert.Matches(@"d\s+0/1\s+0\s+0\s+<unknown>", screen);
    }

    [Fact]
    public void NoMemberHidesOneOfTheModel()
    {
        foreach (System.Xml.Linq.XElement type in System.Xml.Linq.XDocument.Load(Path.Combine(Engine.RepositoryRoot, "src", "PSKube", "Output", "PSKube.Types.ps1xml")).Root!.Elements("Type"))
        {
            string name = type.Element("Name")!.Value;
            if (!name.StartsWith("k8s.Models.", StringComparison.Ordinal)) continue;
            Type model = typeof(k8s.Models.V1Pod).Assembly.GetType(name) ?? throw new InvalidOperationException($"There is no {name}.");
            foreach (string member in type.Descendants("CodeProperty").Select(property => property.Element("Name")!.Value))
            {
                Assert.False(model.GetProperty(member, System.Reflection.BindingFlags.IgnoreCase | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance) is not null, $"{name}.{member}");
            }
        }
    }

    [Fact]
    public void T65_AViewShowsWhatATerminalWouldObey_TheObjectKeepsIt()
    {
        object pod = Pod("", "\"phase\":\"Running\",\"reason\":\"\\u001b[2Jevil\"");
        Assert.Contains("\\u001b[2Jevil", _engine.Show("$p", ("p", pod)), StringComparison.Ordinal);
        Assert.Equal("\u001b[2Jevil", _engine.Run("$p.State", ("p", pod)).Output[0].ToString());
    }

    [Fact]
    public void ACustomObject_HasItsNameNamespaceAndEveryField()
    {
        EngineResult result = _engine.Run("""
            $o = "apiVersion: example.com/v1`nkind: Thing`nmetadata: {name: t, namespace: shop}`nspec: {deep: {list: [1, x, true]}, size: 1.10}" | ConvertFrom-KubeYaml
            $o.Name, $o.Namespace, $o.spec.deep.list[1], $o.spec.size, $o.PSTypeNames[0]
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["t", "shop", "x", "1.1", "PSKube.Resource#example.com/v1/Thing"], result.Output.Select(value => Convert.ToString(value.BaseObject, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
