#requires -Version 7.4
<#
.SYNOPSIS
Measures PSKube beside kubectl, in one run, so that only their ratio counts.

.DESCRIPTION
Needs a cluster that may be filled (KUBECONFIG; tests/cluster/cluster.sh start --no-node makes one), kubectl, and a built
module. Pods are created in the namespace pskube-bench with a scheduler that does not exist, so that nothing runs them.
-Quick takes 1,000 pods and fewer rounds.
#>
[CmdletBinding()]
param([int] $Pods = 10000, [int] $Rounds = 5, [switch] $Quick, [switch] $Keep)

$ErrorActionPreference = 'Stop'
if ($Quick) { $Pods = [Math]::Min($Pods, 1000); $Rounds = 3 }
$root = (Resolve-Path (Join-Path $PSScriptRoot '..' '..')).Path
$module = Join-Path $root 'out' 'PSKube' 'PSKube.psd1'
$pwsh = & "$PSScriptRoot/../Get-PwshPath.ps1"
$space = 'pskube-bench'
Import-Module $module

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int][Math]::Floor($Values.Count / 2)] }

function Measure-Rounds([scriptblock] $Script) { Get-Median @(1..$Rounds | ForEach-Object { [GC]::Collect(); (Measure-Command $Script).TotalMilliseconds }) }

# A script in a new process; it writes numbers, the median of each is taken.
function Measure-Fresh([string] $Script) {
    $samples = 1..$Rounds | ForEach-Object { , @(& $pwsh -NoProfile -NonInteractive -Command "`$ProgressPreference = 'SilentlyContinue'; $Script") }
    0..($samples[0].Count - 1) | ForEach-Object { $i = $_; Get-Median @($samples | ForEach-Object { [double]$_[$i] }) }
}

function Initialize-Pods {
    @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = $space } } | Invoke-KubeApply | Out-Null
    $have = @(kubectl get pods -n $space -o name 2>$null).Count
    if ($have -ge $Pods) { return }
    # About 13 KB a pod, as pods of real clusters are.
    $filler = @{}
    1..40 | ForEach-Object { $filler["example.com/note-$_"] = 'x' * 250 }
    "creating $($Pods - $have) pods ..."
    $have..($Pods - 1) | ForEach-Object -ThrottleLimit 8 -Parallel {
        if (-not (Get-Module PSKube)) { Import-Module $using:module }
        New-KubePod "p$_" nginx -Namespace $using:space -Label @{ app = "a$($_ % 50)" } -Annotation $using:filler -Overrides @{ spec = @{ schedulerName = 'none' } } | Out-Null
    }
}

$results = [System.Collections.Generic.List[object]]::new()
function Add-Result([string] $Work, [double] $Ours, [string] $Against = '', [double] $Theirs = 0, [string] $Unit = 'ms') {
    $results.Add([pscustomobject]@{
            Work = $Work; PSKube = ('{0:n0} {1}' -f $Ours, $Unit); Against = $Against
            Theirs = $(if ($Theirs) { '{0:n0} {1}' -f $Theirs, $Unit }); Ratio = $(if ($Theirs) { '{0:n2}' -f ($Ours / $Theirs) })
        })
}

Initialize-Pods
$count = @(kubectl get pods -n $space -o name).Count

# Import and first command, each in a new process; the time is counted from within.
$import = Measure-Fresh "`$t = [Diagnostics.Stopwatch]::StartNew(); Import-Module '$module'; `$t.Elapsed.TotalMilliseconds; `$t.Restart(); Get-KubePod -Namespace kube-system -Limit 3 | Out-Null; `$t.Elapsed.TotalMilliseconds; `$t.Restart(); Get-KubePod -Namespace kube-system -Limit 3 | Out-Null; `$t.Elapsed.TotalMilliseconds"
$small = Measure-Rounds { kubectl get pods -n kube-system | Out-Null }
Add-Result 'Import-Module, new process' $import[0]
Add-Result 'first Get-KubePod after import' $import[1] 'kubectl get pods, a process' $small
Add-Result 'next Get-KubePod' $import[2] 'kubectl get pods, a process' $small

# All pods to the pipeline: time, first object, memory beyond what the process had.
$all = Measure-Fresh @"
Import-Module '$module'; Get-KubePod -Namespace kube-system | Out-Null
`$before = [Diagnostics.Process]::GetCurrentProcess().WorkingSet64
`$t = [Diagnostics.Stopwatch]::StartNew(); `$first = 0; `$n = 0
Get-KubePod -Namespace $space | ForEach-Object { if (`$n++ -eq 0) { `$first = `$t.Elapsed.TotalMilliseconds } }
`$cold = `$t.Elapsed.TotalMilliseconds
`$t.Restart(); Get-KubePod -Namespace $space | ForEach-Object { `$n++ }; `$warm = `$t.Elapsed.TotalMilliseconds
`$p = [Diagnostics.Process]::GetCurrentProcess(); `$p.Refresh()
`$cold; `$first; `$warm; (`$p.PeakWorkingSet64 - `$before) / 1MB
"@
$table = Measure-Rounds { kubectl get pods -n $space | Out-Null }
$json = Measure-Rounds { kubectl get pods -n $space -o json | Out-Null }
$raw = Measure-Rounds { kubectl get --raw "/api/v1/namespaces/$space/pods" | Out-Null }
Add-Result "$count pods to the pipeline, cold" $all[0] 'kubectl get --raw, whole list' $raw
Add-Result "$count pods to the pipeline, warm" $all[2] 'kubectl get --raw, whole list' $raw
Add-Result "$count pods to the pipeline, warm" $all[2] 'kubectl get pods (table)' $table
Add-Result "$count pods to the pipeline, warm" $all[2] 'kubectl get pods -o json' $json
Add-Result 'its first object, cold' $all[1]
Add-Result 'its peak memory beyond import' $all[3] '' 0 'MB'

# 1,000 documents.
$file = Join-Path ([IO.Path]::GetTempPath()) "pskube-bench-$PID.yaml"
1..1000 | ForEach-Object { New-KubeDeployment "d$_" nginx -Replicas 3 -Port 80 -Env @{ A = 'b'; C = 'd' } -Label @{ tier = 'front' } -Resources @{ limits = @{ memory = '200Mi' } } -DryRun Client } | ConvertTo-KubeYaml -Path $file
ConvertFrom-KubeYaml -Path $file | Out-Null
$ours = Measure-Rounds { ConvertFrom-KubeYaml -Path $file | Out-Null }
$theirs = Measure-Rounds { kubectl annotate --local -f $file k=v -o name | Out-Null }
Add-Result 'ConvertFrom-KubeYaml, 1,000 deployments in one file' $ours 'kubectl annotate --local, a process' $theirs
Remove-Item $file

$results | Format-Table -AutoSize | Out-String -Width 200
if (-not $Keep) { Remove-KubeResource "namespace/$space" -Confirm:$false }
