using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.FaultServer;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>Cmdlets against a scripted server: what is sent, what comes out, what an error says.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private readonly List<ScriptedServer> _servers = [];

    public void Dispose()
    {
        _engine.Dispose();
        _servers.ForEach(server => server.Dispose());
        _folder.Dispose();
    }

    private ScriptedServer Serve(Func<SeenRequest, ScriptedReply> answer, string variable = "PSDefaultParameterValues")
    {
        var server = new ScriptedServer(answer);
        _servers.Add(server);
        string file = _folder.Write($"config-{_servers.Count}", server.Kubeconfig());
        if (variable == "PSDefaultParameterValues") _engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", file));
        else _engine.Run($"$global:{variable} = $file", ("file", file));
        return server;
    }

    private static string Pod(string name, string uid = "u1", string ns = "default") => "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"" + ns + "\",\"uid\":\"" + uid + "\"}}";

    private static string List(params string[] items) => "{\"metadata\":{},\"items\":[" + string.Join(',', items) + "]}";

    private static ScriptedReply NotFound(string what) => ScriptedReply.Refuse(404, "NotFound", what + " not found");

    [Fact]
    public void AMissingName_IsAnErrorOfItsOwn_AndTheOthersAreRead()
    {
        Serve(request => request.Path.EndsWith("/b", StringComparison.Ordinal) ? NotFound("pods \\\"b\\\"") : ScriptedReply.Ok(Pod(request.Path.Split('/')[^1])));
        EngineResult result = _engine.Run("Get-KubePod a, b, c");
        Assert.Equal(["a", "c"], result.Output.Select(pod => pod.Properties["Name"].Value));
        Assert.Equal("KubeNotFound,PSKube.Commands.Pods.GetKubePodCommand", result.Error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, result.Error.CategoryInfo.Category);
        Assert.Equal("pods \"b\" not found in default", result.Error.Exception.Message);
        Assert.Equal("pod/b in default", result.Error.TargetObject.ToString());
    }

    [Fact]
    public void AMissingName_IsNoErrorWhenThatIsAsked_ButARefusalIs()
    {
        Serve(request => request.Path.EndsWith("/b", StringComparison.Ordinal) ? NotFound("pods \\\"b\\\"") : request.Path.EndsWith("/c", StringComparison.Ordinal) ? ScriptedReply.Refuse(403, "Forbidden", "no") : ScriptedReply.Ok(Pod("a")));
        EngineResult result = _engine.Run("Get-KubePod a, b, c -IgnoreNotFound");
        Assert.Single(result.Output);
        Assert.StartsWith("KubeForbidden,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void T38_WildcardsAreMatchedHere_CaseIncluded()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("web-1"), Pod("web-2"), Pod("db-1"))));
        Assert.Equal(["web-1", "web-2"], _engine.Run("Get-KubePod web-*").Output.Select(pod => pod.Properties["Name"].Value));
        Assert.Empty(_engine.Run("Get-KubePod nothing*").Errors);
        Assert.Equal("/api/v1/namespaces/default/pods?limit=250", server.Requests[0].Target);
    }

    [Fact]
    public void Selectors_LimitsAndNamespaces_AreSentAsTheApiWantsThem()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("a"))));
        _engine.Run("Get-KubePod -LabelSelector ([ordered]@{ app = 'web'; tier = 'a', 'b'; old = $false }) -FieldSelector status.phase=Running -AllNamespaces -Limit 7");
        Assert.Equal("/api/v1/pods?limit=7&labelSelector=app%3Dweb%2Ctier%20in%20%28a%2Cb%29%2C%21old&fieldSelector=status.phase%3DRunning", server.Requests[0].Target);
    }

    [Fact]
    public void AVariableThatWasNeverSet_IsNoName_AndSelectsNothing()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("a"))));
        foreach ((CmdletAttribute name, Type type) in Engine.Cmdlets().Where(cmdlet => cmdlet.Name.VerbName is "Get" or "Watch" or "Wait" or "Remove" or "Test" && typeof(Commands.KubeApiCmdlet).IsAssignableFrom(cmdlet.Type) && cmdlet.Type.GetProperty("Name") is not null))
        {
            string kind = type.GetProperty("Kind", System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance) is null ? "" : " -Kind pod";
            foreach (string nothing in new[] { "$undefined", "@()", "@($null)" })
            {
                EngineResult result = _engine.Run($"{name.VerbName}-{name.NounName}{kind} -Name {nothing} -ErrorAction SilentlyContinue");
                Assert.True(result.Output.Count == 0 && result.Errors.Count == 1, $"{name.VerbName}-{name.NounName} -Name {nothing}");
            }
        }

        EngineResult piped = _engine.Run("Get-KubePod $undefined | Remove-KubePod -WhatIf");
        Assert.Equal("ParameterArgumentValidationError,PSKube.Commands.Pods.GetKubePodCommand", piped.Error.FullyQualifiedErrorId);
        Assert.Empty(server.Requests);
    }

    [Fact]

    public void AnEmptyListOfANamespaceThatIsNotThere_IsAnError()
    {
        Serve(request => request.Path.EndsWith("/pods", StringComparison.Ordinal) ? ScriptedReply.Ok(List()) : NotFound("namespaces \\\"typo\\\""));
        Assert.StartsWith("KubeNotFound,", _engine.Run("Get-KubePod -Namespace typo").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void ANamespaceFromThePipeline_GivesItsPods()
    {
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Path.EndsWith("/namespaces", StringComparison.Ordinal) ? List("{\"metadata\":{\"name\":\"one\"}}", "{\"metadata\":{\"name\":\"two\"}}") : List(Pod("p"))));
        _engine.Run("Get-KubeNamespace | Get-KubePod");
        Assert.Equal(["/api/v1/namespaces", "/api/v1/namespaces/one/pods", "/api/v1/namespaces/two/pods"], server.Requests.Select(request => request.Path));
    }

    [Fact]
    public void AWorkloadFromThePipeline_GivesItsPods_AndNotThoseOfAnotherWithTheSameLabels()
    {
        string Owned(string pod, string kind, string name, string uid) => $$$"""{"metadata":{"name":"{{{pod}}}","namespace":"n","labels":{"app":"web","pod-template-hash":"h"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"{{{kind}}}","name":"{{{name}}}","uid":"{{{uid}}}","controller":true}]}}""";
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Path switch
        {
            "/apis/apps/v1/namespaces/n/deployments/web" => """{"metadata":{"name":"web","namespace":"n","uid":"u-web"},"spec":{"selector":{"matchLabels":{"app":"web"}}}}""",
            "/apis/apps/v1/namespaces/n/replicasets/adopted" => """{"metadata":{"name":"adopted","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"u-web","controller":true}]}}""",
            "/apis/apps/v1/namespaces/n/replicasets/other-h" => """{"metadata":{"name":"other-h","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"other","uid":"u-other","controller":true}]}}""",
            "/apis/batch/v1/namespaces/n/jobs/j" => """{"metadata":{"name":"j","namespace":"n","uid":"u-job"},"spec":{"selector":{"matchLabels":{"app":"web"}}}}""",
            "/api/v1/namespaces/n/services/s" => """{"metadata":{"name":"s","namespace":"n","uid":"u-s"},"spec":{"selector":{"app":"web"}}}""",
            _ => List(Owned("a", "ReplicaSet", "web-h", "u-1"), Owned("b", "ReplicaSet", "adopted", "u-2"), Owned("c", "ReplicaSet", "other-h", "u-3"), Owned("d", "Job", "j", "u-job"), Pod("lone", ns: "n")),
        }));
        string Pods(string command)
        {
            EngineResult result = _engine.Run(command);
            Assert.Empty(result.Errors);
            return string.Join(' ', result.Output.Select(pod => pod.Properties["Name"].Value));
        }

        Assert.Equal("a b lone", Pods("Get-KubeDeployment web -Namespace n | Get-KubePod"));
        Assert.Equal("/api/v1/namespaces/n/pods?limit=250&labelSelector=app%3Dweb", server.Requests.First(request => request.Path.EndsWith("/pods", StringComparison.Ordinal)).Target);
        Assert.Equal("d lone", Pods("Get-KubeJob j -Namespace n | Get-KubePod"));
        Assert.Equal("a b c d lone", Pods("Get-KubeService s -Namespace n | Get-KubePod"));
        Assert.Equal("a b lone", Pods("'deployment/web' | Get-KubePod -Namespace n"));
        Pods("Get-KubeDeployment web -Namespace n | Get-KubePod -LabelSelector tier=front");
        Assert.Contains("labelSelector=app%3Dweb%2Ctier%3Dfront", server.Requests.Last(request => request.Path.EndsWith("/pods", StringComparison.Ordinal)).Target, StringComparison.Ordinal);
        Assert.StartsWith("KubeInputInvalid,", _engine.Run("'configmap/a' | Get-KubePod -Namespace n").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]

    public void WhereNamesCanBeAskedFor_NameIsNoShortFormOfNamespace()
    {
        const string web = """{"metadata":{"name":"web","namespace":"default","uid":"u1"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}}}}""";
        ScriptedServer server = Serve(request => request.Path switch
        {
            "/api" => ScriptedReply.Ok("""{"versions":["v1"]}"""),
            "/apis" => ScriptedReply.Ok("""{"groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}]}"""),
            "/api/v1" => ScriptedReply.Ok("""{"groupVersion":"v1","resources":[{"name":"pods","namespaced":true,"kind":"Pod","verbs":["list"],"categories":["all"]}]}"""),
            "/apis/apps/v1" => ScriptedReply.Ok("""{"groupVersion":"apps/v1","resources":[{"name":"deployments","namespaced":true,"kind":"Deployment","verbs":["list"],"categories":["all"]}]}"""),
            "/api/v1/namespaces/default/events" => ScriptedReply.Ok(List("""{"metadata":{"name":"e1","namespace":"default"},"involvedObject":{"kind":"Pod","name":"web-1"}}""", """{"metadata":{"name":"e2","namespace":"default"},"involvedObject":{"kind":"Pod","name":"db"}}""")),
            "/apis/apps/v1/namespaces/default/deployments" => ScriptedReply.Ok(List(web, web.Replace("web", "db", StringComparison.Ordinal))),
            "/api/v1/namespaces/default/pods" => ScriptedReply.Ok(List(Pod("web-1"), Pod("db-1"))),
            _ => ScriptedReply.Ok(List()),
        });
        string Names(string command)
        {
            EngineResult result = _engine.Run(command);
            Assert.Empty(result.Errors);
            return string.Join(' ', result.Output.Select(item => item.Properties["Name"].Value));
        }

        Assert.Equal("web-1 web", Names("Get-KubeWorkload web*"));
        Assert.Equal("web", Names("Get-KubeWorkload -Name web"));
        Assert.Equal("web", Names("Get-KubeWorkload -Tree -Name web"));
        Assert.Equal("e1", Names("Get-KubeEvent -Name web*"));
        Assert.Equal("web", Names("Test-KubeWorkload -Name web"));
        ErrorRecord error = _engine.Run("Get-KubeWorkload app=web").Error;
        Assert.StartsWith("KubeInvalidName,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-LabelSelector", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Path.Contains("namespaces/web", StringComparison.Ordinal));
    }

    [Fact]

    public void AKindAndNames_StandForTypeAndName_AsWithKubectl()
    {
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Path.EndsWith("/scale", StringComparison.Ordinal) ? "{\"metadata\":{},\"spec\":{\"replicas\":2}}" : request.Path.EndsWith("/horizontalpodautoscalers", StringComparison.Ordinal) ? List() : "{\"metadata\":{\"name\":\"web\",\"namespace\":\"default\"},\"spec\":{\"replicas\":2}}"));
        Assert.Empty(_engine.Run("Set-KubeScale deployment web, db -Replicas 2 -ThrottleLimit 1 -Confirm:$false").Errors);
        Assert.Equal(["/apis/apps/v1/namespaces/default/deployments/web/scale", "/apis/apps/v1/namespaces/default/deployments/db/scale"], server.Requests.Where(request => request.Method is "PATCH" or "PUT").Select(request => request.Path));
        Serve(_ => NotFound("pods \\\"nope\\\""));
        Assert.Equal("pods \"nope\" not found in default", _engine.Run("Get-KubeDescription pod nope").Error.Exception.Message);
        foreach (string command in new[] { "Set-KubeScale deployment/web db -Replicas 0", "Get-KubeDescription pod/a b" })
        {
            ErrorRecord error = _engine.Run(command + " -ErrorAction SilentlyContinue").Error;
            Assert.StartsWith("KubeInvalidName,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("TYPE/NAME", error.Exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhatIf_NamesTheNamespace_WithoutAskingTheCluster()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok("{}"));
        Assert.Contains("pod/a in default", _engine.Show("New-KubePod a nginx -WhatIf"), StringComparison.Ordinal);
        Assert.Contains("deployment/a in shop", _engine.Show("New-KubeDeployment a nginx -Namespace shop -WhatIf"), StringComparison.Ordinal);
        Assert.Contains("horizontalpodautoscaler/a in default", _engine.Show("New-KubeAutoscaler deployment/a -MaxReplicas 2 -WhatIf"), StringComparison.Ordinal);
        Assert.DoesNotContain(" in default", _engine.Show("New-KubeNamespace a -WhatIf"), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void AnAutoscalerOfWhatIsNotThere_IsRefused()
    {
        ScriptedServer server = Serve(_ => NotFound("deployments.apps \\\"nope\\\""));
        ErrorRecord error = _engine.Run("New-KubeAutoscaler deployment/nope -MaxReplicas 2 -Confirm:$false").Error;
        Assert.StartsWith("KubeNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Method == "POST");
    }

    [Theory]
    [InlineData("Get-KubePod -LabelSelector a", "")]
    [InlineData("Get-KubePod -FieldSelector ", "")]
    [InlineData("Wait-KubeResource pod/a -Property s", "")]
    [InlineData("Undo-KubeRollout deployment/web -ToRevision ", "")]
    [InlineData("Wait-KubeResource pod/a -Condition rea", "Ready")]
    [InlineData("Set-KubeImage deployment/web -Container ", "web log")]
    [InlineData("Get-KubePod nosuch", "")]
    [InlineData("Set-KubeScale deployment w", "web")]
    public void Completion_OffersWhatIsMeant_AndNeverFiles(string typed, string offered)
    {
        Serve(request => ScriptedReply.Ok(request.Path.EndsWith("/web", StringComparison.Ordinal) ? """{"metadata":{"name":"web"},"spec":{"template":{"spec":{"containers":[{"name":"web"},{"name":"log"}]}}}}""" : List(Pod("web"))));
        EngineResult result = _engine.Run("[System.Management.Automation.CommandCompletion]::CompleteInput(\"$typed -Kubeconfig '$($PSDefaultParameterValues['*-Kube*:Kubeconfig'])'\", $typed.Length, $null).CompletionMatches.ListItemText -join ' '", ("typed", typed));
        Assert.Empty(result.Errors);
        Assert.Equal(offered, result.Output.Single().ToString());
    }

    [Fact]

    public void TheFirstRefusedCredential_EndsTheCommand_AForbiddenObjectDoesNot()
    {
        Serve(_ => ScriptedReply.Refuse(403, "Forbidden", "pods is forbidden"));
        EngineResult result = _engine.Run("'a','b' | Get-KubePod");
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category));
        Serve(_ => ScriptedReply.Refuse(401, "Unauthorized", "Unauthorized"));
        Assert.Equal(ErrorCategory.AuthenticationError, _engine.Run("'a','b' | Get-KubePod").Error.CategoryInfo.Category);
    }

    [Fact]
    public void T68_ErrorsObeyErrorAction()
    {
        Serve(_ => NotFound("pods"));
        Assert.Equal("caught KubeNotFound", _engine.Run("try { Get-KubePod a -ErrorAction Stop } catch [PSKube.Errors.KubeApiException] { \"caught $($_.Exception.ErrorId)\" }").Output.Single().ToString());
        Assert.Equal("0 1", _engine.Run("Get-KubePod a -ErrorAction Ignore -ErrorVariable i; Get-KubePod b -ErrorAction SilentlyContinue -ErrorVariable e; \"$($i.Count) $($e.Count)\"").Output.Single().ToString());
    }

    [Fact]
    public void T78_APipedObjectIsDeletedOnlyIfItIsStillTheSame()
    {
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Method == "GET" ? List(Pod("a", "uid-a"), Pod("b", "uid-b")) : "{\"kind\":\"Status\",\"status\":\"Success\"}"));
        _engine.Run("Get-KubePod | Remove-KubePod -Confirm:$false -GracePeriodSeconds 5 -Cascade Orphan -ThrottleLimit 1");
        JsonNode body = JsonNode.Parse(server.Requests[1].Body)!;
        Assert.Equal(("DELETE", "/api/v1/namespaces/default/pods/a"), (server.Requests[1].Method, server.Requests[1].Path));
        Assert.Equal("""{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":5,"propagationPolicy":"Orphan","preconditions":{"uid":"uid-a"}}""", body.ToJsonString());
        _engine.Run("Remove-KubePod c -Confirm:$false");
        Assert.Equal("""{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}""", server.Requests[^1].Body);
    }

    [Theory]
    [InlineData("Remove-KubePod ''")]
    [InlineData("Remove-KubePod ..")]
    [InlineData("Remove-KubeResource 'pod/a/b'")]
    [InlineData("Remove-KubeResource nokind")]
    [InlineData("Get-KubePod '../nodes'")]
    [InlineData("Set-KubeScale 'deployment/..' -Replicas 1")]
    [InlineData("Set-KubeScale web -Replicas 1")]
    [InlineData("Set-KubeScale daemonset/web -Replicas 1")]
    [InlineData("Set-KubeScale pod/web -Replicas 1")]
    [InlineData("New-KubePod a/b nginx")]
    public void T35_WhatCannotBeMeant_SendsNothing(string command)
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok("{}"));
        EngineResult result = _engine.Run(command + (command.StartsWith("Get", StringComparison.Ordinal) ? "" : " -Confirm:$false"));
        Assert.Empty(server.Requests);
        Assert.Single(result.Errors);
    }

    [Fact]
    public void T67_WhatIfAndNo_SendNothingThatChanges()
    {
        string file = _folder.Write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Path.EndsWith("/pods", StringComparison.Ordinal) ? List(Pod("a")) : Pod("a")));
        EngineResult result = _engine.Run("""
            Get-KubePod | Remove-KubePod -WhatIf
            Remove-KubePod a -WhatIf
            Set-KubeScale deployment/a -Replicas 2 -WhatIf
            Invoke-KubeApply $file -WhatIf
            New-KubePod a nginx -WhatIf
            $WhatIfPreference = $true; Remove-KubeService a; $WhatIfPreference = $false
            Remove-KubePod a -Confirm
            """, ("file", file));
        Assert.Empty(result.Errors);
        Assert.All(server.Requests, request => Assert.Equal("GET", request.Method));
        _engine.Choices.Enqueue(0);
        _engine.Run("Remove-KubePod a");
        Assert.Equal("DELETE", server.Requests[^1].Method);
    }

    [Fact]
    public void T90_AnObjectGoesBackToTheClusterItCameFrom()
    {
        ScriptedServer a = Serve(_ => ScriptedReply.Ok(List(Pod("p"))), "a");
        ScriptedServer b = Serve(_ => ScriptedReply.Ok(List(Pod("p"))), "b");
        EngineResult result = _engine.Run("""
            Connect-KubeCluster -Kubeconfig $a | Out-Null
            $pods = Get-KubePod
            Connect-KubeCluster -Kubeconfig $b | Out-Null
            Get-KubePod | Out-Null
            $pods | Remove-KubePod -Confirm:$false
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["GET", "DELETE"], a.Requests.Select(request => request.Method));
        Assert.Equal(["GET"], b.Requests.Select(request => request.Method));
    }

    [Theory]
    [InlineData("Test-KubeCluster")]
    [InlineData("Test-KubeWorkload -LabelSelector a=b")]
    [InlineData("Test-KubeWorkload deployment/a")]
    [InlineData("Get-KubePod")]
    [InlineData("Get-KubePod a")]
    [InlineData("Get-KubeWorkload")]
    [InlineData("Get-KubeWorkload -Tree")]
    [InlineData("Get-KubeResource deploy")]
    [InlineData("Get-KubeResource things.example.com")]
    [InlineData("Get-KubeDescription pod/a")]
    [InlineData("Get-KubeEvent")]
    [InlineData("Remove-KubePod -LabelSelector a=b -WhatIf")]
    [InlineData("Remove-KubePod a* -WhatIf")]
    [InlineData("Remove-KubePod a -Confirm:$false")]
    [InlineData("Remove-KubeResource -Kind pod -LabelSelector a=b -WhatIf")]
    [InlineData("Remove-KubeResource -Kind things.example.com -LabelSelector a=b -WhatIf")]
    [InlineData("New-KubePod a nginx")]
    [InlineData("New-KubeService -InputObject pod/a -Port 80")]
    [InlineData("Set-KubeScale deployment/a -Replicas 1")]
    [InlineData("Wait-KubeResource -Kind pod -LabelSelector a=b -Timeout 0")]
    [InlineData("Wait-KubeResource pod/a -Timeout 0")]
    [InlineData("'apiVersion: v1','kind: ConfigMap','metadata: {name: a}' | Invoke-KubeApply")]
    public void T90_EveryCommandGoesToTheClusterOfItsSession(string command)
    {
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Path.EndsWith("/a", StringComparison.Ordinal) ? Pod("a") : List(Pod("a"))), "config");
        EngineResult result = _engine.Run($"Connect-KubeCluster -Kubeconfig $config | Out-Null; {command}");
        Assert.DoesNotContain(result.Errors, error => error.FullyQualifiedErrorId.StartsWith("KubeConfigNotFound", StringComparison.Ordinal));
        Assert.NotEmpty(server.Requests);
    }

    [Fact]
    public void Scale_IsOneBlindMergePatch_OrAReplaceUnderAPrecondition()
    {
        string deployment = "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":4}}";
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Path.EndsWith("/scale", StringComparison.Ordinal) ? "{\"kind\":\"Scale\",\"metadata\":{\"resourceVersion\":\"7\"},\"spec\":{\"replicas\":3}}" : deployment));
        EngineResult result = _engine.Run("Set-KubeScale deployment/web -Replicas 4");
        Assert.IsType<k8s.Models.V1Deployment>(result.Output.Single().BaseObject);
        Assert.Equal(("PATCH", "/apis/apps/v1/namespaces/default/deployments/web/scale", "application/merge-patch+json", """{"spec":{"replicas":4}}"""), (server.Requests[0].Method, server.Requests[0].Path, server.Requests[0].Headers["Content-Type"], server.Requests[0].Body));
        Assert.Contains("fieldManager=pskube", server.Requests[0].Target, StringComparison.Ordinal);

        ErrorRecord error = _engine.Run("Set-KubeScale deployment/web -Replicas 4 -CurrentReplicas 2").Error;
        Assert.StartsWith("KubePreconditionFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Expected replicas to be 2, was 3", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Method == "PUT");

        _engine.Run("Set-KubeScale -Kind deploy -Name web -Replicas 4 -CurrentReplicas 3");
        SeenRequest put = server.Requests.Single(request => request.Method == "PUT");
        Assert.Contains("\"resourceVersion\":\"7\"", put.Body, StringComparison.Ordinal);
        Assert.Contains("\"replicas\":4", put.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_SendsTheDocumentAsItWasWritten_InTheOrderOfNeeds()
    {
        string file = _folder.Write("bundle.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, uid: keep}\nspec: {futureField: {x: 1}}\nstatus: {replicas: 1}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        ScriptedServer server = Serve(request => request.Method == "GET" ? NotFound("it") : new ScriptedReply(201, request.Path.Contains("deployments", StringComparison.Ordinal) ? "{\"metadata\":{\"name\":\"d\",\"resourceVersion\":\"5\"}}" : "{\"metadata\":{\"name\":\"shop\"}}"));
        EngineResult result = _engine.Run("Invoke-KubeApply $file | ForEach-Object { \"$($_.Kind) $($_.Name) $($_.ApplyAction)\" }", ("file", file));
        Assert.Empty(result.Errors);
        Assert.Equal(["Namespace shop Created", "Deployment d Created"], result.Output.Select(line => line.ToString()));
        SeenRequest apply = server.Requests.Last(request => request.Method == "PATCH");
        Assert.Equal("application/apply-patch+yaml", apply.Headers["Content-Type"]);
        Assert.Contains("fieldManager=pskube&fieldValidation=Strict", apply.Target, StringComparison.Ordinal);
        Assert.DoesNotContain("force", apply.Target, StringComparison.Ordinal);
        JsonNode sent = JsonNode.Parse(apply.Body)!;
        Assert.Equal("1", sent["spec"]!["futureField"]!["x"]!.ToJsonString());
        Assert.Null(sent["status"]);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("-ForceConflict", 0)]
    [InlineData("-FieldManager somebody", 1)]
    [InlineData("-DryRun Server", 1)]
    public void WhatIsThereByOurOwnLastApply_IsNotSentAgain(string parameters, int sent)
    {
        const string live = """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default","resourceVersion":"7","uid":"u",
              "managedFields":[{"manager":"pskube","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:x":{}}}}]},"data":{"x":"1","y":"another's"}}
            """;
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(live));
        EngineResult result = _engine.Run($"@{{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{{ name = 'a' }}; data = @{{ x = '1' }} }} | Invoke-KubeApply {parameters}");
        Assert.Empty(result.Errors);
        PSObject applied = result.Output.Single();
        Assert.Equal("Unchanged", applied.Properties["ApplyAction"].Value.ToString());
        Assert.Equal("another's", Assert.IsType<V1ConfigMap>(applied.BaseObject).Data["y"]);
        Assert.Equal(sent, server.Requests.Count(request => request.Method == "PATCH"));
    }

    [Fact]
    public void T75_AConflictNamesFieldAndManager_OnlyForceTakesOver()
    {
        const string details = """{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" using apps/v1","field":".spec.replicas"}]}""";
        ScriptedServer server = Serve(request => request.Method == "GET" ? ScriptedReply.Ok("{\"metadata\":{\"resourceVersion\":\"1\"}}") : request.Target.Contains("force=true", StringComparison.Ordinal) ? ScriptedReply.Ok("{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"2\"}}") : ScriptedReply.Refuse(409, "Conflict", "Apply failed with 1 conflict", details));
        const string manifest = "@{ apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'a' }; spec = @{ replicas = 2 } }";
        ErrorRecord error = _engine.Run($"{manifest} | Invoke-KubeApply").Error;
        Assert.Equal("KubeApplyConflict,PSKube.Commands.AnyKind.InvokeKubeApplyCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidOperation, error.CategoryInfo.Category);
        Assert.Contains(".spec.replicas", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("kubectl", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-ForceConflict", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("Configured", _engine.Run($"({manifest} | Invoke-KubeApply -ForceConflict).ApplyAction").Output.Single().ToString());
        Assert.Equal(2, server.Requests.Count(request => request.Method == "PATCH"));
    }

    [Fact]
    public void WhatPSKubesOtherCommandsSet_IsItsOwn_AndTakenOverForTheVersionLookedAtOnly()
    {
        const string own = """{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"pskube\" using apps/v1 at 2026-01-01T00:00:00Z","field":".spec.template"},{"reason":"FieldManagerConflict","message":"conflict with \"pskube\" with subresource \"scale\" using apps/v1","field":".spec.replicas"}]}""";
        int version = 6;
        ScriptedServer server = Serve(request => request.Method == "GET" ? ScriptedReply.Ok($$$"""{"metadata":{"resourceVersion":"{{{++version}}}"}}""")
            : !request.Target.Contains("force=true", StringComparison.Ordinal) ? ScriptedReply.Refuse(409, "Conflict", "Apply failed with 2 conflicts", own)
            // Somebody changed the object between the first look and the forced apply.
            : version == 7 ? ScriptedReply.Refuse(409, "Conflict", "the object has been modified")
            : ScriptedReply.Ok("{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"9\"}}"));
        EngineResult result = _engine.Run("@{ apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'a' }; spec = @{ replicas = 2 } } | Invoke-KubeApply");
        Assert.Empty(result.Errors);
        Assert.Equal("Configured", result.Output.Single().Properties["ApplyAction"].Value.ToString());
        SeenRequest[] patches = [.. server.Requests.Where(request => request.Method == "PATCH")];
        Assert.Equal([null, "7", null, "8"], patches.Select(patch => JsonNode.Parse(patch.Body)!["metadata"]!["resourceVersion"]?.ToString()));
        Assert.Equal([false, true, false, true], patches.Select(patch => patch.Target.Contains("force=true", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""conflict with \"pskube\" using apps/v1|conflict with \"kubectl\" using apps/v1""")]
    [InlineData("""conflict with \"pskube2\" using apps/v1""")]
    [InlineData("""conflict with \"a: conflict with \\\"pskube\\\" using v1\" using v1""")]
    [InlineData("")]
    public void AConflictWithAnybodyElse_IsNeverForced(string messages)
    {
        string causes = string.Join(',', messages.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(message => $$"""{"reason":"FieldManagerConflict","message":"{{message}}","field":".spec.replicas"}"""));
        ScriptedServer server = Serve(request => request.Method == "GET" ? ScriptedReply.Ok("{\"metadata\":{\"resourceVersion\":\"1\"}}") : ScriptedReply.Refuse(409, "Conflict", "conflict", $$"""{"causes":[{{causes}}]}"""));
        Assert.StartsWith("KubeApplyConflict,", _engine.Run("@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'a' } } | Invoke-KubeApply").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("force", Assert.Single(server.Requests, request => request.Method == "PATCH").Target, StringComparison.Ordinal);
    }

    [Fact]

    public void T49_EveryUnknownFieldIsNamed_AndTheOtherDocumentsAreApplied()
    {
        Serve(request => request.Method == "GET" ? NotFound("it") : request.Path.EndsWith("/a", StringComparison.Ordinal)
            ? ScriptedReply.Refuse(400, "BadRequest", "failed to create typed patch object: errors: .data2: field not declared in schema, .spec: field not declared in schema")
            : new ScriptedReply(201, "{\"metadata\":{\"name\":\"b\"}}"));
        EngineResult result = _engine.Run("\"apiVersion: v1`nkind: ConfigMap`nmetadata: {name: a}`ndata2: {}`nspec: {}`n---`napiVersion: v1`nkind: ConfigMap`nmetadata: {name: b}\" | Invoke-KubeApply");
        Assert.Equal("KubeBadRequest,PSKube.Commands.AnyKind.InvokeKubeApplyCommand", result.Error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, result.Error.CategoryInfo.Category);
        Assert.Contains(".data2", result.Error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(".spec", result.Error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("configmap/a in default", result.Error.TargetObject.ToString());
        Assert.Equal("b", Assert.Single(result.Output).Properties["Name"].Value);
    }

    [Fact]
    public void T52_AnObjectOfAnyKind_GoesBackWithEveryField()
    {
        const string thing = """{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t","namespace":"default","uid":"u","resourceVersion":"4"},"spec":{"new":{"deep":[1.10,"0x1F",null]}}}""";
        ScriptedServer server = Serve(request => request.Path switch
        {
            "/api" => ScriptedReply.Ok("{\"versions\":[\"v1\"]}"),
            "/apis" => ScriptedReply.Ok("{\"groups\":[{\"name\":\"example.com\",\"versions\":[{\"version\":\"v1\"}],\"preferredVersion\":{\"version\":\"v1\"}}]}"),
            "/api/v1" => ScriptedReply.Ok("{\"resources\":[]}"),
            "/apis/example.com/v1" => ScriptedReply.Ok("{\"resources\":[{\"name\":\"things\",\"kind\":\"Thing\",\"namespaced\":true,\"verbs\":[\"get\"]}]}"),
            _ => ScriptedReply.Ok(thing),
        });
        EngineResult result = _engine.Run("$t = Get-KubeResource things/t; $t.metadata.PSObject.Properties.Add([psnoteproperty]::new('labels', [pscustomobject]@{ a = 'b' })); $t | Invoke-KubeApply");
        Assert.Empty(result.Errors);
        Assert.Equal("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t","namespace":"default","labels":{"a":"b"}},"spec":{"new":{"deep":[1.10,"0x1F",null]}}}""", server.Requests.Single(request => request.Method == "PATCH").Body);
    }

    [Fact]
    public void T85_AWarning_IsSaidOnceInACommand_AndEscaped()
    {
        Serve(request => ScriptedReply.Ok(Pod(request.Path.Split('/')[^1])) with { Headers = [("Warning", "299 - \"old \u001b[2J version\""), ("Warning", "299 - \"old \u001b[2J version\", 299 - \"another, too\"")] });
        EngineResult result = _engine.Run("Get-KubePod a, b, c");
        Assert.Equal(3, result.Output.Count);
        Assert.Equal(["old \\u001b[2J version", "another, too"], result.Warnings);
    }

    [Fact]
    public void T81_AManifestOfAnotherNamespace_IsRefused()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok("{}"));
        ErrorRecord error = _engine.Run("'apiVersion: v1','kind: ConfigMap','metadata: {name: a, namespace: b}' | Invoke-KubeApply -Namespace c").Error;
        Assert.StartsWith("KubeNamespaceMismatch,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void AnApplyOverAnUnencryptedAddress_IsRefused()
    {
        Assert.StartsWith("KubeManifestUnreadable,", _engine.Run("Invoke-KubeApply http://127.0.0.1:1/x.yaml").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void T11_CtrlC_EndsAReadWithinASecond_AndTheServerSeesIt()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("a"))) with { OnlyBytes = 20, Silent = true });
        TimeSpan took = _engine.Stop("Get-KubePod", () => server.Requests.Count > 0);
        Assert.True(took < TimeSpan.FromSeconds(1), $"It took {took}.");
        Assert.True(SpinWait.SpinUntil(() => server.ClosedByClient > 0, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void CtrlC_EndsAWaitWithinASecond_AndTheServerSeesIt()
    {
        ScriptedServer server = Serve(request => request.Target.Contains("watch=true", StringComparison.Ordinal)
            ? ScriptedReply.Ok(new string(' ', 4096)) with { OnlyBytes = 0, Silent = true }
            : ScriptedReply.Ok(request.Path.EndsWith("/scale", StringComparison.Ordinal) ? "{\"spec\":{\"replicas\":2}}" : "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[{\"metadata\":{\"name\":\"web\",\"generation\":2},\"spec\":{\"replicas\":2}}]}"));
        TimeSpan took = _engine.Stop("Set-KubeScale deployment/web -Replicas 2 -Wait", () => server.Requests.Any(request => request.Target.Contains("watch=true", StringComparison.Ordinal)));
        Assert.True(took < TimeSpan.FromSeconds(1), $"It took {took}.");
        Assert.True(SpinWait.SpinUntil(() => server.ClosedByClient > 0, TimeSpan.FromSeconds(1)), "The connection stayed open.");
    }

    [Fact]
    public void AWaitThatIsNotMet_SaysWhatIsMissing()
    {
        Serve(request => ScriptedReply.Ok(request.Path.EndsWith("/scale", StringComparison.Ordinal) ? "{\"spec\":{\"replicas\":2}}" : "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[{\"metadata\":{\"name\":\"web\",\"generation\":2},\"spec\":{\"replicas\":2},\"status\":{\"observedGeneration\":2,\"updatedReplicas\":2,\"replicas\":2,\"availableReplicas\":1}}]}"));
        ErrorRecord error = _engine.Run("Set-KubeScale deployment/web -Replicas 2 -Wait -Timeout 300ms").Error;
        Assert.StartsWith("KubeWaitTimeout,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Assert.Contains("1 of 2 pods are available", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T34_NoTokenIsInAnyStreamOrError()
    {
        Serve(_ => ScriptedReply.Refuse(500, "InternalError", "broken"));
        EngineResult result = _engine.Run("Get-KubePod -Verbose -Debug; Get-KubePod a -Verbose; New-KubePod a nginx -Verbose -Debug");
        Assert.NotEmpty(result.Verbose);
        var all = new List<string>([.. result.Verbose, .. result.Debug, .. result.Warnings, result.Screen]);
        foreach (ErrorRecord error in result.Errors)
        {
            all.Add(PSSerializer.Serialize(error, 3));
            all.Add(error.Exception.ToString());
        }

        Assert.All(all, text => Assert.DoesNotContain("canary", text, StringComparison.Ordinal));
        Assert.Matches(@"^GET http://127\.0\.0\.1:\d+/api/v1/namespaces/default/pods\?limit=250 500 in \d+ ms$", result.Verbose[0]);
    }

    [Fact]
    public void T84_AnUnknownKind_IsLookedForOnceMore_ThenToldWithWhatItMayBe()
    {
        int calls = 0;
        ScriptedServer server = Serve(request => request.Path switch
        {
            "/api" => ScriptedReply.Ok("{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}"),
            "/apis" => ScriptedReply.Ok("{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"example.com\",\"versions\":[{\"version\":\"v1\"}],\"preferredVersion\":{\"version\":\"v1\"}}]}"),
            "/api/v1" => ScriptedReply.Ok("{\"resources\":[{\"name\":\"pods\",\"kind\":\"Pod\",\"namespaced\":true,\"verbs\":[\"list\"]}]}"),
            "/apis/example.com/v1" => ScriptedReply.Ok(Interlocked.Increment(ref calls) == 1 ? "{\"resources\":[]}" : "{\"resources\":[{\"name\":\"things\",\"singularName\":\"thing\",\"shortNames\":[\"th\"],\"kind\":\"Thing\",\"namespaced\":true,\"verbs\":[\"list\",\"get\"]}]}"),
            _ => ScriptedReply.Ok(List("{\"metadata\":{\"name\":\"t\"},\"spec\":{\"any\":[1]}}")),
        });
        Assert.StartsWith("KubeKindNotFound,", _engine.Run("Get-KubeResource th").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        EngineResult found = _engine.Run("Get-KubeResource th");
        Assert.Empty(found.Errors);
        Assert.Equal("Thing", found.Output.Single().Properties["kind"].Value);
        ErrorRecord error = _engine.Run("Get-KubeResource thinks").Error;
        Assert.Contains("things", error.ErrorDetails.RecommendedAction, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(server.Requests);
    }

    private CommandCompletion Complete(string input)
    {
        using PowerShell shell = PowerShell.Create(_engine.Runspace);
        return CommandCompletion.CompleteInput(input, input.Length, null, shell);
    }

    [Fact]
    public void T66_CompletionsAreQuoted_AndADeadServerGivesNone()
    {
        string file = _folder.Write("odd", "contexts:\n- name: \"a'; calc; '\"\n  context: {cluster: c}\nclusters:\n- {name: c, cluster: {server: 'https://127.0.0.1:1'}}\n");
        string input = $"Get-KubePod -Kubeconfig '{file}' -Context ";
        CommandCompletion completion = Complete(input);
        Assert.Equal("'a''; calc; '''", Assert.Single(completion.CompletionMatches).CompletionText);
        Assert.Empty(Complete($"Get-KubePod -Kubeconfig '{file}' -Context \"a'; calc; '\" -Name w").CompletionMatches);
    }

    [Fact]
    public void NamesAreCompletedFromTheCluster()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("web-1"), Pod("db-1"))), "file");
        string path = _engine.Run("$file").Output.Single().ToString();
        Assert.Equal(["web-1"], Complete($"Remove-KubePod -Kubeconfig '{path}' -Name w").CompletionMatches.Select(match => match.CompletionText));
        Assert.Equal(["deployment/web-1"], Complete($"Set-KubeScale -Kubeconfig '{path}' -Replicas 1 -Target deployment/w").CompletionMatches.Select(match => match.CompletionText));
        Assert.Contains("PartialObjectMetadataList", server.Requests[0].Headers["Accept"], StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_WithATokenScript_AsksItAgainWhenItIsDue()
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("a"))), "unused");
        EngineResult result = _engine.Run("""
            $global:asked = 0
            Connect-KubeCluster -Server $address -Namespace shop -Token { $global:asked++; [pscustomobject]@{ Token = "t$global:asked"; ExpiresOn = [DateTimeOffset]::UtcNow.AddMinutes($(if ($global:asked -eq 1) { 1 } else { 60 })) } }
            Get-KubePod | Out-Null; Get-KubePod | Out-Null; Get-KubePod | Out-Null
            Disconnect-KubeCluster
            """, ("address", server.Address));
        Assert.Empty(result.Errors);
        Assert.Equal("shop", result.Output[0].Properties["Namespace"].Value);
        Assert.Equal(["Bearer t2", "Bearer t2", "Bearer t2"], server.Requests.Select(request => request.Headers["Authorization"]));
        Assert.Equal(2, _engine.Run("$global:asked").Output.Single().BaseObject);
    }

    [Fact]
    public void APlainTextToken_IsRefused() => Assert.StartsWith("KubeConfigInvalid,", _engine.Run("Connect-KubeCluster -Server https://x -Token 'plain'").Error.FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void UseContext_MovesThisSessionOnly()
    {
        string file = _folder.Write("two", "current-context: a\ncontexts:\n- {name: a, context: {cluster: c}}\n- {name: b, context: {cluster: c, namespace: nb}}\nclusters:\n- {name: c, cluster: {server: 'https://x'}}\n");
        EngineResult result = _engine.Run("""
            Use-KubeContext b -Kubeconfig $file; (Get-KubeContext -Current).Namespace
            Use-KubeContext -Namespace other; (Get-KubeContext -Current).Namespace
            (Get-KubeContext -Current).Name
            """, ("file", file));
        Assert.Equal(["nb", "other", "b"], result.Output.Select(value => value.ToString()));
        using var second = new Engine();
        Assert.Equal("a", second.Run("(Get-KubeContext -Current -Kubeconfig $file).Name", ("file", file)).Output.Single().ToString());
        Assert.StartsWith("current-context: a", File.ReadAllText(file), StringComparison.Ordinal);
        _engine.Run("Use-KubeContext b -Kubeconfig $file -Persist", ("file", file));
        Assert.Matches("^current-context: \"?b\"?\n", File.ReadAllText(file));
    }

    [Fact]
    public void UseContext_WithWhatIfOrNo_ChangesNothing_AndSaysWhatItWouldDo()
    {
        string text = "current-context: a\ncontexts:\n- {name: a, context: {cluster: c}}\n- {name: b, context: {cluster: c, namespace: nb}}\nclusters:\n- {name: c, cluster: {server: 'https://x'}}\n";
        string file = _folder.Write("two", text);
        _engine.Run("Use-KubeContext a -Kubeconfig $file", ("file", file));
        foreach (string command in new[] { "Use-KubeContext b", "Use-KubeContext -Namespace other", "Use-KubeContext b -Namespace other -Persist" })
        {
            Assert.Contains("What if: Performing the operation \"Use context '", _engine.Show(command + " -WhatIf"), StringComparison.Ordinal);
            _engine.Run(command + " -Confirm");
            Assert.Equal("a/default", string.Concat(_engine.Run("$now = Get-KubeContext -Current; \"$($now.Name)/$($now.Namespace)\"").Output.Single()));
            Assert.Equal(text, File.ReadAllText(file));
        }

        _engine.Run("Connect-KubeCluster -Server https://x -Namespace mine");
        Assert.Contains("Use namespace 'other'", _engine.Show("Use-KubeContext -Namespace other -WhatIf"), StringComparison.Ordinal);
        Assert.Contains("pod/a in mine", _engine.Show("New-KubePod a nginx -WhatIf"), StringComparison.Ordinal);
    }

    [Fact]

    public void TestKubeCluster_TellsWhatIsWrong_AndQuietIsOneAnswer()
    {
        Serve(request => request.Path switch
        {
            "/version" => ScriptedReply.Ok("{\"major\":\"1\",\"minor\":\"30\",\"gitVersion\":\"v1.30.2\"}"),
            "/readyz" or "/livez" => new ScriptedReply(500, "[+]ping ok\n[-]etcd failed: reason withheld\n") { ContentType = "text/plain" },
            "/api/v1/nodes" => ScriptedReply.Ok(List("{\"metadata\":{\"name\":\"n1\"},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"message\":\"disk\"}]}}")),
            _ => ScriptedReply.Ok(List(Pod("dns"))),
        });
        EngineResult result = _engine.Run("Test-KubeCluster");
        Assert.Empty(result.Errors);
        Dictionary<string, bool> checks = result.Output.Select(check => (PSKube.Output.ClusterCheck)check.BaseObject).ToDictionary(check => check.Check, check => check.Ok);
        Assert.True(checks["Reachable"]);
        Assert.True(checks["Version"]);
        Assert.False(checks["readyz/etcd"]);
        Assert.False(checks["readyz"]);
        Assert.Equal("1 of 2 checks are well", result.Output.Select(check => (PSKube.Output.ClusterCheck)check.BaseObject).Single(check => check.Check == "livez").Detail);
        Assert.Contains("readyz/ping", _engine.Run("Test-KubeCluster -Detailed").Output.Select(check => ((PSKube.Output.ClusterCheck)check.BaseObject).Check));
        Assert.False(checks["Node/n1"]);
        Assert.Equal("False", _engine.Run("Test-KubeCluster -Quiet").Output.Single().ToString());
    }
}
