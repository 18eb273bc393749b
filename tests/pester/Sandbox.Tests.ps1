# The sandbox as users have it: from the packed module, in this process and in fresh ones. Needs no cluster.
BeforeDiscovery { $script:Samples = (Resolve-Path (Join-Path $PSScriptRoot '..' '..' 'samples')).Path }

Describe 'A sandbox' {
    BeforeAll { . "$PSScriptRoot/common.ps1" }
    AfterEach { Get-Variable sandbox -ValueOnly -ErrorAction Ignore | Where-Object IsRunning | Stop-KubeSandbox }

    It 'is not loaded by the import, but by its first command' {
        $loaded = "[AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -eq 'PSKube.Sandbox'"
        Invoke-Fresh "Import-Module '$ModulePath'; @($loaded).Count; `$null = New-KubePod a nginx -DryRun Client | ConvertTo-KubeYaml; @($loaded).Count; Start-KubeSandbox; @($loaded).Count" | Should -Be 0, 0, 1
    }

    It 'is there in seconds, and answers as a cluster' {
        $took = Measure-Command { $script:sandbox = Start-KubeSandbox -PassThru }
        $took.TotalSeconds | Should -BeLessThan 10
        $sandbox.IsRunning | Should -BeTrue
        (Test-KubeCluster).OK | Should -Not -Contain $false
        (Get-KubeNode).State | Should -Be 'Ready', 'Ready', 'Ready'
        ConvertTo-PlainTable (New-KubeDeployment firstnginx nginx -Replicas 3 -Wait) | Should -Match '^(NAME READY|firstnginx 3/3 3 3 \d+s)'
        ConvertTo-PlainTable (Get-KubeWorkload -LabelSelector app=firstnginx) | Should -Contain 'NAME DESIRED CURRENT READY AGE'
    }

    It 'has tables for itself and for its requests' {
        $script:sandbox = Start-KubeSandbox -PassThru -Version 1.28 -Node 2 -Speed 20
        ConvertTo-PlainTable $sandbox | Should -Be 'VERSION NODES SPEED SERVER KUBECONFIG', 'v1.28.0 2 20 <none> <none>'
        $null = Get-KubePod -AllNamespaces
        $null = Get-KubeNode sandbox-1
        ConvertTo-PlainTable (Get-KubeSandboxRequest) | Select-Object -Last 2 | Should -Match '^\d\d:\d\d:\d\d (list pods|get nodes sandbox-1) 200$'
        $file = Join-Path $TestDrive 'requests.xml'
        Get-KubeSandboxRequest get | Export-Clixml $file
        ConvertTo-PlainTable (Import-Clixml $file) | Select-Object -First 1 | Should -Be 'TIME VERB RESOURCE NAMESPACE NAME STATUS'
    }

    It 'is gone after Stop-KubeSandbox, and says so' {
        $script:sandbox = Start-KubeSandbox -PassThru
        Stop-KubeSandbox
        { Stop-KubeSandbox -ErrorAction Stop } | Should -Throw -ErrorId 'KubeSandboxNotFound,*'
        { Get-KubeSandboxRequest -ErrorAction Stop } | Should -Throw -ErrorId 'KubeSandboxNotFound,*'
        # What comes next must not reach the cluster of the kubeconfig by accident.
        { Get-KubePod -ErrorAction Stop } | Should -Throw -ErrorId 'KubeSandboxStopped,*'
        Disconnect-KubeCluster
        { Get-KubePod -ErrorAction Stop } | Should -Throw -ErrorId 'KubeConfigNotFound,*'
    }

    It 'is not started as a Kubernetes <_>' -ForEach '1.19', '1.99', '2.0', 'new' {
        { Start-KubeSandbox -Version $_ -ErrorAction Stop } | Should -Throw -ErrorId 'KubeSandboxInvalid,*' -ExpectedMessage "*'$_'*"
    }

    It 'has what its seed says' {
        $objects = @(New-KubeDeployment web nginx -Namespace shop -DryRun Client; @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'c' } })
        $script:sandbox = (Get-Content -Raw (Join-Path $RepositoryRoot 'samples' 'manifests' 'statefuldemo.yaml')), $objects[0], $objects[1] | Start-KubeSandbox -PassThru -Speed 50
        Get-KubeStatefulSet web | Wait-KubeResource -Timeout 2m | Select-Object -ExpandProperty Ready | Should -Be '3/3'
        (Get-KubeDeployment -Namespace shop).Name | Should -Be 'web'
        (Get-KubeConfigMap c).Name | Should -Be 'c'
    }

    It 'is seeded with <Name>' -ForEach @(
        @{ Name = 'the path of a file'; Start = { Start-KubeSandbox -Seed $file } }
        @{ Name = 'a file'; Start = { Get-Item $file | Start-KubeSandbox } }
        @{ Name = 'the lines of a file'; Start = { Get-Content $file | Start-KubeSandbox } }
    ) {
        $file = Join-Path $RepositoryRoot 'samples' 'manifests' 'statefuldemo.yaml'
        & $Start
        (Get-KubeStatefulSet).Name | Should -Be 'web'
        Stop-KubeSandbox
    }

    It 'is not there when its seed cannot be read, and neither is any other cluster' {
        { Start-KubeSandbox -Seed 'kind: [' } | Should -Throw -ErrorId 'KubeManifestInvalid,*'
        { Use-KubeContext prod -WarningAction SilentlyContinue; Get-KubeNode } | Should -Throw -ErrorId 'KubeSandboxStopped,*'
        Disconnect-KubeCluster
    }

    It 'is not seeded with what a cluster refuses' {
        { Start-KubeSandbox -Seed @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'NO' } } -ErrorAction Stop } | Should -Throw -ErrorId 'KubeSandboxInvalid,*' -ExpectedMessage '*lowercase RFC 1123*'
    }

    It 'is an old cluster, where that is asked for' {
        $script:sandbox = Start-KubeSandbox -PassThru -Version 1.20
        $job = New-KubeCronJob nightly busybox -Schedule '0 3 * * *' -ArgumentList date
        (Get-KubeResource cronjob).ApiVersion | Should -Be 'batch/v1beta1'
        $job.Name | Should -Be 'nightly'
        (Test-KubeCluster | Where-Object Check -EQ Version).Detail | Should -BeLike 'v1.20.*'
        { New-KubePod side nginx -ErrorAction Stop -DryRun Client | Add-KubeSidecar -Container log -Image busybox | Invoke-KubeApply -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotSupported,*'
    }

    It 'is one for every runspace that connects to it' {
        $script:sandbox = Start-KubeSandbox -PassThru -Speed 50
        $module = $ModulePath
        $names = 1..3 | ForEach-Object -Parallel {
            Import-Module $using:module
            $null = Connect-KubeCluster -Sandbox $using:sandbox
            (New-KubePod "worker-$_" nginx -Wait).Name
        }
        $names | Sort-Object | Should -Be 'worker-1', 'worker-2', 'worker-3'
        (Get-KubePod).Name | Should -Be 'worker-1', 'worker-2', 'worker-3'
    }

    It 'is a cluster for another process, with a token and a certificate of its own' {
        $script:sandbox = Start-KubeSandbox -PassThru -Listen
        $file = $sandbox.Kubeconfig
        Invoke-Fresh "Import-Module '$ModulePath'; (Get-KubeNode -Kubeconfig '$file').Name; (Get-KubeContext -Kubeconfig '$file').Name" | Should -Be 'sandbox-1', 'sandbox-2', 'sandbox-3', 'sandbox'
        { Connect-KubeCluster -Server $sandbox.Server | Out-Null; Get-KubeNode -ErrorAction Stop } | Should -Throw -ErrorId 'KubeTlsUntrusted,*'
        Connect-KubeCluster -Server $sandbox.Server -SkipCertificateCheck | Out-Null
        { Get-KubeNode -ErrorAction Stop } | Should -Throw -ErrorId 'KubeUnauthorized,*'
        Disconnect-KubeCluster
        Stop-KubeSandbox -Sandbox $sandbox
        Test-Path $file | Should -BeFalse
    }
}

