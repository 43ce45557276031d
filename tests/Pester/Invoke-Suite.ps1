#Requires -Version 7.6
<#
.SYNOPSIS
Runs the module's acceptance suite on the built module.

.DESCRIPTION
    dotnet build
    pwsh -NoProfile -File tests/Pester/Invoke-Suite.ps1

Each file brings up a PostgreSQL of its own with Start-DbSandbox and takes it down again.
Exit code: 0 when everything passed, 1 otherwise.

.PARAMETER ResultPath
A file that receives one line with three numbers: passed, failed, skipped.

.PARAMETER Path
Only these files; without it the whole folder.
#>
[CmdletBinding()]
param(
    [string] $ResultPath,
    [string[]] $Path = $PSScriptRoot
)
$ErrorActionPreference = 'Stop'
# Not #Requires -Modules: with it, pwsh 7.6 -File ends with 0 whatever the script says.
Import-Module Pester -MinimumVersion 5.7
Import-Module "$PSScriptRoot/../../Migrations.psd1"

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$result = Invoke-Pester -Configuration $configuration

# A file that does not even parse has no failed test, only tests that never ran.
$failed = $result.Result -eq 'Passed' ? 0 : [Math]::Max(1, $result.FailedCount)
$skipped = $result.SkippedCount + $result.InconclusiveCount + $result.NotRunCount
if ($ResultPath) { Set-Content -LiteralPath $ResultPath -Value "$($result.PassedCount) $failed $skipped" }
exit [int]($failed -gt 0)
