<#
.SYNOPSIS
Mixed work on a real cluster whose API server is killed, whose network is cut and whose etcd is held still: is anything lost?

.DESCRIPTION
Makes a control plane of its own with cluster.sh (so it needs root on Debian), beside any other. Several runspaces create, apply, patch,
scale, remove, list and wait; two watches run all the time. A ledger keeps each change with what its command reported. At the end kubectl
reads everything, and each change has to be as it was reported:

  done                                    it is there
  failed                                  it is not there
  failed, and it may have been made       either

Anything else is lost, as is a list that lacked what was there, and an object whose last state a watch did not tell. Then, and when the
watches end before they are ended, the script exits with 1.

.EXAMPLE
tests/cluster/Soak.ps1 -Minutes 30
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 1440)] [int] $Minutes = 30,
    [ValidateRange(1, 16)] [int] $Workers = 4,
    # How long a worker rests after each command, on average.
    [int] $PauseMilliseconds = 400,
    [int] $Port = 17443,
    [string] $State = '/var/tmp/pskube-soak',
    # Where the ledger, one file for each worker, is left.
    [string] $Ledger = (Join-Path ([IO.Path]::GetTempPath()) "pskube-soak-$PID"),
    [int] $Seed = 1,
    # A copy, where out/PSKube may be built anew meanwhile.
    [string] $Module = (Join-Path $PSScriptRoot '..' '..' 'out' 'PSKube')
)

$ErrorActionPreference = 'Stop'
$module = (Resolve-Path (Join-Path $Module 'PSKube.psd1')).Path
$cluster = Join-Path $PSScriptRoot 'cluster.sh'
$env:PSKUBE_CLUSTER_PORT, $env:PSKUBE_CLUSTER_STATE = $Port, $State
if (-not (Get-Command kubectl -ErrorAction Ignore)) { throw 'kubectl is needed, to read what was done by another way.' }
function Invoke-Cluster { & bash $cluster @args 2>&1 | Out-Null; if ($LASTEXITCODE) { throw "cluster.sh $args failed." } }
Invoke-Cluster start --no-node
$kubeconfig = Join-Path $State 'kubeconfig'
$env:KUBECONFIG = $kubeconfig
Import-Module $module
$space = 'soak'
New-KubeNamespace $space | Out-Null
$null = New-Item -ItemType Directory -Force $Ledger
Get-ChildItem $Ledger -Filter '*.jsonl' | Remove-Item

# Each request that .NET sends, answered or not.
Add-Type @'
using System.Diagnostics.Metrics;
using System.Threading;
public static class SoakCounter
{
    private static readonly MeterListener s_listener = new();
    private static long s_requests;
    public static long Requests => Interlocked.Read(ref s_requests);
    public static void Start()
    {
        s_listener.InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == "System.Net.Http" && instrument.Name == "http.client.request.duration") listener.EnableMeasurementEvents(instrument); };
        s_listener.SetMeasurementEventCallback<double>((instrument, value, tags, state) => Interlocked.Increment(ref s_requests));
        s_listener.Start();
    }
}
'@
[SoakCounter]::Start()

$control = [hashtable]::Synchronized(@{ Stop = $false; StopWatch = $false })

