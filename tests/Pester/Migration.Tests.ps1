BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $project = (Resolve-Path "$PSScriptRoot/../../examples/music-ai").ProviderPath
    $sandbox = Start-DbSandbox
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'The worked example, from nothing to all and back' {
    BeforeAll {
        $null = Connect-Db (New-TestDatabase $sandbox music) -Credential $sandbox.GetCredential()

        function Get-TableCount { (Invoke-DbQuery "select count(*)::int as n from pg_class where relkind in ('r', 'p') and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'").n }
    }

    It 'has eleven pending scripts' {
        $status = Get-Migration -Path $project
        $status.Count | Should -Be 11
        $status.State | Sort-Object -Unique | Should -Be 'Pending'
        $status[0].Name | Should -Be '001_initial_schema'
        $status[-1].Name | Should -Be '011_zero_downtime_migration'
    }

    It '-WhatIf emits the plan and changes nothing' {
        $plan = Invoke-Migration -Path $project -WhatIf
        $plan.Count | Should -Be 11
        $plan[0].psobject.TypeNames[0] | Should -Be 'Migrations.Engine.Migrate.PlannedMigration'
        $plan[0].Target.Database | Should -Be 'music'
        $plan[0].Target.ServerRole | Should -Be 'Primary'
        $plan[0].Statements | Should -Contain 'create schema ml;'
        $plan[0].IsAtomic | Should -BeTrue
        $plan[-1].IsAtomic | Should -BeFalse
        @($plan[-1].Segments | Where-Object IsTransaction -EQ $false).Statements | Should -BeLike 'create index concurrently*'
        Get-TableCount | Should -Be 0
    }

    It '$WhatIfPreference does the same' {
        $WhatIfPreference = $true
        @(Invoke-Migration -Path $project).Count | Should -Be 11
        $WhatIfPreference = $false
        Get-TableCount | Should -Be 0
    }

    It '-Target stops at that script, included' {
        $results = Invoke-Migration -Path $project -Target 3 -InformationAction Ignore
        $results.Version | Should -Be @('001', '002', '003')
        (Get-Migration -Path $project -State Pending).Count | Should -Be 8
    }

    It 'applies the rest, one result a script' {
        $results = Invoke-Migration -Path $project -InformationAction Ignore
        $results.Count | Should -Be 8
        $results.Outcome | Sort-Object -Unique | Should -Be 'Succeeded'
        $results.Direction | Sort-Object -Unique | Should -Be 'Up'
        $results[0].Duration.TotalMilliseconds | Should -BeGreaterThan 0
        ($results.RunId | Sort-Object -Unique).Count | Should -Be 1
    }

    It 'shows all of them applied, with date, duration and author' {
        $status = Get-Migration -Path $project
        $status.State | Sort-Object -Unique | Should -Be 'Applied'
        $status.At | ForEach-Object { $_ | Should -BeGreaterThan ([datetime]::UtcNow.AddHours(-1)) }
        $status.By | ForEach-Object { $_ | Should -Not -BeNullOrEmpty }
        $status.CanUndo | Sort-Object -Unique | Should -Be $true
        (Get-Migration -Path $project -Version 7).Name | Should -Be '007_partitioning'
        (Get-Migration -Path $project -Version *gdpr*).Version | Should -Be '010'
        (Get-Migration -Path $project | Where-Object Title -Like '*consent*').Version | Should -Be '005'
    }

    It 'has nothing to do then' {
        Invoke-Migration -Path $project -InformationAction Ignore | Should -BeNullOrEmpty
        Invoke-Migration -Path $project 6>&1 | Should -BeLike 'Nothing to do in music on *'
    }

    It 'answers the three questions' {
        Invoke-DbQuery "SELECT * FROM audit_log WHERE entity_type = 'user' AND entity_id = 123" | Should -Not -BeNullOrEmpty
        Invoke-DbQuery 'SELECT * FROM consent WHERE NOT granted' | Should -Not -BeNullOrEmpty
        $months = Invoke-DbQuery "SELECT date_trunc('month', created_at) AS month, count(*) AS events FROM analytics GROUP BY 1 ORDER BY 1"
        $months.Count | Should -BeGreaterThan 1
        $months[0].events | Should -BeGreaterThan 0
    }

    It 'plans an undo with -WhatIf and takes nothing back' {
        $plan = Undo-Migration -Path $project -WhatIf
        $plan.Version | Should -Be '011'
        $plan.Direction | Should -Be 'Down'
        (Get-Migration -Path $project -State Pending) | Should -BeNullOrEmpty
    }

    It 'undoes the last one and applies that one version again' {
        (Undo-Migration -Path $project -Confirm:$false -InformationAction Ignore).Version | Should -Be '011'
        (Get-Migration -Path $project -State Pending).Version | Should -Be '011'
        (Invoke-Migration -Path $project -Version 011 -InformationAction Ignore).Outcome | Should -Be 'Succeeded'
    }

    It 'undoes to a target, which stays, in reverse order' {
        (Undo-Migration -Path $project -Target 9 -Confirm:$false -InformationAction Ignore).Version | Should -Be @('011', '010')
        (Get-Migration -Path $project -State Applied)[-1].Version | Should -Be '009'
    }

    It 'undoes several steps' {
        (Undo-Migration -Path $project -Steps 2 -Confirm:$false -InformationAction Ignore).Version | Should -Be @('009', '008')
    }

    It 'undoes everything, and all of it applies again' {
        (Undo-Migration -Path $project -Target 0 -Confirm:$false -InformationAction Ignore).Count | Should -Be 7
        Invoke-DbQuery "select to_regclass('public.users')::text as found" | ForEach-Object found | Should -Be $null
        (Invoke-Migration -Path $project -InformationAction Ignore).Count | Should -Be 11
    }
}

