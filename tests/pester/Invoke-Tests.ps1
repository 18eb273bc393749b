<#
.SYNOPSIS
Runs the Pester files over the packed module, and closes with the sum: 'N passed, N failed, N skipped'.
#>
[CmdletBinding()]
param([string[]] $Path = $PSScriptRoot)

$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.5
$configuration = New-PesterConfiguration
# From a command line several files come as one text.
$configuration.Run.Path = $Path -split ','
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
$result = Invoke-Pester -Configuration $configuration
"Pester: $($result.PassedCount) passed, $($result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount) failed, $($result.SkippedCount) skipped"
exit ([int]($result.Result -ne 'Passed'))
