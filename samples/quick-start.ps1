<#
.SYNOPSIS
The tutorial on a machine where nothing is: starts a sandbox, a Kubernetes cluster in this process's memory, and runs
samples/tutorial.ps1 there. Prints what kubectl would print and, at the end, how to do the same on a cluster of your own.
#>
[CmdletBinding()]
param(
    # Seconds of the sandbox in one of ours: at 10 no step makes you wait, and each can still be seen happening.
    [double] $Speed = 10
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSKube)) { Import-Module PSKube }

Out-Host -InputObject "# Start-KubeSandbox -Speed $Speed"
$sandbox = Start-KubeSandbox -Speed $Speed -PassThru
try {
    $sandbox | Out-Host
    & "$PSScriptRoot/tutorial.ps1"
}
finally {
    Stop-KubeSandbox -Sandbox $sandbox
}

Out-Host -InputObject @'

That was a sandbox in memory: nothing was installed and nothing is left. The same on your own cluster, in PowerShell:

    Connect-KubeCluster YOUR-CONTEXT
    ./samples/tutorial.ps1
'@
