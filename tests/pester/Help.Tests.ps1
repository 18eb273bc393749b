BeforeDiscovery {
    $script:NoHelp = -not (Test-Path (Join-Path $PSScriptRoot '..' '..' 'out' 'PSKube' 'en-US' 'PSKube.dll-Help.xml'))
    # The list of cases is needed before the module is loaded.
    $script:Names = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '..' '..' 'PSKube.psd1')).CmdletsToExport
    # One line says that the help was left out; the pages themselves are held against the cmdlets in tier 2.
    if ($NoHelp) { $script:Names = 'Every cmdlet' }
}

Describe 'Help, where it was built' -Skip:$NoHelp {
    BeforeAll { . "$PSScriptRoot/common.ps1" }

    It '<_> shows its examples as code, without Markdown around it, and no link that leads nowhere' -ForEach $Names {
        $help = Get-Help $_ -Full
        foreach ($example in $help.examples.example) { $example.code | Should -Not -BeNullOrEmpty -Because $example.title }
        $shown = Get-Help $_ -Full | Out-String
        $shown | Should -Not -Match '```|\u0080'
        $shown | Should -Not -Match 'Online Version:\s*(\r?\n|$)'
    }

    It '<_> has a synopsis, a description of every parameter, and an example' -ForEach $Names {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match '^\s*[A-Z]\w+-Kube'
        @($help.examples.example).Count | Should -BeGreaterThan 0
        $own = (Get-Command $_).Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters -and $_ -notin 'WhatIf', 'Confirm' }
        foreach ($parameter in $own) {
            ($help.parameters.parameter | Where-Object name -EQ $parameter).description.Text | Should -Not -BeNullOrEmpty -Because $parameter
        }
    }
}