Describe 'A plan for somebody else to run' {
    BeforeAll {
        $null = Connect-Db (New-TestDatabase $sandbox written) -Credential $sandbox.GetCredential()
    }

    It '-OutFile writes a psql script with the history rows, and runs nothing' {
        $file = Invoke-Migration -Path $project -OutFile "$TestDrive/plan.sql"
        $file.FullName | Should -Be (Get-Item "$TestDrive/plan.sql").FullName
        $text = Get-Content $file.FullName -Raw
        $text | Should -BeLike '*ON_ERROR_STOP*create schema ml;*tracks_plays_idx*'
        $text.Contains('011_zero_downtime_migration') | Should -BeTrue
        (Get-Migration -Path $project -State Pending).Count | Should -Be 11
    }

    It '-OutFile with -WhatIf writes no file' {
        Invoke-Migration -Path $project -OutFile "$TestDrive/none.sql" -WhatIf
        "$TestDrive/none.sql" | Should -Not -Exist
    }
}

Describe 'Order' {
    It 'refuses a late lower version, and -AllowOutOfOrder runs and marks it' {
        $null = Connect-Db (New-TestDatabase $sandbox ordered) -Credential $sandbox.GetCredential()
        $folder = New-TestProject ordered @{ '1_one.sql' = 'select 1;'; '3_three.sql' = 'select 3;' }
        $null = Invoke-Migration -Path $folder -InformationAction Ignore
        Set-Content "$folder/versions/2_two.sql" 'select 2;'
        (Get-Migration -Path $folder -State OutOfOrder).Name | Should -Be '2_two'
        (Get-Failure { Invoke-Migration -Path $folder }).FullyQualifiedErrorId | Should -BeLike 'OutOfOrder,*'
        $result = Invoke-Migration -Path $folder -AllowOutOfOrder -InformationAction Ignore
        $result.Name | Should -Be '2_two'
        $result.OutOfOrder | Should -BeTrue
    }

    It '-Target and -Version exclude each other' {
        (Get-Failure { Invoke-Migration -Path $project -Target 1 -Version 1 }).FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
    }
}

Describe 'Variables and notices' {
    BeforeAll {
        $null = Connect-Db (New-TestDatabase $sandbox told) -Credential $sandbox.GetCredential()
    }

    It 'puts -Variable in, and a credential only as its password, shown nowhere' {
        $folder = New-TestProject told @{ '1_told.sql' = "create table told as select :'greeting'::text as greeting, md5(:'secret') as hash;" }
        $secret = [pscredential]::new('x', (ConvertTo-SecureString 'canary-in-the-mine' -AsPlainText -Force))
        $variables = @{ greeting = "it's"; secret = $secret }
        $shown = Invoke-Migration -Path $folder -Variable $variables -WhatIf | ForEach-Object Statements
        $shown | Should -BeLike "*it''s*"
        $shown | Should -Not -BeLike '*canary*'
        $null = Invoke-Migration -Path $folder -Variable $variables -InformationAction Ignore
        (Invoke-DbQuery "select greeting from told").greeting | Should -Be "it's"
        (Invoke-DbQuery "select hash = md5('canary-in-the-mine') as same from told").same | Should -BeTrue
    }

    It 'sends what the server says to the Information stream' {
        $folder = New-TestProject noticed @{ '2_noticed.sql' = "do `$`$ begin raise notice 'half way'; end `$`$;" }
        $null = Invoke-Migration -Path $folder -InformationVariable said -InformationAction Ignore
        ($said | Where-Object Tags -Contains 'ServerNotice').MessageData.Message | Should -Be 'half way'
    }
}

