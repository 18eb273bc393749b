#requires -Version 7.4
<#
.SYNOPSIS
Measures PSKube beside kubectl, curl and what else does the same work, in one run, so that only their ratio counts.

.DESCRIPTION
Needs a cluster that may be filled (KUBECONFIG; tests/cluster/cluster.sh start makes one), kubectl, and a built module
(build.ps1 -Configuration Release -Runtime linux-x64). Pods and deployments are made in the namespace pskube-bench, of a scheduler
that does not exist, so that nothing runs them; exec needs a node, and is left out without one. What is compared is measured in
turns, and the median of the rounds is taken. Each row has a goal; docs/performance.md has the table and says how it was got.
-Quick takes less of everything, and fails when a ratio is more than twice its goal.
#>
[CmdletBinding()]
param(
    [int] $Pods = 10000,
    [int] $Rounds = 5,
    # Only these rows, by number.
    [int[]] $Row = 1..12,
    [switch] $Quick,
    [switch] $Keep
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
if ($Quick) { $Pods = [Math]::Min($Pods, 1000); $Rounds = 3 }
$many = $Quick ? 40 : 500
$root = (Resolve-Path (Join-Path $PSScriptRoot '..' '..')).Path
$module = Join-Path $root 'out' 'PSKube' 'PSKube.psd1'
$pwsh = & "$PSScriptRoot/../Get-PwshPath.ps1"
$space = 'pskube-bench'
$work = [IO.Directory]::CreateTempSubdirectory('pskube-bench-').FullName
Import-Module $module

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int][Math]::Floor($Values.Count / 2)] }

# Scripts by name, in turns; the median of each in milliseconds.
function Measure-Turns([System.Collections.IDictionary] $Scripts, [int] $Times = $Rounds) {
    $samples = @{}
    foreach ($round in 1..$Times) {
        foreach ($name in $Scripts.Keys) {
            [GC]::Collect()
            $samples[$name] += , (Measure-Command $Scripts[$name]).TotalMilliseconds
        }
    }
    $medians = @{}
    foreach ($name in $Scripts.Keys) { $medians[$name] = Get-Median $samples[$name] }
    $medians
}

# Scripts in processes of their own, in turns; each writes numbers, the median of each number is taken.
function Measure-Fresh([System.Collections.IDictionary] $Scripts) {
    $samples = @{}
    foreach ($round in 1..$Rounds) {
        foreach ($name in $Scripts.Keys) { $samples[$name] += , @(& $pwsh -NoProfile -NonInteractive -Command "`$ProgressPreference = 'SilentlyContinue'; $($Scripts[$name])") }
    }
    $medians = @{}
    foreach ($name in $Scripts.Keys) {
        $medians[$name] = @(0..($samples[$name][0].Count - 1) | ForEach-Object { $i = $_; Get-Median @($samples[$name] | ForEach-Object { [double]$_[$i] }) })
    }
    $medians
}

$results = [System.Collections.Generic.List[object]]::new()
# The goal is the ratio that is to be reached, or a number that ours is to stay below. -Guard is where -Quick fails; it is given
# where less work, an old server or two processors keep even a good figure from twice the goal.
function Add-Result([int] $Number, [string] $Work, [double] $Ours, [string] $Against = '', [double] $Theirs = 0, [double] $Goal = 0, [string] $Unit = 'ms', [double] $Guard = 2 * $Goal) {
    $value = $Theirs ? $Ours / $Theirs : $Ours
    $results.Add([pscustomobject]@{
            '#' = $Number; Work = $Work; PSKube = ('{0:n0} {1}' -f $Ours, $Unit); Against = $Against
            Theirs = $(if ($Theirs) { '{0:n0} {1}' -f $Theirs, $Unit }); Ratio = $(if ($Theirs) { '{0:n2}' -f $value })
            Goal = $(if ($Goal) { $Theirs ? '{0:n2}' -f $Goal : '{0:n0} {1}' -f $Goal, $Unit }); Met = $(if ($Goal) { $value -le $Goal ? 'yes' : 'no' }); TooSlow = $Guard -and $value -gt $Guard
        })
}

