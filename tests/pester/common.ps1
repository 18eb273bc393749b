# What every test file begins with: the packed module, as users load it, and whether a cluster is there.
$ErrorActionPreference = 'Stop'
$script:RepositoryRoot = (Resolve-Path (Join-Path $PSScriptRoot '..' '..')).Path
$script:ModulePath = Join-Path $RepositoryRoot 'out' 'PSKube' 'PSKube.psd1'
$script:HasCluster = [bool]$env:PSKUBE_TEST_KUBECONFIG
if ($HasCluster) { $env:KUBECONFIG = $env:PSKUBE_TEST_KUBECONFIG }
else { $env:KUBECONFIG = Join-Path ([IO.Path]::GetTempPath()) 'pskube-no-such-kubeconfig' }
$script:Pwsh = & "$PSScriptRoot/../Get-PwshPath.ps1"
Import-Module $ModulePath
# A sandbox of an earlier file is still what the session is connected to.
Disconnect-KubeCluster

# Runs a script in a fresh pwsh and returns its output lines; fails with its errors.
function Invoke-Fresh([string] $Script) {
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; $Script"))
    $lines = & $Pwsh -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded 2>&1
    if ($LASTEXITCODE) { throw "The fresh pwsh ended with $LASTEXITCODE`: $($lines -join "`n")" }
    $lines
}

# Text as kubectl prints it: columns apart by any white space, no colours, no ruler, no empty lines.
function ConvertTo-PlainTable([object[]] $Lines) {
    ($Lines | Out-String -Width 400) -replace "`e\[[0-9;]*m", '' -split "`r?`n" |
        ForEach-Object { ($_ -replace '\s+', ' ').Trim() } |
        Where-Object { $_ -and $_ -notmatch '^[- ]+$' }
}
