using System.Diagnostics;
using System.Management.Automation;
using PSKube.FaultServer;

namespace PSKube.EngineTests;

/// <summary>Names, questions, conflicts, discovery and odd values: what goes to the server, and what a user is told.</summary>
public sealed class CaseTests : FaultFixture
{
    private static string Pod(string name, string uid = "u") => $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{uid}}}"}}""";

    private static string List(params string[] items) => $$"""{"metadata":{},"items":[{{string.Join(',', items)}}]}""";

    private static void Is(ErrorRecord error, string id, ErrorCategory category, string message)
    {
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> BadNames() => ["", " ", ".", "..", "a/b", "a?dryRun=All", "a%2f..", "a#x", new string('a', 254), "größe", "a\nb", "a\\b", "a\u001bcb"];

    [Theory]
    [MemberData(nameof(BadNames))]
    public void T35_WhatCanBeNoName_IsAnErrorOfItsOwn_AndNothingIsSent(string name)
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(Pod("a")));
        foreach (string command in new[] { "Get-KubePod $n", "Remove-KubePod $n -Confirm:$false", "Get-KubePod a -Namespace $n", "Remove-KubePod a -Namespace $n -Confirm:$false", "New-KubePod $n nginx", "Set-KubeScale \"deployment/$n\" -Replicas 1", "Restart-KubeRollout \"deployment/$n\"", "Invoke-KubeExec $n -Command x", "Get-KubeLog $n", "New-KubeConfigMap $n @{}" })
        {
            // A question mark is a wildcard there; see T38.
            if (name.Contains('?', StringComparison.Ordinal) && command is "Get-KubePod $n" or "Remove-KubePod $n -Confirm:$false") continue;
            // TYPE/NAME, of a type that the server does not have.
            if (name == "a/b" && command is "Invoke-KubeExec $n -Command x" or "Get-KubeLog $n") continue;
            ErrorRecord error = Engine.Run(command, ("n", name)).Error;
            string id = error.FullyQualifiedErrorId.Split(',')[0];
            Assert.True(id is "KubeInvalidName" or "KubeInputInvalid" or "ParameterArgumentValidationError" or "ParameterArgumentValidationErrorEmptyStringNotAllowed", $"{command}: {id} {error.Exception.Message}");
            Assert.True(error.CategoryInfo.Category is ErrorCategory.InvalidArgument or ErrorCategory.InvalidData, $"{command}: {error.CategoryInfo.Category} {error.Exception.Message}");
            Assert.DoesNotContain('\u001b', error.Exception.Message);
        }

        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a&command=rm")]
    [InlineData("a?x")]
    public void T35_AContainerThatThePodDoesNotHave_IsAskedNothing(string container)
    {
        ScriptedServer server = Serve(request => ScriptedReply.Ok("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","namespace":"default"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running"}}"""));
        foreach (string command in new[] { "Invoke-KubeExec p -Container $c -Command x", "Get-KubeLog p -Container $c" }) Is(Engine.Run(command, ("c", container)).Error, "KubeContainerNotFound", ErrorCategory.ObjectNotFound, "is not valid for pod p");
        Assert.All(server.Requests, request => Assert.EndsWith("/pods/p", request.Path, StringComparison.Ordinal));
    }

    public static TheoryData<string> Removing() => [.. TalkingCommands.All.Select(pair => pair.Name).Where(name => name.StartsWith("Remove-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Removing))]
    public void T36_WhoSaysNothing_RemovesNothing(string command)
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("a"))));
        ErrorRecord error = Engine.Run($"{command} -Confirm:$false").Error;
        Assert.True(error.FullyQualifiedErrorId.Split(',')[0] is "MissingMandatoryParameter" or "AmbiguousParameterSet", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [MemberData(nameof(Removing))]
    public void T37_AnEmptyPipeline_RemovesNothing(string command)
    {
        ScriptedServer server = Serve(_ => ScriptedReply.Ok(List(Pod("a"))));
        Assert.Empty(Engine.Run($"@() | {command} -Confirm:$false").Errors);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("-All", 0)]
    [InlineData("*", 0)]
    [InlineData("-LabelSelector app=x", 0)]
    [InlineData("-All -IgnoreNotFound:$false", 1)]
    [InlineData("a, b", 1)]
    [InlineData("a, b -IgnoreNotFound", 0)]
    public void WhatWentByItself_AfterItWasFound_IsNoError(string which, int errors)
    {
        ScriptedServer server = Serve(request => request.Method == "GET" ? ScriptedReply.Ok(List(Pod("a"), Pod("b"))) : request.Path.EndsWith("/a", StringComparison.Ordinal) ? ScriptedReply.Refuse(404, "NotFound", "pods \"a\" not found") : ScriptedReply.Ok("{}"));
        EngineResult result = Engine.Run($"Remove-KubePod {which} -Confirm:$false");
        Assert.Equal(errors, result.Errors.Count);
        Assert.Equal(2, server.Requests.Count(request => request.Method == "DELETE"));
    }

    [Fact]
    public void T38_AStar_IsMatchedHere_AndAsksForEachObject()
    {
        ScriptedServer server = Serve(request => ScriptedReply.Ok(request.Method == "GET" ? List(Pod("a"), Pod("b"), Pod("c")) : "{}"));
        Engine.Choices.Enqueue(0);
        Engine.Choices.Enqueue(2);
        Engine.Choices.Enqueue(0);
        Assert.Empty(Engine.Run("Remove-KubePod * -Confirm").Errors);
        Assert.Empty(Engine.Choices);
        // They are removed side by side, so either may come first.
        Assert.Equal(["a", "c"], server.Requests.Where(request => request.Method == "DELETE").Select(request => request.Path.Split('/')[^1]).Order());
        // What looks like a query is a pattern too, and goes nowhere.
        Assert.Empty(Engine.Run("Remove-KubePod 'a?dryRun=All' -Confirm:$false; Get-KubePod 'a?dryRun=All'").Output);
        Assert.DoesNotContain(server.Requests, request => request.Target.Contains("dryRun", StringComparison.Ordinal));
        // No to all.
        Engine.Choices.Enqueue(3);
        Engine.Run("Remove-KubePod * -Confirm");
        Assert.Equal(2, server.Requests.Count(request => request.Method == "DELETE"));
        Assert.DoesNotContain(server.Requests, request => request.Target.Contains('*', StringComparison.Ordinal) || request.Target.Contains("%2A", StringComparison.OrdinalIgnoreCase));
    }

    private string[] Complete(string input)
    {
        using PowerShell shell = PowerShell.Create(Engine.Runspace);
        return [.. CommandCompletion.CompleteInput(input, input.Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
    }

    [Fact]
    public void T66_AServerThatSaysNothing_IsNotWaitedForAtTheTabKey()
    {
        using var server = new ScriptedServer(_ => ScriptedReply.Open("{"));
        string file = Folder.Write("config", server.Kubeconfig());
        var lag = new SchedulingLag();
        var clock = Stopwatch.StartNew();
        Assert.Empty(Complete($"Get-KubePod -Kubeconfig '{file}' -Name w"));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2.5) + lag.Waited, $"It took {clock.Elapsed}.");
        Assert.NotEmpty(server.Requests);
        Assert.Equal("0", Engine.Run("$Error.Count").Output.Single().ToString());
    }

    [Fact]
    public void T66_TheTabKey_StartsNoPlugin()
    {
        if (OperatingSystem.IsWindows()) return;
        using ScriptedServer server = ScriptedServer.Always(ScriptedReply.Ok(List(Pod("web"))));
        string plugin = Folder.Script("plugin", $"touch '{Folder.Path}/ran'; sleep 30");
        string file = Folder.Write("config", server.Kubeconfig(user: $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{plugin}', interactiveMode: IfAvailable}}"));
        Engine.Run("$null = Connect-KubeCluster -Kubeconfig $file -TrustKubeconfig", ("file", file));
        Assert.Empty(Complete($"Get-KubePod -Kubeconfig '{file}' -Name w"));
        Assert.False(File.Exists(Path.Combine(Folder.Path, "ran")));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void T66_NamesOfAHostileServer_AreCompletedAsText()
    {
        using ScriptedServer server = ScriptedServer.Always(ScriptedReply.Ok(List(Pod("w'; calc; '"), Pod("w$(calc)"), Pod("w-1"))));
        string file = Folder.Write("config", server.Kubeconfig());
        Assert.Equal(["'w''; calc; '''", "'w$(calc)'", "w-1"], Complete($"Get-KubePod -Kubeconfig '{file}' -Name w"));
    }

    public static TheoryData<string> Changing() => [.. TalkingCommands.Changing];

    [Theory]
    [MemberData(nameof(Changing))]
    public void T67_WithWhatIfOrANo_NoCommandChangesAnything(string command)
    {
        ScriptedServer server = Serve(ScriptedApi.Answer);
        string line = TalkingCommands.Line(command).Replace(" -Confirm:$false", "", StringComparison.Ordinal);
        Engine.Run($"{line} -WhatIf");
        Engine.Run($"$WhatIfPreference = $true; {line}");
        Engine.Run($"$WhatIfPreference = $false; {line} -Confirm");
        Assert.All(server.Requests, request => Assert.Equal("GET", request.Method));
        Assert.DoesNotContain(server.Requests, request => request.Path.EndsWith("/exec", StringComparison.Ordinal));
        // The same line would have changed something.
        int before = server.Requests.Count;
        if (command is not "Invoke-KubeExec" and not "Invoke-KubePod" and not "Undo-KubeRollout" and not "Resume-KubeRollout" and not "Restore-KubeScale")
        {
            Engine.Run($"{line} -Confirm:$false");
            Assert.Contains(server.Requests.Skip(before), request => request.Method != "GET");
        }
    }

    [Theory]
    [InlineData("Continue", "a c", 1, 1)]
    [InlineData("SilentlyContinue", "a c", 1, 1)]
    [InlineData("Ignore", "a c", 0, 0)]
    [InlineData("Stop", "a", 1, 0)]
    public void T68_EachErrorAction_DoesWhatItSays(string action, string read, int remembered, int collected)
    {
        ScriptedServer server = Serve(request => request.Path.EndsWith("/b", StringComparison.Ordinal) ? ScriptedReply.Refuse(404, "NotFound", "pods \\\"b\\\" not found") : ScriptedReply.Ok(Pod(request.Path.Split('/')[^1])));
        EngineResult result = Engine.Run($$"""
            $Error.Clear()
            $seen = @(try { 'a', 'b', 'c' | Get-KubePod -ErrorAction {{action}} -ErrorVariable ev | ForEach-Object Name } catch [PSKube.Errors.KubeApiException] { })
            "$seen".Trim(); @($Error | Where-Object { $_.FullyQualifiedErrorId -like 'KubeNotFound,*' }).Count; @($ev | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }).Count
            """);
        Assert.Equal(action == "Stop" ? 2 : 3, server.Requests.Count);
        Assert.Equal([read, $"{remembered}", $"{collected}"], result.Output.Select(item => item.ToString()));
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public void T76_AFieldManagerThatCannotBe_IsRefusedBeforeAnythingIsSent(string command)
    {
        if (!Engine.Run($"(Get-Command {command}).Parameters.ContainsKey('FieldManager')").Output.Single().BaseObject.Equals(true)) return;
        ScriptedServer server = Serve(ScriptedApi.Answer);
        string line = TalkingCommands.Line(command);
        foreach (string manager in new[] { "", new string('m', 129) }) Is(Engine.Run($"{line} -FieldManager $m", ("m", manager)).Errors[0], "ParameterArgumentValidationError", ErrorCategory.InvalidData, "FieldManager");
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void T77_AReplaceThatComesTooLate_IsAConflict_AndNotTriedBlindly()
    {
        ScriptedServer server = Serve(request => request.Method == "PUT" ? ScriptedReply.Refuse(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again") : ScriptedApi.Answer(request));
        ErrorRecord error = Engine.Run("Set-KubeScale deployment/a -Replicas 4 -ResourceVersion 7").Error;
        Is(error, "KubeConflict", ErrorCategory.InvalidOperation, "the object has been modified");
        Assert.Contains("read it again", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("\"resourceVersion\":\"7\"", Assert.Single(server.Requests, request => request.Method == "PUT").Body, StringComparison.Ordinal);
        // A condition on the count is looked at anew before each attempt, as kubectl does.
        int before = server.Requests.Count;
        Is(Engine.Run("Set-KubeScale deployment/a -Replicas 4 -CurrentReplicas 2").Error, "KubeConflict", ErrorCategory.InvalidOperation, "the object has been modified");
        string[] methods = [.. server.Requests.Skip(before).Select(request => request.Method)];
        Assert.Equal(methods.Select((_, i) => i % 2 == 0 ? "GET" : "PUT"), methods);
        Assert.InRange(methods.Length, 2, 22);
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public void T77_NoChange_WritesBackAWholeObject(string command)
    {
        // A stream that stays open is not what this is about.
        if (command is "Invoke-KubeExec" or "Invoke-KubePod") return;
        ScriptedServer server = Serve(ScriptedApi.Answer);
        Engine.Run($"{TalkingCommands.Line(command)}{(TalkingCommands.Line(command).Contains("-Confirm", StringComparison.Ordinal) ? "" : " -Confirm:$false")}");
        Assert.NotEmpty(server.Requests);
        Assert.DoesNotContain(server.Requests, request => request.Method == "PUT");
        Assert.All(server.Requests.Where(request => request.Method == "PATCH"), patch => Assert.DoesNotContain("\"status\"", patch.Body, StringComparison.Ordinal));
    }

    [Fact]
    public void T78_AnObjectThatWasMadeAnew_IsAConflict_AndTheNextIsDeleted()
    {
        ScriptedServer server = Serve(request => request.Method == "GET" ? ScriptedReply.Ok(List(Pod("a", "old"), Pod("b", "b")))
            : request.Path.EndsWith("/a", StringComparison.Ordinal) ? ScriptedReply.Refuse(409, "Conflict", "Precondition failed: UID in precondition: old, UID in object meta: new") : ScriptedReply.Ok("{}"));
        Is(Engine.Run("Get-KubePod | Remove-KubePod -Confirm:$false").Error, "KubeConflict", ErrorCategory.InvalidOperation, "UID in precondition");
        // They are sent side by side.
        List<SeenRequest> deletes = [.. server.Requests.Where(request => request.Method == "DELETE").OrderBy(request => request.Path, StringComparer.Ordinal)];
        Assert.Equal(["a", "b"], deletes.Select(request => request.Path.Split('/')[^1]));
        Assert.Contains("\"uid\":\"old\"", deletes[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void T79_CtrlC_EndsTheWaitForADeletion_NotTheDeletion()
    {
        ScriptedServer server = Serve(ScriptedApi.Answer);
        Engine.Stop("Remove-KubePod late -Namespace waits -Wait -Confirm:$false", () => server.Requests.Any(request => request.Target.Contains("watch=true", StringComparison.Ordinal)));
        Assert.Equal(["DELETE"], server.Requests.Select(request => request.Method).Where(method => method != "GET"));
    }

    [Fact]
    public void T82_AKindOfTheWholeCluster_IsReadWithoutTheNamespace_WithAWarning()
    {
        ScriptedServer server = Serve(ScriptedApi.Answer);
        EngineResult result = Engine.Run("Get-KubeNode -Namespace shop; Get-KubeResource node -Namespace shop");
        Assert.Equal(2, result.Warnings.Count);
        Assert.All(result.Warnings, warning => Assert.Contains("-Namespace shop is ignored", warning, StringComparison.Ordinal));
        Assert.Equal(2, server.Requests.Count(request => request.Path == "/api/v1/nodes"));
        Engine.Run("@{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'a' } } | Invoke-KubeApply -Namespace shop");
        Assert.Contains(server.Requests, request => request.Method == "PATCH" && request.Path == "/api/v1/namespaces/a");
    }

    [Fact]
    public void T82_NothingOfTheWholeCluster_IsRemovedWhereANamespaceWasMeant()
    {
        ScriptedServer server = Serve(ScriptedApi.Answer);
        Is(Engine.Run("Remove-KubeNamespace a -Namespace shop -Confirm:$false").Error, "KubeInvalidArgument", ErrorCategory.InvalidArgument, "live in no namespace");
        Assert.DoesNotContain(server.Requests, request => request.Method == "DELETE");
    }

    /// <summary>Two groups of custom kinds, of which the first one's server has a trouble of its own.</summary>
    private ScriptedServer ServeGroups(ScriptedReply trouble, string groups = """{"name":"broken.example.com","versions":[{"version":"v1"}]},{"name":"example.com","versions":[{"version":"v1"}]}""") => Serve(request => request.Path switch
    {
        "/apis" => ScriptedReply.Ok($$"""{"groups":[{{groups}}]}"""),
        "/apis/broken.example.com/v1" => trouble,
        "/apis/example.com/v1/namespaces/default/things" => ScriptedReply.Ok("""{"items":[{"metadata":{"name":"t"}}]}"""),
        _ => ScriptedApi.Answer(request),
    });

    public static TheoryData<string, ScriptedReply> Troubles() => new()
    {
        { "503", ScriptedReply.Refuse(503, "ServiceUnavailable", "the server is currently unable to handle the request") },
        { "404", new ScriptedReply(404, "404 page not found") { ContentType = "text/plain" } },
        { "403", ScriptedReply.Refuse(403, "Forbidden", "no") },
        { "HTML", new ScriptedReply(200, "<html>sign in</html>") { ContentType = "text/html" } },
        { "cut", ScriptedReply.Ok("""{"resources":[]}""") with { OnlyBytes = 5, Reset = true } },
        { "nonsense", ScriptedReply.Ok("""{"resources":[7,{"name":7,"kind":[],"namespaced":"yes","verbs":"get","shortNames":[null]}]}""") },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public void T83_OneApiThatIsDown_DoesNotHideTheOthers(string trouble, ScriptedReply reply)
    {
        ServeGroups(reply);
        EngineResult result = Engine.Run("Get-KubeResource things");
        Assert.Empty(result.Errors);
        Assert.Equal("t", Assert.Single(result.Output).Properties["metadata"].Value is PSObject metadata ? metadata.Properties["name"].Value : null);
        if (trouble == "nonsense") return;
        Assert.Contains("broken.example.com/v1 cannot be read", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void T83_NonsenseAmongTheGroups_DoesNotHideTheOthers()
    {
        ServeGroups(ScriptedReply.Ok("{}"), """{},7,{"name":7},{"name":"x.example.com","versions":[{},7,null],"preferredVersion":7},{"name":"example.com","versions":[{"version":"v1"}]}""");
        EngineResult result = Engine.Run("Get-KubeResource things");
        Assert.Empty(result.Errors);
        Assert.Single(result.Output);
    }

    [Fact]
    public void T84_AShortNameOfSeveralGroups_IsAnErrorThatListsThem()
    {
        ServeGroups(ScriptedReply.Ok("""{"resources":[{"name":"things","singularName":"thing","kind":"Thing","namespaced":true,"verbs":["list"]}]}"""));
        ErrorRecord error = Engine.Run("Get-KubeResource things").Error;
        Is(error, "KubeKindAmbiguous", ErrorCategory.InvalidArgument, "things.broken.example.com");
        Assert.Contains("things.example.com", error.Exception.Message, StringComparison.Ordinal);
        Assert.Single(Engine.Run("Get-KubeResource things.example.com").Output);
    }

    [Theory]
    [InlineData("Get-KubeDeployment")]
    [InlineData("Get-KubeDeployment a")]
    [InlineData("New-KubeDeployment a nginx")]
    public void T86_AnApiThatTheServerDoesNotHave_IsToldAsSuch_WithItsVersion(string command)
    {
        Serve(request => request.Path == "/version" ? ScriptedReply.Ok("""{"major":"1","minor":"8","gitVersion":"v1.8.3"}""")
            : request.Path == "/apis" ? ScriptedReply.Ok("""{"groups":[]}""")
            : request.Path.StartsWith("/apis/", StringComparison.Ordinal) ? new ScriptedReply(404, "404 page not found\n") { ContentType = "text/plain" } : ScriptedApi.Answer(request));
        ErrorRecord error = Engine.Run(command).Error;
        Is(error, "KubeNotSupported", ErrorCategory.NotImplemented, "v1.8.3");
        Assert.Contains("does not have the API apps/v1", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(404, ((PSKube.Errors.KubeApiException)error.Exception).StatusCode);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"0001-01-01T00:00:00Z\"")]
    [InlineData("\"9999-12-31T23:59:59Z\"")]
    [InlineData("\"2016-12-31T23:59:60Z\"")]
    [InlineData("\"2016-12-31T23:59:59.123456789+14:00\"")]
    [InlineData("\"FUTURE\"")]
    [InlineData("\"PAST\"")]
    public void T88_OddTimes_DoNotHideTheirObjects(string time)
    {
        string value = time.Replace("FUTURE", $"{DateTime.UtcNow.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}", StringComparison.Ordinal).Replace("PAST", $"{DateTime.UtcNow.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}", StringComparison.Ordinal);
        Serve(_ => ScriptedReply.Ok($$$"""{"items":[{"metadata":{"name":"odd","creationTimestamp":{{{value}}}},"status":{"phase":"Running","startTime":{{{value}}}}},{{{Pod("b")}}}]}"""));
        EngineResult result = Engine.Run("Get-KubePod");
        Assert.Empty(result.Errors);
        Assert.Equal(2, result.Output.Count);
        Assert.Matches(@"odd\s+0/0\s+Running", Engine.Show("Get-KubePod"));
    }

    [Fact]
    public void T89_ASecretWithAnyBytes_IsReadAsItIs()
    {
        byte[] bytes = [0, 255, 10, 13, 0xC3];
        Serve(_ => ScriptedReply.Ok($$$"""{"items":[{"metadata":{"name":"s"},"data":{"k":"{{{Convert.ToBase64String(bytes)}}}","empty":""}}]}"""));
        var secret = (k8s.Models.V1Secret)Engine.Run("Get-KubeSecret").Output.Single().BaseObject;
        Assert.Equal(bytes, secret.Data["k"]);
        Assert.Empty(secret.Data["empty"]);
    }

    [Fact]
    public void T89_ASecretThatIsNoBase64_IsAnErrorWithoutItsValue_AndTheOthersComeOut()
    {
        Serve(_ => ScriptedReply.Ok("""{"items":[{"metadata":{"name":"a"},"data":{"k":"!canary!"}},{"metadata":{"name":"b"},"data":{"k":"eA=="}}]}"""));
        EngineResult result = Engine.Run("Get-KubeSecret");
        Assert.Equal("b", Assert.Single(result.Output).Properties["Name"].Value);
        Is(result.Error, "KubeResponseInvalid", ErrorCategory.InvalidResult, "secret/a");
        Assert.DoesNotContain("canary", result.Error.Exception.ToString(), StringComparison.Ordinal);
    }
}