function Initialize-Pods {
    $have = @(kubectl get pods -n $space -l bench -o name 2>$null).Count
    if ($have -ge $Pods) { return }
    # About 13 KB a pod, as pods of real clusters are.
    $filler = @{}
    1..40 | ForEach-Object { $filler["example.com/note-$_"] = 'x' * 250 }
    $have..($Pods - 1) | ForEach-Object -ThrottleLimit 8 -Parallel {
        if (-not (Get-Module PSKube)) { Import-Module $using:module }
        New-KubePod "p$_" nginx -Namespace $using:space -Label @{ bench = 'pod' } -Annotation $using:filler -Overrides @{ spec = @{ schedulerName = 'none' } } | Out-Null
    }
}

# The same cmdlets and parameters with nothing in them.
function New-EmptyModule {
    $code = [Text.StringBuilder]::new('using System.Management.Automation; namespace Empty {')
    foreach ($command in Get-Command -Module PSKube -CommandType Cmdlet) {
        $null = $code.Append("[Cmdlet(`"$($command.Verb)`", `"$($command.Noun)`")] public sealed class C$($command.Verb)$($command.Noun) : PSCmdlet {")
        foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn ([System.Management.Automation.Cmdlet]::CommonParameters + 'WhatIf', 'Confirm')) {
            $type = $parameter.ParameterType.FullName -match '^System\.[\w.]+(\[\])?$' ? $parameter.ParameterType.FullName : 'object'
            $sets = @($parameter.ParameterSets.Keys | ForEach-Object { $_ -eq '__AllParameterSets' ? '[Parameter]' : "[Parameter(ParameterSetName = `"$_`")]" })
            $null = $code.Append("$($sets -join ' ') public $type $($parameter.Name) { get; set; }")
        }
        $null = $code.Append('}')
    }
    $path = Join-Path $work 'Empty.dll'
    Add-Type -TypeDefinition $code.Append('}').ToString() -OutputAssembly $path -IgnoreWarnings -WarningAction SilentlyContinue
    $path
}

# curl with the credentials of the current context; null where they are not a client certificate.
function Get-Curl {
    $config = kubectl config view --raw --minify -o json | ConvertFrom-Json -AsHashtable
    $user = $config.users[0].user
    $cluster = $config.clusters[0].cluster
    if (-not ($user['client-certificate-data'] -and $cluster['certificate-authority-data'] -and (Get-Command curl -CommandType Application -ErrorAction Ignore))) { return }
    foreach ($part in @{ ca = $cluster['certificate-authority-data']; cert = $user['client-certificate-data']; key = $user['client-key-data'] }.GetEnumerator()) {
        [IO.File]::WriteAllBytes((Join-Path $work "$($part.Key).pem"), [Convert]::FromBase64String($part.Value))
    }
    @{ Server = $cluster.server; Options = '-sS', '--fail', '--cacert', "$work/ca.pem", '--cert', "$work/cert.pem", '--key', "$work/key.pem" }
}

function Get-Url([string] $Path) {
    if ($curl) { & curl @($curl.Options) "$($curl.Server)$Path" -o "$work/body" }
    else { kubectl get --raw $Path > $null }
}

function Measure-Start {
    $empty = New-EmptyModule
    $one = "`$t = [Diagnostics.Stopwatch]::StartNew(); Import-Module '{0}'; `$t.Elapsed.TotalMilliseconds"
    $first = "; Start-Sleep -Milliseconds {0}; `$t.Restart(); Get-KubePod -Namespace $space -Limit 3 | Out-Null; `$t.Elapsed.TotalMilliseconds; `$t.Restart(); Get-KubePod -Namespace $space -Limit 3 | Out-Null; `$t.Elapsed.TotalMilliseconds"
    $fresh = Measure-Fresh ([ordered]@{ empty = $one -f $empty; ours = ($one -f $module) + ($first -f 0); typed = ($one -f $module) + ($first -f 1500) })
    $small = Measure-Turns ([ordered]@{ kubectl = { kubectl get pods -n kube-system | Out-Null }; url = { Get-Url "/api/v1/namespaces/$space/pods?limit=3" } })
    Add-Result 1 'Import-Module, new process, beyond one of the same cmdlets without bodies' ($fresh.ours[0] - $fresh.empty[0]) -Goal 40 -Guard 600
    Add-Result 2 'first Get-KubePod, at once after the import' $fresh.ours[1] 'kubectl, a process' $small.kubectl
    Add-Result 2 'first Get-KubePod, a second and a half after the import' $fresh.typed[1] -Goal 150 -Guard 500
    Add-Result 2 'next Get-KubePod' $fresh.typed[2] "$with, a process" $small.url -Goal 1.5
}

function Measure-List {
    $count = @(kubectl get pods -n $space -l bench -o name).Count
    $list = @"
Import-Module '$module'; Get-KubePod -Namespace kube-system | Out-Null
`$before = [Diagnostics.Process]::GetCurrentProcess().WorkingSet64
`$t = [Diagnostics.Stopwatch]::StartNew(); `$first = 0; `$n = 0
Get-KubePod -Namespace $space -LabelSelector bench | ForEach-Object { if (`$n++ -eq 0) { `$first = `$t.Elapsed.TotalMilliseconds } }
`$cold = `$t.Elapsed.TotalMilliseconds
`$again = 0; `$n = 0; `$t.Restart(); Get-KubePod -Namespace $space -LabelSelector bench | ForEach-Object { if (`$n++ -eq 0) { `$again = `$t.Elapsed.TotalMilliseconds } }; `$warm = `$t.Elapsed.TotalMilliseconds
`$p = [Diagnostics.Process]::GetCurrentProcess(); `$p.Refresh()
`$cold; `$first; `$warm; `$again; (`$p.PeakWorkingSet64 - `$before) / 1MB
"@
    $path = "/api/v1/namespaces/$space/pods?labelSelector=bench"
    $fresh = (Measure-Fresh ([ordered]@{ ours = $list })).ours
    $theirs = Measure-Turns ([ordered]@{
            url = { Get-Url $path }; table = { kubectl get pods -n $space -l bench > "$work/theirs.txt" }; ours = { Get-KubePod -Namespace $space -LabelSelector bench > "$work/ours.txt" }
        })
    # Slow, so once is enough to see fifteen times.
    $json = (Measure-Turns ([ordered]@{ json = { kubectl get pods -n $space -l bench -o json | ConvertFrom-Json | ForEach-Object { $_.items } | ForEach-Object { $_ } } }) -Times ($Quick ? 1 : 2)).json
    Add-Result 3 "$count pods to ForEach-Object, warm" $fresh[2] "$with of the whole list" $theirs.url -Goal 0.8 -Guard 6
    Add-Result 3 "$count pods to ForEach-Object, cold" $fresh[0] "$with of the whole list" $theirs.url -Goal 1.4 -Guard 8
    Add-Result 3 "$count pods to ForEach-Object, warm" $fresh[2] 'kubectl get -o json | ConvertFrom-Json' $json -Goal (1 / 15) -Guard 0.5
    Add-Result 4 'its first object, cold' $fresh[1] -Goal 250 -Guard 1500
    Add-Result 4 'its first object, warm' $fresh[3] -Goal 60 -Guard 1200
    Add-Result 5 'its peak memory beyond import' $fresh[4] -Goal 120 -Unit MB
    Add-Result 6 "$count pods as a table to a file" $theirs.ours 'kubectl get pods (table)' $theirs.table -Goal 1
}

