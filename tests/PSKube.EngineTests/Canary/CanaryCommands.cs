using System.Management.Automation;
using System.Management.Automation.Language;

namespace PSKube.EngineTests.Canary;

/// <summary>A line of script for every command that the module exports. A new one has to be given its line here or in <see cref="TalkingCommands"/>, or its test fails.</summary>
internal static class CanaryCommands
{
    /// <summary>
    /// Lines that differ from those of <see cref="TalkingCommands"/>, because there is a Secret to be about, or because the command has to
    /// end by itself; and those of commands that talk to nobody. $data, $secret, $yaml and $pod are the test's.
    /// </summary>
    private static readonly Dictionary<string, string> Lines = new(StringComparer.Ordinal)
    {
        ["Connect-KubeCluster"] = "Connect-KubeCluster",
        ["ConvertFrom-KubeYaml"] = "$yaml | ConvertFrom-KubeYaml",
        ["ConvertTo-KubeDaemonSet"] = "New-KubeDeployment a nginx -DryRun Client | ConvertTo-KubeDaemonSet",
        ["ConvertTo-KubeDeployment"] = "New-KubePod a nginx -DryRun Client | ConvertTo-KubeDeployment",
        ["ConvertTo-KubeJob"] = "New-KubePod a nginx -DryRun Client | ConvertTo-KubeJob",
        ["ConvertTo-KubeJson"] = "$secret | ConvertTo-KubeJson",
        ["ConvertTo-KubePod"] = "New-KubeDeployment a nginx -DryRun Client | ConvertTo-KubePod",
        ["ConvertTo-KubeStatefulSet"] = "New-KubeDeployment a nginx -DryRun Client | ConvertTo-KubeStatefulSet",
        ["ConvertTo-KubeYaml"] = "$secret | ConvertTo-KubeYaml",
        ["Disconnect-KubeCluster"] = "Disconnect-KubeCluster",
        ["Enter-KubePod"] = "Enter-KubePod p",
        ["Get-KubeContext"] = "Get-KubeContext",
        ["Get-KubeDescription"] = "Get-KubeDescription secret/a",
        ["Get-KubePolicy"] = "Get-KubePolicy",
        ["Get-KubeResource"] = "Get-KubeResource secret",
        ["Get-KubeSandboxRequest"] = "Start-KubeSandbox; $null = New-KubeSecret a $data; Get-KubeSandboxRequest; $requests = Get-KubeSandboxRequest; $requests.Body; Stop-KubeSandbox; $requests | Select-Object",
        ["Invoke-KubeApply"] = "$yaml | Invoke-KubeApply",
        ["New-KubeContainer"] = "New-KubeContainer a nginx",
        ["New-KubeSecret"] = "New-KubeSecret a $data",
        ["Remove-KubeResource"] = "Remove-KubeResource secret/a -Confirm:$false",
        ["Set-KubePolicy"] = "Set-KubePolicy AllowAll -PassThru",
        ["Set-KubeSandboxFault"] = "Start-KubeSandbox; Set-KubeSandboxFault patch deployments 403; Stop-KubeSandbox",
        ["Set-KubeSandboxPod"] = "Start-KubeSandbox; Set-KubeSandboxPod web* -Log line; Stop-KubeSandbox",
        ["Start-KubeSandbox"] = "Start-KubeSandbox -Seed $yaml -PassThru; Get-KubeSecret; Stop-KubeSandbox",
        ["Stop-KubeSandbox"] = "Start-KubeSandbox; Stop-KubeSandbox",
        ["Use-KubeContext"] = "Use-KubeContext basic -Kubeconfig $kubeconfig",
        ["Wait-KubeResource"] = "Wait-KubeResource pod/ready -Timeout 20",
        ["Wait-KubeRollout"] = "Wait-KubeRollout deployment/ready -Timeout 20",
        ["Watch-KubeResource"] = "Watch-KubeResource secret -Timeout 2",
    };

