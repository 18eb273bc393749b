using System.Collections;
using System.Management.Automation;
using System.Text;
using PSKube.FaultServer;

namespace PSKube.EngineTests.Canary;

/// <summary>While these run, the folder of temporary files is theirs.</summary>
[CollectionDefinition(nameof(CanaryTests), DisableParallelization = true)]
public sealed class CanaryCollection : ICollectionFixture<CanaryWorld>;

/// <summary>
/// A token, a password, a client key and a Secret's value are in use, and every command of the module runs with everything told:
/// answered well, refused with the request thrown back in every place that an answer has, and cut off. Of the four nothing is in a
/// stream, an error, a transcript, a temporary file or a program's arguments.
/// </summary>
[Collection(nameof(CanaryTests))]
public sealed class CanaryTests(CanaryWorld world) : IDisposable
{
    /// <summary>With the transcripts, the views and the JSON that users have.</summary>
    private readonly Engine _engine = Engine.With(typeof(Microsoft.PowerShell.Commands.StartTranscriptCommand).Assembly, typeof(Microsoft.PowerShell.Commands.ConvertToJsonCommand).Assembly);

    private readonly List<string> _found = [];

    public void Dispose() => _engine.Dispose();

    /// <summary>With -Debug the engine asks about each warning and error, and a No would end the command.</summary>
    private const string Told = "-Verbose -Debug -WarningAction Continue -ErrorAction Continue";

    public static TheoryData<string> Exported() => [.. CanaryCommands.Exported()];

    [Theory]
    [MemberData(nameof(Exported))]
    public void T34_NoCommandTellsASecret(string command)
    {
        bool talks = TalkingCommands.All.Any(pair => pair.Name == command);
        string line = CanaryCommands.With(CanaryCommands.Line(command), command, Told);
        Prepare();
        int errors = Run(Mood.Well, "token", command, line);
        if (!CanaryCommands.CannotSucceed(command)) Assert.True(errors == 0, $"{command} did not succeed: {_engine.Run("$told -join \"`n\"").Output.Single()}");
        if (CanaryCommands.HasWhatIf(command)) Run(Mood.Well, "basic", command, CanaryCommands.With(CanaryCommands.Line(command).Replace(" -Confirm:$false", "", StringComparison.Ordinal), command, "-WhatIf " + Told));
        if (CanaryCommands.FailingLine(command) is { } failing) Assert.NotEqual(0, Run(Mood.Echo500, "basic", command, CanaryCommands.With(failing, command, Told)));
        if (talks)
        {
            foreach ((Mood mood, string context) in new[] { (Mood.Echo401, "basic"), (Mood.Echo403, "token"), (Mood.Echo500, "basic") })
            {
                // Test-KubeCluster tells what is wrong instead of failing, and Get-KubeWorkload warns of the kinds that it may not read.
                Assert.True(Run(mood, context, command, line) > 0 || command == "Test-KubeCluster" || (command == "Get-KubeWorkload" && mood == Mood.Echo403), $"{command} succeeded with {mood}.");
            }
        }

