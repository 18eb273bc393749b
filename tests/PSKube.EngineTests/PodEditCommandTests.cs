using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.FaultServer;
using PSKube.Resources;
using PSKube.TestKit;
using k8s.Models;

namespace PSKube.EngineTests;

/// <summary>Pods built as objects, and changed on a cluster by one patch.</summary>
public sealed class PodEditCommandTests : IDisposable
{
    private const string Deployment = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default","uid":"u","resourceVersion":"7"},"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx"}]}}}}""";
    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private ScriptedServer? _server;

    public void Dispose()
    {
        _engine.Dispose();
        _server?.Dispose();
        _folder.Dispose();
    }

    private ScriptedServer Serve(Func<SeenRequest, ScriptedReply> answer)
    {
        _server = new ScriptedServer(answer);
        _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", _folder.Write("config", _server.Kubeconfig())));
        return _server;
    }

    private ScriptedServer ServeDeployment(string version = "v1.20.2", string minor = "20") => Serve(request => ScriptedReply.Ok(request.Path == "/version" ? $$"""{"major":"1","minor":"{{minor}}","gitVersion":"{{version}}"}""" : Deployment));

    private string Json(string script)
    {
        EngineResult result = _engine.Run(script);
        Assert.Empty(result.Errors);
        return ResourceJson.ToJson(Assert.Single(result.Output))!.ToJsonString();
    }