    /// <summary>Lines on which commands that talk to nobody fail over something secret. $torn is a manifest, and $broken are kubeconfigs, that cannot be read.</summary>
    private static readonly Dictionary<string, string> Failing = new(StringComparer.Ordinal)
    {
        ["Connect-KubeCluster"] = "foreach ($one in $broken) { Connect-KubeCluster -Kubeconfig $one }; Connect-KubeCluster -Server https://localhost:1 -Token $value",
        ["ConvertFrom-KubeYaml"] = "$torn | ConvertFrom-KubeYaml",
        ["ConvertTo-KubeYaml"] = "[pscustomobject]@{ a = { $value } } | ConvertTo-KubeYaml",
        ["ConvertTo-KubeDaemonSet"] = "$secret | ConvertTo-KubeDaemonSet",
        ["ConvertTo-KubeDeployment"] = "$secret | ConvertTo-KubeDeployment",
        ["ConvertTo-KubeJob"] = "$secret | ConvertTo-KubeJob",
        ["ConvertTo-KubePod"] = "$secret | ConvertTo-KubePod",
        ["ConvertTo-KubeStatefulSet"] = "$secret | ConvertTo-KubeStatefulSet",
        ["Get-KubeContext"] = "foreach ($one in $broken[0..3]) { Get-KubeContext -Kubeconfig $one }",
        ["Get-KubePod"] = "foreach ($one in $broken[0..3]) { Get-KubePod a -Kubeconfig $one -Context token }",
        ["Invoke-KubeApply"] = "$torn[0..1] | Invoke-KubeApply",
        ["New-KubeSecret"] = "New-KubeSecret a $data; New-KubeSecret A_ $data",
        ["Start-KubeSandbox"] = "$torn[0..1] | ForEach-Object { Start-KubeSandbox -Seed $_ }",
        ["Use-KubeContext"] = "foreach ($one in $broken[0..3]) { Use-KubeContext token -Kubeconfig $one }",
    };

    /// <summary>
    /// Commands whose objects (or whose text, where that is what they make) are the Secret itself, or hold it: whoever asks for it
    /// gets it, and with it whatever writes an object out in full. What is shown of these objects without being asked for more, the
    /// default view, is held against the canaries as everywhere.
    /// </summary>
    private static readonly HashSet<string> HandOut = ["ConvertFrom-KubeYaml", "ConvertTo-KubeJson", "ConvertTo-KubeYaml", "Get-KubeDescription", "Get-KubeResource", "Get-KubeSecret", "Invoke-KubeApply", "New-KubeSecret", "Start-KubeSandbox", "Watch-KubeResource"];

    /// <summary>Every command of the module's manifest.</summary>
    public static IEnumerable<string> Exported()
    {
        ScriptBlockAst manifest = Parser.ParseFile(Path.Combine(Engine.RepositoryRoot, "PSKube.psd1"), out _, out _);
        var map = (HashtableAst)manifest.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false);
        return ((System.Collections.IEnumerable)((System.Collections.Hashtable)map.SafeGetValue())["CmdletsToExport"]!).Cast<string>();
    }

    /// <summary>A line that runs the command where all is well.</summary>
    public static string Line(string command) => Lines.TryGetValue(command, out string? line) ? line : TalkingCommands.Line(command);

    /// <summary>A line on which a command fails by itself, or null.</summary>
    public static string? FailingLine(string command) => Failing.GetValueOrDefault(command);

    /// <summary>See <see cref="HandOut"/>.</summary>
    public static bool HandsOut(string command) => HandOut.Contains(command);

    /// <summary>Enter-KubePod does so only with a terminal, and is driven through one in <c>tests/pester/Exec.Tests.ps1</c>.</summary>
    public static bool CannotSucceed(string command) => command is "Enter-KubePod";

    /// <summary>Those whose text is the Secret: there is no view of it to hold back.</summary>
    public static bool IsText(string command) => command is "ConvertTo-KubeJson" or "ConvertTo-KubeYaml";

    /// <summary>True of a command that has -WhatIf.</summary>
    public static bool HasWhatIf(string command) => Engine.Cmdlets().Single(pair => $"{pair.Name.VerbName}-{pair.Name.NounName}" == command).Name.SupportsShouldProcess;

    /// <summary>The line with switches on every command of ours in it.</summary>
    public static string With(string line, string command, string switches)
    {
        ScriptBlockAst script = Parser.ParseInput(line, out _, out _);
        foreach (CommandAst found in script.FindAll(ast => ast is CommandAst call && call.GetCommandName() == command, searchNestedScriptBlocks: true).Cast<CommandAst>().Reverse()) line = line.Insert(found.Extent.EndOffset, " " + switches);
        return line;
    }
}