function New-Manifest([int] $Count, [string] $Path, [int] $Generation = 0) {
    1..$Count | ForEach-Object {
        New-KubeDeployment "d$_" nginx -Namespace $space -Replicas 0 -Port 80 -Env @{ A = 'b'; C = "$Generation" } -Label @{ tier = 'front' } -Resources @{ limits = @{ memory = '200Mi' } } -DryRun Client
    } | ConvertTo-KubeYaml -Path $Path
}

function Measure-Yaml {
    $file = Join-Path $work 'thousand.yaml'
    New-Manifest 1000 $file
    $folder = Split-Path ([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'YamlDotNet' } | Select-Object -First 1).Location
    # In a process of its own: the bare parser, and the reader into dictionaries, of the YamlDotNet that PSKube ships.
    $bare = @"
Add-Type -Path '$folder/YamlDotNet.dll'
Add-Type -ReferencedAssemblies '$folder/YamlDotNet.dll', System.Runtime, System.Collections -IgnoreWarnings -WarningAction SilentlyContinue -TypeDefinition 'using System.IO; using YamlDotNet.Core; using YamlDotNet.Serialization; public static class Bare {
    public static int Events(string path) { using var reader = new StreamReader(path); var parser = new Parser(reader); int n = 0; while (parser.MoveNext()) n++; return n; }
    public static int Read(string path) { using var reader = new StreamReader(path); var parser = new Parser(reader); var to = new DeserializerBuilder().Build(); int n = 0; parser.Consume<YamlDotNet.Core.Events.StreamStart>(); while (parser.Accept<YamlDotNet.Core.Events.DocumentStart>(out _)) { to.Deserialize<object>(parser); n++; } return n; } }'
