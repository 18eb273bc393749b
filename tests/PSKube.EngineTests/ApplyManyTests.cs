using System.Management.Automation;

namespace PSKube.EngineTests;

/// <summary>An apply of many objects of a kind looks at them by a list: what it does to each is the same, and it asks less.</summary>
public sealed class ApplyManyTests : IDisposable
{
    private const string Maps = "function Maps($value, $count = 30) { 1..$count | ForEach-Object { @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = \"m$_\" }; data = @{ x = $value } } } }; ";

    private readonly Engine _engine = new();

    public ApplyManyTests() => _engine.Run("Start-KubeSandbox");

    public void Dispose()
    {
        _engine.Run("Stop-KubeSandbox");
        _engine.Dispose();
    }

    private List<string> Run(string script)
    {
        EngineResult result = _engine.Run("$global:asked = @(Get-KubeSandboxRequest).Count; " + Maps + script);
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(item => item.ToString())];
    }

    /// <summary>How often the server was asked so, since the last run began.</summary>
    private int Asked(string verb) => Assert.IsType<int>(_engine.Run($"@(@(Get-KubeSandboxRequest)[$asked..9999] | Where-Object {{ $_.Verb -eq '{verb}' -and $_.Resource -in 'configmaps', 'secrets' }}).Count").Output.Single().BaseObject);

    private static IEnumerable<string> Names(int count, string action) => Enumerable.Range(1, count).Select(i => $"m{i} {action}");

    [Fact]
    public void WhatIsNew_IsNotReadBefore()
    {
        Assert.Equal(Names(30, "Created"), Run("Maps a | Invoke-KubeApply | ForEach-Object { \"$($_.Name) $($_.ApplyAction)\" }"));
        Assert.Equal((1, 0, 30), (Asked("list"), Asked("get"), Asked("patch")));
    }

    [Fact]
    public void WhatIsThereAlready_IsNeitherReadNorSent_AndComesAsItIs()
    {
        Run("Maps a | Invoke-KubeApply | Out-Null");
        _engine.Run("@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'm7' }; data = @{ y = 'other' } } | Invoke-KubeApply -FieldManager other");
        Assert.Equal(Names(30, "Unchanged"), Run("$global:applied = @(Maps a | Invoke-KubeApply); $applied | ForEach-Object { \"$($_.Name) $($_.ApplyAction)\" }"));
        Assert.Equal((1, 0, 0), (Asked("list"), Asked("get"), Asked("patch")));
        Assert.Equal("ConfigMap v1 other", _engine.Run("$m = $applied[6]; \"$($m.Kind) $($m.ApiVersion) $($m.Data['y'])\"").Output.Single().ToString());
    }

    [Fact]
    public void WhatIsOtherwise_IsChanged()
    {
        Run("Maps a 25 | Invoke-KubeApply | Out-Null");
        Assert.Equal(Names(25, "Configured").Concat(Names(30, "Created").Skip(25)), Run("Maps b | Invoke-KubeApply | ForEach-Object { \"$($_.Name) $($_.ApplyAction)\" }"));
        Assert.Equal((1, 25, 30), (Asked("list"), Asked("get"), Asked("patch")));
        Assert.Equal(["b"], Run("Get-KubeConfigMap -Name m* | ForEach-Object { $_.Data['x'] }").Distinct());
    }

    [Fact]
    public void TheSameObjectTwice_IsReadAnewForTheSecondTime()
    {
        Assert.Equal(
            Names(30, "Created").Concat(Names(2, "Configured")).Append("m3 Unchanged"),
            Run("@(Maps a) + @(Maps b 2) + @(@(Maps a 3)[2]) | Invoke-KubeApply | ForEach-Object { \"$($_.Name) $($_.ApplyAction)\" }"));
        Assert.Equal(["b", "b", "a"], Run("Get-KubeConfigMap m1, m2, m3 | ForEach-Object { $_.Data['x'] }"));
    }

    [Fact]
    public void WhoMayNotList_ReadsEach()
    {
        Run("Maps a | Invoke-KubeApply | Out-Null");
        Assert.Equal(Names(30, "Unchanged"), Run("Set-KubeSandboxFault list configmaps 403; Maps a | Invoke-KubeApply | ForEach-Object { \"$($_.Name) $($_.ApplyAction)\" }"));
        Assert.Equal((30, 0), (Asked("get"), Asked("patch")));
    }

    [Fact]
    public void WhereTheNamespaceHasFarMore_TheRestIsReadByItself()
    {
        Run("1..200 | ForEach-Object { New-KubeConfigMap \"a$_\" @{ x = 'y' } } | Out-Null; Maps a | Invoke-KubeApply | Out-Null");
        Assert.Equal(Names(30, "Unchanged"), Run("Maps a | Invoke-KubeApply | ForEach-Object { \"$($_.Name) $($_.ApplyAction)\" }"));
        Assert.Equal((3, 30, 0), (Asked("list"), Asked("get"), Asked("patch")));
    }

    [Fact]
    public void FewObjects_AndSecrets_AreReadOneByOne()
    {
        Run("Maps a 19 | Invoke-KubeApply | Out-Null");
        Assert.Equal((0, 19), (Asked("list"), Asked("get")));
        Run("1..30 | ForEach-Object { @{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = \"s$_\" }; stringData = @{ x = 'y' } } } | Invoke-KubeApply | Out-Null");
        Assert.Equal((0, 30), (Asked("list"), Asked("get")));
    }

    [Fact]
    public void EachNamespace_HasItsOwnList()
    {
        Run("New-KubeNamespace other | Out-Null");
        Assert.Equal(60, Run("Maps a | Invoke-KubeApply; Maps a | ForEach-Object { $_.metadata.namespace = 'other'; $_ } | Invoke-KubeApply").Count);
        Assert.Equal((2, 0, 60), (Asked("list"), Asked("get"), Asked("patch")));
        Assert.Equal(30, Run("Get-KubeConfigMap m* -Namespace other").Count);
    }
}
