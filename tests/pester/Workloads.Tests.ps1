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
        @{ Command = 'New-KubePod sleepy busybox -ArgumentList sleep, 3600'; Kubectl = 'run', 'sleepy', '--image=busybox', '--', 'sleep', '3600' }
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
        $service = New-KubeDeployment web nginx -Port 8080 -Label @{ tier = 'front' } -DryRun Client | New-KubeService -DryRun Client
        $service.Name, $service.Spec.Ports[0].Port, $service.Spec.Selector['tier'] | Should -Be 'web', 8080, 'front'
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
        @{ Command = 'New-KubeJob a nginx' }, @{ Command = 'New-KubeCronJob a nginx @daily' }, @{ Command = 'New-KubeAutoscaler deployment/a -Max 2' }
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
        @{ Command = 'New-KubeConfigMap a @{ "b/c" = "d" }'; Id = 'KubeInvalidArgument' }
        @{ Command = 'New-KubeConfigMap a -Path ./nothing-there'; Id = 'KubeFileUnreadable' }
        @{ Command = 'New-KubeSecret a -CertificatePath $PSCommandPath -KeyPath $PSCommandPath'; Id = 'KubeInvalidArgument' }
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
