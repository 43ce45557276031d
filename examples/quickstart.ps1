#Requires -Version 7.6
<#
.SYNOPSIS
The main job in one minute: a throw-away PostgreSQL, eleven scripts, undo, redo, and three questions to the data.
.DESCRIPTION
Runs in PowerShell 7.6 (after Import-Module ./Migrations.psd1) and in Migrations.Shell:

    dotnet run --project src/Migrations.Shell -- examples/quickstart.ps1

Nothing is left behind: the server lives in a folder of its own and goes when the script ends.
#>
$ErrorActionPreference = 'Stop'
$project = "$PSScriptRoot/music-ai"

'1. A private PostgreSQL on a free port of this machine'
$sandbox = Start-DbSandbox
$sandbox | Out-Host
try {
    Connect-Db -Connection $sandbox | Out-Host

    '2. What would run, and where? A plan changes nothing.'
    Invoke-Migration -Path $project -WhatIf | Out-Host

    '3. Apply all of it. Each script and its history row commit together.'
    Invoke-Migration -Path $project | Out-Host

    '4. Where does the database stand?'
    Get-Migration -Path $project | Out-Host

    '5. Take the last script back, and run that one again'
    Undo-Migration -Path $project -Steps 1 -Confirm:$false | Out-Host
    Invoke-Migration -Path $project -Version 011 | Out-Host

    '6. Three questions to the data'
    'All audit entries of user 123'
    Invoke-DbQuery "SELECT at, action, actor FROM audit_log WHERE entity_type = 'user' AND entity_id = 123" | Out-Host
}
finally {
    Stop-DbSandbox $sandbox
}
