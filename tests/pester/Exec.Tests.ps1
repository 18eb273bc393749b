# Commands, shells and one-shot pods in real containers; with kubectl and tmux beside them where they are there.
BeforeDiscovery {
    $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG
    $script:NoKubectl = $NoCluster -or -not (Get-Command kubectl -ErrorAction Ignore)
    $script:NoTmux = $NoCluster -or -not (Get-Command tmux -ErrorAction Ignore)
}

Describe 'Inside the pod' -Tag Cluster -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-exec-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        New-KubeNamespace $Space | Out-Null
        $script:In = @{ Namespace = $Space }
        New-KubePod box busybox -ArgumentList sleep, 3600 -Overrides @{ spec = @{ terminationGracePeriodSeconds = 0 } } @In | Out-Null
        New-KubeDeployment web nginx -Replicas 3 @In -Wait -Timeout 5m | Out-Null
        Wait-KubeResource pod/box @In -Timeout 5m | Out-Null
    }
    AfterAll { if ($Space) { Remove-KubeNamespace $Space -Confirm:$false } }

    It 'tells output, errors, exit code and time apart' {
        $result = Invoke-KubeExec box -Shell 'echo out; echo err >&2; exit 3' @In -IgnoreExitCode
        $result.StdOut | Should -BeExactly 'out'
        $result.StdErr | Should -BeExactly 'err'
        $result.ExitCode | Should -Be 3
        $result.Pod, $result.Container | Should -Be 'box', 'box'
        $result.Duration | Should -BeOfType ([timespan])
        { Invoke-KubeExec box -Shell 'exit 3' @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeExecExitCode,*'
        { Invoke-KubeExec box -Command nosuchprogram @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeExecFailed,*' -ExpectedMessage '*executable file not found*'
        { Invoke-KubeExec nope -Command date @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
    }

    It 'passes words as they are' {
        $words = 'a b', '$HOME', '*', '"', "'", '\', '-n', 'grün'
        (Invoke-KubeExec box @In -Command (@('sh', '-c', 'for w in "$@"; do printf "%s\n" "$w"; done', 'sh') + $words)).StdOut -split "`n" | Should -BeExactly $words
        (Invoke-KubeExec box @In -- ls -d /tmp).StdOut | Should -BeExactly '/tmp'
    }

    It 'takes input, ends it, and is binary-safe both ways' {
        $bytes = [byte[]](0..255) * 300
        $back = Invoke-KubeExec box -Command cat -InputObject $bytes -AsByteStream @In
        [Convert]::ToHexString($back) | Should -BeExactly ([Convert]::ToHexString($bytes))
        ('b', 'a' | Invoke-KubeExec box -Command sort @In).StdOut | Should -BeExactly "a`nb"
        (Invoke-KubeExec box -Shell 'cat >/dev/null; exit 7' -InputObject 'x' -IgnoreExitCode @In).ExitCode | Should -Be 7
    }

    It '100 MB out have the sum that they have in the container' {
        Invoke-KubeExec box -Shell 'head -c 104857600 /dev/urandom > /tmp/big' @In | Out-Null
        $sum = (Invoke-KubeExec box -Command sha256sum, /tmp/big @In).StdOut.Split(' ')[0]
        $big = Invoke-KubeExec box -Command cat, /tmp/big -AsByteStream @In
        $big.Length | Should -Be 104857600
        [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($big)) | Should -Be $sum
    }

    It 'runs in many pods at once, in their order' {
        $pods = Get-KubePod @In -LabelSelector app=web
        $results = $pods | Invoke-KubeExec -Command hostname -ThrottleLimit 3
        $results.Pod | Should -Be $pods.Name
        $results.StdOut | Should -Be $pods.Name
        (Invoke-KubeExec deployment/web -Command hostname @In).StdOut | Should -BeIn $pods.Name
    }

    It 'says what kubectl exec says' -Skip:$NoKubectl {
        $theirs = & kubectl exec box -n $Space -- ls -l /bin
        (Invoke-KubeExec box -Command ls, '-l', /bin @In).StdOut -split "`n" | Should -BeExactly $theirs
    }

    It 'ends at once when nobody reads any more' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        Invoke-KubeExec box -Shell 'while :; do echo tick; sleep 0.1; done' -Stream @In | Select-Object -First 2 | Should -Be 'tick', 'tick'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 3
        { Invoke-KubeExec box -Command sleep, 30 -Timeout 500ms @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeExecTimeout,*'
    }

    It 'Invoke-KubePod runs, tells and removes' {
        $run = Invoke-KubePod busybox -ArgumentList sh, -c, 'echo hello; exit 0' -Timeout 5m @In
        $run.Log | Should -BeExactly "hello`n"
        $run.ExitCode | Should -Be 0
        Get-KubePod $run.Pod @In -IgnoreNotFound | Where-Object { -not $_.Metadata.DeletionTimestamp } | Should -BeNullOrEmpty
        { Invoke-KubePod busybox -ArgumentList sh, -c, 'exit 4' @In -Timeout 1m -ErrorAction Stop } | Should -Throw -ErrorId 'KubePodExitCode,*'
        { Invoke-KubePod localhost:1/none:1 -Name stuck @In -Timeout 1m -ErrorAction Stop } | Should -Throw -ErrorId 'KubePodNotStarted,*'
        Get-KubePod stuck @In -IgnoreNotFound | Where-Object { -not $_.Metadata.DeletionTimestamp } | Should -BeNullOrEmpty
        (Invoke-KubePod busybox -Name kept -ArgumentList date -Keep @In -Timeout 5m).Pod | Should -Be 'kept'
        (Get-KubePod kept @In).State | Should -Be 'Completed'
    }

    It 'Enter-KubePod is a terminal: keys, size, Ctrl+C, and the prompt after it' -Skip:$NoTmux {
        { Enter-KubePod box @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNoTerminal,*'
        $session = "pskube-$PID"
        function Get-Screen { (& tmux capture-pane -p -t $session) -join "`n" }
        function Wait-Screen([string] $Pattern) {
            foreach ($try in 1..100) { if ((Get-Screen) -match $Pattern) { return }; Start-Sleep -Milliseconds 200 }
            throw "The screen never showed $Pattern`: $(Get-Screen)"
        }
        & tmux new-session -d -s $session -x 120 -y 30 "KUBECONFIG='$env:KUBECONFIG' '$Pwsh' -NoProfile -NoLogo"
        try {
            Wait-Screen 'PS .*>'
            & tmux send-keys -t $session "Import-Module '$ModulePath'; Enter-KubePod box -Namespace $Space" Enter
            Wait-Screen '(?m)^.*# *$'
            & tmux send-keys -t $session 'echo in-$((40+2)); stty size' Enter
            Wait-Screen '(?s)in-42.*30 120'
            & tmux resize-window -t $session -x 90 -y 25
            Start-Sleep 1
            & tmux send-keys -t $session 'stty size' Enter
            Wait-Screen '25 90'
            & tmux send-keys -t $session 'sleep 1000' Enter
            Start-Sleep 1
            & tmux send-keys -t $session C-c
            & tmux send-keys -t $session 'echo still-$((1+1))' Enter
            Wait-Screen 'still-2'
            & tmux send-keys -t $session 'exit' Enter
            Start-Sleep 1
            & tmux send-keys -t $session "'back-' + (6*7)" Enter
            Wait-Screen 'back-42'
        }
        finally { & tmux kill-session -t $session }
    }
}
