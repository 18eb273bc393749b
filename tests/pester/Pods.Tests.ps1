# Pods built as objects, and changed where they run.
BeforeDiscovery { $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG }

Describe 'Pods as objects' {
    BeforeAll { . "$PSScriptRoot/common.ps1" }

    It 'builds the tutorial''s two containers, and leaves the object in hand alone' {
        $one = New-KubePod two-containers -Container (New-KubeContainer nginx-container nginx) -DryRun Client
        $two = $one | Add-KubeContainer -Container busybox-container -Image busybox -Command /bin/sh |
            Add-KubeVolume -Volume shared-data -EmptyDir -MountPath @{ 'nginx-container' = '/usr/share/nginx/html'; 'busybox-container' = '/messages' }
        $two | Should -BeOfType ([k8s.Models.V1Pod])
        $two.Spec.Containers.Name | Should -Be 'nginx-container', 'busybox-container'
        $two.Spec.Containers.VolumeMounts.MountPath | Should -Be '/usr/share/nginx/html', '/messages'
        $two.Spec.Volumes[0].EmptyDir | Should -Not -BeNullOrEmpty
        $one.Spec.Containers.Count | Should -Be 1
    }

    It 'names the containers that there are' {
        { New-KubeDeployment web nginx, busybox -DryRun Client | Set-KubeImage -Image x -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInvalidArgument,*' -ExpectedMessage '*nginx, busybox*'
        { New-KubeDeployment web nginx -DryRun Client | Set-KubeImage -Container ngin -Image x -ErrorAction Stop } | Should -Throw -ErrorId 'KubeContainerNotFound,*' -ExpectedMessage '*there is nginx.'
    }
}

Describe 'Pods as objects, on a cluster' -Tag Cluster -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-pods-$([guid]::NewGuid().ToString('n').Substring(0, 6))"
        $script:In = @{ Namespace = $Space }
        New-KubeNamespace $Space | Out-Null
        New-KubeConfigMap settings -Data @{ mode = 'test' } @In | Out-Null
        New-KubeDeployment web nginx @In -Wait -Timeout 3m | Out-Null
        $script:Minor = [int]((Get-KubeNode)[0].Status.NodeInfo.KubeletVersion -replace '^v1\.(\d+).*', '$1')
    }
    AfterAll { if ($Space) { Remove-KubeResource "namespace/$Space" -Confirm:$false -Wait -Timeout 3m } }

    It 'the server makes the same of the tutorial''s <name> and of what the cmdlets build' -ForEach @(
        @{
            Name = 'init-demo'
            Yaml = "apiVersion: v1`nkind: Pod`nmetadata:`n  name: init-demo`nspec:`n  containers:`n  - name: nginx`n    image: nginx`n    ports:`n    - containerPort: 80`n  initContainers:`n  - name: install`n    image: busybox`n    command:`n    - sleep`n    - `"30`"`n"
            Build = { New-KubePod init-demo -Container (New-KubeContainer nginx nginx -Port 80) -InitContainer (New-KubeContainer install busybox -Command sleep, 30) -Label @{} @In -DryRun Server }
        }
        @{
            Name = 'two-containers'
            Yaml = "apiVersion: v1`nkind: Pod`nmetadata:`n  name: two-containers`nspec:`n  volumes:`n  - name: shared-data`n    emptyDir: {}`n  containers:`n  - name: nginx-container`n    image: nginx`n    volumeMounts:`n    - name: shared-data`n      mountPath: /usr/share/nginx/html`n  - name: busybox-container`n    image: busybox`n    volumeMounts:`n    - name: shared-data`n      mountPath: /messages`n    command: [`"/bin/sh`"]`n    args: [`"-c`", `"echo hello from the cluster > /messages/index.html && sleep 600`" ]`n"
            Build = {
                $writer = New-KubeContainer busybox-container busybox -Command /bin/sh -ArgumentList '-c', 'echo hello from the cluster > /messages/index.html && sleep 600'
                New-KubePod two-containers -Container (New-KubeContainer nginx-container nginx), $writer -Label @{} -DryRun Client |
                    Add-KubeVolume -Volume shared-data -EmptyDir -MountPath @{ 'nginx-container' = '/usr/share/nginx/html'; 'busybox-container' = '/messages' } |
                    Invoke-KubeApply @In -DryRun Server
            }
        }
    ) {
        $theirs = $Yaml | Invoke-KubeApply @In -DryRun Server | ConvertTo-KubeYaml
        $ours = & $Build | ConvertTo-KubeYaml
        $ours -join "`n" | Should -Be ($theirs -join "`n")
    }

    It 'runs the tutorial''s pod' {
        New-KubePod two-containers -Container (New-KubeContainer nginx-container nginx), (New-KubeContainer busybox-container busybox -Command sleep, 600) -DryRun Client |
            Add-KubeVolume -Volume shared-data -EmptyDir -MountPath @{ 'nginx-container' = '/usr/share/nginx/html'; 'busybox-container' = '/messages' } | Invoke-KubeApply @In -Wait -Timeout 3m | Out-Null
        (Get-KubePod two-containers @In).Ready | Should -Be '2/2'
    }

    It 'rolls out what is set, in order, and takes it out again' {
        $set = Set-KubeEnv deployment/web -Env ([ordered]@{ Z = 1; A = 2 }) @In -Wait -Timeout 3m
        $set.Spec.Template.Spec.Containers[0].Env.Name | Should -Be 'Z', 'A'
        $set.Available | Should -Be 1
        (Set-KubeEnv deployment/web -Env ([ordered]@{ A = 3; B = 4 }) -Remove Z @In).Spec.Template.Spec.Containers[0].Env | ForEach-Object { "$($_.Name)=$($_.Value)" } | Should -Be 'A=3', 'B=4'
        (Set-KubeEnv deployment/web -FromConfigMap settings -Key mode -Prefix P_ @In).Spec.Template.Spec.Containers[0].Env[-1].Name | Should -Be 'P_MODE'
        (Set-KubeEnv deployment/web -Env @{ P_MODE = 'x' } @In).Spec.Template.Spec.Containers[0].Env[-1].ValueFrom | Should -BeNullOrEmpty
        (Set-KubeEnv deployment/web -Remove A, B, P_MODE @In).Spec.Template.Spec.Containers[0].Env | Should -BeNullOrEmpty
    }

    It 'what is added comes last' {
        $names = Get-KubeDeployment web @In | Add-KubeContainer -Container aaa -Image busybox -Command sleep, 600 | Add-KubeInitContainer -Container z -Image busybox -Command 'true' | Add-KubeInitContainer -Container b -Image busybox -Command 'true'
        $names.Spec.Template.Spec.Containers.Name | Should -Be 'nginx', 'aaa'
        $names.Spec.Template.Spec.InitContainers.Name | Should -Be 'z', 'b'
        $volumes = Add-KubeVolume deployment/web -Volume z -EmptyDir -MountPath /z @In | Add-KubeVolume -Volume a -ConfigMap settings -MountPath /a -ReadOnly
        $volumes.Spec.Template.Spec.Volumes.Name | Should -Be 'z', 'a'
        $volumes.Spec.Template.Spec.Containers[0].VolumeMounts.MountPath | Should -Be '/z', '/a'
    }

    It 'probes, limits and tolerations' {
        $web = Set-KubeProbe deployment/web -Liveness -TcpSocket -Port 80 -Container nginx @In | Set-KubeProbe -Liveness -HttpGet / -Port 80 -Container nginx -PeriodSeconds 3
        $web.Spec.Template.Spec.Containers[0].LivenessProbe.TcpSocket | Should -BeNullOrEmpty
        $web.Spec.Template.Spec.Containers[0].LivenessProbe.HttpGet.Path | Should -Be '/'
        ($web | Set-KubeProbe -Liveness -Remove -Container nginx).Spec.Template.Spec.Containers[0].LivenessProbe | Should -BeNullOrEmpty
        $limited = Set-KubeResourceLimit deployment/web -Limits @{ memory = '64Mi' } -Requests @{ cpu = '10m' } @In
        $limited.Spec.Template.Spec.Containers[0].Resources.Limits['memory'].ToString() | Should -Be '64Mi'
        (Add-KubeToleration deployment/web -ControlPlane @In | Add-KubeToleration -Key dedicated -Value db -Effect NoSchedule).Spec.Template.Spec.Tolerations.Key[-1] | Should -Be 'dedicated'
    }

    It 'Set-KubeImage rolls out, and a wait that is in vain says so' {
        $web = Set-KubeImage deployment/web nginx=busybox @In -DryRun Server
        $web.Spec.Template.Spec.Containers[0].Image | Should -Be 'busybox'
        (Set-KubeImage deployment/web nginx=nginx:latest @In -Wait -Timeout 4m).Images | Should -Match '^nginx:latest'
        { Set-KubeImage deployment/web nginx=no-such-image:1 @In -Wait -Timeout 3s -ErrorAction Stop } | Should -Throw -ErrorId 'KubeWaitTimeout,*'
        Set-KubeImage pod/two-containers busybox-container=busybox:latest @In | ForEach-Object { $_.Spec.Containers[1].Image } | Should -Be 'busybox:latest'
    }

    It 'a pod that runs takes no variables, and its refusal shows none' {
        $failure = { Set-KubeEnv pod/two-containers -Env @{ A = 'canary' } @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeInvalid,*' -PassThru
        $failure.Exception.Message | Should -Not -Match 'canary|PodSpec'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'workload'
    }

    It 'a sidecar needs 1.29, -Classic does not' {
        if ($Minor -lt 29) { { Add-KubeSidecar deployment/web -Container side -Image busybox @In -ErrorAction Stop } | Should -Throw -ErrorId 'KubeNotSupported,*' }
        else { (Add-KubeSidecar deployment/web -Container side -Image busybox @In -DryRun Server).Spec.Template.Spec.InitContainers[-1].RestartPolicy | Should -Be 'Always' }

        (Add-KubeSidecar deployment/web -Container side -Image busybox -Command sleep, 600 -Classic @In -DryRun Server).Spec.Template.Spec.Containers[-1].Name | Should -Be 'side'
    }
}
