using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Specs;

namespace PSKube.Tests.Specs;

/// <summary>One patch for two ways: what is laid over an object here is what the API server makes of it.</summary>
public class PodEditTests
{
    private const string Spec = """{"initContainers":[{"name":"first","image":"busybox"}],"containers":[{"name":"web","image":"nginx","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"ports":[{"containerPort":80}]},{"name":"log","image":"busybox"}],"volumes":[{"name":"v","emptyDir":{}}],"tolerations":[{"key":"a","operator":"Exists"}]}""";

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static JsonObject Apply(PodEdit edit, string spec = Spec) => JsonOverrides.Apply(Parse(spec), edit(Parse(spec)), OverrideType.Strategic);

    private static string Names(JsonNode? list, string key = "name") => string.Join(' ', ((JsonArray)list!).Select(item => item![key]));

    private static KubeException Refused(Func<PodEdit> make, string spec = Spec) => Assert.Throws<KubeException>(() => Apply(make(), spec));

    [Theory]
    [InlineData("", "Pod", "spec")]
    [InlineData("apps", "Deployment", "spec.template.spec")]
    [InlineData("apps", "ReplicaSet", "spec.template.spec")]
    [InlineData("apps", "DaemonSet", "spec.template.spec")]
    [InlineData("apps", "StatefulSet", "spec.template.spec")]
    [InlineData("batch", "Job", "spec.template.spec")]
    [InlineData("batch", "CronJob", "spec.jobTemplate.spec.template.spec")]
    [InlineData("", "ReplicationController", "spec.template.spec")]
    public void EachKindKeepsItsPodsSomewhere(string group, string kind, string path)
    {
        Assert.Equal(path, string.Join('.', PodPatch.PathOf(group, kind, new KubeReference(kind, null, "x"))));
    }

    [Theory]
    [InlineData("", "Service")]
    [InlineData("example.com", "Deployment")]
    public void WhatHasNoPods_IsRefused(string group, string kind) => Assert.Equal("KubeInputInvalid", Assert.Throws<KubeException>(() => PodPatch.PathOf(group, kind, new KubeReference(kind, null, "x"))).ErrorId);

    [Fact]
    public void TheObjectInHandIsNotChanged()
    {
        JsonObject pod = Parse($$"""{"kind":"Pod","spec":{{Spec}}}""");
        JsonObject changed = PodPatch.Apply(pod, ["spec"], PodContainers.SetImages([new("web", "nginx:2")]));
        Assert.Equal("nginx", pod["spec"]!["containers"]![0]!["image"]!.ToString());
        Assert.Equal("nginx:2", changed["spec"]!["containers"]![0]!["image"]!.ToString());
    }

    [Fact]
    public void AddedContainersComeLast_AndThePatchSaysSo()
    {
        PodEdit edit = PodContainers.Add(PodContainers.Main, [Parse("""{"name":"aa","image":"busybox"}"""), Parse("""{"name":"zz","image":"busybox"}""")]);
        Assert.Equal("web log aa zz", Names(Apply(edit)["containers"]));
        Assert.Equal("web log aa zz", Names(edit(Parse(Spec))["$setElementOrder/containers"]));
    }

    [Fact]
    public void APodWithoutContainersGetsItsFirst() => Assert.Equal("a", Names(Apply(PodContainers.Add(PodContainers.Init, [Parse("""{"name":"a","image":"b"}""")]), "{}")["initContainers"]));