Describe 'What a sandbox does wrong when asked to' {
    BeforeAll { . "$PSScriptRoot/common.ps1"; Start-KubeSandbox -Speed 50; $null = New-KubeDeployment web nginx -Replicas 2 -Wait }
    BeforeEach { $null = Get-KubeSandboxRequest -Clear }
    AfterEach { Set-KubeSandboxFault -Clear }
    AfterAll { Stop-KubeSandbox }

    It '409 once: PSKube reads again and repeats a scale' {
        Set-KubeSandboxFault patch deployments/scale 409 -Count 1
        (Set-KubeScale deployment/web -Replicas 3).Spec.Replicas | Should -Be 3
        @(Get-KubeSandboxRequest patch deployments/scale).StatusCode | Should -Be 409, 200
    }

    It '503 with Retry-After: PSKube waits and asks again' {
        Set-KubeSandboxFault list pods 503 -RetryAfter 0 -Count 2
        @(Get-KubePod).Count | Should -BeGreaterThan 0
        @(Get-KubeSandboxRequest list pods).StatusCode | Should -Be 503, 503, 200
    }

    It '<Fault>: <Id>' -ForEach @(
        @{ Fault = '503'; Set = { Set-KubeSandboxFault list pods 503 }; Run = { Get-KubePod }; Id = 'KubeServerError' }
        @{ Fault = '403'; Set = { Set-KubeSandboxFault list pods 403 -Message 'not for you' }; Run = { Get-KubePod }; Id = 'KubeForbidden' }
        @{ Fault = '409 for a creation'; Set = { Set-KubeSandboxFault create pods 409 -Reason AlreadyExists }; Run = { New-KubePod a nginx }; Id = 'KubeAlreadyExists' }
        @{ Fault = '409 for a change'; Set = { Set-KubeSandboxFault patch deployments 409 }; Run = { Set-KubeImage deployment/web -Image nginx:1.27 }; Id = 'KubeConflict' }
        @{ Fault = 'a cut write'; Set = { Set-KubeSandboxFault create pods -Cut -Count 1 }; Run = { New-KubePod b nginx }; Id = 'KubeResponseInvalid' }
        @{ Fault = 'a delay'; Set = { Set-KubeSandboxFault list pods -Delay 30s }; Run = { Get-KubePod -RequestTimeout 1s }; Id = 'KubeRequestTimeout' }
        @{ Fault = 'one name'; Set = { Set-KubeSandboxFault get deployments 500 -Name w* }; Run = { Get-KubeDeployment web }; Id = 'KubeServerError' }
    ) {
        & $Set
        $PSDefaultParameterValues = @{ '*-Kube*:ErrorAction' = 'Stop' }
        { & $Run } | Should -Throw -ErrorId "$Id,*"
    }

    It 'a cut read is repeated once' {
        Set-KubeSandboxFault list pods -Cut -Count 1
        @(Get-KubePod).Count | Should -BeGreaterThan 0
        @(Get-KubeSandboxRequest list pods).StatusCode | Should -Be 0, 200
    }

    It 'a short delay is only that' {
        Set-KubeSandboxFault list nodes -Delay 1s -Count 1
        (Measure-Command { Get-KubeNode }).TotalSeconds | Should -BeGreaterThan 0.9
    }

    It 'nothing more after -Clear, and nothing with -WhatIf' {
        Set-KubeSandboxFault '*' '*' 500
        Set-KubeSandboxFault -Clear
        Set-KubeSandboxFault '*' '*' 500 -WhatIf
        { Get-KubePod -ErrorAction Stop } | Should -Not -Throw
    }
}

