# kubectl itself, pointed at a sandbox that listens, does the tutorial.
BeforeDiscovery { $script:NoKubectl = -not (Get-Command kubectl -ErrorAction Ignore) }

Describe 'kubectl on a sandbox' -Skip:$NoKubectl {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Box = Start-KubeSandbox -Version 1.32 -Node 1 -Listen -PassThru
        # What it learns of a server it keeps by the address, which another sandbox may get.
        $env:KUBECACHEDIR = Join-Path $TestDrive 'kubectl'
        $script:Manifests = Join-Path $RepositoryRoot 'samples' 'manifests'
        # Before 1.31 it runs commands over SPDY, which a sandbox does not speak.
        $script:SpeaksWebSocket = (kubectl version --client -o json | ConvertFrom-Json).clientVersion.gitVersion -match '^v1\.(\d+)' -and [int]$Matches[1] -ge 31

        function Invoke-Kubectl {
            $lines = & kubectl --kubeconfig $Box.Kubeconfig @args 2>&1 | ForEach-Object ToString
            if ($LASTEXITCODE) { throw "kubectl $args`: $($lines -join "`n")" }
            $lines
        }

        function Wait-Pod([string] $Name) { Invoke-Kubectl wait --for=condition=Ready "pod/$Name" --timeout=30s }
    }

    AfterAll {
        Stop-KubeSandbox -Sandbox $Box
        Remove-Item env:KUBECACHEDIR
    }

    It 'runs and describes pods' {
        Invoke-Kubectl run nginx --image nginx | Should -Be 'pod/nginx created'
        Invoke-Kubectl run testpod --image=nginx | Should -Be 'pod/testpod created'
        Wait-Pod testpod | Should -Be 'pod/testpod condition met'
        (Invoke-Kubectl get pods -o name) | Should -Be 'pod/nginx', 'pod/testpod'
        (Invoke-Kubectl describe pod testpod) -join "`n" | Should -Match '(?s)Status:\s+Running.*Successfully assigned default/testpod to sandbox-1.*Started container testpod'
    }

    It 'creates a deployment and scales it' {
        Invoke-Kubectl create deployment firstnginx --image=nginx --replicas=3 | Should -Be 'deployment.apps/firstnginx created'
        (Invoke-Kubectl rollout status deployment/firstnginx --timeout=30s) | Select-Object -Last 1 | Should -Be 'deployment "firstnginx" successfully rolled out'
        @(Invoke-Kubectl get pods --selector app=firstnginx -o name).Count | Should -Be 3
        Invoke-Kubectl scale --replicas=4 deployment/firstnginx | Should -Be 'deployment.apps/firstnginx scaled'
        $null = Invoke-Kubectl rollout status deployment/firstnginx --timeout=30s
        Invoke-Kubectl get deployment firstnginx -o 'jsonpath={.status.readyReplicas}' | Should -Be '4'
        Invoke-Kubectl get all -o name | Should -Contain 'deployment.apps/firstnginx'
    }

    It 'turns a deployment''s YAML into a daemon set' {
        $yaml = (Invoke-Kubectl create deployment deploydaemon --image=nginx --dry-run=client -o yaml) -join "`n"
        $file = Join-Path $TestDrive 'deploydaemon.yaml'
        ($yaml -replace 'kind: Deployment', 'kind: DaemonSet' -replace '(?m)^  replicas: 1\n', '' -replace '(?m)^  strategy: {}\n', '' -replace '(?m)^status: {}\n?', '') | Set-Content $file
        Invoke-Kubectl apply -f $file | Should -Be 'daemonset.apps/deploydaemon created'
        $null = Invoke-Kubectl rollout status daemonset/deploydaemon --timeout=30s
        Invoke-Kubectl get ds deploydaemon -o 'jsonpath={.status.numberReady}' | Should -Be '1'
    }

    It 'applies the stateful set with its service, and deletes it' {
        Invoke-Kubectl apply --server-side -f (Join-Path $Manifests 'statefuldemo.yaml') | Should -Be 'service/nginx serverside-applied', 'statefulset.apps/web serverside-applied'
        $null = Invoke-Kubectl rollout status statefulset/web --timeout=30s
        Invoke-Kubectl get pvc -o name | Should -Be 'persistentvolumeclaim/www-web-0', 'persistentvolumeclaim/www-web-1', 'persistentvolumeclaim/www-web-2'
        $null = Invoke-Kubectl scale statefulset web --replicas=0
        Invoke-Kubectl delete statefulset web | Should -Match 'deleted'
        Invoke-Kubectl delete pvc --all | Should -Match 'deleted'
    }

    It 'reads a log, and runs a command' {
        $null = Invoke-Kubectl run sleepy --image=busybox '--' sh -c 'echo hello from the cluster; sleep 3600'
        $null = Wait-Pod sleepy
        Invoke-Kubectl logs sleepy | Should -Be 'hello from the cluster'
        if ($SpeaksWebSocket) { Invoke-Kubectl exec sleepy '--' echo again | Should -Be 'again' }
        else { { Invoke-Kubectl exec sleepy '--' echo again } | Should -Throw '*sandbox cannot*' }
        Invoke-Kubectl delete pod sleepy --now | Should -Match 'deleted'
    }
}
