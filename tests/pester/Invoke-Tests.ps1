<#
.SYNOPSIS
Runs the Pester files over the packed module, and closes with the sum: 'N passed, N failed, N skipped'.

.DESCRIPTION
Blocks with the tag Cluster need a real one, named by PSKUBE_TEST_KUBECONFIG. Tier 3 is all the others, tier 4 is those; without
-Tier everything runs that can. With -Sandbox the blocks with the tag Cluster run on a sandbox that listens, in a process of its
own; those with the tag Table are left out there, since they compare with kubectl's tables, which a sandbox does not send, and those
with the tag Real, since a sandbox knows no roles, no tokens of service accounts and no certificates of users.
#>
[CmdletBinding()]
param(
    [string[]] $Path = $PSScriptRoot,

    [ValidateSet(3, 4)]
    [int] $Tier,

    [switch] $Sandbox
)

$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.5
$configuration = New-PesterConfiguration
# From a command line several files come as one text.
$configuration.Run.Path = $Path -split ','
$configuration.Run.PassThru = $true
if ($Tier -eq 4) { $configuration.Filter.Tag = 'Cluster' }
elseif ($Tier -eq 3 -or -not $env:PSKUBE_TEST_KUBECONFIG) { $configuration.Filter.ExcludeTag = 'Cluster' }
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
if ($Sandbox) {
    $configuration.Filter.Tag = 'Cluster'
    $configuration.Filter.ExcludeTag = 'Table', 'Real'
    $module = (Resolve-Path (Join-Path $PSScriptRoot '..' '..' 'out' 'PSKube' 'PSKube.psd1')).Path
    $told = Join-Path ([IO.Path]::GetTempPath()) "pskube-sandbox-$PID"
    $pwsh = & "$PSScriptRoot/../Get-PwshPath.ps1"
    # One node, as the real cluster of these tests has.
    $script = @"
Import-Module '$module'
`$box = Start-KubeSandbox -Node 1 -Listen -PassThru
`$box.Kubeconfig | Set-Content '$told.new'
Move-Item '$told.new' '$told'
while (Test-Path '$told') { Start-Sleep -Milliseconds 200 }
Stop-KubeSandbox
"@
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))
    $process = Start-Process $pwsh -ArgumentList '-NoProfile', '-EncodedCommand', $encoded -PassThru
    foreach ($try in 1..300) { if (Test-Path $told) { break }; Start-Sleep -Milliseconds 100 }
    if (-not (Test-Path $told)) { throw 'The sandbox did not start.' }
    $env:PSKUBE_TEST_KUBECONFIG = Get-Content $told
}

try { $result = Invoke-Pester -Configuration $configuration }
finally {
    if ($Sandbox) {
        Remove-Item $told
        if (-not $process.WaitForExit(10000)) { $process.Kill() }
    }
}

"Pester: $($result.PassedCount) passed, $($result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount) failed, $($result.SkippedCount) skipped"
exit ([int]($result.Result -ne 'Passed'))