$work = {
    param($number, $module, $space, $file, $control, $pause, $seed)
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    $ProgressPreference = 'SilentlyContinue'
    Import-Module $module
    $random = [Random]::new($seed + $number)
    # Half of the workers have little patience: what they give up, the server may do later.
    $in = if ($number % 2) { @{ Namespace = $space; RequestTimeout = '8s' } } else { @{ Namespace = $space } }
    $maps = [Collections.Generic.List[hashtable]]::new()
    $deployments = [Collections.Generic.List[hashtable]]::new()
    $passing = [Collections.Generic.List[hashtable]]::new()
    $counter = 0
    $writer = [IO.StreamWriter]::new($file)
    $writer.AutoFlush = $true

    function Write-Entry([hashtable] $entry) { $entry.time = [DateTime]::UtcNow.ToString('o'); $writer.WriteLine(($entry | ConvertTo-Json -Compress)) }

    # Does one thing; 'done', 'failed', or 'open' when the error says that it may have been made.
    function Step([string] $op, [string] $kind, [string] $name, $value, [scriptblock] $command) {
        $entry = @{ op = $op; kind = $kind; name = $name; value = $value }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        try {
            $entry.output = & $command
            $entry.outcome = 'done'
        }
        catch {
            $id = ($_.FullyQualifiedErrorId -split ',')[0]
            $entry.error = $id
            # The wait was in vain; the change that it was for has been made.
            $entry.outcome = if ($_.Exception.MayHaveBeenMade) { 'open' } elseif ($id -in 'KubeWaitTimeout', 'KubeWaitFailed') { 'done' } else { 'failed' }
            $entry.message = $_.Exception.Message
        }
        $entry.took = [int]$clock.ElapsedMilliseconds
        Write-Entry $entry
        $entry.outcome
    }

    while (-not $control.Stop) {
        $counter++
        $dice = $random.Next(100)
        if ($dice -lt 8 -and $maps.Count -lt 50 -or -not $maps.Count) {
            $name = "m$number-$counter"
            $outcome = Step create configmap $name $null { $null = New-KubeConfigMap $name @{ made = 'yes' } -Label @{ worker = "w$number" } @in }
            if ($outcome -eq 'done') { $maps.Add(@{ Name = $name; Keys = [Collections.Generic.List[string]]::new() }) }
        }
        elseif ($dice -lt 38) {
            # Each change is a key of its own, under a manager of its own: none covers up that another is missing.
            $map = $maps[$random.Next($maps.Count)]
            $key = "k$counter"
            $manifest = "apiVersion: v1`nkind: ConfigMap`nmetadata: {name: $($map.Name)}`ndata: {$key`: 'yes'}"
            $outcome = Step key configmap $map.Name $key { $null = $manifest | Invoke-KubeApply -FieldManager "soak-$key" @in }
            if ($outcome -eq 'done') { $map.Keys.Add($key) }
            if ($map.Keys.Count -ge 30) { $null = $maps.Remove($map) }
        }
        elseif ($dice -lt 44 -and $deployments.Count -lt 6 -or -not $deployments.Count) {
            $name = "d$number-$counter"
            $outcome = Step create deployment $name 0 { $null = New-KubeDeployment $name nginx -Replicas 0 -Label @{ worker = "w$number" } -Wait:($counter % 2) -Timeout 1m @in }
            if ($outcome -eq 'done') { $deployments.Add(@{ Name = $name; Keys = [Collections.Generic.List[string]]::new() }) }
        }
        elseif ($dice -lt 57) {
            $deployment = $deployments[$random.Next($deployments.Count)]
            $key = "K$counter"
            $outcome = Step key deployment $deployment.Name $key { $null = Set-KubeEnv "deployment/$($deployment.Name)" -Env @{ $key = 'yes' } @in }
            if ($outcome -eq 'done') { $deployment.Keys.Add($key) }
        }
        elseif ($dice -lt 67) {
            $deployment = $deployments[$random.Next($deployments.Count)]
            $replicas = $random.Next(3)
            $null = Step scale deployment $deployment.Name $replicas { $null = Set-KubeScale "deployment/$($deployment.Name)" -Replicas $replicas @in }
        }
        elseif ($dice -lt 71) {
            # Without a node only none is ready.
            $deployment = $deployments[$random.Next($deployments.Count)]
            $null = Step scale deployment $deployment.Name 0 { $null = Set-KubeScale "deployment/$($deployment.Name)" -Replicas 0 -Wait -Timeout 1m @in }
        }
        elseif ($dice -lt 77 -and $passing.Count -lt 10) {
            $name = "p$number-$counter"
            $outcome = Step create configmap $name $null { $null = New-KubeConfigMap $name @{ made = 'yes' } -Label @{ passing = "w$number" } @in }
            if ($outcome -eq 'done') { $passing.Add(@{ Name = $name }) }
        }
        elseif ($dice -lt 83 -and $passing.Count) {
            $one = $passing[$random.Next($passing.Count)]
            $null = $passing.Remove($one)
            $null = Step remove configmap $one.Name $null { Remove-KubeConfigMap $one.Name -Confirm:$false -Wait:($counter % 2) -Timeout 1m @in }
        }
        elseif ($dice -lt 92) {
            $lacks = $null
            $null = Step list configmap "w$number" $null {
                $there = @{}
                foreach ($map in Get-KubeConfigMap -LabelSelector "worker=w$number" @in) { $there[$map.Name] = $map }
                foreach ($map in $maps) {
                    if (-not $there[$map.Name]) { "lacks $($map.Name)" }
                    else { foreach ($key in $map.Keys) { if (-not $there[$map.Name].Data.ContainsKey($key)) { "lacks $($map.Name) $key" } } }
                }
            }
        }
        elseif ($dice -lt 96) {
            $deployment = $deployments[$random.Next($deployments.Count)]
            $null = Step get deployment $deployment.Name $null {
                $env = (Get-KubeDeployment $deployment.Name @in).Spec.Template.Spec.Containers[0].Env.Name
                foreach ($key in $deployment.Keys) { if ($key -cnotin $env) { "lacks $($deployment.Name) $key" } }
            }
        }
        else {
            $deployment = $deployments[$random.Next($deployments.Count)]
            $null = Step wait deployment $deployment.Name $null { $null = Wait-KubeResource "deployment/$($deployment.Name)" -Property status.observedGeneration -Timeout 1m @in }
        }
        Start-Sleep -Milliseconds ($random.Next($pause) + $pause / 2)
    }
    $writer.Dispose()
}

