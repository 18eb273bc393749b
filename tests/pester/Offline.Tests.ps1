# What needs no cluster and no kubeconfig.
Describe 'Without a cluster' {
    BeforeAll { . "$PSScriptRoot/common.ps1"; $script:Saved = $env:KUBECONFIG; $env:KUBECONFIG = Join-Path $TestDrive 'none' }
    AfterAll { $env:KUBECONFIG = $Saved }

    It 'New-KubePod builds a pod' {
        $pod = New-KubePod sleepy busybox -ArgumentList sleep, 3600 -DryRun Client
        $pod | Should -BeOfType ([k8s.Models.V1Pod])
        $pod.Spec.Containers[0].Args | Should -Be 'sleep', '3600'
        $pod.Namespace | Should -BeNullOrEmpty
    }

    It 'New-KubeDeployment | ConvertTo-KubeDaemonSet | ConvertTo-KubeYaml | ConvertFrom-KubeYaml' {
        $set = New-KubeDeployment mydaemon nginx -DryRun Client | ConvertTo-KubeDaemonSet | ConvertTo-KubeYaml | ConvertFrom-KubeYaml
        $set | Should -BeOfType ([k8s.Models.V1DaemonSet])
        $set.Spec.Selector.MatchLabels['app'] | Should -Be 'mydaemon'
    }

    It 'reads the tutorial''s file' {
        $objects = ConvertFrom-KubeYaml -Path (Join-Path $RepositoryRoot 'samples' 'manifests' '*.yaml')
        $objects.Kind | Should -Be 'Service', 'StatefulSet'
        Get-ChildItem (Join-Path $RepositoryRoot 'samples' 'manifests') | ConvertFrom-KubeYaml | Select-Object -Last 1 -ExpandProperty Name | Should -Be 'web'
    }

    It 'answers a mis-cased kind with the right one' {
        { "apiVersion: apps/v1`nkind: Daemonset`nmetadata: {name: x}" | ConvertFrom-KubeYaml -ErrorAction Stop } | Should -Throw -ErrorId 'KubeKindInvalid,*' -ExpectedMessage "*'DaemonSet'*"
    }

    It 'shows an object as a list of kubectl''s columns, and those columns first in a CSV' {
        $pod = New-KubePod web nginx -Namespace shop -DryRun Client
        ($pod | Format-List | Out-String).Trim() -split "`n" | ForEach-Object { ($_ -split ':')[0].Trim() } | Should -Be 'Name', 'Namespace', 'Ready', 'State', 'Restarts', 'Age'
        ($pod | ConvertTo-Csv)[0] | Should -BeLike '"Name","Namespace","Age","Ready","State",*'
        $set = New-KubeDeployment web nginx -DryRun Client
        $set | Select-Object -ExpandProperty Selector | Should -Be 'app=web'
        ($pod, $set | Out-String -Width 200) | Should -Not -Match 'V1PodSpec'
    }

    It 'writes the JSON that the API knows, and reads it again' {
        $json = New-KubePod web nginx -Namespace shop -Port 80 -DryRun Client | ConvertTo-KubeJson
        $plain = $json | ConvertFrom-Json -AsHashtable
        $plain.apiVersion, $plain.kind, $plain.metadata.namespace, $plain.spec.containers[0].ports[0].containerPort | Should -Be 'v1', 'Pod', 'shop', 80
        ($json | ConvertFrom-KubeYaml | ConvertTo-KubeJson) | Should -BeExactly $json
    }

    It 'says where it looked for a configuration: <command>' -ForEach @(
        @{ Command = 'Get-KubePod' }, @{ Command = 'Get-KubeWorkload' }, @{ Command = 'Test-KubeCluster' }, @{ Command = 'Get-KubeContext' }, @{ Command = 'Connect-KubeCluster' }
        @{ Command = 'New-KubePod a nginx' }, @{ Command = 'Set-KubeScale deployment/a -Replicas 1' }, @{ Command = 'Remove-KubePod a -Confirm:$false' }
    ) {
        $failure = { & ([scriptblock]::Create("$Command -ErrorAction Stop")) } | Should -Throw -ErrorId 'KubeConfigNotFound,*' -PassThru
        $failure.Exception.Message | Should -Match 'KUBECONFIG.*service account'
        $failure.Exception.Message | Should -Not -Match 'localhost:8080'
    }

    It 'never leaves a canary behind in a transcript' {
        $config = Join-Path $TestDrive 'config'
        "current-context: c`ncontexts: [{name: c, context: {cluster: c, user: u}}]`nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]`nusers: [{name: u, user: {token: canary-token-5c1}}]" | Set-Content $config
        $transcript = Join-Path $TestDrive 'transcript.txt'
        Start-Transcript $transcript | Out-Null
        $failures = try { Get-KubePod -Kubeconfig $config -Verbose -Debug *>&1 | Out-String | Out-Host } catch { $_ }
        $failures | Format-List * -Force | Out-String | Out-Host
        Get-KubeContext -Kubeconfig $config | Format-List * | Out-String | Out-Host
        Stop-Transcript | Out-Null
        $failures | Export-Clixml (Join-Path $TestDrive 'errors.xml')
        Get-Content $transcript, (Join-Path $TestDrive 'errors.xml') -Raw | Should -Not -Match 'canary'
        $failures.FullyQualifiedErrorId | Should -BeLike 'KubeConnectionFailed,*'
    }

    It 'completes contexts without asking a cluster' {
        $config = Join-Path $TestDrive 'config'
        "contexts: [{name: prod, context: {cluster: c}}, {name: prelive, context: {cluster: c}}]" | Set-Content $config
        (TabExpansion2 "Use-KubeContext -Kubeconfig '$config' pr").CompletionMatches.CompletionText | Should -Be 'prelive', 'prod'
    }

    It 'shows objects that come from a job as the same table' {
        $direct = ConvertTo-PlainTable (New-KubeDeployment w nginx -DryRun Client)
        $xml = Join-Path $TestDrive 'd.xml'
        New-KubeDeployment w nginx -DryRun Client | Export-Clixml $xml
        ConvertTo-PlainTable (Import-Clixml $xml) | Should -Be $direct
    }

    It 'starts no plugin that the policy does not allow, and says who has said so' -Skip:$IsWindows {
        $plugin = Join-Path $TestDrive 'login'
        "#!/bin/sh`necho ran > '$TestDrive/ran'" | Set-Content $plugin
        chmod +x $plugin
        $config = Join-Path $TestDrive 'plugged'
        "current-context: c`ncontexts: [{name: c, context: {cluster: c, user: u}}]`nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]`nusers: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: '$plugin', interactiveMode: Never}}}]" | Set-Content $config
        # Nobody is there to be asked about a file from elsewhere.
        Invoke-Fresh "Import-Module '$ModulePath'; try { Get-KubePod -Kubeconfig '$config' } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }" | Out-String | Should -BeLike "KubeConfigUntrusted,*run the program $plugin*"
        Invoke-Fresh "Import-Module '$ModulePath'; `$null = Connect-KubeCluster -Kubeconfig '$config' -TrustKubeconfig; Set-KubePolicy DenyAll; try { Get-KubePod } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }" | Out-String | Should -BeLike 'KubePluginDenied,*Set-KubePolicy (DenyAll)*'
        Invoke-Fresh "`$env:PSKUBE_CREDENTIAL_PLUGIN_POLICY = 'DenyAll'; Import-Module '$ModulePath'; Set-KubePolicy AllowAll 3>`$null; (Get-KubePolicy).CredentialPluginPolicy" | Should -Be 'DenyAll'
        Join-Path $TestDrive 'ran' | Should -Not -Exist
    }
}
