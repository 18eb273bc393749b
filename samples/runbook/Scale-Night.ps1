#requires -Version 7.4
<#
.SYNOPSIS
Scales down for the night what carries the label office-hours; Restore-KubeScale brings it back in the morning.

.DESCRIPTION
Saving twice does no harm, so whatever went wrong on the way may simply be run again. What cannot be scaled down is an error of
its own, and does not keep the others up.
#>
[CmdletBinding()]
param([string] $LabelSelector = 'office-hours')

if (-not (Get-Module PSKube)) { Import-Module PSKube }

# A conflict, or a server that is just being restarted, is worth a second try; a refusal is not.
function Invoke-Twice([scriptblock] $Action) {
    try { & $Action }
    catch [PSKube.Errors.KubeApiException] {
        if ($_.Exception.StatusCode -notin 409, 503) { throw }
        Start-Sleep -Seconds 1
        & $Action
    }
}

foreach ($deployment in Invoke-Twice { Get-KubeDeployment -AllNamespaces -LabelSelector $LabelSelector -ErrorAction Stop }) {
    try { Invoke-Twice { $deployment | Save-KubeScale -ErrorAction Stop } }
    catch { $PSCmdlet.WriteError($_) }
}
