# Commands for each kind of workload and what belongs to it: building and converting without a cluster, and the life of each on one.
BeforeDiscovery {
    $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG
    $script:NoKubectl = -not (Get-Command kubectl -ErrorAction Ignore)
    $script:Kinds = 'Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Autoscaler', 'Service', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Namespace'
}

Describe 'Workloads without a cluster' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Saved = $env:KUBECONFIG
        $env:KUBECONFIG = Join-Path $TestDrive 'none'
        $script:Here = Join-Path $TestDrive 'files'
        New-Item -ItemType Directory $Here | Out-Null
        "a=1`nb=2" | Set-Content -NoNewline (Join-Path $Here 'app.conf')
        [IO.File]::WriteAllBytes((Join-Path $Here 'blob.bin'), [byte[]](0xff, 0xfe, 0x00, 0x80))
        $key = [Security.Cryptography.RSA]::Create(2048)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=web', $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $request.CreateSelfSigned([datetime]::UtcNow, [datetime]::UtcNow.AddDays(1)).ExportCertificatePem() | Set-Content -NoNewline (Join-Path $TestDrive 'web.crt')
        $key.ExportPkcs8PrivateKeyPem() | Set-Content -NoNewline (Join-Path $TestDrive 'web.key')

        # kubectl writes empty fields that mean nothing (creationTimestamp, status, strategy, resources).
        function Get-Essence($Value) {
            if ($Value -is [System.Collections.IDictionary]) {
                $kept = [ordered]@{}
                foreach ($name in $Value.Keys | Sort-Object -CaseSensitive) {
                    $inner = Get-Essence $Value[$name]
                    if ($null -ne $inner) { $kept[$name] = $inner }
                }
                if ($kept.Count) { return $kept } else { return $null }
            }
            if ($Value -is [System.Collections.IList]) { return , @($Value | ForEach-Object { Get-Essence $_ }) }
            $Value
        }
        function ConvertTo-Essence([string] $Json) { Get-Essence ($Json | ConvertFrom-Json -AsHashtable) | ConvertTo-Json -Depth 50 }
    }
    AfterAll { $env:KUBECONFIG = $Saved }

    It 'builds what kubectl builds: <command>' -Skip:$NoKubectl -ForEach @(
        @{ Command = 'New-KubeNamespace team-a'; Kubectl = 'create', 'namespace', 'team-a' }
        @{ Command = 'New-KubeDeployment web nginx -Replicas 3 -Port 80'; Kubectl = 'create', 'deployment', 'web', '--image=nginx', '--replicas=3', '--port=80' }
        @{ Command = 'New-KubeJob pi perl -Command perl, -wle, "print bpi(2000)"'; Kubectl = 'create', 'job', 'pi', '--image=perl', '--', 'perl', '-wle', 'print bpi(2000)' }
        @{ Command = 'New-KubeCronJob hello busybox "*/5 * * * *" -Command echo, hello'; Kubectl = 'create', 'cronjob', 'hello', '--image=busybox', '--schedule=*/5 * * * *', '--', 'echo', 'hello' }
        @{ Command = 'New-KubeConfigMap settings @{ a = "b"; c = "d=e" }'; Kubectl = 'create', 'configmap', 'settings', '--from-literal=a=b', '--from-literal=c=d=e' }
        @{ Command = 'New-KubeConfigMap settings -Path $Here'; Kubectl = 'create', 'configmap', 'settings', '--from-file=$Here' }
        @{ Command = 'New-KubeConfigMap settings -Path own=$Here/app.conf'; Kubectl = 'create', 'configmap', 'settings', '--from-file=own=$Here/app.conf' }
        @{ Command = 'New-KubeSecret db @{ password = ConvertTo-SecureString -AsPlainText open }'; Kubectl = 'create', 'secret', 'generic', 'db', '--from-literal=password=open' }
        @{ Command = 'New-KubeSecret db -Path $Here/app.conf, $Here/blob.bin -Type example.com/x'; Kubectl = 'create', 'secret', 'generic', 'db', '--from-file=$Here/app.conf', '--from-file=$Here/blob.bin', '--type=example.com/x' }
        @{ Command = 'New-KubeSecret pull -Registry registry.example.com -Credential ([pscredential]::new("me", (ConvertTo-SecureString -AsPlainText open)))'; Kubectl = 'create', 'secret', 'docker-registry', 'pull', '--docker-server=registry.example.com', '--docker-username=me', '--docker-password=open' }
        @{ Command = 'New-KubeSecret web -CertificatePath $Here/../web.crt -KeyPath $Here/../web.key'; Kubectl = 'create', 'secret', 'tls', 'web', '--cert=$Here/../web.crt', '--key=$Here/../web.key' }
        @{ Command = 'New-KubeService web -Port 80:8080'; Kubectl = 'create', 'service', 'clusterip', 'web', '--tcp=80:8080' }
        @{ Command = 'New-KubeService web -Port 80 -Headless'; Kubectl = 'create', 'service', 'clusterip', 'web', '--tcp=80', '--clusterip=None' }
        @{ Command = 'New-KubeService web -Port 80:8080 -Type NodePort -NodePort 30080'; Kubectl = 'create', 'service', 'nodeport', 'web', '--tcp=80:8080', '--node-port=30080' }
        @{ Command = 'New-KubeService web -Port 80:http -Type LoadBalancer'; Kubectl = 'create', 'service', 'loadbalancer', 'web', '--tcp=80:http' }
        @{ Command = 'New-KubeService db -ExternalName db.example.com'; Kubectl = 'create', 'service', 'externalname', 'db', '--external-name=db.example.com' }
    ) {
        $ours = & ([scriptblock]::Create("$Command -DryRun Client"))
        $words = $Kubectl.Replace('$Here', $Here)
        # What follows -- is the container's.
        $split = if ($words -contains '--') { $words.IndexOf('--') } else { $words.Count }
        $theirs = & kubectl @($words[0..($split - 1)]) --dry-run=client -o json @($words | Select-Object -Skip $split)
        $LASTEXITCODE | Should -Be 0
        ConvertTo-Essence ([k8s.KubernetesJson]::Serialize($ours)) | Should -Be (ConvertTo-Essence ($theirs -join "`n"))
    }

    It 'New-KubeReplicaSet and New-KubeDaemonSet select their own pods' {
        $set = New-KubeReplicaSet web nginx -Replicas 2 -DryRun Client
        $set.Kind, $set.Spec.Replicas, $set.Spec.Selector.MatchLabels['app'], $set.Spec.Template.Metadata.Labels['app'] | Should -Be 'ReplicaSet', 2, 'web', 'web'
        $agent = New-KubeDaemonSet agent nginx -TolerateControlPlane -DryRun Client
        $agent.Kind, $agent.Spec.Selector.MatchLabels['app'] | Should -Be 'DaemonSet', 'agent'
        $agent.Spec.Template.Spec.Tolerations.Key | Should -Contain 'node-role.kubernetes.io/control-plane'
    }

    It 'New-KubeStatefulSet makes the service before the set, and claims with their mounts' {
        $service, $set = New-KubeStatefulSet web nginx -Replicas 2 -Port 80 -CreateHeadlessService -VolumeClaimTemplate @{ www = '1Gi' } -ClaimMountPath @{ www = '/data' } -DryRun Client
        $service.Kind, $service.Spec.ClusterIP, $service.Spec.Ports[0].Port, $service.Spec.Selector['app'] | Should -Be 'Service', 'None', 80, 'web'
        $set.Spec.ServiceName | Should -Be $service.Name
        $set.Spec.VolumeClaimTemplates[0].Spec.Resources.Requests['storage'].ToString() | Should -Be '1Gi'
        $set.Spec.Template.Spec.Containers[0].VolumeMounts[0].MountPath | Should -Be '/data'
    }

    It 'New-KubePersistentVolumeClaim asks for what it is told' {
        $claim = New-KubePersistentVolumeClaim data 10Gi -AccessMode ReadWriteMany -StorageClass fast -DryRun Client
        $claim.Spec.AccessModes, $claim.Spec.StorageClassName, $claim.Spec.Resources.Requests['storage'].ToString() | Should -Be 'ReadWriteMany', 'fast', '10Gi'
        # None at all is not the default one.
        (New-KubePersistentVolumeClaim data 1Gi -StorageClass '' -DryRun Client).Spec.StorageClassName | Should -BeExactly ''
        { New-KubePersistentVolumeClaim data lots -DryRun Client -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInvalidArgument,*'
    }

    It 'New-KubeAutoscaler aims at shares and amounts, and warns where a share cannot be measured' {
        $web = New-KubeDeployment web nginx -DryRun Client
        $scaler = $web | New-KubeAutoscaler -Min 2 -Max 5 -Cpu 70% -Memory 200Mi -DryRun Client -WarningVariable warnings -WarningAction SilentlyContinue
        $scaler.Spec.ScaleTargetRef.Kind, $scaler.Spec.ScaleTargetRef.Name, $scaler.Spec.MinReplicas, $scaler.Spec.MaxReplicas | Should -Be 'Deployment', 'web', 2, 5
        $scaler.Spec.Metrics[0].Resource.Target.AverageUtilization | Should -Be 70
        $scaler.Spec.Metrics[1].Resource.Target.AverageValue.ToString() | Should -Be '200Mi'
        "$warnings" | Should -Match 'requests no cpu'
        { New-KubeAutoscaler daemonset/agent -Max 3 -DryRun Client -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotScalable,*'
    }

    It 'New-KubeService exposes a piped workload with its selector and ports' {
        $service = New-KubeDeployment web nginx -Port 8080 -DryRun Client | New-KubeService front -DryRun Client
        $service.Name, $service.Spec.Ports[0].Port, $service.Spec.Selector['app'] | Should -Be 'front', 8080, 'web'
        { New-KubeDeployment web nginx -DryRun Client | New-KubeService -DryRun Client -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInvalidArgument,*'
    }

    It 'New-KubeJob makes a job of a cron job' {
        $cron = New-KubeCronJob import busybox '@daily' -Command sync -DryRun Client
        $job = $cron | New-KubeJob import-now -DryRun Client
        $job.Kind, $job.Name, $job.Spec.Template.Spec.Containers[0].Command | Should -Be 'Job', 'import-now', 'sync'
        $job.Metadata.Annotations['cronjob.kubernetes.io/instantiate'] | Should -Be 'manual'
        { $cron | New-KubeJob import-now -Completions 3 -DryRun Client -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInvalidArgument,*'
        { New-KubeDeployment a b -DryRun Client | New-KubeJob c -DryRun Client -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInputInvalid,*'
    }

    It '<convert> makes one of each other workload' -ForEach @(
        @{ Convert = 'ConvertTo-KubeDeployment'; Kind = 'Deployment' }
        @{ Convert = 'ConvertTo-KubeStatefulSet'; Kind = 'StatefulSet' }
        @{ Convert = 'ConvertTo-KubeDaemonSet'; Kind = 'DaemonSet' }
        @{ Convert = 'ConvertTo-KubeJob'; Kind = 'Job' }
        @{ Convert = 'ConvertTo-KubePod'; Kind = 'Pod' }
    ) {
        $sources = (New-KubePod web nginx -DryRun Client), (New-KubeDeployment web nginx -DryRun Client), (New-KubeReplicaSet web nginx -DryRun Client), (New-KubeDaemonSet web nginx -DryRun Client),
            (New-KubeStatefulSet web nginx -DryRun Client), (New-KubeJob web nginx -DryRun Client), (New-KubeCronJob web nginx '@daily' -DryRun Client)
        foreach ($source in $sources) {
            $before = $source | ConvertTo-KubeYaml
            $made = $source | & $Convert other -WarningAction SilentlyContinue
            $made.Kind, $made.Name | Should -Be $Kind, 'other' -Because $source.Kind
            $pod = if ($Kind -eq 'Pod') { $made.Spec } else { $made.Spec.Template.Spec }
            $pod.Containers[0].Image | Should -Be 'nginx'
            $source | ConvertTo-KubeYaml | Should -Be $before -Because 'what is converted stays as it was'
        }
        { New-KubeConfigMap a -DryRun Client | & $Convert -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInputInvalid,*'
    }

    It 'ConvertTo-KubeDeployment does not drop data unless it is told to' {
        $set = New-KubeStatefulSet db nginx -VolumeClaimTemplate @{ data = '1Gi' } -DryRun Client
        { $set | ConvertTo-KubeDeployment -ErrorAction Stop } | Should -Throw -ErrorId 'KubeConversionLossy,*'
        $set | ConvertTo-KubeDeployment -Force -WarningVariable warnings -WarningAction SilentlyContinue | ForEach-Object Kind | Should -Be 'Deployment'
        "$warnings" | Should -Match 'volumeClaimTemplates'
    }

    It 'ConvertTo-KubeStatefulSet -CreateHeadlessService emits the service first' {
        (New-KubeDeployment web nginx -Port 80 -DryRun Client | ConvertTo-KubeStatefulSet -CreateHeadlessService).Kind | Should -Be 'Service', 'StatefulSet'
    }

    It 'asks no cluster with -WhatIf: <command>' -ForEach @(
        @{ Command = 'New-KubeReplicaSet a nginx' }, @{ Command = 'New-KubeStatefulSet a nginx -CreateHeadlessService' }, @{ Command = 'New-KubeDaemonSet a nginx' }
        @{ Command = 'New-KubeJob a nginx' }, @{ Command = 'New-KubeCronJob a nginx "@daily"' }, @{ Command = 'New-KubeAutoscaler deployment/a -Max 2' }
        @{ Command = 'New-KubeService a -Port 80' }, @{ Command = 'New-KubeConfigMap a @{ b = "c" }' }, @{ Command = 'New-KubeSecret a @{ b = "c" }' }
        @{ Command = 'New-KubePersistentVolumeClaim a 1Gi' }, @{ Command = 'New-KubeNamespace a' }
    ) {
        & ([scriptblock]::Create("$Command -WhatIf -ErrorAction Stop")) | Should -BeNullOrEmpty
    }

    It 'says where it looked for a configuration: <command>' -ForEach @(
        $Kinds | ForEach-Object { @{ Command = "Get-Kube$_" }; @{ Command = "Remove-Kube$_ a -Confirm:`$false" } }
        @{ Command = 'Get-KubeDescription pod/a' }, @{ Command = 'Get-KubeEvent' }, @{ Command = 'Test-KubeWorkload' }, @{ Command = 'Wait-KubeResource pod/a' }, @{ Command = 'Watch-KubeResource pod' }
    ) {
        { & ([scriptblock]::Create("$Command -ErrorAction Stop")) } | Should -Throw -ErrorId 'KubeConfigNotFound,*'
    }

    It 'refuses what no server would take: <command>' -ForEach @(
        @{ Command = 'New-KubeNamespace Team_A'; Id = 'KubeInvalidName' }
        @{ Command = 'New-KubeSecret "" @{ a = "b" }'; Id = 'KubeInvalidName' }
        @{ Command = 'New-KubeConfigMap a @{ "b/c" = "d" }'; Id = 'KubeInvalidName' }
        @{ Command = 'New-KubeConfigMap a -Path ./nothing-there'; Id = 'KubeFileUnreadable' }
        @{ Command = 'New-KubeSecret a -CertificatePath $Here/app.conf -KeyPath $Here/app.conf'; Id = 'KubeInvalidArgument' }
        @{ Command = 'New-KubeService a -Port eighty'; Id = 'KubeInvalidArgument' }
        @{ Command = 'New-KubeService a -Port 80 -NodePort 30000'; Id = 'KubeInvalidArgument' }
        @{ Command = 'New-KubeCronJob a nginx never'; Id = 'KubeInvalidArgument' }
        @{ Command = 'New-KubeAutoscaler web -Max 3'; Id = 'KubeInputInvalid' }
        @{ Command = 'New-KubeAutoscaler deployment/web -Min 4 -Max 3'; Id = 'KubeInvalidArgument' }
    ) {
        { & ([scriptblock]::Create("$Command -DryRun Client -ErrorAction Stop")) } | Should -Throw -ErrorId "$Id,*"
    }

    It 'shows no value of a secret' {
        $secret = New-KubeSecret db @{ password = 'canary-5c1' } -DryRun Client
        ($secret | Out-String) + ($secret | Format-Table -View Wide -ErrorAction Ignore | Out-String) | Should -Not -Match 'canary|Y2FuYXJ5'
    }
}

Describe 'Workloads on a cluster' -Tag Cluster -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        $script:In = @{ Namespace = $Space }
        $script:Made = New-KubeNamespace $Space -Label @{ purpose = 'test' }
        New-KubeDeployment web nginx -Replicas 2 -Port 80 @In -Resources @{ requests = @{ cpu = '10m' } } -Wait -Timeout 5m | Out-Null
    }
    AfterAll { if ($Space) { Remove-KubeNamespace $Space -Confirm:$false -Wait -Timeout 5m } }

    It 'New-KubeNamespace made one, Get-KubeNamespace finds it, Remove-KubeNamespace asks' {
        $Made | Should -BeOfType ([k8s.Models.V1Namespace])
        (Get-KubeNamespace -LabelSelector purpose=test).Name | Should -Contain $Space
        Remove-KubeNamespace $Space -WhatIf
        { New-KubeNamespace $Space -ErrorAction Stop } | Should -Throw -ErrorId 'KubeAlreadyExists,*'
        (New-KubeNamespace "$Space-dry" -DryRun Server).Metadata.Uid | Should -Not -BeNullOrEmpty
        { Get-KubeNamespace "$Space-dry" -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
    }

    It '<get> reads what <make> created, and <remove> removes it after a question' -ForEach @(
        @{ Get = 'Get-KubeDeployment'; Remove = 'Remove-KubeDeployment'; Make = 'New-KubeDeployment gone nginx -Replicas 0'; Kind = 'Deployment' }
        @{ Get = 'Get-KubeReplicaSet'; Remove = 'Remove-KubeReplicaSet'; Make = 'New-KubeReplicaSet gone nginx -Replicas 1 -Wait'; Kind = 'ReplicaSet' }
        @{ Get = 'Get-KubeStatefulSet'; Remove = 'Remove-KubeStatefulSet'; Make = 'New-KubeStatefulSet gone nginx -Wait'; Kind = 'StatefulSet' }
        @{ Get = 'Get-KubeDaemonSet'; Remove = 'Remove-KubeDaemonSet'; Make = 'New-KubeDaemonSet gone nginx -Wait'; Kind = 'DaemonSet' }
        @{ Get = 'Get-KubeJob'; Remove = 'Remove-KubeJob'; Make = 'New-KubeJob gone busybox -Command sleep, 3600'; Kind = 'Job' }
        @{ Get = 'Get-KubeCronJob'; Remove = 'Remove-KubeCronJob'; Make = 'New-KubeCronJob gone busybox "@yearly"'; Kind = 'CronJob' }
        @{ Get = 'Get-KubeAutoscaler'; Remove = 'Remove-KubeAutoscaler'; Make = 'New-KubeAutoscaler deployment/web -Name gone -Max 3 -Cpu 50%'; Kind = 'HorizontalPodAutoscaler' }
        @{ Get = 'Get-KubeService'; Remove = 'Remove-KubeService'; Make = 'New-KubeService gone -Port 80'; Kind = 'Service' }
        @{ Get = 'Get-KubeConfigMap'; Remove = 'Remove-KubeConfigMap'; Make = 'New-KubeConfigMap gone @{ a = "b" }'; Kind = 'ConfigMap' }
        @{ Get = 'Get-KubeSecret'; Remove = 'Remove-KubeSecret'; Make = 'New-KubeSecret gone @{ a = "b" }'; Kind = 'Secret' }
        @{ Get = 'Get-KubePersistentVolumeClaim'; Remove = 'Remove-KubePersistentVolumeClaim'; Make = 'New-KubePersistentVolumeClaim gone 1Gi -StorageClass none-such'; Kind = 'PersistentVolumeClaim' }
    ) {
        $made = & ([scriptblock]::Create("$Make @In"))
        $made.Kind, $made.Name, $made.Namespace | Should -Be $Kind, 'gone', $Space
        (& $Get gone @In).Metadata.Uid | Should -Be $made.Metadata.Uid
        (& $Get 'g?ne' @In).Name | Should -Be 'gone'
        (Get-KubeNamespace $Space | & $Get).Name | Should -Contain 'gone'
        { & ([scriptblock]::Create("$($Make -replace ' -Wait') @In -ErrorAction Stop")) } | Should -Throw -ErrorId 'KubeAlreadyExists,*'
        & $Remove gone @In -WhatIf
        & $Get gone @In | & $Remove -Confirm:$false -Force -Wait -Timeout 5m -WarningAction SilentlyContinue
        { & $Get gone @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
        & $Remove gone @In -Confirm:$false -IgnoreNotFound -ErrorAction Stop
    }

    It 'New-KubeJob -Wait emits a job that is complete' {
        $job = New-KubeJob done busybox -Command true @In -Wait -Timeout 5m
        $job.Status.Succeeded | Should -Be 1
        (Get-KubePod @In -LabelSelector job-name=done).State | Should -Be 'Completed'
    }

    It 'New-KubeCronJob spawns jobs, and gives its template to others' {
        $cron = New-KubeCronJob tick busybox '* * * * *' -Command true @In
        $cron.ApiVersion | Should -BeIn 'batch/v1', 'batch/v1beta1'
        ($cron | New-KubeJob tick-now -Wait -Timeout 5m).Status.Succeeded | Should -Be 1
        (New-KubeJob tick-later -FromCronJob tick @In -DryRun Server).Spec.Template.Spec.Containers[0].Command | Should -Be 'true'
        # The controller of 1.20 looks every ten seconds; a minute begins within sixty.
        $spawned = Watch-KubeResource job @In -Change Added -ChangeOnly -Timeout 90s | Select-Object -First 1
        $spawned.Object.Metadata.OwnerReferences.Uid | Should -Be $cron.Metadata.Uid
        Remove-KubeCronJob tick @In -Confirm:$false -Wait -Cascade Foreground
        (Get-KubeJob @In).Metadata.OwnerReferences.Name | Should -Not -Contain 'tick'
    }

    It 'New-KubeAutoscaler scales in the best version that the server has' {
        $scaler = Get-KubeDeployment web @In | New-KubeAutoscaler -Min 1 -Max 4 -Cpu 80%
        $scaler.ApiVersion | Should -BeIn 'autoscaling/v2', 'autoscaling/v1'
        $scaler.Spec.ScaleTargetRef.Name | Should -Be 'web'
        (Get-KubeAutoscaler web @In).Spec.MaxReplicas | Should -Be 4
        Get-KubeAutoscaler web @In | Remove-KubeAutoscaler -Confirm:$false
    }

    It 'New-KubeService of a piped deployment is that of kubectl expose' -Skip:$NoKubectl {
        $theirs = & kubectl expose deployment web -n $Space --dry-run=client -o json | ConvertFrom-Json -AsHashtable
        $ours = Get-KubeDeployment web @In | New-KubeService -DryRun Client
        $ours.Name, $ours.Spec.Ports[0].Port, $ours.Spec.Ports[0].Protocol, "$($ours.Spec.Ports[0].TargetPort)" | Should -Be $theirs.metadata.name, $theirs.spec.ports[0].port, $theirs.spec.ports[0].protocol, "$($theirs.spec.ports[0].targetPort)"
        $ours.Spec.Selector['app'], $ours.Metadata.Labels['app'] | Should -Be $theirs.spec.selector.app, $theirs.metadata.labels.app
        (Get-KubeDeployment web @In | New-KubeService).Spec.ClusterIP | Should -Not -BeNullOrEmpty
    }

    It 'ConvertTo-KubePod, ConvertTo-KubeJob and ConvertTo-KubeDeployment make of what runs something else that runs' {
        (Get-KubeDeployment web @In | ConvertTo-KubePod web-copy -WarningAction SilentlyContinue | Invoke-KubeApply -Wait -Timeout 5m).State | Should -Be 'Running'
        (Get-KubePod web-copy @In | ConvertTo-KubeDeployment web-more -Replicas 2 | Invoke-KubeApply -Wait -Timeout 5m).Ready | Should -Be '2/2'
        $job = New-KubePod once busybox -Command true -RestartPolicy Never -DryRun Client | ConvertTo-KubeJob | Invoke-KubeApply @In -Wait -Timeout 5m
        $job.Status.Succeeded | Should -Be 1
        Remove-KubeDeployment web-more @In -Confirm:$false
        Remove-KubePod web-copy @In -Confirm:$false -Force -WarningAction SilentlyContinue
    }

    It 'New-KubeStatefulSet has its service and claims; Remove-KubeStatefulSet stops it in order and takes the claims along' {
        $service, $set = New-KubeStatefulSet db nginx -Replicas 2 -Port 80 -CreateHeadlessService -VolumeClaimTemplate @{ data = '1Gi' } -ClaimMountPath @{ data = '/data' } @In -Wait -Timeout 5m
        $service.Spec.ClusterIP | Should -Be 'None'
        $set.Ready | Should -Be '2/2'
        (Get-KubePersistentVolumeClaim @In).Name | Should -Contain 'data-db-1'
        $set | Remove-KubeStatefulSet -ScaleDownFirst -Confirm:$false -Wait -Timeout 5m -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -Match 'data-db-0, data-db-1'
        { Get-KubeStatefulSet db @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
        (Get-KubePersistentVolumeClaim 'data-db-*' @In).Count | Should -Be 2

        New-KubeStatefulSet db nginx -Replicas 2 -ServiceName db -VolumeClaimTemplate @{ data = '1Gi' } @In -Wait -Timeout 5m | Remove-KubeStatefulSet -ScaleDownFirst -RemoveVolumeClaim -Confirm:$false -Wait -Timeout 2m
        Get-KubePod @In -LabelSelector app=db | Should -BeNullOrEmpty
        Get-KubePersistentVolumeClaim 'data-db-*' @In | Should -BeNullOrEmpty
    }

    Context 'with workloads that are not well' {
        BeforeAll {
            New-KubeDeployment no-image registry.invalid/nothing @In | Out-Null
            New-KubeDeployment crash busybox -Command sh, -c, 'exit 3' @In | Out-Null
            New-KubeDeployment no-node nginx -NodeSelector @{ none = 'such' } @In | Out-Null
            New-KubeJob failed busybox -Command false -BackoffLimit 0 @In | Out-Null
        }

        It 'Test-KubeWorkload says of <target>: <reason>' -ForEach @(
            @{ Target = 'deployment/web'; Reason = 'Healthy' }
            @{ Target = 'deployment/no-image'; Reason = 'ImagePullBackOff|ErrImagePull' }
            @{ Target = 'deployment/crash'; Reason = 'CrashLoopBackOff' }
            @{ Target = 'deployment/no-node'; Reason = 'Unschedulable' }
            @{ Target = 'job/failed'; Reason = 'BackoffLimitExceeded|Error|Failed' }
        ) {
            # A crash loop is one only after its second crash.
            foreach ($try in 1..60) {
                $verdict = Test-KubeWorkload $Target @In
                if ($verdict.Reason -match "^($Reason)`$") { break }
                Start-Sleep 1
            }
            $verdict.Reason | Should -Match "^($Reason)`$"
            $verdict.Healthy | Should -Be ($Reason -eq 'Healthy')
            Test-KubeWorkload $Target @In -Quiet | Should -Be ($Reason -eq 'Healthy')
            if ($Reason -ne 'Healthy') { $verdict.Evidence[0] | Should -Match 'pod/|BackoffLimitExceeded' }
        }

        It 'Test-KubeWorkload judges all that is there, and by label' {
            (Test-KubeWorkload @In | Where-Object Healthy).Name | Should -Contain 'web'
            (Test-KubeWorkload @In | Where-Object { -not $_.Healthy }).Name | Should -Contain 'crash'
            (Test-KubeWorkload @In -LabelSelector app=web).Name | Should -Be 'web'
            Get-KubeDeployment web, crash @In | Test-KubeWorkload -Quiet | Should -BeFalse
        }

        It 'Get-KubeEvent tells what went wrong, for an object, by type, the latest' {
            $pod = Get-KubePod @In -LabelSelector app=no-node
            ($pod | Get-KubeEvent -Type Warning).Reason | Should -Contain 'FailedScheduling'
            (Get-KubeEvent "pod/$($pod.Name)" @In).InvolvedObject.Name | Select-Object -Unique | Should -Be $pod.Name
            (Get-KubeEvent @In -Limit 3).Count | Should -Be 3
            (Get-KubeEvent @In -FieldSelector reason=FailedScheduling)[0] | Should -BeOfType ([k8s.Models.Corev1Event])
            (Get-KubeEvent @In -Type Warning -Follow | Select-Object -First 1).Type | Should -Be 'Warning'
        }

        It 'Wait-KubeResource ends at once in a state that it is to fail on' {
            $pod = Get-KubePod @In -LabelSelector app=no-image
            { $pod | Wait-KubeResource -FailOn ImagePullBackOff, ErrImagePull -Timeout 1m -ErrorAction Stop } | Should -Throw -ErrorId 'KubeWaitFailed,*'
            { Wait-KubeResource deployment/no-node @In -Timeout 1s -ErrorAction Stop } | Should -Throw -ErrorId 'KubeWaitTimeout,*' -ExpectedMessage '*0 of 1 pods are available*'
        }
    }

    It 'Get-KubeDescription prints <target> as kubectl describe does' -Skip:$NoKubectl -ForEach @(
        @{ Target = 'deployment/web' }, @{ Target = 'service/described' }, @{ Target = 'pod' }, @{ Target = 'replicaset' }, @{ Target = 'configmap/described' }, @{ Target = 'secret/described' }, @{ Target = 'namespace' }
    ) {
        switch ($Target) {
            # Without pods: a kubectl that is much newer than its server finds no endpoints at all.
            'service/described' { New-KubeService described -Port 80:http @In | Out-Null }
            'configmap/described' { New-KubeConfigMap described @{ a = 'b' } @In | Out-Null }
            'secret/described' { New-KubeSecret described @{ a = 'canary' } @In | Out-Null }
            'pod' { $Target = "pod/$((Get-KubePod @In -LabelSelector app=web)[0].Name)" }
            'replicaset' { $Target = "replicaset/$((Get-KubeReplicaSet @In -LabelSelector app=web).Name)" }
            'namespace' { $Target = "namespace/$Space" }
        }
        # Ages move on between the two.
        foreach ($try in 1..4) {
            $theirs = (& kubectl describe $Target -n $Space 2>$null) -join "`n"
            $ours = "$(Get-KubeDescription $Target @In)"
            if ($ours.Trim() -eq $theirs.Trim()) { break }
        }
        $ours.Trim() -split "`n" | Should -Be ($theirs.Trim() -split "`n")
    }

    It 'Get-KubeDescription has the same as values' {
        $description = Get-KubeDeployment web @In | Get-KubeDescription
        $description.Kind, $description.Name | Should -Be 'Deployment', 'web'
        (Get-KubeDescription service/web @In).ToString() | Should -Match 'Endpoints: +[0-9.]+:80,[0-9.]+:80'
        $description.Events.Reason | Should -Contain 'ScalingReplicaSet'
        $description.Related.Kind | Should -Contain 'ReplicaSet'
        ($description.Sections | Where-Object Name -EQ 'Name').Value | Should -Be 'web'
        ("pod/$((Get-KubePod @In -LabelSelector app=web)[0].Name)" | Get-KubeDescription @In -NoEvent).Events | Should -BeNullOrEmpty
        { Get-KubeDescription deployment/none-such @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
    }

    It 'a job that fails ends its wait, with the reason and the exit code' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $failure = { New-KubeJob fails busybox -Command sh, -c, 'exit 4' -BackoffLimit 0 @In -Wait -Timeout 5m -ErrorAction Stop } | Should -Throw -ErrorId 'KubeWaitFailed,*' -PassThru
        $failure.Exception.Message | Should -Match 'BackoffLimitExceeded.*ended with 4'
        $clock.Elapsed.TotalMinutes | Should -BeLessThan 4
        (Get-KubeJob fails @In | Get-KubePod).Metadata.OwnerReferences[0].Name | Should -Be 'fails'
        Remove-KubeJob fails @In -Confirm:$false
    }

    It 'Get-KubeWorkload -Tree draws who owns whom' {
        $tree = Get-KubeWorkload -LabelSelector app=web -Tree @In | Where-Object Kind -EQ Deployment
        $tree.Name | Should -Be 'web'
        $tree.Children[0].Kind | Should -Be 'ReplicaSet'
        $tree.Children[0].Children.Kind | Should -Be 'Pod', 'Pod'
        "$tree" | Should -Match 'container/nginx'
    }

    It 'Watch-KubeResource tells each change once, and ends by count or time' {
        $job = Start-ThreadJob { param($module, $space) Import-Module $module; Start-Sleep 1; New-KubeConfigMap seen @{ a = 'b' } -Namespace $space; Remove-KubeConfigMap seen -Namespace $space -Confirm:$false } -ArgumentList $ModulePath, $Space
        $seen = Watch-KubeResource configmap seen @In -ChangeOnly -Timeout 2m | Select-Object -First 2
        $seen.Change | Should -Be 'Added', 'Deleted'
        $seen[0].Name, $seen[0].Object.Data['a'] | Should -Be 'seen', 'b'
        $job | Receive-Job -Wait -AutoRemoveJob | Out-Null
        (Watch-KubeResource deployment web @In -Timeout 1s).Change | Should -Be 'Added'
    }

    It 'Wait-KubeResource waits for a condition, a value, a script, and for what is to go' {
        (Wait-KubeResource deployment/web @In -Condition Available -Timeout 10s).Name | Should -Be 'web'
        (Get-KubePod @In -LabelSelector app=web | Wait-KubeResource -Property status.phase -Value Running -Timeout 10s).Count | Should -Be 2
        (Wait-KubeResource -Kind deployment -Name web @In -Until { $_.Status.ReadyReplicas -eq 2 } -Timeout 10s).Name | Should -Be 'web'
        New-KubeConfigMap going @In | Out-Null
        Remove-KubeConfigMap going @In -Confirm:$false
        Wait-KubeResource configmap/going @In -Deleted -Timeout 10s | Should -BeNullOrEmpty
        { Wait-KubeResource pod/none-such @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotFound,*'
    }
}