    [Theory]
    [InlineData("web", "containers")]
    [InlineData("first", "initContainers")]
    public void ANameThatIsTaken_IsRefused_InWhicheverList(string name, string list)
    {
        KubeException failure = Refused(() => PodContainers.Add(PodContainers.Main, [new JsonObject { ["name"] = name, ["image"] = "x" }]));
        Assert.Equal("KubeAlreadyExists", failure.ErrorId);
        Assert.Contains(list, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log=x:1", "nginx x:1 busybox")]
    [InlineData("*=x:1", "x:1 x:1 x:1")]
    [InlineData("first=x:1", "nginx busybox x:1")]
    [InlineData("l?g=x:1,web=y:2", "y:2 x:1 busybox")]
    [InlineData("web=y:2,web=x:1", "x:1 busybox busybox")]
    public void ImagesAreSetByName(string images, string expected)
    {
        JsonObject spec = Apply(PodContainers.SetImages([.. images.Split(',').Select(pair => new KeyValuePair<string?, string>(pair.Split('=')[0], pair.Split('=')[1]))]));
        Assert.Equal(expected, Names(spec["containers"], "image") + " " + Names(spec["initContainers"], "image"));
    }

    [Fact]
    public void WithoutAName_TheOnlyContainerIsMeant()
    {
        Assert.Equal("x", Apply(PodContainers.SetImages([new(null, "x")]), """{"initContainers":[{"name":"i","image":"b"}],"containers":[{"name":"web","image":"nginx"}]}""")["containers"]![0]!["image"]!.ToString());
        Assert.Contains("web, log", Refused(() => PodContainers.SetImages([new(null, "x")])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wab", "Did you mean web?")]
    [InlineData("WEB", "Did you mean web?")]
    [InlineData("nothing-like-it", null)]
    public void AnUnknownContainer_IsAnErrorThatNamesThoseThatAre(string name, string? step)
    {
        KubeException failure = Refused(() => PodContainers.SetImages([new(name, "x")]));
        Assert.Equal("KubeContainerNotFound", failure.ErrorId);
        Assert.EndsWith("there are web, log, first (init).", failure.Message, StringComparison.Ordinal);
        Assert.Equal(step, failure.RecommendedAction);
    }

    [Fact]
    public void VariablesKeepTheirOrder_NewOnesComeLast_AndRemovedOnesGo()
    {
        PodEdit edit = new EnvEdit { Values = [new("Z", "z"), new("B", ""), new("C", "3")], Remove = ["A", "NotThere"], Containers = ["web"] }.Build();
        Assert.Equal("""[{"name":"B"},{"name":"Z","value":"z"},{"name":"C","value":"3"}]""", Apply(edit)["containers"]![0]!["env"]!.ToJsonString());
        // The server refuses a list whose order is not that of $setElementOrder.
        JsonNode patch = edit(Parse(Spec))["containers"]![0]!;
        Assert.Equal("B Z C A", Names(patch["env"]));
        Assert.Equal("B Z C", Names(patch["$setElementOrder/env"]));
    }

    [Fact]
    public void AllVariablesCanBeRemoved() => Assert.Equal("[]", Apply(new EnvEdit { Remove = ["A", "B"], Containers = ["web"] }.Build())["containers"]![0]!["env"]!.ToJsonString());

    [Fact]
    public void WithoutAName_MainContainersGetTheVariables()
    {
        JsonObject spec = Apply(new EnvEdit { Values = [new("X", "1")] }.Build());
        Assert.All((JsonArray)spec["containers"]!, container => Assert.Contains("X", Names(container!["env"]), StringComparison.Ordinal));
        Assert.Null(spec["initContainers"]![0]!["env"]);
    }

    [Fact]
    public void AVariableChangesFromValueToReferenceAndBack()
    {
        EnvEdit from = new() { Secret = "s", Keys = ["a"], Containers = ["web"] };
        JsonObject spec = Apply(from.Build());
        Assert.Equal("""{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"a"}}}""", spec["containers"]![0]!["env"]![0]!.ToJsonString());
        Assert.Equal("""{"name":"A","value":"9"}""", Apply(new EnvEdit { Values = [new("A", "9")], Containers = ["web"] }.Build(), spec.ToJsonString())["containers"]![0]!["env"]![0]!.ToJsonString());
    }

    [Fact]
    public void WholeSecretsAndConfigMapsComeBehindThoseThatAre_Once()
    {
        EnvEdit edit = new() { Secret = "s", ConfigMap = "c", Prefix = "P_", Containers = ["web"] };
        JsonObject spec = Apply(edit.Build(), """{"containers":[{"name":"web","envFrom":[{"secretRef":{"name":"old"}}]}]}""");
        Assert.Equal("""[{"secretRef":{"name":"old"}},{"secretRef":{"name":"s"},"prefix":"P_"},{"configMapRef":{"name":"c"},"prefix":"P_"}]""", spec["containers"]![0]!["envFrom"]!.ToJsonString());
        Assert.Equal(3, Assert.IsType<JsonArray>(Apply(edit.Build(), spec.ToJsonString())["containers"]![0]!["envFrom"]).Count);
    }

    [Theory]
    [InlineData("db.user", "DB_USER")]
    [InlineData("a-b c", "A_B_C")]
    public void KeysBecomeNamesAsWithKubectl(string key, string name) => Assert.Equal(name, EnvEdit.VariableName(key));

    [Fact]
    public void WrongVariables_AreRefused()
    {
        Assert.Equal("KubeInvalidArgument", Refused(() => new EnvEdit().Build()).ErrorId);
        Assert.Equal("KubeInvalidName", Refused(() => new EnvEdit { Values = [new("A=B", "x")] }.Build()).ErrorId);
        Assert.Equal("KubeInvalidName", Refused(() => new EnvEdit { Secret = "No Such" }.Build()).ErrorId);
        Assert.Contains("'A'", Refused(() => new EnvEdit { Values = [new("A", "x")], Remove = ["A"] }.Build()).Message, StringComparison.Ordinal);
        Assert.Contains("-Prefix", Refused(() => new EnvEdit { Values = [new("A", "x")], Prefix = "P" }.Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LimitsAndRequestsAreSetOneByOne_AndTakenOut()
    {
        JsonObject spec = Apply(ResourceEdit.Build([new("memory", "200Mi"), new("cpu", "0.5")], [new("cpu", "100m")], ["web"]));
        Assert.Equal("""{"limits":{"memory":"200Mi","cpu":"500m"},"requests":{"cpu":"100m"}}""", spec["containers"]![0]!["resources"]!.ToJsonString());
        Assert.Null(spec["containers"]![1]!["resources"]);
        spec = Apply(ResourceEdit.Build([new("cpu", "")], [], ["web"]), spec.ToJsonString());
        Assert.Equal("""{"limits":{"memory":"200Mi"},"requests":{"cpu":"100m"}}""", spec["containers"]![0]!["resources"]!.ToJsonString());
    }

    [Theory]
    [InlineData("5ZZ", "limits.cpu")]
    [InlineData("-1", "less than nothing")]
    public void WhatIsNoAmount_IsRefused(string amount, string words) => Assert.Contains(words, Refused(() => ResourceEdit.Build([new("cpu", amount)], [], [])).Message, StringComparison.Ordinal);

    [Fact]
    public void MoreThanTheLimit_CannotBeRequested()
    {
        const string limited = """{"containers":[{"name":"web","resources":{"limits":{"cpu":"200m"}}}]}""";
        Assert.Contains("'web' would request more cpu (300m) than its limit allows (200m)", Refused(() => ResourceEdit.Build([], [new("cpu", "300m")], []), limited).Message, StringComparison.Ordinal);
        Apply(ResourceEdit.Build([], [new("cpu", "0.2")], []), limited);
    }

    [Fact]
    public void TolerationsAreAddedToTheWholeList_Once()
    {
        PodEdit edit = TolerationEdit.Build([new V1Toleration { Key = "b", OperatorProperty = "Equal", Value = "c", Effect = "NoSchedule" }]);
        JsonObject spec = Apply(edit);
        Assert.Equal("""[{"key":"a","operator":"Exists"},{"effect":"NoSchedule","key":"b","operator":"Equal","value":"c"}]""", spec["tolerations"]!.ToJsonString());
        Assert.Equal("a b", Names(Apply(edit, spec.ToJsonString())["tolerations"], "key"));
    }

    [Fact]
    public void WrongTolerations_AreRefused()
    {
        Assert.Contains("-Operator Exists", Refused(() => TolerationEdit.Build([new V1Toleration { OperatorProperty = "Equal" }])).Message, StringComparison.Ordinal);
        Assert.Contains("every value", Refused(() => TolerationEdit.Build([new V1Toleration { Key = "a", OperatorProperty = "Exists", Value = "b" }])).Message, StringComparison.Ordinal);
        Assert.Contains("NoExecute", Refused(() => TolerationEdit.Build([new V1Toleration { Key = "a", OperatorProperty = "Exists", TolerationSeconds = 3 }])).Message, StringComparison.Ordinal);
        Assert.Equal("KubeInvalidName", Refused(() => TolerationEdit.Build([new V1Toleration { Key = "a b", OperatorProperty = "Exists" }])).ErrorId);
    }

    [Fact]
    public void AProbeOfAnotherSortTakesThePlaceOfTheOldOne()
    {
        const string probed = """{"containers":[{"name":"web","ports":[{"containerPort":8080}],"livenessProbe":{"tcpSocket":{"port":1},"periodSeconds":5}}]}""";
        JsonObject spec = Apply(new ProbeEdit { Probes = ["livenessProbe", "readinessProbe"], HttpPath = "healthz", Numbers = [new("timeoutSeconds", 2)] }.Build(), probed);
        Assert.Equal("""{"httpGet":{"path":"/healthz","port":8080},"timeoutSeconds":2}""", spec["containers"]![0]!["livenessProbe"]!.ToJsonString());
        Assert.Equal(spec["containers"]![0]!["livenessProbe"]!.ToJsonString(), spec["containers"]![0]!["readinessProbe"]!.ToJsonString());
    }

    /// <summary>Servers from 1.28 on drop a value that carries a directive where there was none.</summary>
    [Fact]
    public void AProbeWhereThereIsNoneCarriesNoDirective()
    {
        const string half = """{"containers":[{"name":"web","livenessProbe":{"tcpSocket":{"port":1}}}]}""";
        JsonNode container = new ProbeEdit { Probes = ["livenessProbe", "readinessProbe"], Tcp = true, Port = "80" }.Build()(Parse(half))["containers"]![0]!;
        Assert.Equal("replace", container["livenessProbe"]!["$patch"]!.ToString());
        Assert.Equal("""{"tcpSocket":{"port":80}}""", container["readinessProbe"]!.ToJsonString());
    }

    [Fact]
    public void TimesAloneChangeTheProbeThatIsThere_AndRemoveTakesItOut()
    {
        const string probed = """{"containers":[{"name":"web","livenessProbe":{"tcpSocket":{"port":1},"periodSeconds":5}}]}""";
        Assert.Equal("""{"tcpSocket":{"port":1},"periodSeconds":7}""", Apply(new ProbeEdit { Probes = ["livenessProbe"], Numbers = [new("periodSeconds", 7)] }.Build(), probed)["containers"]![0]!["livenessProbe"]!.ToJsonString());
        Assert.Null(Apply(new ProbeEdit { Probes = ["livenessProbe"], Remove = true }.Build(), probed)["containers"]![0]!["livenessProbe"]);
        Assert.Contains("no startupProbe", Refused(() => new ProbeEdit { Probes = ["startupProbe"], Numbers = [new("periodSeconds", 7)] }.Build(), probed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProbesByCommandAndByPortName()
    {
        JsonObject spec = Apply(new ProbeEdit { Probes = ["startupProbe"], Command = ["cat", "/ok"], Containers = ["log"] }.Build());
        Assert.Equal("""{"exec":{"command":["cat","/ok"]}}""", spec["containers"]![1]!["startupProbe"]!.ToJsonString());
        Assert.Equal("""{"tcpSocket":{"port":"http"}}""", Apply(new ProbeEdit { Probes = ["livenessProbe"], Tcp = true, Port = "http", Containers = ["log"] }.Build())["containers"]![1]!["livenessProbe"]!.ToJsonString());
    }

    [Fact]
    public void WrongProbes_AreRefused()
    {
        Assert.Contains("-Liveness", Refused(() => new ProbeEdit { Probes = [], Tcp = true }.Build()).Message, StringComparison.Ordinal);
        Assert.Contains("one way", Refused(() => new ProbeEdit { Probes = ["livenessProbe"], Tcp = true, HttpPath = "/" }.Build()).Message, StringComparison.Ordinal);
        Assert.Contains("70000", Refused(() => new ProbeEdit { Probes = ["livenessProbe"], Tcp = true, Port = "70000" }.Build()).Message, StringComparison.Ordinal);
        Assert.Equal("KubeInvalidName", Refused(() => new ProbeEdit { Probes = ["livenessProbe"], Tcp = true, Port = "Web Port" }.Build()).ErrorId);
        Assert.Contains("no port", Refused(() => new ProbeEdit { Probes = ["livenessProbe"], Tcp = true, Containers = ["log"] }.Build()).Message, StringComparison.Ordinal);
        Assert.Contains("several containers", Refused(() => new ProbeEdit { Probes = ["livenessProbe"], Tcp = true }.Build()).Message, StringComparison.Ordinal);
        Assert.Contains("only be 1", Refused(() => new ProbeEdit { Probes = ["livenessProbe"], Tcp = true, Numbers = [new("successThreshold", 2)] }.Build()).Message, StringComparison.Ordinal);
    }

    private static V1Volume Empty(string name) => new() { Name = name, EmptyDir = new V1EmptyDirVolumeSource() };

    [Fact]
    public void AVolumeIsAddedLast_AndMountedEverywhere()
    {
        JsonObject spec = Apply(VolumeBuilder.Add(Empty("aa"), new VolumeBuilder.MountArgs { Path = "/data", ReadOnly = true, SubPath = "x/y" }));
        Assert.Equal("""[{"name":"v","emptyDir":{}},{"emptyDir":{},"name":"aa"}]""", spec["volumes"]!.ToJsonString());
        Assert.All((JsonArray)spec["containers"]!, container => Assert.Equal("""[{"name":"aa","mountPath":"/data","readOnly":true,"subPath":"x/y"}]""", container!["volumeMounts"]!.ToJsonString()));
        Assert.Equal("/data", spec["initContainers"]![0]!["volumeMounts"]![0]!["mountPath"]!.ToString());
    }

    [Fact]
    public void AVolumeIsMountedWhereEachContainerWantsIt()
    {
        JsonObject spec = Apply(VolumeBuilder.Add(Empty("n"), new VolumeBuilder.MountArgs { Paths = [new("log", "/a"), new("first", "/b")] }));
        Assert.Null(spec["containers"]![0]!["volumeMounts"]);
        Assert.Equal("/a", spec["containers"]![1]!["volumeMounts"]![0]!["mountPath"]!.ToString());
        Assert.Equal("/b", spec["initContainers"]![0]!["volumeMounts"]![0]!["mountPath"]!.ToString());
    }

    [Fact]
    public void AVolumeThatIsThereIsMountedToo()
    {
        JsonObject spec = Apply(VolumeBuilder.Add(new V1Volume { Name = "v" }, new VolumeBuilder.MountArgs { Path = "/v", Containers = ["web"] }));
        Assert.Equal("v", spec["containers"]![0]!["volumeMounts"]![0]!["name"]!.ToString());
        Assert.Single((JsonArray)spec["volumes"]!);
    }

    [Fact]
    public void WrongVolumes_AreRefused()
    {
        Assert.Equal("KubeAlreadyExists", Refused(() => VolumeBuilder.Add(Empty("v"), new VolumeBuilder.MountArgs())).ErrorId);
        Assert.Contains("no source", Refused(() => VolumeBuilder.Add(new V1Volume { Name = "other" }, new VolumeBuilder.MountArgs())).Message, StringComparison.Ordinal);
        Assert.Equal("KubeInvalidName", Refused(() => VolumeBuilder.Add(Empty("No_Name"), new VolumeBuilder.MountArgs())).ErrorId);
        Assert.Contains("several sources", Refused(() => VolumeBuilder.Add(new V1Volume { Name = "n", EmptyDir = new V1EmptyDirVolumeSource(), HostPath = new V1HostPathVolumeSource { Path = "/x" } }, new VolumeBuilder.MountArgs())).Message, StringComparison.Ordinal);
        Assert.Contains("'data'", Refused(() => VolumeBuilder.Add(Empty("n"), new VolumeBuilder.MountArgs { Path = "data" })).Message, StringComparison.Ordinal);
        Assert.Contains("-SubPath", Refused(() => VolumeBuilder.Add(Empty("n"), new VolumeBuilder.MountArgs { Path = "/a", SubPath = "../x" })).Message, StringComparison.Ordinal);
        Assert.Contains("already mounts the volume 'v' at /v", Refused(() => VolumeBuilder.Add(Empty("n"), new VolumeBuilder.MountArgs { Path = "/v" }), """{"containers":[{"name":"web","volumeMounts":[{"name":"v","mountPath":"/v"}]}]}""").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/data", true)]
    [InlineData(@"C:\data", true)]
    [InlineData("c:/data", true)]
    [InlineData("data", false)]
    [InlineData("", false)]
    [InlineData("/a:b", false)]
    [InlineData("C:", false)]
    public void MountPathsAreAbsolute(string path, bool good)
    {
        if (good) VolumeBuilder.CheckPath(path);
        else Assert.Equal("KubeInvalidArgument", Assert.Throws<KubeException>(() => VolumeBuilder.CheckPath(path)).ErrorId);
    }

    [Theory]
    [InlineData("80", "80  ")]
    [InlineData("http=80", "80 http ")]
    [InlineData("dns=53/udp", "53 dns UDP")]
    public void ContainerPortsAreReadAsPeopleWriteThem(string text, string expected)
    {
        V1ContainerPort port = ContainerBuilder.ParsePort(text);
        Assert.Equal(expected, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{port.ContainerPort} {port.Name} {port.Protocol}"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("70000")]
    [InlineData("80:8080")]
    [InlineData("80/ICMP")]
    [InlineData("x")]
    public void WhatIsNoContainerPort_IsRefused(string text) => Assert.Equal("KubeInvalidArgument", Assert.Throws<KubeException>(() => ContainerBuilder.ParsePort(text)).ErrorId);

    [Theory]
    [InlineData("apps", "Deployment", """{"spec":{"template":{"spec":{"initContainers":[{"name":"a"},{"name":"s","restartPolicy":"Always"}]}}}}""", "s")]
    [InlineData("", "Pod", """{"spec":{"initContainers":[{"name":"a"}],"restartPolicy":"Always"}}""", null)]
    [InlineData("", "ConfigMap", """{"spec":{"initContainers":[{"name":"a","restartPolicy":"Always"}]}}""", null)]
    public void NativeSidecarsAreFound(string group, string kind, string json, string? name) => Assert.Equal(name, NativeSidecar.Find(group, kind, Parse(json)));
}

/// <summary>The parts of strategic merge patches that say more than a merge.</summary>
public class StrategicDirectiveTests
{
    [Theory]
    [InlineData("""{"a":{"x":1}}""", """{"a":{"$patch":"replace","y":2}}""", """{"a":{"y":2}}""")]
    [InlineData("""{"a":{"x":1},"b":1}""", """{"a":{"$patch":"delete"}}""", """{"b":1}""")]
    [InlineData("""{"env":[{"name":"a"},{"name":"b"}]}""", """{"env":[{"name":"a","$patch":"delete"}]}""", """{"env":[{"name":"b"}]}""")]
    [InlineData("""{"env":[{"name":"a"}]}""", """{"env":[{"$patch":"replace"},{"name":"c"}]}""", """{"env":[{"name":"c"}]}""")]
    [InlineData("""{"env":[{"name":"a","value":"1"}]}""", """{"env":[{"name":"a","$patch":"replace","v":2}]}""", """{"env":[{"name":"a","v":2}]}""")]
    [InlineData("""{"env":[{"name":"a"},{"name":"b"}]}""", """{"$setElementOrder/env":[{"name":"c"},{"name":"b"}],"env":[{"name":"c"}]}""", """{"env":[{"name":"c"},{"name":"b"},{"name":"a"}]}""")]
    [InlineData("""{}""", """{"env":[{"name":"a","value":null},{"name":"b","$patch":"delete"}]}""", """{"env":[{"name":"a"}]}""")]
    public void AreFollowed(string target, string patch, string expected) =>
        Assert.Equal(expected, JsonOverrides.Apply((JsonObject)JsonNode.Parse(target)!, JsonNode.Parse(patch)!, OverrideType.Strategic).ToJsonString());

    [Theory]
    [InlineData("""{"$retainKeys":["a"]}""")]
    [InlineData("""{"$deleteFromPrimitiveList/finalizers":["a"]}""")]
    [InlineData("""{"$patch":"wish"}""")]
    public void OthersAreRefused_NotDropped(string patch) => Assert.Equal("KubeInvalidArgument", Assert.Throws<KubeException>(() => JsonOverrides.Apply([], JsonNode.Parse(patch)!, OverrideType.Strategic)).ErrorId);
}
