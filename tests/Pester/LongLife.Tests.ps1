BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox leaving) -Credential $sandbox.GetCredential()
    $project = New-TestProject leaving @{ '1_song.sql' = "create table song (id int);`n"; '2_tag.sql' = "create table tag (id int);`n" }
    $null = Invoke-Migration -Path $project -InformationAction Ignore
    $file = "$TestDrive/history.jsonl"
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Export-MigrationHistory' {
    It 'writes every row as an object a line' {
        $export = Export-MigrationHistory $file
        $export.Scripts | Should -Be 2
        $lines = Get-Content -LiteralPath $file | ConvertFrom-Json
        $lines[0].format | Should -Be 'migrations-history'
        $lines[-1].rows | Should -Be $export.Rows
        ($lines | Where-Object table -EQ scripts).row.name | Should -Be '1_song', '2_tag'
        ($lines | Where-Object table -EQ script_texts).row.script_text -join '' | Should -BeLike '*create table tag (id int);*'
    }

    It 'overwrites nothing unless told to' {
        (Get-Failure { Export-MigrationHistory $file -ErrorAction Stop }).Exception.ErrorId | Should -Be 'HistoryFileExists'
        (Export-MigrationHistory $file -Force).Path | Should -Be (Get-Item -LiteralPath $file).FullName
    }
}

Describe 'Remove-MigrationHistory' {
    It 'does not lose a history by accident' {
        (Get-Failure { Remove-MigrationHistory -Confirm:$false }).Exception.ErrorId | Should -Be 'HistoryNotExported'
    }

    It 'plans with -WhatIf' {
        $plan = Remove-MigrationHistory -OutFile "$TestDrive/last.jsonl" -WhatIf
        $plan.Removed | Should -BeFalse
        $plan.Scripts | Should -Be 2
        Test-Path -LiteralPath "$TestDrive/last.jsonl" | Should -BeFalse
        (Get-Migration -Path $project).State | Sort-Object -Unique | Should -Be 'Applied'
    }

    It 'leaves the tables of the scripts, and nothing of its own' {
        (Remove-MigrationHistory -OutFile "$TestDrive/last.jsonl" -Confirm:$false).Removed | Should -BeTrue
        Test-Path -LiteralPath "$TestDrive/last.jsonl" | Should -BeTrue
        (Invoke-DbQuery "select count(*) as n from pg_namespace where nspname = 'migrations'").n | Should -Be 0
        (Invoke-DbQuery "select count(*) as n from pg_tables where schemaname = 'public'").n | Should -Be 2
    }

    It 'is no error where nothing is left' {
        Remove-MigrationHistory -Force -Confirm:$false -InformationAction Ignore | Should -BeNullOrEmpty
    }
}