Describe 'What a sandbox cannot do' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:sandbox = Start-KubeSandbox -PassThru -Listen
        $null = New-KubePod p nginx -Wait
        $token = [regex]::Match((Get-Content -Raw $sandbox.Kubeconfig), 'token: (\S+)').Groups[1].Value
        $script:Request = @{ SkipCertificateCheck = $true; SkipHttpErrorCheck = $true; Headers = @{ Authorization = "Bearer $token" } }
    }
    AfterAll { Stop-KubeSandbox }

    It 'is a 501 with a reason, never a success: <Method> <Path>' -ForEach @(
        @{ Method = 'Post'; Path = 'pods/p/portforward' }, @{ Method = 'Post'; Path = 'pods/p/attach' }, @{ Method = 'Get'; Path = 'pods/p/proxy' }
        @{ Method = 'Patch'; Path = 'pods/p/ephemeralcontainers' }, @{ Method = 'Patch'; Path = 'pods/p/resize' }, @{ Method = 'Post'; Path = 'pods/p/binding' }
        @{ Method = 'Post'; Path = 'serviceaccounts/default/token' }
    ) {
        $answer = Invoke-WebRequest @Request -Method $Method "$($sandbox.Server)api/v1/namespaces/default/$Path"
        $answer.StatusCode | Should -Be 501
        $status = [Text.Encoding]::UTF8.GetString($answer.RawContentStream.ToArray()) | ConvertFrom-Json
        $status.kind, $status.status, $status.reason | Should -Be 'Status', 'Failure', 'NotImplemented'
        $status.message | Should -Match 'about_PSKube_Sandbox'
    }
}

