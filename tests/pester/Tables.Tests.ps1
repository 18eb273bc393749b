# Every table beside `kubectl get` on the same cluster, for objects in all the states that people meet.
BeforeDiscovery { $script:NoKubectl = -not $env:PSKUBE_TEST_KUBECONFIG -or -not (Get-Command kubectl -ErrorAction Ignore) }

Describe 'Tables beside kubectl get' -Tag Cluster, Table -Skip:$NoKubectl {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        $script:In = @{ Namespace = $Space }
        New-KubeNamespace $Space | Out-Null

        # kubectl prints the columns of the server, and an older one has fewer: what is not in its header goes from ours too.
        function ConvertTo-ServersTable([object[]] $Objects, [string[]] $Theirs) {
            $newer = 'STATUS', 'TIMEZONE', 'VOLUMEATTRIBUTESCLASS'
            $lines = ($Objects | Out-String -Width 1000) -replace "`e\[[0-9;]*m", '' -split "`r?`n"
            for ($i = 0; $i -lt $lines.Count; $i++) {
                # The ruler tells where columns begin.
                $ruled = $lines[$i + 1] -match '^-[- ]*$'
                # Get-KubeWorkload's have none, and three spaces between columns as kubectl.
                if ($ruled -or $lines[$i] -cmatch '^(NAME|NAMESPACE)   ') {
                    $starts = if ($ruled) { [regex]::Matches($lines[$i + 1], '-+').Index } else { [regex]::Matches($lines[$i], '\S+( \S+)*').Index }
                    $labels = Split-Row $lines[$i] $starts
                    $hidden = $newer | Where-Object { $_ -in $labels -and -not ($Theirs -match "^$($labels[0]) .*\b$_\b") }
                    # The tables of several kinds: only jobs and cron jobs got new columns.
                    if ('COMPLETIONS' -in $labels -and -not ($Theirs -match 'STATUS COMPLETIONS')) { $hidden = @($hidden) + 'STATUS' }
                    $old = -not ($Theirs -match '\(\S+ ago\)')
                    ($labels | Where-Object { $_ -notin $hidden }) -join ' '
                    if ($ruled) { $i++ }
                }
                elseif ($lines[$i].Trim()) {
                    $cells = Split-Row $lines[$i] $starts
                    $kept = for ($at = 0; $at -lt $cells.Count; $at++) {
                        if ($labels[$at] -in $hidden) { continue }
                        # Since 1.22 it also says when.
                        if ($labels[$at] -eq 'RESTARTS' -and $old) { $cells[$at] -replace ' \(.*' } else { $cells[$at] }
                    }
                    (($kept | Where-Object { $_ }) -join ' ') -replace '\s+', ' '
                }
            }
        }
        function Split-Row([string] $Line, [int[]] $Starts) {
            for ($at = 0; $at -lt $Starts.Count; $at++) {
                $end = if ($at + 1 -lt $Starts.Count) { [Math]::Min($Starts[$at + 1], $Line.Length) } else { $Line.Length }
                if ($Starts[$at] -ge $Line.Length) { '' } else { $Line.Substring($Starts[$at], $end - $Starts[$at]).Trim() }
            }
        }

        $forever = '-c', 'trap exit TERM; while true; do sleep 1; done'
        New-KubeDeployment healthy nginx -Replicas 2 -Port 80 -Resources @{ requests = @{ cpu = '10m' } } @In | Out-Null
        New-KubePod pending nginx -NodeSelector @{ none = 'such' } @In | Out-Null
        New-KubePod no-image registry.invalid/nothing @In | Out-Null
        New-KubePod crashing busybox -Command sh, -c, 'exit 3' @In | Out-Null
        New-KubePod failed busybox -Command false -RestartPolicy Never @In | Out-Null
        New-KubePod completed busybox -Command true -RestartPolicy Never @In | Out-Null
        New-KubePod init-failing busybox -Overrides @{ spec = @{ initContainers = @(@{ name = 'first'; image = 'busybox'; command = @('false') }) } } @In | Out-Null
        New-KubePod init-waiting busybox -Overrides @{ spec = @{ initContainers = @(@{ name = 'first'; image = 'busybox'; command = @('sh') + $forever }, @{ name = 'second'; image = 'busybox' }) } } @In | Out-Null
        New-KubePod no-config busybox -Overrides @{ spec = @{ containers = @(@{ name = 'no-config'; image = 'busybox'; envFrom = @(@{ configMapRef = @{ name = 'none-such' } }) }) } } @In | Out-Null
        New-KubePod unready nginx -Overrides @{ spec = @{ containers = @(@{ name = 'unready'; image = 'nginx'; readinessProbe = @{ exec = @{ command = @('false') } } }) } } @In | Out-Null
        New-KubePod two nginx -Overrides @{ spec = @{ containers = @(@{ name = 'runs'; image = 'nginx' }, @{ name = 'ends'; image = 'busybox'; command = @('false') }); restartPolicy = 'Never' } } @In | Out-Null
        New-KubePod terminating busybox -Command sh, -c, 'while true; do sleep 1; done' -Overrides @{ spec = @{ terminationGracePeriodSeconds = 300 } } @In | Out-Null

        New-KubeJob done busybox -Command true @In | Out-Null
        New-KubeJob job-failed busybox -Command false -BackoffLimit 0 @In | Out-Null
        New-KubeJob running busybox -Command sleep, 3600 -Completions 4 -Parallelism 2 @In | Out-Null
        New-KubeCronJob minutely busybox '* * * * *' -Command true @In | Out-Null
        New-KubeCronJob asleep busybox '@yearly' -Suspend @In | Out-Null
        New-KubeStatefulSet peers nginx -ServiceName peers -VolumeClaimTemplate @{ data = '1Gi' } @In | Out-Null
        New-KubePersistentVolumeClaim waiting 5Gi -StorageClass none-such @In | Out-Null
        New-KubeDaemonSet agent nginx @In | Out-Null
        New-KubeReplicaSet bare nginx -Replicas 1 @In | Out-Null
        New-KubeAutoscaler deployment/healthy -Min 1 -Max 4 -Cpu 80% @In | Out-Null
        New-KubeService healthy -Port 80:8080, 443 @In | Out-Null
        New-KubeService outside -Port 80 -Type NodePort @In | Out-Null
        New-KubeService elsewhere -ExternalName db.example.com @In | Out-Null
        New-KubeService headless -Headless -Port dns=53/UDP @In | Out-Null
        New-KubeConfigMap settings @{ a = 'b'; c = [byte[]](0xff, 0xfe) } @In | Out-Null
        New-KubeConfigMap empty @In | Out-Null
        New-KubeSecret db @{ a = 'b'; c = 'd' } @In | Out-Null
        New-KubeSecret login -Credential ([pscredential]::new('me', (ConvertTo-SecureString -AsPlainText open))) @In | Out-Null

        Wait-KubeResource deployment/healthy, daemonset/agent, statefulset/peers, job/done, pod/terminating @In -Timeout 5m | Out-Null
        Remove-KubePod terminating @In -Confirm:$false
        Wait-KubeResource -Kind pod -Name completed, failed @In -Until { $_.Status.Phase -in 'Succeeded', 'Failed' } -Timeout 5m | Out-Null
        Wait-KubeResource pod/crashing, pod/init-failing @In -Until { $_.State -match 'CrashLoopBackOff' } -Timeout 5m | Out-Null
        Wait-KubeResource pod/no-image @In -Until { $_.State -eq 'ImagePullBackOff' } -Timeout 5m | Out-Null
        Wait-KubeResource pod/no-config @In -Until { $_.State -eq 'CreateContainerConfigError' } -Timeout 5m | Out-Null
    }
    AfterAll {
        if ($Space) {
            Remove-KubePod -All @In -Confirm:$false -Force -WarningAction SilentlyContinue
            Remove-KubeNamespace $Space -Confirm:$false -Wait -Timeout 5m
        }
    }

    It 'has pods in every state that people meet' {
        $states = @{}
        Get-KubePod @In | ForEach-Object { $states[$_.Name] = $_.State }
        $states['pending'] | Should -Be 'Pending'
        $states['no-image'] | Should -BeIn 'ImagePullBackOff', 'ErrImagePull'
        $states['crashing'] | Should -BeIn 'CrashLoopBackOff', 'Error'
        $states['init-failing'] | Should -BeIn 'Init:CrashLoopBackOff', 'Init:Error'
        $states['init-waiting'] | Should -Be 'Init:0/2'
        $states['no-config'] | Should -Be 'CreateContainerConfigError'
        $states['failed'], $states['completed'], $states['terminating'], $states['unready'] | Should -Be 'Error', 'Completed', 'Terminating', 'Running'
    }

    It '<command> is kubectl get <kubectl>' -ForEach @(
        @{ Command = 'Get-KubePod'; Kubectl = 'pods' }
        @{ Command = 'Get-KubePod -Wide'; Kubectl = 'pods -o wide' }
        @{ Command = 'Get-KubePod -LabelSelector app=healthy'; Kubectl = 'pods -l app=healthy' }
        @{ Command = 'Get-KubePod terminating, crashing'; Kubectl = 'pods terminating crashing' }
        @{ Command = 'Get-KubePod -FieldSelector status.phase=Pending'; Kubectl = 'pods --field-selector status.phase=Pending' }
        @{ Command = 'Get-KubeDeployment'; Kubectl = 'deployments' }
        @{ Command = 'Get-KubeDeployment -Wide'; Kubectl = 'deployments -o wide' }
        @{ Command = 'Get-KubeReplicaSet'; Kubectl = 'replicasets' }
        @{ Command = 'Get-KubeReplicaSet -Wide'; Kubectl = 'replicasets -o wide' }
        @{ Command = 'Get-KubeDaemonSet'; Kubectl = 'daemonsets' }
        @{ Command = 'Get-KubeDaemonSet -Wide'; Kubectl = 'daemonsets -o wide' }
        @{ Command = 'Get-KubeStatefulSet'; Kubectl = 'statefulsets' }
        @{ Command = 'Get-KubeStatefulSet -Wide'; Kubectl = 'statefulsets -o wide' }
        @{ Command = 'Get-KubeJob'; Kubectl = 'jobs' }
        @{ Command = 'Get-KubeJob -Wide'; Kubectl = 'jobs -o wide' }
        @{ Command = 'Get-KubeCronJob'; Kubectl = 'cronjobs' }
        @{ Command = 'Get-KubeCronJob -Wide'; Kubectl = 'cronjobs -o wide' }
        @{ Command = 'Get-KubeAutoscaler'; Kubectl = 'hpa' }
        @{ Command = 'Get-KubeService'; Kubectl = 'services' }
        @{ Command = 'Get-KubeService -Wide'; Kubectl = 'services -o wide' }
        @{ Command = 'Get-KubeConfigMap'; Kubectl = 'configmaps' }
        @{ Command = 'Get-KubeSecret'; Kubectl = 'secrets' }
        @{ Command = 'Get-KubePersistentVolumeClaim'; Kubectl = 'persistentvolumeclaims' }
        @{ Command = 'Get-KubePersistentVolumeClaim -Wide'; Kubectl = 'persistentvolumeclaims -o wide' }
        @{ Command = 'Get-KubeEvent'; Kubectl = 'events' }
        @{ Command = 'Get-KubeEvent -Wide'; Kubectl = 'events -o wide' }
        @{ Command = 'Get-KubeWorkload'; Kubectl = 'all' }
        @{ Command = 'Get-KubeNode -Wide'; Kubectl = 'nodes -o wide' }
        @{ Command = 'Get-KubeNamespace'; Kubectl = 'namespaces' }
        @{ Command = 'Get-KubeResource persistentvolume'; Kubectl = 'persistentvolumes' }
        @{ Command = 'Get-KubeResource storageclass'; Kubectl = 'storageclasses' }
        @{ Command = 'Get-KubeResource serviceaccount'; Kubectl = 'serviceaccounts' }
        @{ Command = 'Get-KubeResource endpoints'; Kubectl = 'endpoints' }
        @{ Command = 'Get-KubeJob -AllNamespaces'; Kubectl = 'jobs -A' }
        @{ Command = 'Get-KubeConfigMap -AllNamespaces'; Kubectl = 'configmaps -A' }
        @{ Command = 'Get-KubeService -AllNamespaces -Wide'; Kubectl = 'services -A -o wide' }
    ) {
        $words = $Kubectl -split ' '
        $place = if ($Command -match 'AllNamespaces|Namespace$|Node|persistentvolume$|storageclass') { @() } else { '-n', $Space }
        $parameters = if ($place) { $In } else { @{} }
        # Ages move on and containers crash between the two: what is compared is one moment's, so a difference gets another look.
        foreach ($try in 1..8) {
            $theirs = & kubectl get @words @place 2>$null | ForEach-Object { ($_ -replace '\s+', ' ').Trim() } | Where-Object { $_ }
            $ours = ConvertTo-ServersTable (& ([scriptblock]::Create("param(`$p) $Command @p")) $parameters) $theirs
            # kubectl has no order for events that are as old as their second; and 1.20 shows one more than the count of a series,
            # which only the scheduler writes.
            if ($Command -match 'Event') { $theirs = $theirs -notmatch 'FailedScheduling' | Sort-Object; $ours = $ours -notmatch 'FailedScheduling' | Sort-Object }
            if (-not (Compare-Object $theirs $ours -SyncWindow 0)) { break }
        }
        $differences = Compare-Object $theirs $ours -SyncWindow 0 | ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" }
        $differences | Should -BeNullOrEmpty -Because 'each line of kubectl (<=) is ours (=>)'
    }
}
