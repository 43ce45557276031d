BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox

    # What another tool would have left: a table of its own, made by a project of ours with a history of its own.
    function New-OtherHistory {
        param([string] $Database, [string] $Sql)

        $null = Connect-Db (New-TestDatabase $sandbox $Database) -Credential $sandbox.GetCredential()
        $maker = New-TestProject "other_$Database" @{ '1_other.sql' = $Sql }
        Set-Content -LiteralPath "$maker/migrations.json" -Value '{ "historySchema": "other" }'
        $null = Invoke-Migration -Path $maker -InformationAction Ignore
    }
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Set-MigrationBaseline' {
    BeforeAll {
        $null = Connect-Db (New-TestDatabase $sandbox baseline) -Credential $sandbox.GetCredential()
        $project = New-TestProject baseline @{
            '001_a.sql' = 'create table a (n int);'
            '002_b.sql' = 'create table b (n int);'
            '003_c.sql' = 'create table c (n int);'
        }
    }

    It 'refuses what is not true' {
        $failure = Get-Failure { Set-MigrationBaseline -Path $project -Version 2 -WhatIf }
        $failure.Exception.ErrorId | Should -Be 'BaselineDiffers'
        $failure.Exception.Message | Should -BeLike '*table public.a is missing*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-SkipVerification*'
    }

    It '-WhatIf emits the list and changes nothing' {
        $plan = Set-MigrationBaseline -Path $project -Version 2 -SkipVerification -WhatIf
        $plan.Version | Should -Be @('001', '002')
        $plan.Outcome | Sort-Object -Unique | Should -Be 'Planned'
        (Get-Migration -Path $project).State | Sort-Object -Unique | Should -Be 'Pending'
    }

    It 'refuses a version that no script has' {
        (Get-Failure { Set-MigrationBaseline -Path $project -Version 9 -Confirm:$false }).Exception.ErrorId | Should -Be 'UnknownVersion'
    }

    It 'puts scripts on record, and the rest runs' {
        (Set-MigrationBaseline -Path $project -Version 2 -Reason 'by hand' -SkipVerification -Confirm:$false -InformationAction Ignore).Outcome | Sort-Object -Unique | Should -Be 'TakenOver'
        (Get-Migration -Path $project -Version 1).Message | Should -BeLike '*by hand'
        (Invoke-Migration -Path $project -InformationAction Ignore).Version | Should -Be '003'
    }
}

Describe 'Import-MigrationHistory' {
    BeforeAll {
        New-OtherHistory dbmate "create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'), ('7');"
        $project = New-TestProject dbmate @{ '001_a.sql' = 'create table a (n int);'; '002_b.sql' = 'create table b (n int);' }
    }

    It 'takes over what the tool ran, and says what has no file' {
        $done = Import-MigrationHistory -Path $project -InformationAction Ignore -WarningVariable warned -WarningAction SilentlyContinue
        $done.Kind | Should -Be @('versioned', 'imported')
        $done.Tool | Sort-Object -Unique | Should -Be 'Dbmate'
        "$warned" | Should -BeLike '*no file*'
    }

    It 'writes a map that Import-Csv reads' {
        $map = Import-Csv "$project/history-map.csv"
        $map.original_id | Should -Be @('1', '7')
        $map.path | Should -Be @('versions/001_a.sql', '')
    }

    It 'has nothing to do the second time' {
        Import-MigrationHistory -Path $project -InformationAction Ignore | Should -BeNullOrEmpty
    }

    It 'leaves the rest to run' {
        (Invoke-Migration -Path $project -InformationAction Ignore).Version | Should -Be '002'
    }

    It 'refuses a dirty version' {
        New-OtherHistory golang 'create table schema_migrations (version bigint primary key, dirty boolean not null); insert into schema_migrations values (1, true);'
        $failure = Get-Failure { Import-MigrationHistory -Path (New-TestProject golang @{ '1_a.sql' = 'select 1;' }) }
        $failure.Exception.ErrorId | Should -Be 'ForeignHistoryFailed'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'Initialize-MigrationProject -FromDatabase' {
    It 'drafts a first script that is baselined in its database' {
        New-OtherHistory draft 'create table orders (id int primary key);'
        try {
            $files = Initialize-MigrationProject "$TestDrive/draft" -FromDatabase -InformationAction Ignore
        }
        catch {
            if ($_.Exception.ErrorId -ne 'PgDumpNotFound') { throw }
            Set-ItResult -Skipped -Because 'no pg_dump here reads the sandbox'
        }

        $files[-1].Name | Should -Be '001_baseline.sql'
        Get-Content -Raw $files[-1] | Should -BeLike '*CREATE TABLE public.orders*'
        $null = Set-MigrationBaseline -Path "$TestDrive/draft" -Version 1 -Confirm:$false -InformationAction Ignore
        Invoke-Migration -Path "$TestDrive/draft" -InformationAction Ignore | Should -BeNullOrEmpty
    }
}