# What a watch has told last of each object, and whether it told an old thing after a new one.
$watch = {
    param($kind, $module, $space, $seen, $told, $control)
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    Import-Module $module
    while (-not $control.StopWatch) {
        try {
            Watch-KubeResource $kind -Namespace $space 3>$null | ForEach-Object {
                $told.Events++
                $last = $seen[$_.Name]
                # The version of an object that went unseen is not known.
                $version = "$($_.Object.Metadata.ResourceVersion)"
                if ($last -and $version -and $last.Version -and [long]$version -le [long]$last.Version) { $told.Again++ }
                $seen[$_.Name] = @{ Change = "$($_.Change)"; Version = $version }
                if ($control.StopWatch) { break }
            }
            if (-not $control.StopWatch) { $told.Ended++; $told.Why += "$([DateTime]::Now.ToString('HH:mm:ss.fff')) it ended without an error`n" }
        }
        catch {
            $told.Ended++
            $told.Why += "$([DateTime]::Now.ToString('HH:mm:ss.fff')) $($_.FullyQualifiedErrorId): $($_.Exception)`n"
            Start-Sleep 1
        }
    }
}

$memory = [Collections.Generic.List[object]]::new()
function Add-Memory([TimeSpan] $At) {
    [GC]::Collect(); [GC]::WaitForPendingFinalizers(); [GC]::Collect()
    $process = [Diagnostics.Process]::GetCurrentProcess()
    $memory.Add([pscustomobject]@{ Minute = [Math]::Round($At.TotalMinutes, 1); ManagedMB = [Math]::Round([GC]::GetTotalMemory($false) / 1MB, 1); WorkingSetMB = [Math]::Round($process.WorkingSet64 / 1MB); Handles = $process.HandleCount; Threads = $process.Threads.Count })
    Write-Information "$([DateTime]::Now.ToString('HH:mm:ss')) memory $($memory[-1])" -InformationAction Continue
}

$watches = foreach ($kind in 'configmap', 'deployment') {
    $seen = [hashtable]::Synchronized(@{})
    $told = [hashtable]::Synchronized(@{ Events = 0; Again = 0; Ended = 0; Why = '' })
    [pscustomobject]@{ Kind = $kind; Seen = $seen; Told = $told; Job = Start-ThreadJob $watch -ArgumentList $kind, $module, $space, $seen, $told, $control -ThrottleLimit 32 }
}
$jobs = foreach ($number in 1..$Workers) { Start-ThreadJob $work -ArgumentList $number, $module, $space, (Join-Path $Ledger "$number.jsonl"), $control, $PauseMilliseconds, $Seed -ThrottleLimit 32 }