`$null = [Bare]::Events('$file'); `$null = [Bare]::Read('$file'); `$t = [Diagnostics.Stopwatch]::StartNew(); `$null = [Bare]::Events('$file'); `$t.Elapsed.TotalMilliseconds; `$t.Restart(); `$null = [Bare]::Read('$file'); `$t.Elapsed.TotalMilliseconds
"@
    $ours = "Import-Module '$module'; `$null = ConvertFrom-KubeYaml -Path '$file'; `$t = [Diagnostics.Stopwatch]::StartNew(); `$null = ConvertFrom-KubeYaml -Path '$file'; `$t.Elapsed.TotalMilliseconds"
    $fresh = Measure-Fresh ([ordered]@{ bare = $bare; ours = $ours })
    Add-Result 7 'ConvertFrom-KubeYaml, 1,000 deployments in one file, typed' $fresh.ours[0] "YamlDotNet's event loop" $fresh.bare[0] -Goal 2 -Guard 8
    Add-Result 7 'ConvertFrom-KubeYaml, 1,000 deployments in one file, typed' $fresh.ours[0] "YamlDotNet's reader into dictionaries" $fresh.bare[1] -Goal 0.2 -Guard 4
}

# Their replica sets too: a controller that still clears up takes a processor from whoever comes next.
function Clear-Deployments {
    Remove-KubeDeployment -Namespace $space -All -Confirm:$false -Wait
    $patience = [Diagnostics.Stopwatch]::StartNew()
    while ((Get-KubeReplicaSet -Namespace $space -Limit 1) -and $patience.Elapsed.TotalMinutes -lt 5) { Start-Sleep 1 }
}

function Measure-Apply {
    $count = $Quick ? 40 : 1000
    $file = Join-Path $work 'apply.yaml'
    New-Manifest $count $file
    # Once before the first round, so that it does not pay for what is compiled.
    Invoke-KubeApply $file | Out-Null
    Clear-Deployments
    $new = @{ ours = @(); theirs = @() }
    foreach ($round in 1..($Quick ? 1 : 3)) {
        $new.ours += (Measure-Command { Invoke-KubeApply $file | Out-Null }).TotalMilliseconds
        Clear-Deployments
        $new.theirs += (Measure-Command { kubectl apply --server-side -f $file > $null }).TotalMilliseconds
        if ($round -lt ($Quick ? 1 : 3)) { Clear-Deployments }
    }
    Invoke-KubeApply $file -ForceConflict | Out-Null
    $again = Measure-Turns ([ordered]@{ ours = { Invoke-KubeApply $file | Out-Null }; theirs = { kubectl apply --server-side -f $file > $null } }) -Times ($Quick ? 2 : 3)
    Add-Result 8 "Invoke-KubeApply of $count deployments, new" (Get-Median $new.ours) 'kubectl apply --server-side' (Get-Median $new.theirs) -Goal 0.25 -Guard 4
    Add-Result 8 "Invoke-KubeApply of $count deployments, unchanged" $again.ours 'kubectl apply --server-side' $again.theirs -Goal 0.25 -Guard 2
}

