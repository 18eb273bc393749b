<#
.SYNOPSIS
Writes the bill of materials of a module folder: sbom.cdx.json (CycloneDX 1.6).

.DESCRIPTION
Lists what the folder really holds: every DLL with its hash, and the package, version and licence that NuGet has restored it from.
The same files give the same text, so it holds no time and no random number. A DLL of unknown origin is an error.
#>
[CmdletBinding()]
param(
    [string] $Module = (Join-Path $PSScriptRoot '..' 'out' 'PSKube'),

    # What NuGet has restored for the module's own project.
    [string] $Assets = (Join-Path $PSScriptRoot 'PSKube' 'obj' 'project.assets.json')
)

$ErrorActionPreference = 'Stop'
$version = (Import-PowerShellDataFile (Join-Path $Module 'PSKube.psd1')).ModuleVersion
$restored = Get-Content -Raw $Assets | ConvertFrom-Json -AsHashtable
$packages = @{}
foreach ($key in $restored.targets.Values[0].Keys) {
    $library = $restored.libraries[$key]
    if ($library.type -ne 'package') { continue }
    $name, $number = $key -split '/'
    $folder = $restored.packageFolders.Keys | ForEach-Object { Join-Path $_ $library.path } | Where-Object { Test-Path $_ } | Select-Object -First 1
    $about = ([xml](Get-Content -Raw (Join-Path $folder ($library.files -like '*.nuspec')[0]))).package.metadata
    $package = [ordered]@{
        type         = 'library'
        'bom-ref'    = "pkg:nuget/$name@$number"
        name         = $name
        version      = $number
        licenses     = @(@{ license = @{ id = $about.license.InnerText } })
        copyright    = $about.copyright
        purl         = "pkg:nuget/$name@$number"
        needs        = $restored.targets.Values[0][$key].dependencies.Keys
    }
    foreach ($file in $restored.targets.Values[0][$key].runtime.Keys) { $packages[(Split-Path -Leaf $file)] = $package }
}

$own = "pkg:generic/PSKube@$version"
$components = foreach ($file in Get-ChildItem $Module -Recurse -Filter *.dll | Sort-Object { $_.FullName.Replace('\', '/') } -Culture '') {
    $place = [IO.Path]::GetRelativePath($Module, $file.FullName).Replace('\', '/')
    $package = $packages[$file.Name]
    if (-not $package) {
        if ($file.Name -notlike 'PSKube*.dll') { throw "$place is neither the module's own nor restored from NuGet." }
        $package = [ordered]@{ type = 'library'; 'bom-ref' = "$own#$place"; name = $file.BaseName; version = $version; licenses = @(@{ license = @{ id = 'MIT' } }) }
    }
    $component = [ordered]@{}
    foreach ($key in $package.Keys) { if ($key -ne 'needs' -and $package[$key]) { $component[$key] = $package[$key] } }
    # One library may be there several times, compiled for platforms.
    if ($package.purl) { $component.'bom-ref' = "$($package.purl)#$place" }
    $component.hashes = @([ordered]@{ alg = 'SHA-256'; content = (Get-FileHash -Algorithm SHA256 $file.FullName).Hash.ToLowerInvariant() })
    $component.evidence = @{ occurrences = @(@{ location = $place }) }
    $component
}

$dependencies = @([ordered]@{ ref = $own; dependsOn = @($components.'bom-ref') })
foreach ($component in $components) {
    $needs = ($packages.Values | Where-Object name -EQ $component.name | Select-Object -First 1).needs | ForEach-Object { $name = $_; ($components | Where-Object name -EQ $name).'bom-ref' } | Sort-Object -Culture ''
    if ($needs) { $dependencies += [ordered]@{ ref = $component.'bom-ref'; dependsOn = @($needs) } }
}

$bom = [ordered]@{
    bomFormat    = 'CycloneDX'
    specVersion  = '1.6'
    version      = 1
    metadata     = @{ component = [ordered]@{ type = 'library'; 'bom-ref' = $own; name = 'PSKube'; version = $version; licenses = @(@{ license = @{ id = 'MIT' } }) } }
    components   = @($components)
    dependencies = $dependencies
}
[IO.File]::WriteAllText((Join-Path $Module 'sbom.cdx.json'), ($bom | ConvertTo-Json -Depth 10).ReplaceLineEndings("`n") + "`n")
"Bill of materials: $($components.Count) libraries."
