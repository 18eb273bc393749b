@{
    RootModule           = 'bin/PSKube.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6c1c0b8e-3f0b-4d5c-9a53-1f8f4a0f7e21'
    Author               = 'The PSKube authors'
    CompanyName          = 'The PSKube authors'
    Copyright            = 'Copyright (c) 2026 The PSKube authors. MIT License.'
    Description          = 'Kubernetes workloads as a PowerShell pipeline of typed objects: run pods, create, convert, apply, scale and look at workloads, without kubectl.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    # Loaded first: it gives YamlDotNet and Fractions a place of their own, beside other modules' versions.
    NestedModules        = @('bin/PSKube.Loader.dll')
    TypesToProcess       = @('PSKube.Types.ps1xml')
    FormatsToProcess     = @('PSKube.Format.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @('Publish-KubeResource')
    CmdletsToExport      = @(
        'Connect-KubeCluster'
        'ConvertFrom-KubeYaml'
        'ConvertTo-KubeDaemonSet'
        'ConvertTo-KubeDeployment'
        'ConvertTo-KubeJob'
        'ConvertTo-KubePod'
        'ConvertTo-KubeStatefulSet'
        'ConvertTo-KubeYaml'
        'Disconnect-KubeCluster'
        'Get-KubeAutoscaler'
        'Get-KubeConfigMap'
        'Get-KubeContext'
        'Get-KubeCronJob'
        'Get-KubeDaemonSet'
        'Get-KubeDeployment'
        'Get-KubeDescription'
        'Get-KubeEvent'
        'Get-KubeJob'
        'Get-KubeNamespace'
        'Get-KubeNode'
        'Get-KubePersistentVolumeClaim'
        'Get-KubePod'
        'Get-KubeReplicaSet'
        'Get-KubeResource'
        'Get-KubeSecret'
        'Get-KubeService'
        'Get-KubeStatefulSet'
        'Get-KubeWorkload'
        'Invoke-KubeApply'
        'Invoke-KubeExec'
        'New-KubeAutoscaler'
        'New-KubeConfigMap'
        'New-KubeCronJob'
        'New-KubeDaemonSet'
        'New-KubeDeployment'
        'New-KubeJob'
        'New-KubeNamespace'
        'New-KubePersistentVolumeClaim'
        'New-KubePod'
        'New-KubeReplicaSet'
        'New-KubeSecret'
        'New-KubeService'
        'New-KubeStatefulSet'
        'Remove-KubeAutoscaler'
        'Remove-KubeConfigMap'
        'Remove-KubeCronJob'
        'Remove-KubeDaemonSet'
        'Remove-KubeDeployment'
        'Remove-KubeJob'
        'Remove-KubeNamespace'
        'Remove-KubePersistentVolumeClaim'
        'Remove-KubePod'
        'Remove-KubeReplicaSet'
        'Remove-KubeResource'
        'Remove-KubeSecret'
        'Remove-KubeService'
        'Remove-KubeStatefulSet'
        'Set-KubeScale'
        'Test-KubeCluster'
        'Test-KubeWorkload'
        'Use-KubeContext'
        'Wait-KubeResource'
        'Watch-KubeResource'
    )
    PrivateData          = @{
        PSData = @{
            Tags       = @('Kubernetes', 'k8s', 'kubectl', 'containers', 'DevOps', 'Windows', 'Linux', 'MacOS', 'PSEdition_Core')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