# The API server killed five times, once of them while nobody can hear it die.
$plan = 'kill', 'cut', 'pause', 'kill', 'cut', 'pause', 'kill', 'killed while cut off', 'pause', 'kill', 'cut', 'pause'
$injected = [ordered]@{ 'API server killed' = 0; 'network cut' = 0; 'etcd paused' = 0 }
$length = [TimeSpan]::FromMinutes($Minutes)
$slot = $length * 0.92 / $plan.Count
$clock = [Diagnostics.Stopwatch]::StartNew()
$nextMemory = [TimeSpan]::Zero
$step = 0
while ($clock.Elapsed -lt $length) {
    if ($clock.Elapsed -ge $nextMemory) { Add-Memory $clock.Elapsed; $nextMemory += [TimeSpan]::FromMinutes($Minutes -ge 10 ? 5 : 1) }
    if ($step -lt $plan.Count -and $clock.Elapsed -ge $slot * ($step + 0.5)) {
        $fault = $plan[$step++]
        Write-Information "$([DateTime]::Now.ToString('HH:mm:ss')) $fault" -InformationAction Continue
        switch ($fault) {
            'kill' { Invoke-Cluster crash apiserver; $injected['API server killed']++ }
            'cut' { Invoke-Cluster cut 20; $injected['network cut']++ }
            'pause' { Invoke-Cluster pause etcd 15; $injected['etcd paused']++ }
            'killed while cut off' {
                $cut = Start-Process bash -ArgumentList $cluster, 'cut', '20' -PassThru
                Start-Sleep 3
                Invoke-Cluster crash apiserver
                $cut.WaitForExit()
                $injected['API server killed']++
                $injected['network cut']++
            }
        }
    }
    Start-Sleep -Milliseconds 500
}
$control.Stop = $true
$null = $jobs | Wait-Job -Timeout 180
$stuck = @($jobs | Where-Object State -NE Completed)
$failedWorkers = $jobs | Receive-Job -ErrorAction Continue 2>&1
# How many requests it was, before the reading begins.
$requests = [SoakCounter]::Requests

# By another way: what is there now.
function Read-All {
    $there = @{}
    foreach ($item in (& kubectl get 'configmaps,deployments' -n $space -o json | ConvertFrom-Json -AsHashtable).items) {
        $keys = if ($item.kind -eq 'ConfigMap') { @($item.data.Keys) } else { @($item.spec.template.spec.containers[0].env | ForEach-Object { $_.name }) }
        $there["$($item.kind.ToLowerInvariant())/$($item.metadata.name)"] = @{ Keys = [Collections.Generic.HashSet[string]]::new([string[]]@($keys | Where-Object { $_ })); Replicas = $item.spec.replicas; Version = $item.metadata.resourceVersion; Name = $item.metadata.name }
    }
    if (-not $there.Count) { throw 'kubectl read nothing.' }
    $there
}

# The watches get half a minute to tell the last of it; a controller may still be at work.
$missed = @()
foreach ($try in 1..30) {
    $there = Read-All
    $missed = @(foreach ($one in $watches) {
        foreach ($object in $there.GetEnumerator().Where{ $_.Key -like "$($one.Kind)/*" }.Value) {
            $last = $one.Seen[$object.Name]
            if (-not $last -or $last.Change -eq 'Deleted' -or $last.Version -ne $object.Version) { "$($one.Kind)/$($object.Name): $($last.Change) $($last.Version), but it is $($object.Version)" }
        }
        foreach ($name in @($one.Seen.Keys)) { if (-not $there["$($one.Kind)/$name"] -and $one.Seen[$name].Change -ne 'Deleted') { "$($one.Kind)/$name`: its end" } }
    })
    if (-not $missed) { break }
    Start-Sleep 1
}
$control.StopWatch = $true
Add-Memory $clock.Elapsed

