#Requires -Version 7.6
<#
.SYNOPSIS
The main job in one minute: a throw-away PostgreSQL, eleven scripts, undo, redo, three questions to the data, and its documentation.

.DESCRIPTION
Runs in Migrations.Shell, and in PowerShell 7.6 after Import-Module ./Migrations.psd1:

    dotnet run --project src/Migrations.Shell -- examples/quickstart.ps1

The server lives in a folder of its own, and both are gone when the script ends. Only the documentation stays: examples/music-ai/database.html, for a
browser, and database.md beside it.
#>
$ErrorActionPreference = 'Stop'
$project = "$PSScriptRoot/music-ai"

'1. A private PostgreSQL on a free port of this machine' | Out-Host
$sandbox = Start-DbSandbox
try {
    Connect-Db $sandbox | Out-Host

    '2. What would run, and where? A plan changes nothing.' | Out-Host
    Invoke-Migration -Path $project -WhatIf | Out-Host

    '3. Apply all of it: each script and its history row commit together.' | Out-Host
    Invoke-Migration -Path $project | Out-Host

    '4. Take the last script back, then run that one again.' | Out-Host
    Undo-Migration -Path $project -Steps 1 -Confirm:$false | Out-Host
    Invoke-Migration -Path $project -Version 011 | Out-Host

    '5. Where does the database stand?' | Out-Host
    Get-Migration -Path $project | Out-Host

    '6. All audit entries of user 123' | Out-Host
    Invoke-DbQuery "SELECT occurred_at, action, actor_role FROM audit_log WHERE entity_type = 'user' AND entity_id = 123 ORDER BY 1" | Out-Host

    '7. How many users have not granted consent, by purpose?' | Out-Host
    Invoke-DbQuery 'SELECT purpose, count(*) AS users FROM consent WHERE NOT granted GROUP BY purpose ORDER BY purpose' | Out-Host

    '8. Analytics per month' | Out-Host
    Invoke-DbQuery "SELECT to_char(date_trunc('month', created_at AT TIME ZONE 'UTC'), 'YYYY-MM') AS month, count(*) AS events FROM analytics GROUP BY 1 ORDER BY 1" | Out-Host

    '9. The documentation of the database: open examples/music-ai/database.html in a browser' | Out-Host
    Export-MigrationDocument -Path $project -OutFile "$project/database.html", "$project/database.md" -Title 'Music AI' -Force | Out-Host
}
finally {
    Stop-DbSandbox $sandbox
}
