Describe 'The module as it is published' {
    BeforeAll { . "$PSScriptRoot/common.ps1" }

    It 'has a valid manifest' {
        (Test-ModuleManifest $ModulePath).Name | Should -Be 'PSKube'
    }

    It 'exports exactly the cmdlets that it has' {
        $have = (Get-Command -Module PSKube -CommandType Cmdlet).Name | Sort-Object
        $listed = (Import-PowerShellDataFile $ModulePath).CmdletsToExport | Sort-Object
        $have | Should -Be $listed
        $types = [PSKube.Config.KubeContext].Assembly.GetExportedTypes() | Where-Object { $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) }
        $types.Count | Should -Be $listed.Count
    }

    It 'uses approved verbs and one noun prefix' {
        $approved = (Get-Verb).Verb
        foreach ($command in Get-Command -Module PSKube -CommandType Cmdlet) {
            $command.Verb | Should -BeIn $approved
            $command.Noun | Should -Match '^Kube[A-Z]'
        }
    }

    It 'tells every cmdlet''s output type' {
        foreach ($command in Get-Command -Module PSKube -CommandType Cmdlet) { $command.OutputType.Count | Should -BeGreaterThan 0 -Because $command.Name }
    }

    It 'asks before everything that changes' {
        # New-KubeContainer only builds; a shell is asked for by Enter-KubePod itself.
        $changing = 'New', 'Set', 'Add', 'Remove', 'Invoke', 'Undo', 'Restart', 'Suspend', 'Resume', 'Save', 'Restore'
        foreach ($command in Get-Command -Module PSKube -CommandType Cmdlet | Where-Object { $_.Verb -in $changing -and $_.Name -ne 'New-KubeContainer' }) {
            $command.Parameters.Keys | Should -Contain 'WhatIf' -Because $command.Name
        }
    }

    It 'gives the alias of the verb people look for' {
        (Get-Alias Publish-KubeResource).ReferencedCommand.Name | Should -Be 'Invoke-KubeApply'
    }

    It 'works under a prefix' {
        Invoke-Fresh "Import-Module '$ModulePath' -Prefix My; (New-MyKubePod a nginx -DryRun Client).Name" | Should -Be 'a'
    }
}