function Measure-Scale {
    if (@(Get-KubeDeployment -Namespace $space).Count -lt $many) {
        New-Manifest $many (Join-Path $work 'scale.yaml')
        Invoke-KubeApply (Join-Path $work 'scale.yaml') -ForceConflict | Out-Null
    }
    $deployments = @(Get-KubeDeployment -Namespace $space | Select-Object -First $many)
    $loop = [Math]::Min(20, $many)
    $times = Measure-Turns ([ordered]@{
            ours = { $deployments | Set-KubeScale -Replicas 0 | Out-Null }
            theirs = { 1..$loop | ForEach-Object { kubectl scale -n $space "deployment/d$_" --replicas 0 > $null } }
        })
    Add-Result 9 "Get-KubeDeployment | Set-KubeScale, $many deployments, for each" ($times.ours / $deployments.Count) 'kubectl scale, a process for each' ($times.theirs / $loop) -Goal 0.1
}

function Measure-Exec {
    if (-not (kubectl get nodes -o name)) { return }
    1..10 | ForEach-Object { New-KubePod "run$_" busybox -Namespace $space -Label @{ run = 'exec' } -Command sleep, 3600 } | Wait-KubeResource -Timeout 120s | Out-Null
    $count = $Quick ? 20 : 100
    $targets = 1..$count | ForEach-Object { "pod/run$(1 + $_ % 10)" }
    $times = Measure-Turns ([ordered]@{
            ours = { $targets | Invoke-KubeExec -Namespace $space -Command true | Out-Null }
            theirs = { $targets | Select-Object -First 10 | ForEach-Object { kubectl exec -n $space $_ '--' true } }
        })
    Add-Result 10 "Invoke-KubeExec true, $count times over 10 pods, for each" ($times.ours / $count) 'kubectl exec, one by one' ($times.theirs / 10) -Goal 0.2 -Guard 1
    Get-KubePod -Namespace $space -LabelSelector run=exec | Remove-KubePod -Force -Confirm:$false -WarningAction SilentlyContinue
}

