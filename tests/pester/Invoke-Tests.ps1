<#
.SYNOPSIS
Runs the Pester files over the packed module, and closes with the sum: 'N passed, N failed, N skipped'.

.DESCRIPTION
Blocks with the tag Cluster need a real one, named by PSKUBE_TEST_KUBECONFIG. Tier 3 is all the others, tier 4 is those; without
-Tier everything runs that can.
#>
[CmdletBinding()]
param(
    [string[]] $Path = $PSScriptRoot,

    [ValidateSet(3, 4)]
    [int] $Tier
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
$result = Invoke-Pester -Configuration $configuration
"Pester: $($result.PassedCount) passed, $($result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount) failed, $($result.SkippedCount) skipped"
exit ([int]($result.Result -ne 'Passed'))
