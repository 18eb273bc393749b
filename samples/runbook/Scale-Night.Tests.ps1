BeforeAll { if (-not (Get-Module PSKube)) { Import-Module PSKube } }

Describe 'Scale-Night.ps1' {
    BeforeEach {
        Start-KubeSandbox
        New-KubeDeployment web nginx -Replicas 3 -Label @{ 'office-hours' = 'true' } -Wait
        New-KubeDeployment db postgres -Wait
    }
    AfterEach { Stop-KubeSandbox }

    It 'scales down what carries the label, and nothing else' {
        & "$PSScriptRoot/Scale-Night.ps1"
        (Get-KubeDeployment web).Spec.Replicas | Should -Be 0
        (Get-KubeDeployment db).Spec.Replicas | Should -Be 1
    }

    It 'comes through one <_>' -ForEach 409, 503 {
        Set-KubeSandboxFault patch deployments $_ -Count 1
        & "$PSScriptRoot/Scale-Night.ps1"
        (Get-KubeDeployment web).Spec.Replicas | Should -Be 0
        @(Get-KubeSandboxRequest patch deployments).StatusCode | Should -Be $_, 200
    }

    It 'tells what it must not do, and leaves it as it is' {
        Set-KubeSandboxFault patch deployments 403
        & "$PSScriptRoot/Scale-Night.ps1" -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -BeLike 'KubeForbidden,*'
        (Get-KubeDeployment web).Spec.Replicas | Should -Be 3
    }
}
