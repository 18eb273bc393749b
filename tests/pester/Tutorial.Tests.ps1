# The whole tutorial, as a user runs it, in a process of its own: the same script on a sandbox and on a real cluster.
BeforeDiscovery {
    $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG
    $script:Steps = @(
        @{ Step = 'kubectl run testpod'; Shows = 'testpod\s+1/1\s+Running\s+0\s' }
        @{ Step = 'kubectl create deployment firstnginx'; Shows = 'firstnginx\s+3/3\s+3\s+3\s' }
        @{ Step = 'kubectl get all'; Shows = '(?s)pod/firstnginx-.*deployment\.apps/firstnginx\s+3/3.*replicaset\.apps/firstnginx-\w+\s+3\s+3\s+3' }
        @{ Step = 'vi daemondemo.yaml'; Shows = 'daemonset\.apps/fluentd-elasticsearch\s+\S+\s+created' }
        @{ Step = 'kubectl get ds -n kube-system kube-proxy'; Shows = '(?s)tolerations:\s+- .*node-role\.kubernetes\.io/master.*hostPath:\s+path: /var/log' }
        @{ Step = 'kubectl create deploy mydaemon'; Shows = '(?s)kind: DaemonSet.*app: mydaemon.*image: nginx' }
        @{ Step = 'kubectl get statefulset'; Shows = '(?s)web\s+3/3.*web-0\s+1/1\s+Running.*web-2\s+1/1\s+Running.*www-web-0\s+Bound' }
        @{ Step = 'kubectl run sleepy'; Shows = 'sleepy\s+1/1\s+Running' }
        @{ Step = 'kubectl apply -f initme.yaml'; Shows = 'init-demo\s+0/1\s+Init:0/1' }
        @{ Step = 'kubectl scale --replicas=4'; Shows = 'firstnginx\s+4/4\s+4\s+4\s' }
        @{ Step = 'kubectl apply -f sidecarlog.yaml'; Shows = 'pod/two-containers\s+\S+\s+created' }
        @{ Step = 'kubectl exec -it two-containers'; Shows = 'hello from the cluster' }
        @{ Step = 'kubectl get all --selector app=deploydaemon'; Shows = '(?s)pod/deploydaemon-\w+\s+1/1\s+Running.*daemonset\.apps/deploydaemon\s+([1-9])\s+\1\s+\1\s+\1\s+\1' }
    )
}

Describe 'samples/tutorial.ps1 on a sandbox' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Said = (Invoke-Fresh "Import-Module '$ModulePath'; Start-KubeSandbox; & '$(Join-Path $RepositoryRoot 'samples' 'tutorial.ps1')'; `"left: `$(@(Get-KubeNamespace pskube-tutorial -IgnoreNotFound).Count)`"") -join "`n" -replace "`e\[[0-9;]*m", ''
        # What stands below a step's line.
        function Get-Step([string] $Line) { ($Said -split '(?m)^# ' | Where-Object { $_.StartsWith($Line) } | Select-Object -First 1) }
    }

    It 'comes to its end and leaves nothing behind' {
        $Said | Should -Match '# Remove it all'
        $Said | Should -Match 'left: 0'
    }

    It 'shows after "<Step>" what the tutorial shows' -ForEach $Steps { Get-Step $Step | Should -Match $Shows }
}

Describe 'samples/tutorial.ps1' -Tag Cluster -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $space = "pskube-test-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        $script:Said = (Invoke-Fresh "Import-Module '$ModulePath'; & '$(Join-Path $RepositoryRoot 'samples' 'tutorial.ps1')' -Namespace $space") -join "`n" -replace "`e\[[0-9;]*m", ''
        $script:Left = Get-KubeNamespace $space -IgnoreNotFound
        # What stands below a step's line.
        function Get-Step([string] $Line) { ($Said -split '(?m)^# ' | Where-Object { $_.StartsWith($Line) } | Select-Object -First 1) }
    }

    It 'comes to its end and leaves nothing behind' {
        $Said | Should -Match '# Remove it all'
        $Left | Should -BeNullOrEmpty
    }

    It 'shows after "<Step>" what the tutorial shows' -ForEach $Steps { Get-Step $Step | Should -Match $Shows }
}
