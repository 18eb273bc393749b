<#
.SYNOPSIS
The main job without a cluster: build a deployment, make a DaemonSet of it, print its YAML. Where a kubeconfig is found, a look
at that cluster follows.
#>
'# New-KubeDeployment mydaemon nginx -Replicas 3 -DryRun Client'
$deployment = New-KubeDeployment mydaemon nginx -Replicas 3 -DryRun Client
$deployment | Out-Default

'# ... | ConvertTo-KubeDaemonSet -TolerateControlPlane | ConvertTo-KubeYaml'
$yaml = $deployment | ConvertTo-KubeDaemonSet -TolerateControlPlane | ConvertTo-KubeYaml
$yaml

''
'# ... | ConvertFrom-KubeYaml: objects again'
$yaml | ConvertFrom-KubeYaml | ForEach-Object { "$($_.Kind) $($_.Name), of type $($_.GetType().FullName)" }

''
try {
    $context = Get-KubeContext -Current -ErrorAction Stop
}
catch {
    $context = $null
}
if ($context) {
    "# A kubeconfig is here. Test-KubeCluster, Get-KubeWorkload on the context '$($context.Name)':"
    Test-KubeCluster | Out-Default
    Get-KubeWorkload -AllNamespaces | Out-Default
}
else {
    'No kubeconfig was found, so this is all. On a cluster of your own the next steps are:'
    '  $yaml | Invoke-KubeApply'
    '  Get-KubeWorkload'
}
