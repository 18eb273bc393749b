#requires -Version 7.4
<#
.SYNOPSIS
The tutorial "running applications in Kubernetes", in its order, with PSKube: each step names the kubectl line that it answers.

.DESCRIPTION
Works in a namespace of its own on the cluster that the kubeconfig (or -Context) names, and removes everything again. Each step
checks that what the tutorial shows has happened, and throws when it has not.
#>
[CmdletBinding()]
param(
    [string] $Namespace = 'pskube-tutorial',
    [string] $Context
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSKube)) { Import-Module PSKube }
$cluster = @{}
if ($Context) { $cluster.Context = $Context }
$in = $cluster + @{ Namespace = $Namespace }
# Files by .NET: PSKube.Host, which is all that a machine without PowerShell has, brings the engine's own cmdlets only.
$work = [IO.Directory]::CreateTempSubdirectory('pskube-tutorial-').FullName

function Step([string] $Text) { Out-Host -InputObject "`n# $Text" }

function Assert([bool] $Condition, [string] $Expected) { if (-not $Condition) { throw "The tutorial expects: $Expected" } }

try {
    Step 'All the services need to be in a running state'
    Test-KubeCluster @cluster | Out-Host

    $null = New-KubeNamespace $Namespace @cluster

    # --- Pods ---------------------------------------------------------------------------------------------------------
    Step 'kubectl run nginx --image nginx'
    New-KubePod nginx nginx @in | Out-Host

    Step 'kubectl get pods'
    Get-KubePod @in | Out-Host

    Step 'kubectl run testpod --image=nginx'
    New-KubePod testpod nginx @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl describe pod testpod'
    $description = Get-KubeDescription pod/testpod @in
    $description | Out-Host
    Assert ("$description" -match 'Status:\s+Running') 'the pod is described as Running'

    Step 'kubectl create deploy -h'
    (Get-Help New-KubeDeployment).Synopsis | Out-Host

    Step 'kubectl create deployment firstnginx --image=nginx --replicas=3'
    New-KubeDeployment firstnginx nginx -Replicas 3 @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl get all'
    Get-KubeWorkload @in | Out-Host
    Assert (@(Get-KubePod @in -LabelSelector app=firstnginx).Count -eq 3) 'three pods of firstnginx'

    # --- DaemonSets ---------------------------------------------------------------------------------------------------
    Step 'kubectl get ds'
    Get-KubeDaemonSet @in | Out-Host

    Step 'kubectl get ds -A'
    Get-KubeDaemonSet -AllNamespaces @cluster | Out-Host

    Step 'vi daemondemo.yaml: fluentd on every node, on control-plane nodes too'
    New-KubeDaemonSet fluentd-elasticsearch quay.io/fluentd_elasticsearch/fluentd:v2.5.2 @in -DryRun Client -Label @{ 'k8s-app' = 'fluentd-logging' } -Resources @{ limits = @{ memory = '200Mi' }; requests = @{ cpu = '100m'; memory = '200Mi' } } |
        Add-KubeToleration -Key node-role.kubernetes.io/control-plane -Operator Exists -Effect NoSchedule |
        Add-KubeToleration -Key node-role.kubernetes.io/master -Operator Exists -Effect NoSchedule |
        Add-KubeVolume -Volume varlog -HostPath /var/log -MountPath /var/log |
        Invoke-KubeApply @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl get ds -n kube-system kube-proxy, and -o yaml (here: the one just made)'
    Get-KubeDaemonSet fluentd-elasticsearch @in | Out-Host
    Get-KubeDaemonSet fluentd-elasticsearch @in | ConvertTo-KubeYaml | Out-Host

    Step 'kubectl create deploy mydaemon --image=nginx --dry-run=client -o yaml > mydaemon.yaml; vim mydaemon.yaml; cat mydaemon.yaml'
    $file = "$work/mydaemon.yaml"
    [IO.File]::WriteAllText($file, (New-KubeDeployment mydaemon nginx -DryRun Client | ConvertTo-KubeDaemonSet | ConvertTo-KubeYaml))
    [IO.File]::ReadAllText($file) | Out-Host

    Step 'kubectl apply -f mydaemon.yaml'
    Invoke-KubeApply $file @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl get ds; kubectl get pods -o wide'
    Get-KubeDaemonSet @in | Out-Host
    Get-KubePod @in -Wide | Out-Host
    $nodes = @(Get-KubeNode @cluster | Where-Object { -not $_.Spec.Taints }).Count
    Assert ((Get-KubeDaemonSet mydaemon @in).Status.NumberReady -ge $nodes) "mydaemon runs on each of the $nodes nodes"

    # --- StatefulSets -------------------------------------------------------------------------------------------------
    Step 'kubectl apply -f statefuldemo.yaml'
    Invoke-KubeApply "$PSScriptRoot/manifests/statefuldemo.yaml" @in | Out-Host
    Get-KubeStatefulSet web @in | Wait-KubeResource -Timeout 3m | Out-Host

    Step 'kubectl get statefulset; kubectl get pods; kubectl get pvc'
    Get-KubeStatefulSet @in | Out-Host
    Get-KubePod web-* @in | Out-Host
    Get-KubePersistentVolumeClaim @in | Out-Host
    Assert ("$((Get-KubePod web-* @in).Name)" -eq 'web-0 web-1 web-2') 'the pods have the names web-0, web-1 and web-2'
    Assert ("$((Get-KubePersistentVolumeClaim @in).Name)" -eq 'www-web-0 www-web-1 www-web-2') 'each has its own claim'

    # --- Individual pods, init containers ------------------------------------------------------------------------------
    Step 'kubectl run sleepy --image=busybox -- sleep 3600'
    New-KubePod sleepy busybox -ArgumentList sleep, 3600 @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl apply -f initme.yaml: a container that has to end before the other starts'
    New-KubePod init-demo @in -Container (New-KubeContainer nginx nginx -Port 80) -InitContainer (New-KubeContainer install busybox -Command sleep, 5) | Out-Host
    $waiting = Wait-KubeResource pod/init-demo -Until { $_.State -like 'Init:*' } @in -Timeout 1m
    $waiting | Out-Host
    Assert ($waiting.State -eq 'Init:0/1') 'the pod is seen in state Init:0/1'
    Wait-KubeResource pod/init-demo -Condition Ready @in -Timeout 2m | Out-Host

    # --- Scaling ------------------------------------------------------------------------------------------------------
    Step 'kubectl scale --replicas=4 deployment/firstnginx'
    Set-KubeScale deployment/firstnginx -Replicas 4 @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl get deploy'
    Get-KubeDeployment @in | Out-Host

    Step 'kubectl get all --selector app=firstnginx'
    Get-KubeWorkload -LabelSelector app=firstnginx @in | Out-Host
    Assert (@(Get-KubePod @in -LabelSelector app=firstnginx | Where-Object State -EQ Running).Count -eq 4) 'four pods of firstnginx are running'

    Step 'Alternatively, a HorizontalPodAutoscaler can be used'
    Get-KubeDeployment firstnginx @in | New-KubeAutoscaler -MinReplicas 2 -MaxReplicas 5 -Cpu 80% -WarningAction SilentlyContinue | Out-Host
    Remove-KubeAutoscaler firstnginx @in -Confirm:$false
    Set-KubeScale deployment/firstnginx -Replicas 2 @in -Wait -Timeout 2m | Out-Host

    # --- Multi-container pods --------------------------------------------------------------------------------------------
    Step 'kubectl apply -f sidecarlog.yaml: two containers share a volume'
    New-KubePod two-containers @in -DryRun Client -Container @(
        New-KubeContainer nginx-container nginx
        New-KubeContainer busybox-container busybox -Command /bin/sh -ArgumentList '-c', 'echo hello from the cluster > /messages/index.html && sleep 600'
    ) | Add-KubeVolume -Volume shared-data -EmptyDir -MountPath @{ 'nginx-container' = '/usr/share/nginx/html'; 'busybox-container' = '/messages' } |
        Invoke-KubeApply @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl exec -it two-containers -c nginx-container -- cat /usr/share/nginx/html/index.html'
    $said = Invoke-KubeExec two-containers -Container nginx-container -Command cat, /usr/share/nginx/html/index.html @in
    $said.StdOut | Out-Host
    Assert ($said.StdOut.Trim() -eq 'hello from the cluster') 'the page that the other container wrote'

    # --- Lab: a DaemonSet ------------------------------------------------------------------------------------------------
    Step 'kubectl create deployment deploydaemon --image=nginx --dry-run=client -o yaml > deploydaemon.yaml; vim; kubectl apply -f'
    New-KubeDeployment deploydaemon nginx -DryRun Client | ConvertTo-KubeDaemonSet | Invoke-KubeApply @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl get all --selector app=deploydaemon'
    Get-KubeWorkload -LabelSelector app=deploydaemon @in | Out-Host

    Step 'Who owns whom, and is all of it well?'
    Get-KubeWorkload -Tree @in | Out-Host
    Get-KubeDeployment @in | Test-KubeWorkload | Out-Host

    # --- The end: scale a StatefulSet to zero before it is removed; its claims stay unless they are removed too --------------
    Step 'Remove it all'
    Remove-KubeStatefulSet web @in -ScaleDownFirst -RemoveVolumeClaim -Wait -Timeout 2m -Confirm:$false
    Assert (-not (Get-KubePersistentVolumeClaim @in)) 'no claim is left'
}
finally {
    [IO.Directory]::Delete($work, $true)
    Remove-KubeResource "namespace/$Namespace" @cluster -Confirm:$false -IgnoreNotFound -Wait -Timeout 3m
}
