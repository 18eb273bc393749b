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

    It 'tells of every library where it comes from and under which licence' {
        $folder = Split-Path $ModulePath
        $bill = Get-Content -Raw (Join-Path $folder 'sbom.cdx.json') | ConvertFrom-Json
        $bill.bomFormat | Should -Be 'CycloneDX'
        $notices = Get-Content -Raw (Join-Path $folder 'THIRD-PARTY-NOTICES.txt')
        $files = Get-ChildItem $folder -Recurse -Filter *.dll
        $files.Count | Should -BeGreaterThan 5
        foreach ($file in $files) {
            $place = [IO.Path]::GetRelativePath($folder, $file.FullName).Replace('\', '/')
            $component = $bill.components | Where-Object { $_.evidence.occurrences.location -eq $place }
            @($component).Count | Should -Be 1 -Because "$place has one entry in sbom.cdx.json"
            $component.version | Should -Match '^\d+\.\d+'
            $component.licenses.license.id | Should -Match '^(MIT|Apache-2\.0)$' -Because $place
            $component.hashes[0].content | Should -Be (Get-FileHash $file.FullName).Hash -Because "$place is as build.ps1 left it"
            if ($file.Name -notlike 'PSKube*.dll') { $notices | Should -BeLike "*/$($file.Name))*" -Because "the licence of $place has to be there" }
        }
        @($bill.components).Count | Should -Be $files.Count
    }

    It 'writes the same bill of materials for the same files' {
        $folder = Split-Path $ModulePath
        $copy = Join-Path $TestDrive 'PSKube'
        Copy-Item -Recurse $folder $copy
        & (Join-Path $RepositoryRoot 'src' 'sbom.ps1') -Module $copy | Out-Null
        Get-FileHash (Join-Path $copy 'sbom.cdx.json') | Select-Object -ExpandProperty Hash | Should -Be (Get-FileHash (Join-Path $folder 'sbom.cdx.json')).Hash
    }

    It 'makes no bill of materials for a library of unknown origin' {
        $copy = Join-Path $TestDrive 'Unknown'
        Copy-Item -Recurse (Split-Path $ModulePath) $copy
        Copy-Item (Join-Path $copy 'bin' 'PSKube.dll') (Join-Path $copy 'bin' 'Stranger.dll')
        { & (Join-Path $RepositoryRoot 'src' 'sbom.ps1') -Module $copy } | Should -Throw '*Stranger.dll*'
    }
}