$lost = [Collections.Generic.List[string]]::new()
$entries = @(Get-ChildItem $Ledger -Filter '*.jsonl' | Get-Content | ConvertFrom-Json -AsHashtable)
$changes = @($entries | Where-Object { $_.op -in 'create', 'key', 'scale', 'remove' })
$openMade = 0
foreach ($group in $changes | Group-Object { "$($_.kind)/$($_.name)" }) {
    $now = $there[$group.Name]
    $removed = @($group.Group | Where-Object op -EQ remove)
    foreach ($change in $group.Group) {
        $is = switch ($change.op) {
            'create' { [bool]$now }
            'key' { $now -and $now.Keys.Contains($change.value) }
            'remove' { -not $now }
            default { $null }
        }
        if ($change.op -eq 'create' -and $removed.Where{ $_.outcome -ne 'failed' }) { continue }
        if ($change.outcome -eq 'done' -and $is -eq $false) { $lost.Add("$($group.Name): $($change.op) $($change.value) was reported done, and is not there") }
        if ($change.outcome -eq 'failed' -and $is -eq $true) { $lost.Add("$($group.Name): $($change.op) $($change.value) was reported failed ($($change.error)), and was made") }
        if ($change.outcome -eq 'open' -and $is) { $openMade++ }
    }
    # A number is what was last reported done, or what may have been made at any time since its deployment is there.
    $scales = @($group.Group | Where-Object { $_.op -eq 'scale' -or ($_.op -eq 'create' -and $_.kind -eq 'deployment') })
    if ($now -and $scales) {
        $allowed = @($scales | Where-Object outcome -EQ done | Select-Object -Last 1) + @($scales | Where-Object outcome -EQ open)
        if ($now.Replicas -notin $allowed.value) { $lost.Add("$($group.Name): has $($now.Replicas) replicas, not $($allowed.value -join ' or ')") }
    }
}
foreach ($read in $entries | Where-Object { $_.output }) { foreach ($line in @($read.output)) { $lost.Add("$($read.time) $($read.op): $line, which was reported done") } }

$errors = @($entries | Where-Object error | Group-Object { $_.error + $(if ($_.outcome -eq 'open') { ' (may have been made)' } elseif ($_.op -in 'list', 'get', 'wait') { ' (a read)' }) } | Sort-Object Count -Descending)
$ended = ($watches.Told.Ended | Measure-Object -Sum).Sum
$again = ($watches.Told.Again | Measure-Object -Sum).Sum
$rows = [ordered]@{
    'length' = "$Minutes minutes, $Workers runspaces and 2 watches"
    'commands' = $entries.Count
    'requests' = $requests
    'faults injected' = ($injected.GetEnumerator() | ForEach-Object { "$($_.Key) $($_.Value)" }) -join ', '
    'changes asked for' = $changes.Count
    'changes reported done' = @($changes | Where-Object outcome -EQ done).Count
    'changes reported failed, and not made' = @($changes | Where-Object outcome -EQ failed).Count
    'changes that may have been made, by their error' = "$(@($changes | Where-Object outcome -EQ open).Count), of which $openMade were seen to be"
    'changes lost' = $lost.Count
    'lists and reads checked' = @($entries | Where-Object { $_.op -in 'list', 'get' -and $_.outcome -eq 'done' }).Count
    'errors reported, by id' = ($errors | ForEach-Object { "$($_.Name) $($_.Count)" }) -join ', '
    'watch events' = ($watches.Told.Events | Measure-Object -Sum).Sum
    'watch events missed, told twice' = "$($missed.Count), $again"
    'watches that ended' = $ended
    'longest command' = "$([Math]::Round(($entries.took | Measure-Object -Maximum).Maximum / 1000, 1)) s"
    'memory at the start' = "$($memory[0].ManagedMB) MB managed, $($memory[0].WorkingSetMB) MB working set"
    'memory at the end' = "$($memory[-1].ManagedMB) MB managed, $($memory[-1].WorkingSetMB) MB working set"
}
'| | |'
'|---|---|'
foreach ($row in $rows.GetEnumerator()) { "| $($row.Key) | $($row.Value) |" }
''
'| minute | managed MB | working set MB | handles | threads |'
'|---|---|---|---|---|'
foreach ($one in $memory) { "| $($one.Minute) | $($one.ManagedMB) | $($one.WorkingSetMB) | $($one.Handles) | $($one.Threads) |" }
''
foreach ($line in $lost) { "LOST: $line" }
foreach ($line in $missed) { "MISSED: $line" }
foreach ($one in $watches) { if ($one.Told.Ended) { "ENDED: the watch of $($one.Kind), $($one.Told.Ended) times: $($one.Told.Why)" } }
foreach ($one in $stuck) { "STUCK: $($one.Name) $($one.State)" }
foreach ($line in $failedWorkers) { "WORKER: $line" }
"The ledger is in $Ledger."
Invoke-Cluster stop
# A watch without an event does not see that it is to end.
[Environment]::Exit([int]($lost.Count -or $missed.Count -or $ended -or $again -or $stuck -or $failedWorkers))
