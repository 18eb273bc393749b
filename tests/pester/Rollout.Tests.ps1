# Rolling out, going back and scaling on a real cluster, beside kubectl where there is one.
BeforeDiscovery { $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG; $script:NoKubectl = $NoCluster -or -not (Get-Command kubectl -ErrorAction Ignore) }

Describe 'Rollouts on a cluster' -Tag Cluster -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-rollout-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = $Space } } | Invoke-KubeApply | Out-Null
        $script:In = @{ Namespace = $Space }
        $script:Image = { param($kind, $name, $image)
            @{ apiVersion = 'apps/v1'; kind = $kind; metadata = @{ name = $name; annotations = @{ 'kubernetes.io/change-cause' = "to $image" } }
                spec = @{ selector = @{ matchLabels = @{ app = $name } }; serviceName = if ($kind -eq 'StatefulSet') { $name }
                    template = @{ metadata = @{ labels = @{ app = $name } }; spec = @{ terminationGracePeriodSeconds = 1; containers = @(@{ name = 'c'; image = $image }) } } } } |
                ForEach-Object { if ($kind -ne 'StatefulSet') { $_.spec.Remove('serviceName') }; $_ } | Invoke-KubeApply -ForceConflict @In }
        & $Image Deployment web nginx | Wait-KubeRollout -Timeout 5m | Out-Null
        & $Image Deployment web nginx:1.25 | Wait-KubeRollout -Timeout 5m | Out-Null
    }
    AfterAll { if ($Space) { Remove-KubeResource "namespace/$Space" -Confirm:$false -Wait -Timeout 5m } }

    It 'Get-KubeRolloutStatus says what kubectl rollout status says' -Skip:$NoKubectl {
        $status = Get-KubeRolloutStatus deployment/web @In
        $status.Done | Should -BeTrue
        $status.Revision | Should -Be 2
        $status.Message | Should -Be (kubectl rollout status deployment/web -n $Space --watch=false 2>$null)
    }

    It 'Get-KubeRolloutHistory has the revisions of kubectl rollout history, and their templates' -Skip:$NoKubectl {
        $history = Get-KubeRolloutHistory deployment/web @In
        $history.Revision | Should -Be 1, 2
        $history.Images | Should -Be 'nginx', 'nginx:1.25'
        $theirs = kubectl rollout history deployment/web -n $Space 2>$null | Where-Object { $_ -match '^\d' } | ForEach-Object { ($_ -replace '\s+', ' ').Trim() }
        $history | ForEach-Object { "$($_.Revision) $($_.ChangeCause)" } | Should -Be $theirs
        $template = kubectl rollout history deployment/web -n $Space --revision 2 2>$null | ForEach-Object { ($_ -replace '\s+', ' ').Trim() } | Where-Object { $_ }
        $ours = ConvertTo-PlainTable (Get-KubeRolloutHistory deployment/web -Revision 2 @In)
        $ours[0] | Should -Be 'deployment.apps/web with revision #2'
        foreach ($line in 'Pod Template:', 'Labels: app=web', 'Image: nginx:1.25') { $ours | Should -Contain $line; $template | Should -Contain $line }
    }

    It 'Undo-KubeRollout goes back, and is a note when it is there' {
        $web = Undo-KubeRollout deployment/web @In -Confirm:$false -Wait -Timeout 5m
        $web.Spec.Template.Spec.Containers[0].Image | Should -Be 'nginx'
        $web.Metadata.Annotations['kubernetes.io/change-cause'] | Should -Be 'to nginx'
        (Get-KubeRolloutHistory deployment/web @In).Revision | Should -Be 2, 3
        Undo-KubeRollout deployment/web -ToRevision 3 @In -Confirm:$false -WarningVariable note -WarningAction SilentlyContinue | Out-Null
        $note | Should -Match 'skipped rollback \(current template already matches revision 3\)'
        { Undo-KubeRollout deployment/web -ToRevision 77 @In -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KubeRevisionNotFound,*'
        (Undo-KubeRollout deployment/web -ToRevision 2 @In -DryRun Server -Confirm:$false).Spec.Template.Spec.Containers[0].Image | Should -Be 'nginx:1.25'
        (Get-KubeDeployment web @In).Spec.Template.Spec.Containers[0].Image | Should -Be 'nginx'
    }

    It 'Restart-KubeRollout makes new pods' {
        $before = (Get-KubePod @In -LabelSelector app=web).Name
        Restart-KubeRollout deployment/web @In -Wait -Timeout 5m | Should -BeOfType ([k8s.Models.V1Deployment])
        (Get-KubePod @In -LabelSelector app=web | Where-Object { -not $_.Metadata.DeletionTimestamp }).Name | Should -Not -Be $before
    }

    It 'Suspend-KubeRollout holds a change back until Resume-KubeRollout' {
        (Suspend-KubeRollout deployment/web @In).Spec.Paused | Should -BeTrue
        Suspend-KubeRollout deployment/web @In | Out-Null
        & $Image Deployment web nginx:1.25 | Out-Null
        (Get-KubePod @In -LabelSelector app=web | Where-Object { -not $_.Metadata.DeletionTimestamp }).Spec.Containers.Image | Should -Not -Contain 'nginx:1.25'
        { Restart-KubeRollout deployment/web @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeRolloutPaused,*'
        { Undo-KubeRollout deployment/web @In -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KubeRolloutPaused,*'
        (Resume-KubeRollout deployment/web @In -Wait -Timeout 5m).UpToDate | Should -Be 1
        (Get-KubePod @In -LabelSelector app=web | Where-Object { -not $_.Metadata.DeletionTimestamp }).Spec.Containers.Image | Should -Be 'nginx:1.25'
    }

    It 'a <kind> is rolled forward, told of, taken back and restarted' -ForEach @(@{ Kind = 'DaemonSet' }, @{ Kind = 'StatefulSet' }) {
        $name = $Kind.ToLowerInvariant()
        & $Image $Kind $name nginx | Wait-KubeRollout -Timeout 5m | Out-Null
        & $Image $Kind $name nginx:1.25 | Wait-KubeRollout -Timeout 5m | Out-Null
        $status = Get-KubeRolloutStatus "$Kind/$name" @In
        $status.Revision | Should -Be 2
        if (-not $NoKubectl) { $status.Message | Should -Be (kubectl rollout status "$Kind/$name" -n $Space --watch=false 2>$null) }
        (Get-KubeRolloutHistory "$Kind/$name" @In).Images | Should -Be 'nginx', 'nginx:1.25'
        (Undo-KubeRollout "$Kind/$name" @In -DryRun Client -Confirm:$false).Spec.Template.Spec.Containers[0].Image | Should -Be 'nginx'
        $back = Undo-KubeRollout "$Kind/$name" @In -Confirm:$false -Wait -Timeout 5m
        $back.Spec.Template.Spec.Containers[0].Image | Should -Be 'nginx'
        (Get-KubePod @In -LabelSelector app=$name).Spec.Containers.Image | Should -Be 'nginx'
        (Restart-KubeRollout "$Kind/$name" @In -Wait -Timeout 5m).Spec.Template.Metadata.Annotations.Keys | Should -Contain 'kubectl.kubernetes.io/restartedAt'
        { Suspend-KubeRollout "$Kind/$name" @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeRolloutNotSupported,*'
    }

    It 'a rollout that is stuck ends every wait at once, and Undo mends it' {
        & $Image Deployment stuck nginx | Wait-KubeRollout -Timeout 5m | Out-Null
        $bad = { & $Image Deployment stuck 'localhost:1/none:1' | Out-Null; kubectl patch deployment stuck -n $Space -p '{"spec":{"progressDeadlineSeconds":3}}' }
        if ($NoKubectl) { $bad = { @{ apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'stuck' }; spec = @{ progressDeadlineSeconds = 3; selector = @{ matchLabels = @{ app = 'stuck' } }; template = @{ metadata = @{ labels = @{ app = 'stuck' } }; spec = @{ containers = @(@{ name = 'c'; image = 'localhost:1/none:1' }) } } } } | Invoke-KubeApply @In } }
        & $bad | Out-Null
        $clock = [Diagnostics.Stopwatch]::StartNew()
        { Wait-KubeRollout deployment/stuck @In -Timeout 3m -ErrorAction Stop } | Should -Throw -ErrorId 'KubeProgressDeadlineExceeded,*' -ExpectedMessage 'deployment "stuck" exceeded its progress deadline*'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 60
        (Get-KubeRolloutStatus deployment/stuck @In).Failed | Should -BeTrue
        { Wait-KubeResource deployment/stuck @In -Timeout 3m -ErrorAction Stop } | Should -Throw -ErrorId 'KubeProgressDeadlineExceeded,*'
        (Undo-KubeRollout deployment/stuck @In -Confirm:$false -Wait -Timeout 5m).Spec.Template.Spec.Containers[0].Image | Should -Be 'nginx'
    }

    It 'waits for several at once, and says what each lacks when time is up' {
        New-KubeDeployment late1 'localhost:1/none:1' @In | Out-Null
        New-KubeDeployment late2 'localhost:1/none:1' @In | Out-Null
        $done = Get-KubeDeployment late1, late2, web @In | Wait-KubeRollout -Timeout 2s -ErrorVariable late -ErrorAction SilentlyContinue
        $done.Name | Should -Be 'web'
        $late.Count | Should -Be 2
        $late[0].Exception.Message | Should -Match '0 of 1 updated replicas are available'
        $late[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
        Remove-KubeDeployment late1, late2 @In -Confirm:$false
    }

    It 'scales by steps, and warns of an autoscaler' {
        New-KubeDeployment steps nginx -Replicas 1 @In | Out-Null
        (Set-KubeScale deployment/steps -Replicas '+1' @In -Wait -Timeout 5m).Ready | Should -Be '2/2'
        (Set-KubeScale deployment/steps -Replicas -1 @In).Spec.Replicas | Should -Be 1
        { Set-KubeScale deployment/steps -Replicas '-3' @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInvalidArgument,*'
        Get-KubeDeployment steps @In | New-KubeAutoscaler -MinReplicas 1 -MaxReplicas 3 -Cpu 70 | Out-Null
        Set-KubeScale deployment/steps -Replicas 2 @In -WarningVariable warned -WarningAction SilentlyContinue | Out-Null
        $warned | Should -Match 'horizontalpodautoscaler/steps scales deployment/steps'
        (Save-KubeScale deployment/steps @In -WarningAction SilentlyContinue).Action | Should -Be 'Skipped'
    }

    It 'Save-KubeScale and Restore-KubeScale bring a namespace down and back' {
        New-KubeDeployment office1 nginx -Replicas 2 @In -Label hours=office | Out-Null
        New-KubeDeployment office2 nginx -Replicas 1 @In -Label hours=office | Out-Null
        (Get-KubeDeployment @In -LabelSelector hours=office | Save-KubeScale -WhatIf) | Should -BeNullOrEmpty
        $down = Get-KubeDeployment @In -LabelSelector hours=office | Save-KubeScale -Wait -Timeout 5m
        $down.Action | Should -Be 'Saved', 'Saved'
        ($down | Measure-Object After -Sum).Sum | Should -Be 0
        (Get-KubeDeployment @In -LabelSelector hours=office | Save-KubeScale).Action | Should -Be 'AlreadySaved', 'AlreadySaved'
        $up = Get-KubeDeployment @In -LabelSelector hours=office | Restore-KubeScale -Wait -Timeout 5m | Sort-Object Name
        $up.After | Should -Be 2, 1
        $office = Get-KubeDeployment office1 @In
        $office.Ready | Should -Be '2/2'
        $office.Metadata.Annotations.Keys | Should -Not -Contain 'pskube.io/saved-replicas'
        ($office | Restore-KubeScale).Action | Should -Be 'NotSaved'
    }
}
