#Requires -Version 7.6
<#
.SYNOPSIS
Applies what is pending, unattended, and ends with an exit code that tells a scheduler what to do next.

.DESCRIPTION
    pwsh -NoProfile -NonInteractive -File Invoke-ScheduledMigration.ps1 -Path /srv/shop -Environment production

It runs under Migrations.Shell as well. Where the password comes from is not its business: a pgpass file, a service file or the PG* environment.

    0   everything is applied, or there was nothing to do
    1   an error that this table does not know
    2   refused, or wrongly called: nothing was changed
    3   a script failed: correct it, then run again
    4   the database could not be reached, or the connection was lost
    5   a right is missing
    6   somebody stopped it
    75  busy: another run, or a lock that others hold. Run again later

about_Migrations_Runners explains the table.

.PARAMETER Path
The project.

.PARAMETER Connection
A connection string without a password, a postgresql:// URI, or a service name. Without it the PG* environment.

.PARAMETER Environment
The stamp that the database must carry.

.PARAMETER LogFile
Receives one JSON object a line for each event.

.PARAMETER RunTimeout
How long to wait for another run to end.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Path,
    [string] $Connection,
    [string] $Environment,
    [string] $LogFile,
    [string] $RunTimeout = '10min'
)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# By the kind of a failure, which is stable; its message is not.
$codes = @{
    InvalidInput = 2; NotFound = 2; Conflict = 2; Refused = 2
    Data = 3; Syntax = 3; Server = 3
    Connection = 4; Authentication = 4
    Permission = 5
    Stopped = 6
    Busy = 75; Timeout = 75; Resource = 75
}

try {
    # In a clone; an installed module is found by its name.
    if (-not (Get-Command Invoke-Migration -ErrorAction Ignore)) { Import-Module "$PSScriptRoot/../../Migrations.psd1" }

    $run = @{ Path = $Path; RunTimeout = $RunTimeout; Annotate = $true; Confirm = $false }
    foreach ($name in 'Connection', 'Environment', 'LogFile') {
        if ($PSBoundParameters[$name]) { $run[$name] = $PSBoundParameters[$name] }
    }
    Invoke-Migration @run | Out-Default
    exit 0
}
catch {
    $failure = $_.Exception
    $Host.UI.WriteErrorLine($failure.Message)
    if ($_.ErrorDetails.RecommendedAction) { $Host.UI.WriteErrorLine($_.ErrorDetails.RecommendedAction) }
    # A statement of a script is the script's fault, whatever kind it is of, unless trying again can help.
    $isScripts = $failure.ErrorId -in 'MigrationFailed', 'CheckFailed', 'VerifyFailed'
    $code = if ($failure.Kind) { $codes["$($failure.Kind)"] }
    if ($isScripts -and $code -notin 6, 75) { $code = 3 }
    if (-not $code) { $code = 1 }
    exit $code
}
