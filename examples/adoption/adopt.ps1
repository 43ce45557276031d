#Requires -Version 7.6
<#
.SYNOPSIS
A database that Flyway has carried so far changes hands.

.DESCRIPTION
Runs in Migrations.Shell, and in PowerShell 7.6 after Import-Module ./Migrations.psd1:

    dotnet run --project src/Migrations.Shell -- examples/adoption/adopt.ps1

versions/ is a Flyway tree as it stands; before/ makes what Flyway left in the database. Nothing is left behind.
#>
$ErrorActionPreference = 'Stop'
$project = $PSScriptRoot
$map = "$([System.IO.Path]::GetTempPath())/history-map-$PID.csv"

$sandbox = Start-DbSandbox
try {
    $null = Connect-Db $sandbox
    $null = Invoke-Migration -Path "$PSScriptRoot/before" -InformationAction Ignore

    '1. What does Flyway have on record, and which script is which? A plan changes nothing.' | Out-Host
    Import-MigrationHistory -Path $project -WhatIf | Out-Host

    '2. Take it over: nothing is run, and nothing of Flyway is changed.' | Out-Host
    Import-MigrationHistory -Path $project -MapFile $map | Out-Host

    '3. What became of each entry' | Out-Host
    [System.IO.File]::ReadAllText($map) | Out-Host

    '4. What Flyway has not run is pending, and runs.' | Out-Host
    Get-Migration -Path $project | Out-Host
    Invoke-Migration -Path $project | Out-Host
}
finally {
    Stop-DbSandbox $sandbox
    [System.IO.File]::Delete($map)
}