# A server that only tells changes, a thousand a second, each with the moment at which it was sent.
function Measure-Watch {
    $seconds = $Quick ? 5 : 60
    $port = 20000 + $PID % 20000
    $server = Start-ThreadJob -ArgumentList $port, $seconds {
        param($port, $seconds)
        $listener = [Net.HttpListener]::new()
        $listener.Prefixes.Add("http://127.0.0.1:$port/")
        $listener.Start()
        while ($true) {
            $context = $listener.GetContext()
            $context.Response.ContentType = 'application/json'
            $out = [IO.StreamWriter]::new($context.Response.OutputStream, [Text.UTF8Encoding]::new($false))
            if ($context.Request.QueryString['watch'] -notin 'true', '1') {
                $out.Write('{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}'); $out.Dispose(); continue
            }
            $context.Response.SendChunked = $true
            $clock = [Diagnostics.Stopwatch]::StartNew()
            for ($i = 0; $i -lt $seconds * 1000; $i++) {
                while ($clock.Elapsed.TotalMilliseconds -lt $i) { $out.Flush(); Start-Sleep -Milliseconds 1 }
                $out.Write("{`"type`":`"MODIFIED`",`"object`":{`"kind`":`"ConfigMap`",`"apiVersion`":`"v1`",`"metadata`":{`"name`":`"c$($i % 100)`",`"namespace`":`"n`",`"uid`":`"u$($i % 100)`",`"resourceVersion`":`"$($i + 2)`"},`"data`":{`"sent`":`"$([Diagnostics.Stopwatch]::GetTimestamp())`",`"number`":`"$i`"}}}`n")
            }
            $out.Dispose()
            break
        }
    }
    $config = Join-Path $work 'watch.config'
    Set-Content $config "apiVersion: v1`nkind: Config`ncurrent-context: w`nclusters: [{name: w, cluster: {server: 'http://127.0.0.1:$port'}}]`nusers: []`ncontexts: [{name: w, context: {cluster: w}}]"
    $late = [System.Collections.Generic.List[double]]::new()
    $memory = @()
    $next = 0
    $lost = 0
    try {
        Start-Sleep -Milliseconds 500
        Watch-KubeResource configmaps -Kubeconfig $config -Namespace n -WarningAction SilentlyContinue | Where-Object { $_.Object.Data } | ForEach-Object {
            $data = $_.Object.Data
            $late.Add(([Diagnostics.Stopwatch]::GetTimestamp() - [long]$data['sent']) * 1000.0 / [Diagnostics.Stopwatch]::Frequency)
            if ([int]$data['number'] -ne $next) { $lost++ }
            $next = [int]$data['number'] + 1
            if ($next % 5000 -eq 0) { $memory += [GC]::GetTotalMemory($false) / 1MB }
            $_
        } | Select-Object -First ($seconds * 1000) | Out-Null
    }
    finally { $server | Remove-Job -Force }
    $sorted = $late.ToArray(); [Array]::Sort($sorted)
    Add-Result 11 "watch, 1,000 changes a second for $seconds s: not told in their order" $lost -Unit changes
    Add-Result 11 'its latency, 99th percentile' $sorted[[int]($sorted.Count * 0.99) - 1] -Goal 200
    if ($memory.Count -gt 1) { Add-Result 11 'its managed memory at the end, beyond the beginning' ([Math]::Max(0, $memory[-1] - $memory[0])) -Unit MB }
}

function Measure-Remove {
    $count = $Quick ? 100 : 1000
    $times = @{ ours = @(); theirs = @() }
    foreach ($round in 1..($Quick ? 1 : 3)) {
        foreach ($who in 'ours', 'theirs') {
            1..$count | ForEach-Object { @{ apiVersion = 'v1'; kind = 'Pod'; metadata = @{ name = "gone$_"; namespace = $space; labels = @{ gone = 'yes' } }; spec = @{ schedulerName = 'none'; containers = @(@{ name = 'c'; image = 'nginx' }) } } } | Invoke-KubeApply | Out-Null
            $pods = @(Get-KubePod -Namespace $space -LabelSelector gone)
            $names = @($pods.Metadata.Name)
            $times[$who] += $who -eq 'ours' ?
            (Measure-Command { $pods | Remove-KubePod -Confirm:$false }).TotalMilliseconds :
            (Measure-Command { kubectl delete pods -n $space --wait=false @names > $null }).TotalMilliseconds
            kubectl delete pods -n $space -l gone > $null 2>&1
        }
    }
    Add-Result 12 "Remove-KubePod of $count piped pods" (Get-Median $times.ours) 'kubectl delete of the same names' (Get-Median $times.theirs) -Goal 0.25
}

$curl = Get-Curl
$with = $curl ? 'curl' : 'kubectl get --raw'
try {
    @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = $space } } | Invoke-KubeApply | Out-Null
    if ($Row | Where-Object { $_ -in 2..6 }) { Initialize-Pods }
    if ($Row | Where-Object { $_ -in 1, 2 }) { Measure-Start }
    if ($Row | Where-Object { $_ -in 3..6 }) { Measure-List }
    if (7 -in $Row) { Measure-Yaml }
    if (8 -in $Row) { Measure-Apply }
    if (9 -in $Row) { Measure-Scale }
    if (10 -in $Row) { Measure-Exec }
    if (11 -in $Row) { Measure-Watch }
    if (12 -in $Row) { Measure-Remove }
}
finally {
    Remove-Item -Recurse -Force $work
    if (-not $Keep) { Remove-KubeResource "namespace/$space" -Confirm:$false -ErrorAction Continue }
}

$results | Select-Object -ExcludeProperty TooSlow | Format-Table -AutoSize -Wrap | Out-String -Width 200
$slow = @($results | Where-Object TooSlow)
if ($Quick -and $slow) {
    "Benchmarks: $($slow.Count) of $($results.Count) figures are more than twice their goal."
    exit 1
}
