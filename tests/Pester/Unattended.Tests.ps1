BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $credential = $sandbox.GetCredential()
    $folder = New-TestProject scheduled @{
        '1_one.sql' = "-- migrate:up`ncreate table one (n int);`n-- migrate:down`ndrop table one;"
        '2_bad.sql' = 'select 1/0;'
    }

    # A scheduled script finds its server in the environment.
    $before = @{}
    $given = @{
        PGHOST = $sandbox.Host; PGPORT = $sandbox.Port; PGDATABASE = 'postgres'
        PGUSER = $credential.UserName; PGPASSWORD = $credential.GetNetworkCredential().Password
    }
    foreach ($name in $given.Keys) {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $given[$name])
    }

    # Runs a script as a scheduler does: a process of its own, and nobody to answer a question.
    function Invoke-Scheduled {
        param([string] $Text, [switch] $Interactive)

        $file = Join-Path $TestDrive 'scheduled.ps1'
        Set-Content $file "Import-Module '$PSScriptRoot/../../Migrations.psd1'`n$Text"
        $mode = $Interactive ? @() : @('-NonInteractive')
        $output = $null | & "$PSHOME/pwsh" -NoProfile @mode -File $file *>&1 | Out-String
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = $output }
    }
}

AfterAll {
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'A scheduled script' {
    It 'ends at a terminating error under $ErrorActionPreference Stop, with exit code 1' {
        $run = Invoke-Scheduled "`$ErrorActionPreference = 'Stop'`nInvoke-Migration -Path '$folder'`n'not reached'"
        $run.ExitCode | Should -Be 1
        $run.Output | Should -BeLike '*22012*'
        $run.Output | Should -Not -BeLike '*not reached*'
        (Get-Migration -Path $folder).State | Should -Be @('Applied', 'Failed')
    }

    It 'can catch it and decide by its id' {
        $run = Invoke-Scheduled "try { Invoke-Migration -Path '$folder' } catch { if (`$_.FullyQualifiedErrorId -like 'MigrationFailed,*') { exit 17 } }"
        $run.ExitCode | Should -Be 17
    }

    It 'undoes nothing when nobody can be asked <How>, and the error names -Confirm:$false' -ForEach @(
        @{ How = 'in -NonInteractive mode'; Interactive = $false }
        @{ How = 'at the end of standard input'; Interactive = $true }
    ) {
        $run = Invoke-Scheduled "`$ErrorActionPreference = 'Stop'`nUndo-Migration -Path '$folder'`n'not reached'" -Interactive:$Interactive
        $run.ExitCode | Should -Be 1
        $run.Output | Should -BeLike '*-Confirm:$false*'
        (Invoke-DbQuery "select to_regclass('one')::text as found").found | Should -Be 'one'
    }

    It 'undoes with -Confirm:$false' {
        $run = Invoke-Scheduled "`$ErrorActionPreference = 'Stop'`nUndo-Migration -Path '$folder' -Confirm:`$false"
        $run.ExitCode | Should -Be 0
        (Invoke-DbQuery "select to_regclass('one')::text as found").found | Should -Be $null
    }
}