        Assert.True(_found.Count == 0, string.Join("\n\n", _found));
    }

    [Theory]
    [InlineData("Get-KubeSecret")]
    [InlineData("Get-KubePod")]
    [InlineData("Get-KubeLog")]
    [InlineData("Invoke-KubeApply")]
    [InlineData("Invoke-KubeExec")]
    [InlineData("New-KubeSecret")]
    [InlineData("Remove-KubeSecret")]
    [InlineData("Watch-KubeResource")]
    public void T34_NoAnswerThatBreaksOffTellsASecret(string command)
    {
        Prepare();
        Assert.NotEqual(0, Run(Mood.Cut, "token", command, CanaryCommands.With(CanaryCommands.Line(command), command, Told)));
        Assert.True(_found.Count == 0, string.Join("\n\n", _found));
    }

    [Fact]
    public void T34_TheSecretsAreInUse()
    {
        Prepare();
        foreach (string context in new[] { "token", "basic" }) Assert.Equal(0, Run(Mood.Well, context, "Get-KubeSecret", "Get-KubeSecret"));
        Assert.Contains(world.Server.Requests, request => request.Headers["Authorization"] == $"Bearer {world.Token}");
        Assert.Contains(world.Server.Requests, request => request.Headers["Authorization"] == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"canaryuser:{world.Password}"))}");
        Assert.Contains(world.Thumbprint, world.Server.ClientCertificates);
        // What hands the Secret out does so, and the search finds it.
        Assert.NotNull(world.Find(PSSerializer.Serialize(_engine.Run("Get-KubeSecret").Output.Single(), 5)));
        Assert.NotNull(world.Find((string)_engine.Run("Get-KubeSecret | ConvertTo-KubeYaml").Output.Single().BaseObject));
        Assert.NotNull(world.Find($"… {world.Token[..12]}\n   {world.Token[12..]}"));
        Assert.Contains(Reflected.Texts(new InvalidOperationException("outer", new InvalidOperationException(world.Token))), pair => world.Find(pair.Text) is not null);
    }

    [Fact]
    public void T34_NoConnectionHoldsASecret()
    {
        Prepare();
        foreach (string script in new[] { "Connect-KubeCluster token", "Connect-KubeCluster basic", "Get-KubeContext", "Get-KubeContext -Current", "Get-KubePolicy" })
        {
            Assert.Equal(0, Run(Mood.Well, "token", "Connect-KubeCluster", script));
            Assert.NotEmpty(_engine.Run(script).Output);
        }

        using var secure = new System.Security.SecureString();
        foreach (char c in world.Token) secure.AppendChar(c);
        Succeeds(Run(Mood.Well, "token", "Connect-KubeCluster", "$PSDefaultParameterValues.Clear(); Connect-KubeCluster -Server $server -Token $secure -SkipCertificateCheck -Verbose -Debug -WarningAction Continue -ErrorAction Continue; Get-KubeSecret -Verbose -Debug -WarningAction Continue -ErrorAction Continue | Out-Null", ("secure", secure), ("server", world.Server.Address)));
        Assert.True(_found.Count == 0, string.Join("\n\n", _found));
    }

    [Fact]
    public void T34_NoPluginIsStartedWithASecret()
    {
        if (!OperatingSystem.IsLinux()) return;
        string told = Path.Combine(world.Folder.Path, "told");
        string plugin = world.Folder.Script("login", $$$"""
            tr '\0' ' ' < /proc/$$/cmdline >> '{{{told}}}'
            echo "$KUBERNETES_EXEC_INFO" >> '{{{told}}}'
            echo 'password={{{world.Password}}} Bearer {{{world.Token}}}' >&2
            [ -e '{{{told}}}.broken' ] && exit 3
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"{{{world.Token}}}"}}'
            """);
        string config = world.Folder.Write("plugin/config", world.Server.Kubeconfig(user: $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{plugin}', args: [get, token], interactiveMode: Never, provideClusterInfo: true}}", cluster: ", insecure-skip-tls-verify: true"));
        Prepare();
        Assert.Empty(_engine.Run("$null = Connect-KubeCluster -Kubeconfig $config -TrustKubeconfig", ("config", config)).Errors);
        Assert.Equal(0, Run(Mood.Well, "", "Get-KubeSecret", "Get-KubeSecret " + Told));
        // A refused token is asked for anew.
        Assert.NotEqual(0, Run(Mood.Echo401, "", "Get-KubePod", "Get-KubePod " + Told));
        File.WriteAllText(told + ".broken", "");
        Assert.NotEqual(0, Run(Mood.Echo401, "", "Get-KubePod", "Get-KubePod " + Told));
        string[] lines = File.ReadAllLines(told);
        Assert.Contains("get token", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length >= 3, "The plugin did not run each time.");
        Look("a plugin's arguments and what it was told", string.Join('\n', lines));
        Assert.True(_found.Count == 0, string.Join("\n\n", _found));
    }

    private void Prepare()
    {
        string torn = $"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  password: ";
        string user = File.ReadAllText(world.Kubeconfig);
        Dictionary<string, object?> variables = new()
        {
            ["kubeconfig"] = world.Kubeconfig,
            ["value"] = world.Value,
            ["data"] = new Hashtable { ["password"] = world.Value },
            ["yaml"] = $"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: {world.Value}\n",
            ["secret"] = new k8s.Models.V1Secret { ApiVersion = "v1", Kind = "Secret", Metadata = new k8s.Models.V1ObjectMeta { Name = "a" }, Data = new Dictionary<string, byte[]> { ["password"] = Encoding.UTF8.GetBytes(world.Value) } },
            // A password that nobody has put in quotes, and that YAML takes for something else.
            ["torn"] = new[] { $"*{world.Value}", $"!{world.Value}!x y", $"!!binary {world.Value}", $"\"{world.Value}\\q\"", $"%{world.Value}: :", $"@{world.Value}", $"{world.Value}: {world.Value}: x", $"[{world.Value}", $"- {world.Value}", $"!<{world.Value}", $"<<: {world.Value}" }.Select(value => torn + value + "\n").ToArray(),
            ["broken"] = new[]
            {
                user.Replace("token: ", "token: *", StringComparison.Ordinal),
                user.Replace("password: ", "password: *", StringComparison.Ordinal),
                user.Replace("token: ", "token: \"\\q", StringComparison.Ordinal),
                user.Replace("token: ", "token: @", StringComparison.Ordinal),
                user.Replace("token: ", "token: ä", StringComparison.Ordinal),
                user.Replace("token: ", "token: {x: y}, z: ", StringComparison.Ordinal).Replace("password: ", "password: [", StringComparison.Ordinal),
                user.Replace("username: canaryuser", "token: x", StringComparison.Ordinal).Replace("current-context: token", "current-context: basic", StringComparison.Ordinal).Replace("name: basic", "name: token", StringComparison.Ordinal),
                user.Replace("client-key-data: ", "client-key-data: x", StringComparison.Ordinal),
                user.Replace("client-key-data: ", "client-key: ", StringComparison.Ordinal).Replace("client-certificate-data: ", "client-certificate-data: x", StringComparison.Ordinal),
                user.Replace("token: ", "auth-provider: ", StringComparison.Ordinal),
                user.Replace("server: \"https://", $"server: \"https://u:{world.Password}@", StringComparison.Ordinal),
                user.Replace("server: \"https://", $"proxy-url: \"ftp://u:{world.Password}@p\", server: \"https://", StringComparison.Ordinal),
            }.Select((text, i) => world.Folder.Write($"broken-{i}", text)).ToArray(),
        };
        foreach ((string name, object? value) in variables) _engine.Runspace.SessionStateProxy.SetVariable(name, value);
    }

    /// <summary>Runs a line under a transcript, looks everywhere, and tells how many errors there were.</summary>
    private int Run(Mood mood, string context, string command, string line, params (string Name, object? Value)[] variables)
    {
        world.Mood = mood;
        string transcript = Path.Combine(world.Folder.Path, $"transcript-{Guid.NewGuid():N}");
        string script = $$$"""
            if ('{{{context}}}') { $PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $kubeconfig; '*-Kube*:Context' = '{{{context}}}' } }
            $null = Start-Transcript -Path '{{{transcript}}}'
            $Error.Clear()
            $out = @({{{line}}})
            $out | Out-Default
            $null = Stop-Transcript
            $views = @($out | Out-String -Width 300; $out | Format-Table | Out-String -Width 300; $out | ForEach-Object { "$_" })
            $listed = @($out | Format-List | Out-String -Width 300)
            $told = @($Error | Out-String -Width 300; $Error | Format-List * -Force | Out-String -Width 300; $Error | Get-Error | Out-String -Width 300; $Error | ForEach-Object { "$_" })
            $json = @($Error | ForEach-Object {
                ConvertTo-Json $_ -WarningAction SilentlyContinue
                # By way of the method that threw, or of the engine's own exceptions, all of the runtime would be written.
                $deep = if ($_.Exception -is [PSKube.Errors.KubeException]) { 10 } else { 1 }
                foreach ($part in ($_.Exception | Select-Object * -ExcludeProperty TargetSite), $_.TargetObject, $_.ErrorDetails, $_.CategoryInfo) { if ($null -ne $part) { ConvertTo-Json $part -Depth $deep -WarningAction SilentlyContinue } }
            })
            $errors = @($Error)
            """;
        _engine.Runspace.SessionStateProxy.SetVariable("errors", null);
        EngineResult result = _engine.Run(script, variables);
        string where = $"{mood}: {line}";
        Assert.DoesNotContain(result.Errors, error => error.FullyQualifiedErrorId.Contains("CommandNotFound", StringComparison.Ordinal) || error.FullyQualifiedErrorId.StartsWith("ParameterBinding", StringComparison.Ordinal));
        Assert.True(_engine.Runspace.SessionStateProxy.GetVariable("errors") is not null, string.Join('\n', result.Errors) + result.Screen);
        object[] output = Read("out");
        ErrorRecord[] errors = [.. Read("errors").Select(one => one as ErrorRecord ?? (one as RuntimeException)?.ErrorRecord!)];
        bool handsOut = CanaryCommands.HandsOut(command);
        Look($"{where}\nverbose", string.Join('\n', result.Verbose));
        Look($"{where}\ndebug", string.Join('\n', result.Debug));
        Look($"{where}\nwarnings", string.Join('\n', result.Warnings));
        Look($"{where}\nerrors as text", Text("told"));
        Look($"{where}\nerrors as JSON", Text("json"));
        if (!CanaryCommands.IsText(command))
        {
            Look($"{where}\nscreen", result.Screen);
            Look($"{where}\ntranscript", File.ReadAllText(transcript));
            Look($"{where}\nviews", Text("views"));
        }

        if (!handsOut)
        {
            Look($"{where}\nlist", Text("listed"));
            foreach (object one in output)
            {
                Walk($"{where}\noutput", one);
                Look($"{where}\noutput as CLIXML", PSSerializer.Serialize(one, 5));
            }
        }

        foreach (ErrorRecord error in errors)
        {
            Walk($"{where}\nerror", error);
            Look($"{where}\nerror as CLIXML", PSSerializer.Serialize(error, 5));
        }

        // The socket that the engine lets debuggers in by is no file.
        foreach (string file in Directory.EnumerateFiles(world.Temp, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith("CoreFxPipe_", StringComparison.Ordinal))) Look($"{where}\n{file}", Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        return errors.Length;
    }

    private void Succeeds(int errors) => Assert.True(errors == 0, Text("told"));

    private object[] Read(string variable) => [.. ((IEnumerable)_engine.Runspace.SessionStateProxy.GetVariable(variable) ?? Array.Empty<object>()).Cast<object?>().Where(one => one is not null).Select(one => one is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : one!)];

    private string Text(string variable) => string.Join('\n', Read(variable));

    private void Walk(string where, object root)
    {
        foreach ((string way, string text) in Reflected.Texts(root)) Look($"{where}: {way}", text);
    }

    private void Look(string where, string text)
    {
        if (world.Find(text) is { } seen && _found.Count < 40) _found.Add($"{where}: {seen}");
    }
}
