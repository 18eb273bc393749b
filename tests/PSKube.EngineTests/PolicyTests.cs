using System.Management.Automation;
using PSKube.FaultServer;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>Nothing else runs meanwhile: the policy is one for the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PolicyCollection
{
    public const string Name = "The policy of this process";
}

/// <summary>What a person sees who says which plugins may run, and who is asked about a kubeconfig from elsewhere.</summary>
[Collection(PolicyCollection.Name)]
public sealed class PolicyTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();
    private readonly ScriptedServer _server = new(_ => ScriptedReply.Ok("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"default"}}"""));

    public void Dispose()
    {
        _engine.Run("Set-KubePolicy AllowAll");
        _engine.Dispose();
        _folder.Dispose();
        _server.Dispose();
    }

    /// <summary>A kubeconfig whose plugin says that it ran.</summary>
    private (string Kubeconfig, string Plugin) Download(string name = "config")
    {
        string plugin = _folder.Script($"{name}-plugin", $"echo ran >> '{Marker}'\necho '{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{{\"token\":\"t\"}}}}'\n");
        string text = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: "SERVER"}}]
            users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: "PLUGIN", interactiveMode: Never}}}]
            """.Replace("SERVER", _server.Address, StringComparison.Ordinal).Replace("PLUGIN", plugin.Replace('\\', '/'), StringComparison.Ordinal);
        return (_folder.Write(name, text), plugin);
    }

    private string Marker => Path.Combine(_folder.Path, "ran");

    [Fact]
    public void T31_ADeniedPlugin_IsNeverStarted()
    {
        if (OperatingSystem.IsWindows()) return;
        (string file, string plugin) = Download();
        _engine.Run("Connect-KubeCluster -Kubeconfig $file -TrustKubeconfig; Set-KubePolicy DenyAll", ("file", file));
        ErrorRecord error = _engine.Run("Get-KubePod a").Error;
        Assert.StartsWith("KubePluginDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.SecurityError, error.CategoryInfo.Category);
        Assert.Contains("Set-KubePolicy (DenyAll)", error.Exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Marker));
        Assert.Empty(_server.Requests);
        PSObject policy = Assert.Single(_engine.Run("Set-KubePolicy Allowlist $plugin -PassThru", ("plugin", plugin)).Output);
        Assert.Equal([plugin], (IEnumerable<string>)policy.Properties["CredentialPluginAllowlist"].Value);
        Assert.Single(_engine.Run("Get-KubePod a").Output);
        Assert.True(File.Exists(Marker));
    }

    [Fact]
    public void T31_ThePolicyIsTold_AndWhatIfLeavesIt()
    {
        _engine.Run("Set-KubePolicy DenyAll -WhatIf");
        Assert.Equal("AllowAll", _engine.Run("Get-KubePolicy").Output.Single().ToString());
        _engine.Run("Set-KubePolicy DenyAll");
        Assert.Matches(@"CREDENTIAL PLUGINS\s+ALLOWLIST\s+RULES\s[\s-]+DenyAll\s+DenyAll \(Set-KubePolicy\)", _engine.Show("Get-KubePolicy"));
    }

    [Theory]
    [InlineData("Set-KubePolicy Allowlist")]
    [InlineData("Set-KubePolicy Allowlist @()")]
    [InlineData("Set-KubePolicy Allowlist ''")]
    [InlineData("Set-KubePolicy Allowlist ./login")]
    [InlineData("Set-KubePolicy DenyAll aws")]
    public void T31_AListThatAllowsNothing_IsAMistake(string script)
    {
        Assert.StartsWith("KubeConfigInvalid,", _engine.Run(script).Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("AllowAll", _engine.Run("Get-KubePolicy").Output.Single().ToString());
    }

    [Fact]
    public void T31_TheSession_DoesNotLoosenTheEnvironment()
    {
        Environment.SetEnvironmentVariable("PSKUBE_CREDENTIAL_PLUGIN_POLICY", "DenyAll");
        try
        {
            EngineResult result = _engine.Run("Set-KubePolicy AllowAll -PassThru");
            Assert.Equal("DenyAll", result.Output.Single().ToString());
            Assert.Equal("The policy stays DenyAll: PSKUBE_CREDENTIAL_PLUGIN_POLICY is stricter.", Assert.Single(result.Warnings));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PSKUBE_CREDENTIAL_PLUGIN_POLICY", null);
        }
    }

    [Theory]
    [InlineData("Get-KubePod a -Kubeconfig $file")]
    [InlineData("Connect-KubeCluster -Kubeconfig $file")]
    public void T91_AKubeconfigFromElsewhere_AsksBeforeItRunsAProgram(string script)
    {
        if (OperatingSystem.IsWindows()) return;
        (string file, string plugin) = Download(Guid.NewGuid().ToString("n"));
        EngineResult refused = _engine.Run(script, ("file", file));
        Assert.StartsWith("KubeConfigUntrusted,", refused.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"run the program {plugin}", refused.Error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-TrustKubeconfig", refused.Error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains($"run the program {plugin}", refused.Screen, StringComparison.Ordinal);
        Assert.False(File.Exists(Marker));
        _engine.Choices.Enqueue(0);
        Assert.Empty(_engine.Run(script, ("file", file)).Errors);
        // Not again, and not for another runspace either.
        using var other = new Engine();
        EngineResult second = other.Run("Get-KubePod a -Kubeconfig $file", ("file", file));
        Assert.Empty(second.Errors);
        Assert.Equal("", second.Screen);
        Assert.True(File.Exists(Marker));
    }

    [Fact]
    public void T91_AScript_SaysYesBeforehand()
    {
        if (OperatingSystem.IsWindows()) return;
        (string file, string plugin) = Download("script");
        EngineResult result = _engine.Run("$null = Connect-KubeCluster -Kubeconfig $file -TrustKubeconfig -Verbose; Get-KubePod a", ("file", file));
        Assert.Empty(result.Errors);
        Assert.Equal("", result.Screen);
        Assert.Contains(result.Verbose, line => line.Contains(plugin, StringComparison.Ordinal));
    }

    [Fact]
    public void T91_NeitherTabNorAListOfContexts_AsksOrRuns()
    {
        (string file, _) = Download("tab");
        EngineResult result = _engine.Run("(Get-KubeContext -Kubeconfig $file).Name; (TabExpansion2 \"Get-KubePod -Kubeconfig '$file' -Name \").CompletionMatches.Count", ("file", file));
        Assert.Empty(result.Errors);
        Assert.Equal("", result.Screen);
        Assert.False(File.Exists(Marker));
        Assert.Empty(_server.Requests);
    }
}