Describe 'After a merge' {
    BeforeAll {
        $null = Connect-Db (New-TestDatabase $sandbox merged) -Credential $sandbox.GetCredential()
        $folder = New-TestProject merged @{ '001_one.sql' = 'select 1;'; '003_three.sql' = 'select 3;' }
        $null = Invoke-Migration -Path $folder -InformationAction Ignore
        Set-Content "$folder/versions/002_two.up.sql" 'select 2;'
        Set-Content "$folder/versions/002_two.down.sql" 'select 20;'
        Set-Content "$folder/versions/003_other.sql" "-- migration: Other`n-- requires: 002_two`n`nselect 4;"
    }

    It 'Get-Migration -Offline names both files of one version, without a server' {
        $failure = Get-Failure { Get-Migration -Path $folder -Offline }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ScriptDuplicate,*'
        $failure.Exception.Message | Should -BeLike '*003_other.sql*003_three.sql*'
    }

    It 'New-Migration -Renumber -WhatIf shows old and new names and renames nothing' {
        $plan = New-Migration -Renumber -Path $folder -WhatIf
        $plan.OldName | Should -Be @('002_two', '003_other')
        $plan.Name | Should -Be @('004_two', '005_other')
        $plan[0].RequiredBy | Should -Be 'versions/003_other.sql'
        "$folder/versions/002_two.up.sql" | Should -Exist
    }

    It 'New-Migration -Renumber renames both halves and corrects requires; then all of it runs' {
        (New-Migration -Renumber -Path $folder).Count | Should -Be 2
        (Get-ChildItem "$folder/versions").Name | Sort-Object | Should -Be @('001_one.sql', '003_three.sql', '004_two.down.sql', '004_two.up.sql', '005_other.sql')
        (Get-Content "$folder/versions/005_other.sql")[1] | Should -Be '-- requires: 004_two'
        (Get-Migration -Path $folder -Offline).Version | Should -Be @('001', '003', '004', '005')
        (Invoke-Migration -Path $folder -InformationAction Ignore).Version | Should -Be @('004', '005')
        New-Migration -Renumber -Path $folder | Should -BeNullOrEmpty
    }
}

Describe 'One script instead of many' -Skip:(-not (Get-Command pg_dump -ErrorAction Ignore)) {
    BeforeAll {
        $folder = Join-Path ([IO.Path]::GetTempPath()) "squash-$([Guid]::NewGuid().ToString('N'))"
        $null = New-Item -ItemType Directory "$folder/versions"
        Set-Content "$folder/versions/001_one.sql" 'create table squashed (n int);'
        Set-Content "$folder/versions/002_two.sql" 'insert into squashed values (1), (2);'
        # The newest server that this pg_dump reads.
        $major = [int]([regex]'\d+').Match((& (Get-Command pg_dump).Source --version)).Value
        $box = Start-DbSandbox -Version ([Math]::Min($major, 18))
        $null = Invoke-Migration -Path $folder -Connection $box -Confirm:$false -InformationAction Ignore
    }

    AfterAll {
        Stop-DbSandbox $box
        Remove-Item $folder -Recurse
    }

    It 'is proved with -WhatIf, which touches no file' {
        $plan = New-Migration -Squash -Target 002 -Path $folder -Connection $box -WhatIf
        $plan.Replaces | Should -Be @('001_one', '002_two')
        $plan.ComparedLines | Should -BeGreaterThan 20
        (Get-ChildItem "$folder/versions").Count | Should -Be 2
    }

    It 'takes the place of the others, and the database that has run them does not run it' {
        (New-Migration -Squash -Target 002 -Path $folder -Connection $box).Path | Should -Be 'versions/002_checkpoint.sql'
        (Get-ChildItem "$folder/versions").Name | Should -Be '002_checkpoint.sql'
        (Get-ChildItem "$folder/squashed").Name | Sort-Object | Should -Be @('001_one.sql', '002_two.sql')
        (Get-Migration -Path $folder -Connection $box).State | Should -Be @('Replaced', 'Applied')
        Invoke-Migration -Path $folder -Connection $box -InformationAction Ignore | Should -BeNullOrEmpty
    }
}
