BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'A script that fails' {
    BeforeAll {
        $null = Connect-Db (New-TestDatabase $sandbox failing) -Credential $sandbox.GetCredential()
        $folder = New-TestProject failing ([ordered]@{
                '001_good.sql' = 'create table good (n int);'
                '002_bad.sql'  = "create table half (n int);`ninsert into half`n  values ('x');"
                '003_never.sql' = 'create table never (n int);'
            })
        $results = @()
        try { Invoke-Migration -Path $folder -InformationAction Ignore -OutVariable results | Out-Null } catch { $failure = $_ }
    }

    It 'ends with a typed error that scripts can test for' {
        $failure.FullyQualifiedErrorId | Should -Be 'MigrationFailed,Migrations.Cmdlets.Commands.InvokeMigrationCommand'
        $failure.CategoryInfo.Category | Should -Be 'InvalidData'
        $failure.TargetObject.Script | Should -Be '002_bad'
        $failure.Exception.psobject.TypeNames[0] | Should -Be 'Migrations.Engine.Migrate.MigrationFailedException'
        $failure.Exception.SqlState | Should -Be '22P02'
    }

    It 'says where: file, line and column, with the line and a caret below it' {
        $failure.Exception.File | Should -BeLike '*002_bad.sql'
        $failure.Exception.Line | Should -Be 3
        $failure.Exception.Column | Should -Be 11
        $failure.Exception.Message | Should -BeLike "*002_bad.sql:3:11: ERROR 22P02:*values ('x');*^*Nothing of 002_bad remains. The script before it stays.*"
    }

    It 'says the way out' {
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Invoke-Migration goes on with 002_bad.*'
    }

    It 'gave a result for the good one and for the failed one' {
        $results.Name | Should -Be @('001_good', '002_bad')
        $results.Outcome | Should -Be @('Succeeded', 'Failed')
    }

    It 'leaves the good one, and nothing of the failed one' {
        (Invoke-DbQuery "select to_regclass('good')::text as found").found | Should -Be 'good'
        (Invoke-DbQuery "select to_regclass('half')::text as found").found | Should -Be $null
    }

    It 'is on record as failed, with what happened' {
        $status = Get-Migration -Path $folder
        $status.State | Should -Be @('Applied', 'Failed', 'Pending')
        $status[1].SqlState | Should -Be '22P02'
        $status[1].Message | Should -BeLike '*invalid input syntax*'
    }

    It 'goes on when it is mended' {
        Set-Content "$folder/versions/002_bad.sql" 'create table half (n int);'
        (Invoke-Migration -Path $folder -InformationAction Ignore).Name | Should -Be @('002_bad', '003_never')
    }
}

Describe 'A script that was changed after it ran' {
    BeforeAll {
        $null = Connect-Db (New-TestDatabase $sandbox changed) -Credential $sandbox.GetCredential()
        $folder = New-TestProject changed @{ '1_one.sql' = 'create table one (n int);' }
        $null = Invoke-Migration -Path $folder -InformationAction Ignore
    }

    It 'may get comments, layout and other line ends' {
        Set-Content "$folder/versions/1_one.sql" "-- the first`r`ncreate  table one`r`n(n int);"
        (Get-Migration -Path $folder).State | Should -Be 'Applied'
        Invoke-Migration -Path $folder -InformationAction Ignore | Should -BeNullOrEmpty
    }

    It 'stops the run when its meaning changed, naming file, line and the way out' {
        Set-Content "$folder/versions/1_one.sql" "create table one`n(n bigint);"
        (Get-Migration -Path $folder).State | Should -Be 'Changed'
        $failure = Get-Failure { Invoke-Migration -Path $folder }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ScriptChanged,*'
        $failure.Exception.Message | Should -BeLike '*1_one.sql:2*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'Bad input' {
    BeforeAll { $null = Connect-Db $sandbox }

    It '<What> is <Id>' -ForEach @(
        @{ What = 'a folder that is not there'; Id = 'ProjectNotFound'; Run = { Invoke-Migration -Path "$TestDrive/absent" } }
        @{ What = 'a version that is not there'; Id = 'UnknownVersion'; Run = { Invoke-Migration -Path (New-TestProject few @{ '1_a.sql' = 'select 1;' }) -Version 99 } }
        @{ What = 'two files of one version'; Id = 'ScriptDuplicate'; Run = { Get-Migration -Path (New-TestProject twice @{ '1_a.sql' = 'select 1;'; '001_b.sql' = 'select 1;' }) } }
        @{ What = 'a misspelt header key'; Id = 'HeaderKeyUnknown'; Run = { Get-Migration -Path (New-TestProject misspelt @{ '1_a.sql' = "-- migration: A`n-- requries: 2`nselect 1;" }) } }
    ) {
        $failure = Get-Failure $Run
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'an undo of nothing says so' {
        Undo-Migration -Path (New-TestProject nothing @{ '1_a.sql' = 'select 1;' }) -Confirm:$false 6>&1 | Should -BeLike 'Nothing to do*'
    }
}
