<#
.SYNOPSIS
The command that starts another PowerShell like this one.
#>
$path = (Get-Process -Id $PID).Path
# As a .NET tool PowerShell runs inside dotnet; its command is what starts another one.
if ((Split-Path -LeafBase $path) -eq 'dotnet') { (Get-Command pwsh -CommandType Application)[0].Source } else { $path }
