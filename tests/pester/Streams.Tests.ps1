# Logs and other streams of real containers; with kubectl beside them where there is one.
BeforeDiscovery { $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG; $script:NoKubectl = $NoCluster -or -not (Get-Command kubectl -ErrorAction Ignore) }

Describe 'Streams' -Tag Cluster -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-log-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        New-KubeNamespace $Space | Out-Null
        $script:In = @{ Namespace = $Space }
        function New-Pod([string] $Name, [string[]] $Scripts, [string] $RestartPolicy = 'Never') {
            $at = 0
            $containers = foreach ($script in $Scripts) { @{ name = [string][char](97 + $at++); image = 'busybox'; command = 'sh', '-c', $script } }
            @{ apiVersion = 'v1'; kind = 'Pod'; metadata = @{ name = $Name; labels = @{ test = $Name } }; spec = @{ restartPolicy = $RestartPolicy; terminationGracePeriodSeconds = 0; containers = @($containers) } } | Invoke-KubeApply @In | Out-Null
        }
        New-Pod ticker 'i=0; while :; do echo "line $i"; i=$((i+1)); sleep 0.1; done'
        New-Pod pair 'for i in 1 2 3; do echo "a $i"; sleep 0.2; done', 'for i in 1 2 3; do echo "b $i"; sleep 0.2; done; printf "no end"'
        New-Pod crash 'echo "last words"; exit 3' -RestartPolicy Always
        # A container that ends at once may take its last lines with it, on any node: the pause is for the runtime.
        New-Pod many 'seq 1 100000; sleep 3'
        New-Pod long 'head -c 100000 /dev/zero | tr "\0" x; echo; printf "gr\303\274n \360\237\232\200\r\n\377\n"'
        Wait-KubeResource pod/ticker @In -Timeout 5m | Out-Null
        'pod/pair', 'pod/many', 'pod/long' | Wait-KubeResource @In -Property status.phase -Value Succeeded -Timeout 5m | Out-Null
    }
    AfterAll { if ($Space) { Remove-KubeNamespace $Space -Confirm:$false } }

    It 'a followed log is that of kubectl, line by line' -Skip:$NoKubectl {
        $ours = Get-KubeLog ticker @In -Follow | Select-Object -First 60
        $theirs = & kubectl logs ticker -n $Space | Select-Object -First 60
        $ours | Should -HaveCount 60
        $ours | Should -Be $theirs
        Get-KubeLog ticker @In -Follow -Tail 2 -Timestamps | Select-Object -First 3 | Should -Match '^20\d\d-\d\d-\d\dT[\d:.]+Z line \d+$'
    }

    It 'a followed log ends at once when nobody reads it any more' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        Get-KubeLog ticker @In -Follow | Select-Object -First 1 | Should -Be 'line 0'
        Watch-KubeResource pod @In | Select-Object -First 1 | Should -Not -BeNullOrEmpty
        Get-KubeEvent @In -Follow | Select-Object -First 1 | Should -Not -BeNullOrEmpty
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'a followed log is stopped within a second' {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        try {
            $null = $shell.AddScript("Import-Module '$ModulePath'; Get-KubeLog ticker -Namespace $Space -Follow")
            $output = [Management.Automation.PSDataCollection[psobject]]::new()
            $running = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]$null, $output)
            $deadline = (Get-Date).AddSeconds(60)
            while ($output.Count -eq 0 -and (Get-Date) -lt $deadline) { Start-Sleep -Milliseconds 50 }
            $output.Count | Should -BeGreaterThan 0
            (Measure-Command { $shell.Stop() }).TotalSeconds | Should -BeLessThan 1
            $null = $running
        }
        finally { $shell.Dispose() }
    }

    It 'a followed log ends with its containers, whose lines are all there, each with its prefix' {
        $lines = Get-KubeLog pair @In -AllContainers -Follow -Prefix
        $lines | Where-Object { $_ -like '*/a?*' } | Should -Be (1..3 | ForEach-Object { "[pod/pair/a] a $_" })
        $lines | Where-Object { $_ -like '*/b?*' } | Should -Be (@(1..3 | ForEach-Object { "[pod/pair/b] b $_" }) + '[pod/pair/b] no end')
        (Get-KubeLog pair @In -AllContainers).Count | Should -Be 7
        Get-KubeLog pair @In -WarningVariable warnings -WarningAction SilentlyContinue | Should -Be 'a 1', 'a 2', 'a 3'
        $warnings | Should -Be 'Defaulted container "a" out of: a, b'
    }

    It '-Previous has the last words of a crashed container' {
        Wait-KubeResource pod/crash @In -Until { $_.Restarts -gt 0 } -Timeout 5m | Out-Null
        # Between two restarts the node may have thrown the one before away already; it says so in the log's place.
        foreach ($try in 1..20) {
            $words = Get-KubeLog crash @In -Previous
            if ($words -notlike 'unable to retrieve container logs*') { break }
            Start-Sleep 1
        }
        $words | Should -Be 'last words'
        { Get-KubeLog ticker @In -Previous -ErrorAction Stop } | Should -Throw -ErrorId 'KubeBadRequest,*' -ExpectedMessage '*previous terminated container*'
    }

    It '-AsObject has times in order, within the life of the pod' {
        $pod = Get-KubePod pair @In
        $lines = Get-KubeLog pair @In -AllContainers -AsObject | Sort-Object Time
        $lines | Should -HaveCount 7
        $lines.Container | Select-Object -Unique | Sort-Object | Should -Be 'a', 'b'
        $lines[0].Time.Kind | Should -Be 'Utc'
        $lines[0].Time | Should -BeGreaterThan $pod.Metadata.CreationTimestamp
        $lines[-1].Time | Should -BeLessThan ([datetime]::UtcNow.AddSeconds(5))
        (Get-KubeLog pair @In -Container a -SinceTime $lines[-1].Time.AddMinutes(1)) | Should -BeNullOrEmpty
    }

    It '100,000 lines are complete and in order, plain, followed and as objects' {
        $expected = [string[]](1..100000)
        Get-KubeLog many @In | Should -HaveCount 100000
        [Linq.Enumerable]::SequenceEqual([string[]](Get-KubeLog many @In), $expected) | Should -BeTrue
        [Linq.Enumerable]::SequenceEqual([string[]](Get-KubeLog many @In -Follow), $expected) | Should -BeTrue
        [Linq.Enumerable]::SequenceEqual([string[]](Get-KubeLog many @In -AsObject).Message, $expected) | Should -BeTrue
        (Get-KubeLog many @In -Raw) | Should -BeExactly (($expected -join "`n") + "`n")
        Get-KubeLog many @In -Tail 2 | Should -Be '99999', '100000'
    }

    It 'a long line and odd bytes come as they were written, followed or not' {
        $expected = ('x' * 100000), 'grün 🚀', "`u{fffd}"
        Get-KubeLog long @In | Should -BeExactly $expected
        Get-KubeLog long @In -Follow | Should -BeExactly $expected
        (Get-KubeLog long @In -AsObject).Message | Should -BeExactly $expected
        # containerd stores no carriage return before a line feed.
        Get-KubeLog long @In -Raw | Should -BeExactly (('x' * 100000) + "`ngrün 🚀`n`u{fffd}`n")
    }

    It 'pods come by labels, workload and pipeline' {
        New-KubeDeployment web busybox -Replicas 2 @In -Command sh, -c, 'echo hello; sleep 1000' -Wait -Timeout 5m | Out-Null
        Get-KubeLog deployment/web @In -WarningVariable warnings -WarningAction SilentlyContinue | Should -Be 'hello'
        $warnings | Should -Match '^Found 2 pods, using pod/web-'
        Get-KubeLog deployment/web @In -AllPods | Should -Be 'hello', 'hello'
        Get-KubePod @In -LabelSelector app=web | Get-KubeLog | Should -Be 'hello', 'hello'
        (Get-KubeLog -LabelSelector test=ticker @In).Count | Should -Be 10
        (TabExpansion2 "Get-KubeLog -Namespace $Space pai").CompletionMatches.CompletionText | Should -Be 'pair'
        (TabExpansion2 "Get-KubeLog -Namespace $Space pair -Container ").CompletionMatches.CompletionText | Should -Be 'a', 'b'
    }

    It 'a followed log waits for a container that is being created' {
        New-Pod late 'echo up'
        Get-KubeLog late @In -Follow -PodRunningTimeout 5m | Should -Be 'up'
    }
}
