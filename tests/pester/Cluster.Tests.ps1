# The module on a real cluster; with kubectl beside it where there is one.
BeforeDiscovery { $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG; $script:NoKubectl = $NoCluster -or -not (Get-Command kubectl -ErrorAction Ignore); $script:NoViewer = $NoCluster -or -not (Select-String -Path $env:PSKUBE_TEST_KUBECONFIG -Pattern 'pskube-view' -Quiet) }

Describe 'On a cluster' -Tag Cluster -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = $Space } } | Invoke-KubeApply | Out-Null
        $script:In = @{ Namespace = $Space }
        New-KubeDeployment web nginx -Replicas 2 @In -Wait -Timeout 5m | Out-Null
    }
    AfterAll { if ($Space) { Remove-KubeResource "namespace/$Space" -Confirm:$false -Wait -Timeout 5m } }

    It 'Test-KubeCluster finds it well' {
        $checks = Test-KubeCluster
        $checks | Where-Object { -not $_.Ok } | Should -BeNullOrEmpty
        $checks.Check | Should -Contain 'Reachable'
        Test-KubeCluster -Quiet | Should -BeTrue
    }

    It 'New-KubePod runs a pod, once' {
        $pod = New-KubePod testpod nginx @In -Wait -Timeout 5m
        $pod.State | Should -Be 'Running'
        { New-KubePod testpod nginx @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeAlreadyExists,*'
    }

    It 'New-KubePod -DryRun Server lets the server fill it in and keeps nothing' {
        $pod = New-KubePod dry nginx @In -DryRun Server
        $pod.Metadata.Uid | Should -Not -BeNullOrEmpty
        { Get-KubePod dry @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
    }

    It 'reads are typed, by name, wildcard, selector and namespace object' {
        (Get-KubePod @In -LabelSelector app=web).Count | Should -Be 2
        (Get-KubePod 'web-*' @In | Where-Object State -EQ Running).Count | Should -Be 2
        Get-KubeNamespace $Space | Get-KubeDeployment | ForEach-Object Name | Should -Be 'web'
        (Get-KubeDeployment web @In | Get-KubeDeployment).Metadata.Uid | Should -Be (Get-KubeResource deploy/web @In).Metadata.Uid
        (Get-KubeDeployment web @In).Kind | Should -Be 'Deployment'
        (Get-KubePod @In)[0].Age | Should -BeOfType ([timespan])
        Get-KubeNode | Should -BeOfType ([k8s.Models.V1Node])
        Get-KubeReplicaSet @In | Should -BeOfType ([k8s.Models.V1ReplicaSet])
        Get-KubeService kubernetes -Namespace default | Should -BeOfType ([k8s.Models.V1Service])
    }

    It 'shows <command> as kubectl get <kubectl>' -Tag Table -Skip:$NoKubectl -ForEach @(
        @{ Command = 'Get-KubePod'; Kubectl = 'pods' }
        @{ Command = 'Get-KubePod -Wide'; Kubectl = 'pods -o wide' }
        @{ Command = 'Get-KubeDeployment'; Kubectl = 'deployments' }
        @{ Command = 'Get-KubeDeployment -Wide'; Kubectl = 'deployments -o wide' }
        @{ Command = 'Get-KubeReplicaSet'; Kubectl = 'replicasets' }
        @{ Command = 'Get-KubeReplicaSet -Wide'; Kubectl = 'replicasets -o wide' }
        @{ Command = 'Get-KubeDaemonSet'; Kubectl = 'daemonsets' }
        @{ Command = 'Get-KubeStatefulSet'; Kubectl = 'statefulsets' }
        @{ Command = 'Get-KubeService'; Kubectl = 'services' }
        @{ Command = 'Get-KubeService -Wide'; Kubectl = 'services -o wide' }
        @{ Command = 'Get-KubePersistentVolumeClaim'; Kubectl = 'persistentvolumeclaims' }
        @{ Command = 'Get-KubeNamespace'; Kubectl = 'namespaces' }
        @{ Command = 'Get-KubeNode'; Kubectl = 'nodes' }
        @{ Command = 'Get-KubeWorkload'; Kubectl = 'all' }
        @{ Command = 'Get-KubePod -AllNamespaces'; Kubectl = 'pods -A' }
        @{ Command = 'Get-KubeResource secret'; Kubectl = 'secrets' }
        @{ Command = 'Get-KubeResource configmap'; Kubectl = 'configmaps' }
        @{ Command = 'Get-KubeResource serviceaccount'; Kubectl = 'serviceaccounts' }
    ) {
        if ($Command -match 'Daemon' -and -not $script:Filled) {
            $script:Filled = $true
            New-KubeDeployment agent nginx -DryRun Client | ConvertTo-KubeDaemonSet | Invoke-KubeApply @In -Wait -Timeout 5m | Out-Null
            Invoke-KubeApply (Join-Path $RepositoryRoot 'samples' 'manifests' 'statefuldemo.yaml') @In -Wait -Timeout 5m | Out-Null
        }

        $words = $Kubectl -split ' '
        $place = if ($Command -match 'AllNamespaces|Namespace$|Node$') { @() } else { '-n', $Space }
        # Other namespaces are not ours to hold still.
        $rows = if ($Command -match 'AllNamespaces') { "^(NAMESPACE|$Space) " } else { '.' }
        # Ages move on between the two: what is compared is one moment's, so a difference gets another look.
        foreach ($try in 1..4) {
            $theirs = & kubectl get @words @place 2>$null | ForEach-Object { ($_ -replace '\s+', ' ').Trim() } | Where-Object { $_ -match $rows }
            $parameters = if ($place) { $In } else { @{} }
            $ours = ConvertTo-PlainTable (& ([scriptblock]::Create("param(`$p) $Command @p")) $parameters) | Where-Object { $_ -match $rows }
            if (-not (Compare-Object $theirs $ours)) { break }
        }
        # The column came with 1.31; kubectl prints the server's own columns.
        $ours | Should -Be ($theirs -replace ' VOLUMEATTRIBUTESCLASS', '' -replace ' <unset>', '')
    }

    It 'Get-KubeWorkload reads kinds in kubectl''s order, with a selector' {
        (Get-KubeWorkload -LabelSelector app=web @In).Kind | Select-Object -Unique | Should -Be 'Pod', 'Deployment', 'ReplicaSet'
        (Get-KubeWorkload @In -Kind deploy).Name | Should -Contain 'web'
    }

    It 'Invoke-KubeApply creates, leaves alone, changes, and tells which' {
        $manifest = "apiVersion: v1`nkind: ConfigMap`nmetadata: {name: settings}`ndata: {a: one}"
        ($manifest | Invoke-KubeApply @In).ApplyAction | Should -Be 'Created'
        ($manifest | Invoke-KubeApply @In).ApplyAction | Should -Be 'Unchanged'
        ($manifest -replace 'one', 'two' | Invoke-KubeApply @In).ApplyAction | Should -Be 'Configured'
        (Get-KubeResource configmap/settings @In).Data['a'] | Should -Be 'two'
    }

    It 'Invoke-KubeApply names field and manager of a conflict' {
        $manifest = "apiVersion: v1`nkind: ConfigMap`nmetadata: {name: contested}`ndata: {a: one}"
        $manifest | Invoke-KubeApply @In -FieldManager other | Out-Null
        $failure = { $manifest -replace 'one', 'two' | Invoke-KubeApply @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeApplyConflict,*' -PassThru
        $failure.Exception.Message | Should -Match 'data\.a.*other|other.*data\.a'
        ($manifest -replace 'one', 'two' | Invoke-KubeApply @In -ForceConflict).Data['a'] | Should -Be 'two'
    }

    It 'what was created can be edited as YAML, or as an object, and applied' {
        $null = New-KubeDeployment edited nginx @In
        $yaml = Get-KubeDeployment edited @In | ConvertTo-KubeYaml | ForEach-Object { $_ -replace 'image: nginx', 'image: nginx:1.25' }
        ($yaml | Invoke-KubeApply @In).Spec.Template.Spec.Containers[0].Image | Should -Be 'nginx:1.25'
        Set-KubeScale deployment/edited -Replicas 0 @In | Out-Null
        $object = Get-KubeDeployment edited @In
        $object.Spec.Replicas = 1
        ($object | Invoke-KubeApply @In).Spec.Replicas | Should -Be 1
        # What somebody else sets stays his.
        $null = "apiVersion: apps/v1`nkind: Deployment`nmetadata: {name: edited}`nspec: {replicas: 2}" | Invoke-KubeApply @In -FieldManager other -ForceConflict
        { $object | Invoke-KubeApply @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeApplyConflict,*'
        (Get-KubeDeployment edited @In).Spec.Replicas | Should -Be 2
        Remove-KubeDeployment edited @In -Confirm:$false
    }

    It 'Publish-KubeResource takes files, objects, a custom kind and its definition in one call' {
        $crd = @"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.$Space.example.com}
spec:
  group: $Space.example.com
  names: {kind: Thing, plural: things, singular: thing, shortNames: [thg]}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
apiVersion: $Space.example.com/v1
kind: Thing
metadata: {name: one}
spec: {any: {thing: [1, two]}}
"@
        try {
            ($crd | Publish-KubeResource @In).ApplyAction | Should -Be 'Created', 'Created'
            $thing = Get-KubeResource thg @In
            $thing.spec.any.thing | Should -Be 1, 'two'
            $thing.Name | Should -Be 'one'
            ($thing | ConvertTo-KubeYaml) | Should -Match 'two'
            $thing | Remove-KubeResource -Confirm:$false -Wait
            Get-KubeResource thg @In | Should -BeNullOrEmpty
        }
        finally { Remove-KubeResource "crd/things.$Space.example.com" -Confirm:$false -IgnoreNotFound }
    }

    It 'Set-KubeScale scales by name, by object, and under a condition' {
        (Set-KubeScale deployment/web -Replicas 3 @In -Wait -Timeout 5m).Ready | Should -Be '3/3'
        (Get-KubeDeployment web @In | Set-KubeScale -Replicas 1 -CurrentReplicas 3 -Wait -Timeout 5m).Spec.Replicas | Should -Be 1
        { Set-KubeScale -Kind deploy -Name web -Replicas 2 -CurrentReplicas 7 @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubePreconditionFailed,*' -ExpectedMessage '*Expected replicas to be 7, was 1*'
        { Set-KubeScale daemonset/x -Replicas 2 @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotScalable,*'
        (Set-KubeScale deployment/web -Replicas 5 @In -DryRun Server).Spec.Replicas | Should -Be 5
        (Get-KubeDeployment web @In).Spec.Replicas | Should -Be 1
    }

    It 'a round trip through YAML changes nothing' {
        Get-KubeDeployment web @In | ConvertTo-KubeYaml | Invoke-KubeApply @In -DryRun Server -ForceConflict | ForEach-Object Kind | Should -Be 'Deployment'
    }

    It '<remove> removes what it is given, and asks first' -ForEach @(
        @{ Remove = 'Remove-KubePod'; Make = 'New-KubePod gone nginx @In'; Kind = 'pod' }
        @{ Remove = 'Remove-KubeDeployment'; Make = 'New-KubeDeployment gone nginx -Replicas 0 @In'; Kind = 'deployment' }
        @{ Remove = 'Remove-KubeDaemonSet'; Make = 'New-KubeDeployment gone nginx -DryRun Client -NodeSelector @{ none = "x" } | ConvertTo-KubeDaemonSet | Invoke-KubeApply @In'; Kind = 'daemonset' }
        @{ Remove = 'Remove-KubeStatefulSet'; Make = '"apiVersion: apps/v1", "kind: StatefulSet", "metadata: {name: gone}", "spec: {serviceName: x, replicas: 0, selector: {matchLabels: {a: gone}}, template: {metadata: {labels: {a: gone}}, spec: {containers: [{name: c, image: nginx}]}}}" | Invoke-KubeApply @In'; Kind = 'statefulset' }
        @{ Remove = 'Remove-KubeService'; Make = '"apiVersion: v1", "kind: Service", "metadata: {name: gone}", "spec: {ports: [{port: 80}]}" | Invoke-KubeApply @In'; Kind = 'service' }
    ) {
        & ([scriptblock]::Create($Make)) | Out-Null
        & $Remove gone @In -WhatIf
        $object = Get-KubeResource "$Kind/gone" @In
        $object | & $Remove -Confirm:$false -Force -Wait -Timeout 5m -WarningAction SilentlyContinue
        { Get-KubeResource "$Kind/gone" @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
        # The object that was piped is gone; one of the same name would be another.
        { & $Remove gone @In -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
        & $Remove gone @In -Confirm:$false -IgnoreNotFound -ErrorAction Stop
    }

    It 'a piped object that was created anew since is left alone' {
        $old = New-KubePod phoenix nginx @In
        Remove-KubePod phoenix @In -Confirm:$false -Force -Wait -WarningAction SilentlyContinue
        New-KubePod phoenix nginx @In | Out-Null
        { $old | Remove-KubePod -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KubeConflict,*'
        (Get-KubePod phoenix @In).Name | Should -Be 'phoenix'
    }

    It 'Use-KubeContext and Connect-KubeCluster choose for this session; Disconnect-KubeCluster forgets' {
        (Get-KubeContext -Current).IsCurrent | Should -BeTrue
        Use-KubeContext -Namespace $Space
        (Get-KubeContext -Current).Namespace | Should -Be $Space
        (Get-KubeDeployment web).Name | Should -Be 'web'
        Disconnect-KubeCluster
        (Connect-KubeCluster -Kubeconfig $env:PSKUBE_TEST_KUBECONFIG -Namespace $Space).Namespace | Should -Be $Space
        (Get-KubeDeployment).Name | Should -Contain 'web'
        Disconnect-KubeCluster
    }

    It 'completes names, namespaces, kinds and targets' {
        (TabExpansion2 "Get-KubeDeployment -Namespace $Space w").CompletionMatches.CompletionText | Should -Contain 'web'
        (TabExpansion2 "Get-KubePod -Namespace pskube-test-").CompletionMatches.CompletionText | Should -Contain $Space
        (TabExpansion2 'Get-KubeResource -Kind statef').CompletionMatches.CompletionText | Should -Contain 'statefulset'
        (TabExpansion2 "Set-KubeScale -Namespace $Space -Replicas 1 -Target deployment/w").CompletionMatches.CompletionText | Should -Contain 'deployment/web'
    }

    It 'works in parallel runspaces and in a job' {
        1..8 | ForEach-Object -Parallel { Import-Module $using:ModulePath; (Get-KubeDeployment web -Namespace $using:Space).Name } -ThrottleLimit 8 | Should -Be (@('web') * 8)
        $job = Start-Job { Import-Module $using:ModulePath; Get-KubeDeployment web -Namespace $using:Space }
        $object = $job | Receive-Job -Wait -AutoRemoveJob
        $object.Name | Should -Be 'web'
        (ConvertTo-PlainTable $object)[0] | Should -Be 'NAME READY UP-TO-DATE AVAILABLE AGE'
    }

    It 'tells a user who may only look what may not be done' -Skip:$NoViewer {
        $failure = { New-KubePod a nginx @In -Context pskube-view -ErrorAction Stop } | Should -Throw -ErrorId 'KubeForbidden,*' -PassThru
        $failure.CategoryInfo.Category | Should -Be 'PermissionDenied'
        (Get-KubeDeployment web @In -Context pskube-view).Name | Should -Be 'web'
        (Get-KubeDeployment web @In -Context pskube-token).Name | Should -Be 'web'
    }

    It 'does the main job' {
        $output = Invoke-Fresh "Import-Module '$ModulePath'; & '$(Join-Path $RepositoryRoot 'samples' 'main-job.ps1')' -Namespace $Space-main"
        "$output" | Should -Match 'firstnginx\s+4/4'
        "$output" | Should -Match 'statefulset.apps/web'
    }
}
