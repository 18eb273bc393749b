namespace PSKube.EngineTests;

/// <summary>
/// The module as it is published, beside other modules that bring a YamlDotNet of their own: each case in a fresh process,
/// since what is loaded cannot be unloaded. The Pester tier has the same in pwsh.
/// </summary>
public sealed class IsolationTests
{
    private const string Ours = "$y = New-KubeDeployment w nginx -DryRun Client -Resources @{ limits = @{ cpu = '0.5' } } | ConvertTo-KubeYaml; $d = $y | ConvertFrom-KubeYaml; if ($d.Spec.Template.Spec.Containers[0].Resources.Limits['cpu'].ToString() -ne '500m') { throw \"PSKube does not work: $y\" };";
    private static readonly string Module = Path.Combine(Engine.RepositoryRoot, "out", "PSKube", "PSKube.psd1");

    private static string Other(string version) => Path.Combine(Engine.RepositoryRoot, "out", "test-assets", version, "OtherYaml.psd1");

    private static string Library(string version) => Path.Combine(Engine.RepositoryRoot, "out", "test-assets", version, "YamlDotNet.dll");

    private static string Theirs(string version) => $"Import-Module '{Other(version)}'; $t = Test-OtherYaml; if ($t -ne '{version.Split('.')[0]} a: 1') {{ throw \"The other module does not work: $t\" }};";

    private static void Works(string script, string expected, string? first = null)
    {
        HostRun run = HostProcess.Run("$ErrorActionPreference = 'Stop'; " + script, first);
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(expected, run.Output.Trim());
    }

    [Fact]
    public void TheModelsTypes_AreNameable_AndAreThoseThatCmdletsEmit() => Works(
        "[k8s.Models.V1Deployment].FullName; (New-KubeDeployment w nginx -DryRun Client) -is [k8s.Models.V1Deployment]; [k8s.Models.V1Pod]::new().GetType().Name",
        "k8s.Models.V1Deployment\nTrue\nV1Pod");

    [Fact]
    public void YamlDotNetAndFractions_AreNowhereElse() => Works(
        Ours + "[Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name -match 'YamlDotNet|Fractions'; $own = [string[]]([Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq PSKube).Assemblies.GetName().Name; [array]::Sort($own); $own",
        "Fractions\nYamlDotNet");

    [Theory]
    [InlineData("11.2.1")]
    [InlineData("16.3.0")]
    public void AnotherYamlDotNet_MayComeAfterUs(string version) => Works(Ours + Theirs(version) + Ours + "'both'", "both");

    [Theory]
    [InlineData("11.2.1")]
    [InlineData("16.3.0")]
    public void AnotherYamlDotNet_MayHaveComeBeforeUs(string version) => Works(Theirs(version) + Ours + Theirs(version) + "'both'", "both", first: Library(version));

    [Fact]
    public void TwoForcedImports_KeepEveryCmdlet() => Works(
        $"Import-Module '{Module}' -Force; Import-Module '{Module}' -Force; {Ours} (Get-Command -Module PSKube -CommandType Cmdlet).Count",
        Engine.Cmdlets().Count().ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void AfterItsRemoval_ItCanBeImportedAgain() => Works(
        $"{Ours} Remove-Module PSKube; if (Get-Module PSKube) {{ throw 'It is still there.' }}; Import-Module '{Module}'; {Ours} 'again'",
        "again");

    [Fact]
    public void TenRunspaces_ImportAtOnce() => Works(
        $"$names = [string[]](1..10 | ForEach-Object -ThrottleLimit 10 -Parallel {{ Import-Module '{Module}'; (New-KubePod \"p$_\" nginx -DryRun Client | ConvertTo-KubeYaml | ConvertFrom-KubeYaml).Name }}); [array]::Sort($names); $names -join ' '",
        "p1 p10 p2 p3 p4 p5 p6 p7 p8 p9");
}
