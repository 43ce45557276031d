# Dot-sourced by the test files: what several of them need.

# A new, empty database of a sandbox, as a connection text without a password. Queries are read-only, so a migration makes it.
function New-TestDatabase {
    param($Sandbox, [string] $Name)

    $maker = Join-Path $TestDrive "make_$Name"
    $null = New-Item -ItemType Directory -Path "$maker/versions" -Force
    Set-Content -LiteralPath "$maker/migrations.json" -Value ('{{ "historySchema": "make_{0}" }}' -f $Name)
    Set-Content -LiteralPath "$maker/versions/1_make.sql" -Value "create database `"$Name`";"
    $null = Invoke-Migration -Path $maker -Connection $Sandbox -InformationAction Ignore
    "host=$($Sandbox.Host) port=$($Sandbox.Port) dbname=$Name"
}

# A project folder with the given scripts: @{ '001_users.sql' = 'create table ...' }
function New-TestProject {
    param([string] $Name, [System.Collections.IDictionary] $Script)

    $folder = Join-Path $TestDrive $Name
    $null = New-Item -ItemType Directory -Path "$folder/versions" -Force
    foreach ($file in $Script.Keys) { Set-Content -LiteralPath "$folder/versions/$file" -Value $Script[$file] }
    $folder
}

# The error of a script block, for its facts to be looked at one by one.
function Get-Failure {
    param([scriptblock] $Of)

    try { $null = & $Of } catch { return $_ }
    throw 'An error was expected and none came.'
}
