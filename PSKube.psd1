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
        'ConvertTo-KubeYaml'
        'Disconnect-KubeCluster'
        'Get-KubeContext'
        'Get-KubeDaemonSet'
        'Get-KubeDeployment'
        'Get-KubeDescription'
        'Get-KubeEvent'
        'Get-KubeNamespace'
        'Get-KubeNode'
        'Get-KubePersistentVolumeClaim'
        'Get-KubePod'
        'Get-KubeReplicaSet'
        'Get-KubeResource'
        'Get-KubeService'
        'Get-KubeStatefulSet'
        'Get-KubeWorkload'
        'Invoke-KubeApply'
        'New-KubeDeployment'
        'New-KubePod'
        'Remove-KubeDaemonSet'
        'Remove-KubeDeployment'
        'Remove-KubePod'
        'Remove-KubeResource'
        'Remove-KubeService'
        'Remove-KubeStatefulSet'
        'Set-KubeScale'
        'Test-KubeCluster'
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
