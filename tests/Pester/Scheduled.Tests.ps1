BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $credential = $sandbox.GetCredential()
    $script = "$PSScriptRoot/../../examples/scheduled/Invoke-ScheduledMigration.ps1"

    # A scheduled script finds its server in the environment; the build service's own variables are not meant.
    $given = @{
        PGHOST = $sandbox.Host; PGPORT = $sandbox.Port; PGDATABASE = 'postgres'
        PGUSER = $credential.UserName; PGPASSWORD = $credential.GetNetworkCredential().Password
        GITHUB_ACTIONS = 'true'; GITHUB_WORKSPACE = "$TestDrive"; TF_BUILD = $null
    }
    $before = @{}
    foreach ($name in $given.Keys) {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $given[$name])
    }

    function Invoke-Example {
        param([string] $Path, [string[]] $More = @())

        $output = $null | & "$PSHOME/pwsh" -NoProfile -NonInteractive -File $script -Path $Path @More *>&1 | Out-String
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = $output }
    }
}

AfterAll {
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'The example for schedulers' {
    It 'ends with 0 and leaves a log of JSON lines' {
        $folder = New-TestProject good @{ '1_a.sql' = 'create table scheduled (n int);' }
        $run = Invoke-Example $folder '-LogFile', "$TestDrive/run.jsonl"
        $run.ExitCode | Should -Be 0
        $events = Get-Content "$TestDrive/run.jsonl" | ConvertFrom-Json
        $events.event | Should -Be @('RunStarted', 'ScriptStarted', 'ScriptSucceeded', 'RunEnded')
        $events[-1].outcome | Should -Be 'Succeeded'
    }

    It 'ends with 3 for a script that fails, and annotates the line on GitHub' {
        $folder = New-TestProject bad @{ '1_a.sql' = 'create table scheduled (n int);'; '2_bad.sql' = "select 1;`nselect 1/0;" }
        $run = Invoke-Example $folder
        $run.ExitCode | Should -Be 3
        $run.Output | Should -BeLike '*::error file=bad/versions/2_bad.sql,line=2,col=1,title=MigrationFailed 22012::*'
    }

    It 'ends with 2 for a database with another stamp' {
        $folder = New-TestProject stamped @{ '1_a.sql' = 'create table scheduled (n int);' }
        (Invoke-Example $folder '-Environment', 'production').ExitCode | Should -Be 2
    }
}