Describe 'What a sandbox was asked' {
    BeforeAll { . "$PSScriptRoot/common.ps1"; Start-KubeSandbox }
    AfterAll { Stop-KubeSandbox }

    It 'is listed, filtered and forgotten' {
        $null = New-KubeConfigMap one -Data @{ a = 'b' }
        $null = Get-KubePod
        Remove-KubeConfigMap one -Confirm:$false
        (Get-KubeSandboxRequest create, delete).Resource | Should -Be 'configmaps', 'configmaps'
        (Get-KubeSandboxRequest delete -Name o*).StatusCode | Should -Be 200
        (Get-KubeSandboxRequest create conf*).Body | Should -Match '"a":"b"'
        $null = Get-KubeSandboxRequest -Clear
        Get-KubeSandboxRequest | Should -BeNullOrEmpty
    }

    It 'never shows a secret' {
        $null = New-KubeSecret s -Data @{ password = 'canary-31' }
        Get-KubeSandboxRequest create secrets | Format-List * | Out-String | Should -Not -Match 'canary|Y2FuYXJ5'
    }
}

Describe 'What pods of a sandbox do when told to' {
    BeforeAll { . "$PSScriptRoot/common.ps1" }
    BeforeEach { Start-KubeSandbox -Speed 20 }
    AfterEach { Stop-KubeSandbox }

    It 'a log' {
        Set-KubeSandboxPod web-* -Log 'listening on :8080', 'GET /health 200'
        $null = New-KubePod web-1 busybox -ArgumentList sh, -c, 'echo mine; sleep 1000' -Wait
        Get-KubeLog web-1 | Select-Object -First 2 | Should -Be 'listening on :8080', 'GET /health 200'
    }

    It 'an answer to a command' {
        Set-KubeSandboxPod db-0 -Exec 'pg_isready*' -StdOut "accepting connections`n"
        Set-KubeSandboxPod db-0 -Exec 'pg_dump *' -StdErr "connection failed`n" -ExitCode 1
        $null = New-KubePod db-0 postgres -Wait
        (Invoke-KubeExec db-0 -Command pg_isready, -q).StdOut.Trim() | Should -Be 'accepting connections'
        { Invoke-KubeExec db-0 -Command pg_dump, shop -ErrorAction Stop } | Should -Throw -ErrorId 'KubeExecExitCode,*'
    }

    It 'a crash, again and again' {
        Set-KubeSandboxPod api -CrashAfter 1s -ExitCode 3 -Log 'no database'
        $null = New-KubePod api nginx
        $pod = Wait-KubeResource pod/api -Until { $_.State -eq 'CrashLoopBackOff' -and $_.Restarts -gt 0 } -Timeout 2m
        $pod.Status.ContainerStatuses[0].LastState.Terminated.ExitCode | Should -Be 3
        Get-KubeLog api | Should -Be 'no database'
        (Get-KubePod api | Test-KubeWorkload).Healthy | Should -BeFalse
    }

    It 'two crashes, then well' {
        Set-KubeSandboxPod api -CrashAfter 1s -Count 2
        $null = New-KubePod api nginx
        (Wait-KubeResource pod/api -Until { $_.Restarts -eq 2 -and $_.Ready -eq '1/1' } -Timeout 2m).State | Should -Be 'Running'
    }

    It 'an image that cannot be pulled' {
        Set-KubeSandboxPod shop -PullFailure 'pull access denied'
        $null = New-KubePod shop nginx
        $pod = Wait-KubeResource pod/shop -Until { $_.State -eq 'ImagePullBackOff' } -Timeout 2m
        $pod.Ready | Should -Be '0/1'
        (Get-KubeEvent -For pod/shop).Message -join "`n" | Should -Match 'pull access denied'
    }

    It 'one that never gets ready, until that is ended' {
        Set-KubeSandboxPod slow -NeverReady
        { New-KubePod slow nginx -Wait -Timeout 2s -ErrorAction Stop } | Should -Throw -ErrorId 'KubeWaitTimeout,*'
        (Get-KubePod slow).State | Should -Be 'Running'
        (Get-KubePod slow).Ready | Should -Be '0/1'
        Set-KubeSandboxPod -Clear
        (New-KubePod quick nginx -Wait).Ready | Should -Be '1/1'
    }

    It 'what an autoscaler sees' {
        $null = New-KubeDeployment web nginx -Resources @{ requests = @{ cpu = '100m' } } -Wait | New-KubeAutoscaler -MinReplicas 1 -MaxReplicas 5 -Cpu 50%
        Set-KubeSandboxPod web-* -CpuMillis 200
        (Wait-KubeResource deployment/web -Until { $_.Spec.Replicas -gt 1 } -Timeout 2m).Spec.Replicas | Should -BeIn 2, 3, 4, 5
    }
}

