# Each case in a process of its own: what is loaded cannot be unloaded.
Describe 'Beside other modules' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Assets = Join-Path $RepositoryRoot 'out' 'test-assets'
        if (-not (Test-Path (Join-Path $Assets '11.2.1'))) { throw "Run 'dotnet build tests/pester/assets/OtherYamlDotNet.csproj' first." }
        $script:Ours = "`$y = New-KubeDeployment w nginx -DryRun Client -Resources @{limits=@{cpu='0.5'}} | ConvertTo-KubeYaml; `$d = `$y | ConvertFrom-KubeYaml; if (`$d.Name -ne 'w' -or `$d.Spec.Template.Spec.Containers[0].Resources.Limits['cpu'].ToString() -ne '500m') { throw 'PSKube does not work' }"
        # A module that ships and uses a YamlDotNet of its own, as powershell-yaml and Az.Aks do.
        function Get-Other([string] $Version) {
            "Import-Module '$(Join-Path $Assets $Version 'OtherYaml.psd1')'; `$t = Test-OtherYaml; if (`$t -ne '$($Version.Split('.')[0]) a: 1') { throw ""the other does not work: `$t"" }"
        }
    }

    It 'makes the model''s types nameable from the first line on' {
        Invoke-Fresh "Import-Module '$ModulePath'; [k8s.Models.V1Deployment].FullName" | Should -Be 'k8s.Models.V1Deployment'
    }

    It 'emits the model''s types' {
        Invoke-Fresh "Import-Module '$ModulePath'; `$d = New-KubeDeployment w nginx -DryRun Client; `$d -is [k8s.Models.V1Deployment]; ([k8s.Models.V1Pod]::new()).GetType().Name" | Should -Be 'True', 'V1Pod'
    }

    It 'keeps YamlDotNet and Fractions to itself' {
        $lines = Invoke-Fresh "Import-Module '$ModulePath'; $Ours; [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name -match 'YamlDotNet|Fractions'; 'end'"
        $lines | Should -Be 'end'
    }

    It 'T71: works with YamlDotNet <version> loaded <when>' -ForEach @(
        @{ Version = '11.2.1'; When = 'before' }, @{ Version = '11.2.1'; When = 'after' }
        @{ Version = '16.3.0'; When = 'before' }, @{ Version = '16.3.0'; When = 'after' }
    ) {
        $other = Get-Other $Version
        $script = if ($When -eq 'before') { "$other; Import-Module '$ModulePath'; $Ours; $other; 'both'" } else { "Import-Module '$ModulePath'; $Ours; $other; $Ours; 'both'" }
        Invoke-Fresh $script | Should -Be 'both'
    }

    It 'keeps every cmdlet through two forced imports' {
        $count = (Import-PowerShellDataFile $ModulePath).CmdletsToExport.Count
        Invoke-Fresh "Import-Module '$ModulePath'; Import-Module '$ModulePath' -Force; Import-Module '$ModulePath' -Force; (Get-Command -Module PSKube -CommandType Cmdlet).Count; $Ours" | Should -Be $count
    }

    It 'works again after it was removed' {
        Invoke-Fresh "Import-Module '$ModulePath'; $Ours; Remove-Module PSKube; Import-Module '$ModulePath'; $Ours; 'again'" | Should -Be 'again'
    }

    It 'is imported by ten runspaces at once' {
        $lines = Invoke-Fresh "1..10 | ForEach-Object -Parallel { Import-Module '$ModulePath'; `$y = New-KubePod `"p`$_`" nginx -DryRun Client | ConvertTo-KubeYaml; (`$y | ConvertFrom-KubeYaml).Name } -ThrottleLimit 10 | Sort-Object"
        $lines | Should -Be (1..10 | ForEach-Object { "p$_" } | Sort-Object)
    }
}
