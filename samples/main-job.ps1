#requires -Version 7.4
<#
.SYNOPSIS
The main job of a day with Kubernetes, as a pipeline of objects: run, look, convert, apply, scale, remove.

.DESCRIPTION
Works in a namespace of its own on the cluster that the kubeconfig (or -Context) names, and removes everything again.
#>
[CmdletBinding()]
param(
    [string] $Namespace = 'pskube-demo',
    [string] $Context
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSKube)) { Import-Module PSKube }
$cluster = @{}
if ($Context) { $cluster.Context = $Context }

function Step([string] $Text) { Out-Host -InputObject "`n# $Text" }

Step 'A place of our own'
@{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = $Namespace } } | Invoke-KubeApply @cluster | Out-Host
$in = $cluster + @{ Namespace = $Namespace }

try {
    Step 'kubectl run testpod --image=nginx'
    New-KubePod testpod nginx @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl create deployment firstnginx --image=nginx --replicas=3'
    New-KubeDeployment firstnginx nginx -Replicas 3 @in -Wait -Timeout 2m | Out-Host

    Step 'kubectl get all'
    Get-KubeWorkload @in | Out-Host

    Step 'kubectl create deploy mydaemon --image=nginx --dry-run=client -o yaml, then kind, replicas and strategy by hand'
    $yaml = New-KubeDeployment mydaemon nginx -DryRun Client | ConvertTo-KubeDaemonSet | ConvertTo-KubeYaml
    $yaml | Out-Host

    Step 'kubectl apply -f mydaemon.yaml: a pod on each node'
    $yaml | Invoke-KubeApply @in -Wait -Timeout 2m | Out-Host
    Get-KubeDaemonSet mydaemon @in | Out-Host

    Step 'kubectl apply -f statefuldemo.yaml: the headless service, the pods in order, their claims'
    Invoke-KubeApply "$PSScriptRoot/manifests/statefuldemo.yaml" @in -Wait -Timeout 3m | Out-Host
    Get-KubeStatefulSet @in | Out-Host
    Get-KubePersistentVolumeClaim @in | Out-Host

    Step 'kubectl scale --replicas=4 deployment/firstnginx, until 4 are running'
    Set-KubeScale deployment/firstnginx -Replicas 4 @in -Wait -Timeout 2m | Out-Host
    $running = @(Get-KubePod @in -LabelSelector app=firstnginx | Where-Object State -EQ Running)
    if ($running.Count -ne 4) { throw "4 pods should be running, not $($running.Count)." }

    Step 'kubectl get all --selector app=firstnginx'
    Get-KubeWorkload -LabelSelector app=firstnginx @in | Out-Host
}
finally {
    Step 'Remove all of it'
    Get-KubeResource statefulset, daemonset, deployment, pod @in | Where-Object { -not $_.Metadata.OwnerReferences } | Remove-KubeResource -Confirm:$false -Cascade Foreground
    Remove-KubeResource "namespace/$Namespace" @cluster -Confirm:$false -Wait -Timeout 3m
}