Describe 'The samples, on a sandbox' {
    BeforeAll { . "$PSScriptRoot/common.ps1"; $script:Readme = Get-Content -Raw (Join-Path $RepositoryRoot 'README.md') }

    It 'quick-start.ps1 comes to its end, and tells how to go on' {
        $said = (Invoke-Fresh "Import-Module '$ModulePath'; & '$(Join-Path $Samples 'quick-start.ps1')'") -join "`n"
        $said | Should -Match '# Remove it all'
        ($said -split "`n" | Where-Object { $_.Trim() } | Select-Object -Last 2).Trim() | Should -Be 'Connect-KubeCluster YOUR-CONTEXT', './samples/tutorial.ps1'
    }

    It 'main-job.ps1 comes to its end' {
        Invoke-Fresh "Import-Module '$ModulePath'; Start-KubeSandbox; & '$(Join-Path $Samples 'main-job.ps1')'; (Get-KubeNamespace pskube-demo -IgnoreNotFound).Count; Stop-KubeSandbox" | Select-Object -Last 1 | Should -Be 0
    }

    It 'the runbook''s own test passes, and is the one that the README shows' {
        $file = Join-Path $Samples 'runbook' 'Scale-Night.Tests.ps1'
        Invoke-Fresh "Import-Module '$ModulePath'; `$r = Invoke-Pester '$file' -PassThru -Output None; `"`$(`$r.PassedCount) `$(`$r.FailedCount)`"" | Select-Object -Last 1 | Should -Be '4 0'
        $test = (Get-Content -Raw $file) -replace "`r", ''
        $Readme -replace "`r", '' | Should -BeLike "*$([WildcardPattern]::Escape($test))*"
        ($test -split "`n").Count | Should -BeLessOrEqual 31
    }
}
