using System.Management.Automation;
using PSKube.Commands;

namespace PSKube.EngineTests;

/// <summary>One line of script for each cmdlet that talks to a cluster. A new cmdlet has to be given its line here, or the tests over all of them fail.</summary>
internal static class TalkingCommands
{
    private static readonly Dictionary<string, string> s_lines = new(StringComparer.Ordinal)
    {
        ["Add-KubeContainer"] = "Add-KubeContainer deployment/a -Container side -Image busybox",
        ["Add-KubeInitContainer"] = "Add-KubeInitContainer deployment/a -Container first -Image busybox",
        ["Add-KubeSidecar"] = "Add-KubeSidecar deployment/a -Container side -Image busybox",
        ["Add-KubeToleration"] = "Add-KubeToleration deployment/a -ControlPlane",
        ["Add-KubeVolume"] = "Add-KubeVolume deployment/a -Volume v -Secret s -MountPath /s",
        ["Get-KubeDescription"] = "Get-KubeDescription pod/a",
        ["Get-KubeEvent"] = "Get-KubeEvent",
        ["Get-KubeLog"] = "Get-KubeLog a",
        ["Get-KubeResource"] = "Get-KubeResource things.example.com",
        ["Get-KubeRolloutHistory"] = "Get-KubeRolloutHistory deployment/a",
        ["Get-KubeRolloutStatus"] = "Get-KubeRolloutStatus deployment/a",
        ["Get-KubeWorkload"] = "Get-KubeWorkload",
        ["Invoke-KubeApply"] = "@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'a' } } | Invoke-KubeApply",
        ["Invoke-KubeExec"] = "Invoke-KubeExec a -Command date",
        ["Invoke-KubePod"] = "Invoke-KubePod busybox -Command date",
        ["New-KubeAutoscaler"] = "New-KubeAutoscaler deployment/a -Max 5 -Cpu 80%",
        ["New-KubeConfigMap"] = "New-KubeConfigMap a @{ k = 'v' }",
        ["New-KubeCronJob"] = "New-KubeCronJob a busybox '*/5 * * * *'",
        ["New-KubeDaemonSet"] = "New-KubeDaemonSet a nginx",
        ["New-KubeDeployment"] = "New-KubeDeployment a nginx",
        ["New-KubeJob"] = "New-KubeJob a busybox",
        ["New-KubeNamespace"] = "New-KubeNamespace a",
        ["New-KubePersistentVolumeClaim"] = "New-KubePersistentVolumeClaim a 1Gi",
        ["New-KubePod"] = "New-KubePod a nginx",
        ["New-KubeReplicaSet"] = "New-KubeReplicaSet a nginx",
        ["New-KubeSecret"] = "New-KubeSecret a @{ k = 'v' }",
        ["New-KubeService"] = "New-KubeService a -Port 80",
        ["New-KubeStatefulSet"] = "New-KubeStatefulSet a nginx",
        ["Remove-KubeResource"] = "Remove-KubeResource pod/a -Confirm:$false",
        ["Restart-KubeRollout"] = "Restart-KubeRollout deployment/a",
        ["Restore-KubeScale"] = "Restore-KubeScale deployment/a",
        ["Resume-KubeRollout"] = "Resume-KubeRollout deployment/a",
        ["Save-KubeScale"] = "Save-KubeScale deployment/a",
        ["Set-KubeEnv"] = "Set-KubeEnv deployment/a -Env @{ K = 'v' }",
        ["Set-KubeImage"] = "Set-KubeImage deployment/a -Image x:2",
        ["Set-KubeProbe"] = "Set-KubeProbe deployment/a -Readiness -HttpGet /healthz -Port 80",
        ["Set-KubeResourceLimit"] = "Set-KubeResourceLimit deployment/a -Limits @{ memory = '1Gi' }",
        ["Set-KubeScale"] = "Set-KubeScale deployment/a -Replicas 2",
        ["Suspend-KubeRollout"] = "Suspend-KubeRollout deployment/a",
        ["Test-KubeCluster"] = "Test-KubeCluster",
        ["Test-KubeWorkload"] = "Test-KubeWorkload deployment/a",
        ["Undo-KubeRollout"] = "Undo-KubeRollout deployment/a -Confirm:$false",
        ["Wait-KubeResource"] = "Wait-KubeResource pod/a",
        ["Wait-KubeRollout"] = "Wait-KubeRollout deployment/a",
        ["Watch-KubeResource"] = "Watch-KubeResource pod",
    };

    /// <summary>Every cmdlet that talks to a cluster. Enter-KubePod does so only with a terminal, and is driven through one in <c>tests/pester/Exec.Tests.ps1</c>.</summary>
    public static IEnumerable<(string Name, Type Type)> All => Engine.Cmdlets().Where(pair => typeof(KubeApiCmdlet).IsAssignableFrom(pair.Type)).Select(pair => (NameOf(pair.Name), pair.Type)).Where(pair => pair.Item1 != "Enter-KubePod");

    /// <summary>Every cmdlet that changes something on a cluster.</summary>
    public static IEnumerable<string> Changing => All.Where(pair => Engine.Cmdlets().Any(other => other.Type == pair.Type && other.Name.SupportsShouldProcess)).Select(pair => pair.Name);

    /// <summary>A line of script that runs the cmdlet.</summary>
    public static string Line(string name)
    {
        if (s_lines.TryGetValue(name, out string? line)) return line;
        Type type = All.Single(pair => pair.Name == name).Type;
        if (typeof(ReadKindCmdlet).IsAssignableFrom(type)) return name;
        if (typeof(RemoveNamedCmdlet).IsAssignableFrom(type)) return $"{name} a -Confirm:$false";
        throw new InvalidOperationException($"{name} needs a line in {nameof(TalkingCommands)}.");
    }

    private static string NameOf(CmdletAttribute name) => $"{name.VerbName}-{name.NounName}";
}
