<#
.SYNOPSIS
Builds, tests and packages the module.

.DESCRIPTION
Build    makes out/PSKube, the module as it is published (with help, where Microsoft.PowerShell.PlatyPS is installed), and its
         bill of materials
Test     runs all tiers that can run here: xunit, then Pester over out/PSKube in a child pwsh
Package  makes out/PSKube.<version>.zip from a Release build, with machine code for the platforms of -Runtime
Clean    removes out and what the builds left

.PARAMETER Runtime
The platforms to compile the libraries for, ahead of time: the first commands are faster there with PowerShell 7.6. The others run
the libraries as they are. Package takes the common ones, the other tasks none.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    [ValidateSet('win-x64', 'win-arm64', 'linux-x64', 'linux-arm64', 'osx-x64', 'osx-arm64')]
    [string[]] $Runtime
)

$ErrorActionPreference = 'Stop'
$out = Join-Path $PSScriptRoot 'out'
$module = Join-Path $out 'PSKube'
$pwsh = & (Join-Path $PSScriptRoot 'tests' 'Get-PwshPath.ps1')

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE) { throw "dotnet $($args[0]) failed." }
}

function Build-Help {
    if (-not (Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS)) {
        'Help was left out: the module Microsoft.PowerShell.PlatyPS is not installed (Install-PSResource Microsoft.PowerShell.PlatyPS).'
        return
    }

    # In a process of its own: PlatyPS brings a YamlDotNet, and a build must not depend on what is loaded here.
    & $pwsh -NoProfile -NonInteractive -Command {
        param($docs, $module)
        $ErrorActionPreference = 'Stop'
        Import-Module Microsoft.PowerShell.PlatyPS
        $pages = Get-ChildItem $docs -Filter '*-Kube*.md'
        $help = Import-MarkdownCommandHelp -Path $pages.FullName
        $folder = Join-Path ([IO.Path]::GetTempPath()) "pskube-help-$PID"
        $null = $help | Export-MamlCommandHelp -OutputFolder $folder -Force
        $null = New-Item -ItemType Directory -Force (Join-Path $module 'en-US')
        $file = Join-Path $module 'en-US' 'PSKube.dll-Help.xml'
        [xml] $maml = Get-Content -Raw (Get-ChildItem $folder -Recurse -Filter '*-Help.xml').FullName
        # PlatyPS leaves the fences of Markdown in the examples, and adds a link to an address that no page has.
        foreach ($example in $maml.SelectNodes('//*[local-name()="example"]')) {
            $code, $remarks = foreach ($part in 'code', 'remarks') { $example.SelectSingleNode("*[local-name()='$part']") }
            foreach ($text in @($example.SelectNodes('*[local-name()="introduction"]/*'))) {
                $fence = [regex]::Match($text.InnerText, '(?s)^```\w*\r?\n(.*?)\r?\n?```\s*$')
                if ($fence.Success) { $code.InnerText += $(if ($code.InnerText) { "`n`n" }) + $fence.Groups[1].Value }
                if ($fence.Success -or -not $text.InnerText.Trim([char]0x80, ' ')) { $null = $text.ParentNode.RemoveChild($text) }
                else { $null = $remarks.AppendChild($text) }
            }
        }
        foreach ($link in @($maml.SelectNodes('//*[local-name()="navigationLink"][not(*[local-name()="uri"]/text())]'))) { $null = $link.ParentNode.RemoveChild($link) }
        $maml.Save($file)
        Remove-Item -Recurse $folder
        "Help: $($pages.Count) pages."
    } -args (Join-Path $PSScriptRoot 'docs' 'en-US'), $module
    if ($LASTEXITCODE) { throw 'The help could not be built.' }
}

# The last step: it holds the hashes of what is there.
function Write-Sbom { & (Join-Path $PSScriptRoot 'src' 'sbom.ps1') -Module $module }

function Build-Module {
    Invoke-DotNet build (Join-Path $PSScriptRoot 'src' 'PSKube') -c $Configuration -v quiet -nologo
    foreach ($platform in $Runtime) {
        Invoke-DotNet publish (Join-Path $PSScriptRoot 'src' 'PSKube.ReadyToRun') -c $Configuration -r $platform -v quiet -nologo
        "Compiled for $platform."
    }
    Build-Help
    Write-Sbom
    "Built $module"
}

foreach ($step in $Task) {
    switch ($step) {
        'Clean' {
            Get-ChildItem $PSScriptRoot -Recurse -Directory -Include bin, obj | Where-Object { Test-Path (Join-Path $_.Parent '*.csproj') } | Remove-Item -Recurse -Force
            if (Test-Path $out) { Remove-Item -Recurse -Force $out }
        }
        'Build' { Build-Module }
        'Test' {
            Build-Module
            Invoke-DotNet test (Join-Path $PSScriptRoot 'PSKube.sln') -c $Configuration -v quiet -nologo
            Invoke-DotNet build (Join-Path $PSScriptRoot 'tests' 'pester' 'assets' 'OtherYamlDotNet.csproj') -v quiet -nologo
            & $pwsh -NoProfile -File (Join-Path $PSScriptRoot 'tests' 'pester' 'Invoke-Tests.ps1')
            if ($LASTEXITCODE) { throw 'Pester failed.' }
        }
        'Package' {
            $Configuration = 'Release'
            if (-not $PSBoundParameters.ContainsKey('Runtime')) { $Runtime = 'win-x64', 'linux-x64', 'osx-arm64' }
            if (Test-Path $module) { Remove-Item -Recurse -Force $module }
            Build-Module
            $version = (Import-PowerShellDataFile (Join-Path $module 'PSKube.psd1')).ModuleVersion
            Get-ChildItem $module -Recurse -Filter '*.pdb' | Remove-Item
            $package = Join-Path $out "PSKube.$version.zip"
            if (Test-Path $package) { Remove-Item $package }
            [IO.Compression.ZipFile]::CreateFromDirectory($module, $package, 'Optimal', $true)
            "Packaged $package"
        }
    }
}