    private static JsonNode Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node!.DeepClone(),
    };

    private void SameSpec(string manifest, string script)
    {
        JsonNode expected = ResourceJson.ToJson(_engine.Run("$yaml | ConvertFrom-KubeYaml", ("yaml", manifest)).Output.Single())!;
        JsonNode actual = JsonNode.Parse(Json(script))!;
        // New-KubePod writes out, as kubectl run does, what the server would fill in.
        foreach (string filled in (string[])["dnsPolicy", "restartPolicy"]) ((JsonObject)actual["spec"]!).Remove(filled);
        Assert.Equal(Sorted(expected["spec"]).ToJsonString(), Sorted(actual["spec"]).ToJsonString());
        Assert.Equal(expected["metadata"]!["name"]!.ToString(), actual["metadata"]!["name"]!.ToString());
    }

    [Fact]
    public void TheTutorialsInitContainer() => SameSpec(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: init-demo\nspec:\n  containers:\n  - name: nginx\n    image: nginx\n    ports:\n    - containerPort: 80\n  initContainers:\n  - name: install\n    image: busybox\n    command:\n    - sleep\n    - \"30\"\n",
        "New-KubePod init-demo -Container (New-KubeContainer nginx nginx -Port 80) -DryRun Client | Add-KubeInitContainer -Container install -Image busybox -Command sleep, 30");

    [Fact]
    public void TheTutorialsTwoContainers() => SameSpec(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: two-containers\nspec:\n  volumes:\n  - name: shared-data\n    emptyDir: {}\n  containers:\n  - name: nginx-container\n    image: nginx\n    volumeMounts:\n    - name: shared-data\n      mountPath: /usr/share/nginx/html\n  - name: busybox-container\n    image: busybox\n    volumeMounts:\n    - name: shared-data\n      mountPath: /messages\n    command: [\"/bin/sh\"]\n    args: [\"-c\", \"echo hello from the cluster > /messages/index.html && sleep 600\" ]\n",
        """
        New-KubePod two-containers -Container (New-KubeContainer nginx-container nginx) -DryRun Client |
            Add-KubeContainer -Container busybox-container -Image busybox -Command /bin/sh -ArgumentList '-c', 'echo hello from the cluster > /messages/index.html && sleep 600' |
            Add-KubeVolume -Volume shared-data -EmptyDir -MountPath @{ 'nginx-container' = '/usr/share/nginx/html'; 'busybox-container' = '/messages' }
        """);

    [Theory]
    [InlineData("New-KubePod x nginx -DryRun Client", typeof(V1Pod))]
    [InlineData("New-KubeDeployment x nginx -DryRun Client", typeof(V1Deployment))]
    [InlineData("New-KubeReplicaSet x nginx -DryRun Client", typeof(V1ReplicaSet))]
    [InlineData("New-KubeDaemonSet x nginx -DryRun Client", typeof(V1DaemonSet))]
    [InlineData("New-KubeStatefulSet x nginx -DryRun Client", typeof(V1StatefulSet))]
    [InlineData("New-KubeJob x nginx -DryRun Client", typeof(V1Job))]
    [InlineData("New-KubeCronJob x nginx '@daily' -DryRun Client", typeof(V1CronJob))]
    [InlineData("'{apiVersion: v1, kind: ReplicationController, metadata: {name: x}, spec: {template: {spec: {containers: [{name: x, image: nginx}]}}}}' | ConvertFrom-KubeYaml", typeof(V1ReplicationController))]
    [InlineData("[k8s.Models.V1Pod]@{ Metadata = [k8s.Models.V1ObjectMeta]@{ Name = 'x' }; Spec = [k8s.Models.V1PodSpec]@{ Containers = [k8s.Models.V1Container[]]@([k8s.Models.V1Container]@{ Name = 'x'; Image = 'nginx' }) } }", typeof(V1Pod))]
    public void EveryKindComesBackAsItCame_AndTheInputStays(string make, Type type)
    {
        EngineResult result = _engine.Run($"$o = {make}; $o | Set-KubeImage -Image y:2 | Add-KubeVolume -Volume v -Secret s -MountPath /s; $o");
        Assert.Empty(result.Errors);
        Assert.All(result.Output, output => Assert.IsType(type, output.BaseObject));
        Assert.Contains("\"image\":\"y:2\"", ResourceJson.ToJson(result.Output[0])!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("\"secretName\":\"s\"", ResourceJson.ToJson(result.Output[0])!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("y:2", ResourceJson.ToJson(result.Output[1])!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnOlderCronJob_KeepsEveryField()
    {
        string json = Json("'{apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: x}, spec: {schedule: \"@daily\", later: [1], jobTemplate: {spec: {template: {spec: {containers: [{name: x, image: nginx}]}}}}}}' | ConvertFrom-KubeYaml | Set-KubeEnv -Env @{ A = 1 }");
        Assert.Contains("\"later\":[1]", json, StringComparison.Ordinal);
        Assert.Contains("\"env\":[{\"name\":\"A\",\"value\":\"1\"}]", json, StringComparison.Ordinal);
    }

    [Fact]
    public void AHashtableIsAnObjectToo() => Assert.Contains("\"tolerations\":[{\"key\":\"dedicated\",\"operator\":\"Exists\"}]", Json("@{ apiVersion = 'v1'; kind = 'Pod'; metadata = @{ name = 'x' }; spec = @{ containers = @(@{ name = 'x'; image = 'y' }) } } | Add-KubeToleration -Key dedicated"), StringComparison.Ordinal);

    [Fact]
    public void OnACluster_OnePatchIsSent_ForTheVersionThatWasRead()
    {
        ScriptedServer server = ServeDeployment();
        EngineResult result = _engine.Run("Set-KubeImage deployment/web web=nginx:2 -FieldManager me");
        Assert.Empty(result.Errors);
        Assert.IsType<V1Deployment>(Assert.Single(result.Output).BaseObject);
        SeenRequest patch = server.Requests.Single(request => request.Method == "PATCH");
        Assert.Equal("/apis/apps/v1/namespaces/default/deployments/web?fieldManager=me&fieldValidation=Strict", patch.Target);
        Assert.StartsWith("application/strategic-merge-patch+json", patch.Headers.First(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value, StringComparison.Ordinal);
        Assert.Equal("""{"spec":{"template":{"spec":{"containers":[{"image":"nginx:2","name":"web"}]}}},"metadata":{"resourceVersion":"7"}}""", patch.Body);
    }

    [Fact]
    public void APipedObjectOfACluster_IsChangedThere_WithLocalOnlyHere()
    {
        ScriptedServer server = ServeDeployment();
        Assert.Contains("x:1", Json("Get-KubeDeployment web | Set-KubeImage -Image x:1 -Local"), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Method == "PATCH");
        _engine.Run("Get-KubeDeployment web | Set-KubeImage -Image x:1");
        Assert.Single(server.Requests, request => request.Method == "PATCH");
        Assert.StartsWith("KubeInputInvalid,", _engine.Run("'deployment/web' | Set-KubeImage -Image x:1 -Local").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void DryRunClient_AndWhatIf_SendNoChange()
    {
        ScriptedServer server = ServeDeployment();
        Assert.Contains("x:1", Json("Set-KubeImage -Kind deploy -Name web -Image x:1 -DryRun Client"), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Method == "PATCH");
        int asked = server.Requests.Count;
        EngineResult result = _engine.Run("Set-KubeEnv deployment/web -Env @{ PASSWORD = 'canary' } -WhatIf");
        Assert.Empty(result.Output);
        Assert.Equal(asked, server.Requests.Count);
        Assert.Contains("PASSWORD", result.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void WhenSomebodyElseWasFaster_ThePatchIsWorkedOutAnew()
    {
        int patches = 0;
        ScriptedServer server = Serve(request => request.Method == "PATCH" && Interlocked.Increment(ref patches) == 1
            ? ScriptedReply.Refuse(409, "Conflict", "the object has been modified")
            : ScriptedReply.Ok(Deployment.Replace("\"7\"", $"\"{7 + patches}\"", StringComparison.Ordinal)));
        Assert.Empty(_engine.Run("Add-KubeToleration deployment/web -ControlPlane").Errors);
        Assert.Equal(["7", "8"], server.Requests.Where(request => request.Method == "PATCH").Select(request => JsonNode.Parse(request.Body)!["metadata"]!["resourceVersion"]!.ToString()));
    }

    [Fact]
    public void ASidecar_NeedsAServerThatKnowsIt()
    {
        ScriptedServer server = ServeDeployment();
        ErrorRecord error = _engine.Run("Add-KubeSidecar deployment/web -Container side -Image busybox").Error;
        Assert.StartsWith("KubeNotSupported,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("v1.20.2", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Classic", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.StartsWith("KubeNotSupported,", _engine.Run("New-KubePod x nginx -InitContainer (New-KubeContainer s busybox -RestartAlways)").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("KubeNotSupported,", _engine.Run("New-KubePod x nginx -DryRun Client | Add-KubeSidecar -Container s -Image busybox | Invoke-KubeApply").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Method is "PATCH" or "POST");
        Assert.Empty(_engine.Run("Add-KubeSidecar deployment/web -Container side -Image busybox -Classic").Errors);
        Assert.Contains("\"containers\":[{\"image\":\"busybox\",\"name\":\"side\"}]", server.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void ASidecar_OfAServerThatKnowsIt_IsAnInitContainerThatGoesOn()
    {
        ScriptedServer server = ServeDeployment("v1.29.0", "29+");
        Assert.Empty(_engine.Run("Get-KubeDeployment web | Add-KubeSidecar -Container (New-KubeContainer side busybox)").Errors);
        Assert.Contains("\"initContainers\":[{\"image\":\"busybox\",\"name\":\"side\",\"restartPolicy\":\"Always\"}]", server.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void APodsRefusal_SaysWhatHelps_AndKeepsItsVariablesToItself()
    {
        Serve(request => request.Method == "PATCH"
            ? ScriptedReply.Refuse(422, "Invalid", "Pod \\\"p\\\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image` core.PodSpec{ Env: canary }")
            : ScriptedReply.Ok("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default","uid":"u","resourceVersion":"1"},"spec":{"containers":[{"name":"p","image":"x"}]}}"""));
        ErrorRecord error = _engine.Run("Set-KubeEnv pod/p -Env @{ A = 'canary' }").Error;
        Assert.StartsWith("KubeInvalid,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString() + error.Exception, StringComparison.Ordinal);
        Assert.Contains("change the workload", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Set-KubeImage service/web x", "KubeInputInvalid", "has no containers")]
    [InlineData("Set-KubeImage web x", "KubeInputInvalid", "TYPE/NAME")]
    [InlineData("Set-KubeImage deployment/web nope=x", "KubeContainerNotFound", "there is web")]
    [InlineData("Set-KubeImage deployment/web 'X Y'", "KubeInvalidArgument", "Invalid image name")]
    [InlineData("Set-KubeImage deployment/web a,b", "KubeInvalidArgument", "container=image")]
    [InlineData("Add-KubeContainer deployment/web -Container web -Image x", "KubeAlreadyExists", "'web'")]
    [InlineData("Add-KubeContainer deployment/web -Container Bad_Name -Image x", "KubeInvalidName", "Bad_Name")]
    [InlineData("Add-KubeContainer deployment/web -Container x", "KubeInvalidArgument", "no image")]
    [InlineData("Add-KubeContainer deployment/web -Container (New-KubeContainer a b) -Env @{ A = 1 }", "KubeInvalidArgument", "gives only the name of")]
    [InlineData("Add-KubeVolume deployment/web -Volume v -EmptyDir -Secret s", "KubeInvalidArgument", "one source")]
    [InlineData("Add-KubeVolume deployment/web -Volume v -EmptyDir -SizeLimit much", "KubeInvalidArgument", "-SizeLimit")]
    [InlineData("Add-KubeVolume deployment/web -Volume v -EmptyDir -MountPath @{ nope = '/x' }", "KubeContainerNotFound", "nope")]
    [InlineData("Add-KubeVolume deployment/web -Volume v -EmptyDir -ReadOnly", "KubeInvalidArgument", "-MountPath")]
    [InlineData("Add-KubeToleration deployment/web", "KubeInvalidArgument", "-Key")]
    [InlineData("Set-KubeEnv deployment/web", "KubeInvalidArgument", "-Env")]
    [InlineData("Set-KubeResourceLimit deployment/web", "KubeInvalidArgument", "-Limits")]
    [InlineData("Set-KubeProbe deployment/web -TcpSocket", "KubeInvalidArgument", "-Liveness")]
    [InlineData("New-KubeContainer a b -Port 99999", "KubeInvalidArgument", "99999")]
    [InlineData("New-KubeContainer a b -VolumeMount @{ v = 'x' }", "KubeInvalidArgument", "mount path")]
    [InlineData("New-KubePod x -DryRun Client", "KubeInvalidArgument", "An image is needed")]
    [InlineData("New-KubePod x -Container (New-KubeContainer a b) -Env @{ A = 1 } -DryRun Client", "KubeInvalidArgument", "-Env")]
    [InlineData("New-KubePod x nginx -Container (New-KubeContainer x b) -DryRun Client", "KubeInvalidArgument", "called 'x'")]
    [InlineData("New-KubePod x nginx -Volume @{ name = 'v' } -DryRun Client", "KubeInvalidArgument", "no source")]
    [InlineData("New-KubePod x nginx -Container @{ name = 'y'; imagee = 'z' } -DryRun Client", "ParameterArgumentTransformationError", "imagee")]
    public void WhatIsWrong_IsNamed_AndNothingIsSent(string script, string id, string words)
    {
        ScriptedServer server = ServeDeployment();
        ErrorRecord error = _engine.Run(script).Error;
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(words, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Method is "PATCH" or "POST");
    }

    [Fact]
    public void WorkloadsTakeContainersAndVolumes_AndLeaveTheGivenOnesAlone()
    {
        EngineResult result = _engine.Run("""
            $c = New-KubeContainer log busybox -VolumeMount @{ data = '/in' }
            $set = New-KubeStatefulSet db redis -Container $c -InitContainer @{ name = 'prepare'; image = 'busybox' } -Volume @{ name = 'data'; emptyDir = @{} } -VolumeClaimTemplate @{ www = '1Gi' } -ClaimMountPath @{ www = '/www' } -DryRun Client
            $set; "$($c.VolumeMounts.Count) $($set.Spec.Template.Spec.Containers.Name -join ',') $($set.Spec.Template.Spec.Containers[1].VolumeMounts.MountPath -join ',') $($set.Spec.Template.Spec.InitContainers.Name) $($set.Spec.Template.Spec.Volumes.Name)"
            """);
        Assert.Empty(result.Errors);
        Assert.Equal("1 redis,log /in,/www prepare data", result.Output[^1].ToString());
    }

    [Fact]
    public void SeveralObjects_OneErrorEach_AndTheRestGoOn()
    {
        EngineResult result = _engine.Run("(New-KubePod a nginx -DryRun Client), (New-KubeService s -Port 1 -DryRun Client), (New-KubePod b nginx -DryRun Client) | Set-KubeImage -Image z");
        Assert.Single(result.Errors);
        Assert.Equal(2, result.Output.Count(output => output.BaseObject is V1Pod pod && pod.Spec.Containers[0].Image == "z"));
    }

    [Fact]
    public void AVolumeWithOnePath_IsMountedInInitContainersToo()
    {
        EngineResult result = _engine.Run("""
            $pipe = New-KubeDeployment pipe nginx -DryRun Client | Add-KubeInitContainer -Container init -Image busybox -Command sh, -c, 'echo hi > /data/index.html' |
                Add-KubeVolume -Volume data -EmptyDir -MountPath /data | Add-KubeVolume -Volume tmp -EmptyDir -MountPath /tmp -Container nginx
            $pipe.Spec.Template.Spec.InitContainers.VolumeMounts.MountPath -join ','; $pipe.Spec.Template.Spec.Containers.VolumeMounts.MountPath -join ','
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["/data", "/data,/tmp"], result.Output.Select(text => text.ToString()));
    }

    [Theory]
    [InlineData("@{ www = '1Gi' }", "www 1Gi ReadWriteOnce  ")]
    [InlineData("@{ Name = 'www'; Size = '1Gi'; AccessMode = 'ReadWriteMany' }", "www 1Gi ReadWriteMany  ")]
    [InlineData("@{ name = 'www'; size = '1Gi'; accessmode = 'readwriteonce', 'ReadOnlyMany'; storageClass = 'nfs'; volumeMode = 'block' }", "www 1Gi ReadWriteOnce,ReadOnlyMany nfs Block")]
    [InlineData("@{ name = '1Gi' }", "name 1Gi ReadWriteOnce  ")]
    public void ClaimsOfAStatefulSet_CanBeHashtables(string claim, string expected)
    {
        EngineResult result = _engine.Run($"$c = (New-KubeStatefulSet web nginx -ServiceName web -VolumeClaimTemplate {claim} -DryRun Client).Spec.VolumeClaimTemplates; \"$($c.Metadata.Name) $($c.Spec.Resources.Requests['storage']) $($c.Spec.AccessModes -join ',') $($c.Spec.StorageClassName) $($c.Spec.VolumeMode)\"");
        Assert.Empty(result.Errors);
        Assert.Equal(expected, result.Output.Single().ToString());
    }

    [Theory]
    [InlineData("@{ Name = 'www'; Size = '1Gi'; AccesMode = 'ReadWriteMany' }", "AccesMode")]
    [InlineData("@{ Name = 'www'; Size = '1Gi'; AccessMode = 'RWX' }", "ReadWriteMany")]
    [InlineData("@{ Name = 'www'; Size = 'much' }", "much")]
    public void AClaimThatCannotBeMeant_SaysWhat(string claim, string said) =>
        Assert.Contains(said, _engine.Run($"New-KubeStatefulSet web nginx -ServiceName web -VolumeClaimTemplate {claim} -DryRun Client").Error.Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("$p | Add-KubeSidecar logger busybox -Classic", "web=nginx logger=busybox")]
    [InlineData("$p | Add-KubeContainer logger -Image busybox", "web=nginx logger=busybox")]
    [InlineData("$p | Add-KubeContainer logger busybox:1.36 -Local", "web=nginx logger=busybox:1.36")]
    [InlineData("$p | Add-KubeContainer (New-KubeContainer side busybox)", "web=nginx side=busybox")]
    [InlineData("$p | Add-KubeContainer (New-KubeContainer a b), (New-KubeContainer c d)", "web=nginx a=b c=d")]
    [InlineData("$p | Add-KubeContainer -Container logger -Image busybox", "web=nginx logger=busybox")]
    [InlineData("Add-KubeContainer -InputObject $p -Container logger -Image busybox", "web=nginx logger=busybox")]
    [InlineData("Add-KubeContainer -InputObject $p logger busybox", "web=nginx logger=busybox")]
    [InlineData("$p | Set-KubeImage nginx:1.27", "web=nginx:1.27")]
    [InlineData("$p | Set-KubeImage web=nginx:1.27", "web=nginx:1.27")]
    [InlineData("$p | Set-KubeImage -Image nginx:1.27", "web=nginx:1.27")]
    [InlineData("$p | Set-KubeEnv @{ A = '1' } | Set-KubeImage x", "web=x")]
    public void WithPipedObjects_WhatStandsFirstNeedsNoName(string command, string containers)
    {
        EngineResult result = _engine.Run($"$p = New-KubePod web nginx -DryRun Client; (({command}).Spec.Containers | ForEach-Object {{ \"$($_.Name)=$($_.Image)\" }}) -join ' '");
        Assert.Empty(result.Errors);
        Assert.Equal(containers, result.Output.Single().ToString());
    }

    [Theory]
    [InlineData("Add-KubeContainer deployment/web logger busybox")]
    [InlineData("Add-KubeContainer deployment/web (New-KubeContainer logger busybox)")]
    [InlineData("'deployment/web' | Add-KubeContainer logger busybox")]
    [InlineData("Add-KubeContainer -Kind deployment -Name web -Container logger -Image busybox")]
    public void BehindATarget_TheyNeedNoneEither(string command)
    {
        ScriptedServer server = ServeDeployment();
        _engine.Run(command);
        Assert.Contains("\"name\":\"logger\"", Assert.Single(server.Requests, request => request.Method == "PATCH").Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$p | Add-KubeContainer pod/x logger busybox")]
    [InlineData("$p | Set-KubeImage pod/x nginx")]
    [InlineData("Add-KubeContainer pod/x")]
    [InlineData("Set-KubeImage pod/x")]
    [InlineData("Set-KubeImage -Image x")]
    public void WhatIsMissing_OrTwiceThere_IsSaid(string command)
    {
        ScriptedServer server = ServeDeployment();
        Assert.StartsWith("KubeInvalidArgument,", _engine.Run($"$p = New-KubePod web nginx -DryRun Client; {command}").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }
}
