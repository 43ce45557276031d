BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
}

Describe 'Initialize-MigrationProject' {
    It 'lays out a folder, and leaves alone what is there' {
        $folder = Join-Path $TestDrive 'laid out'
        $made = Initialize-MigrationProject $folder
        $made | ForEach-Object { $_ | Should -BeOfType System.IO.FileInfo; $_.FullName | Should -Exist }
        "$folder/versions" | Should -Exist
        Set-Content "$folder/README.md" 'mine'
        Initialize-MigrationProject $folder | Should -BeNullOrEmpty
        Get-Content "$folder/README.md" | Should -Be 'mine'
    }

    It 'writes nothing with -WhatIf' {
        $folder = Join-Path $TestDrive 'only asked'
        Initialize-MigrationProject $folder -WhatIf
        $folder | Should -Not -Exist
    }
}

Describe 'New-Migration' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid())
        $null = Initialize-MigrationProject $folder
    }

    It 'writes the next number, from the template' {
        $first = New-Migration 'Add users' -Path $folder -Author 'Ada'
        $second = New-Migration 'Add "orders" & more' -Path $folder
        $first.Name | Should -Be '001_add_users.sql'
        $second.Name | Should -BeLike '002_*.sql'
        Get-Content $first.FullName -First 1 | Should -Be '-- migration: Add users'
        Get-Content $first.FullName -Raw | Should -BeLike '*author: Ada*migrate:up*migrate:down*'
    }

    It 'writes a timestamp when asked' {
        (New-Migration 'Add users' -Path $folder -Naming Timestamp).Name | Should -Match '^\d{14}_add_users\.sql$'
    }

    It 'finds the project from a folder inside it' {
        Push-Location "$folder/versions"
        try { (New-Migration 'From inside').Directory.Parent.FullName | Should -Be (Get-Item $folder).FullName }
        finally { Pop-Location }
    }

    It 'takes a template of your own' {
        Set-Content "$TestDrive/mine.sql" "-- migration: {{title}}`nselect '{{version}}';"
        $script = New-Migration 'By template' -Path $folder -TemplatePath "$TestDrive/mine.sql"
        Get-Content $script.FullName -Raw | Should -BeLike "*By template*'001'*"
        (Get-Failure { New-Migration 'No template' -Path $folder -TemplatePath "$TestDrive/none.sql" }).FullyQualifiedErrorId | Should -BeLike 'TemplateNotReadable,*'
    }

    It 'writes nothing with -WhatIf' {
        New-Migration 'Only asked' -Path $folder -WhatIf | Should -BeNullOrEmpty
        Get-ChildItem "$folder/versions" -Filter *.sql | Should -BeNullOrEmpty
    }

    It 'refuses a title of nothing but signs' {
        $failure = Get-Failure { New-Migration '!!!' -Path $folder }
        $failure.FullyQualifiedErrorId | Should -BeLike 'TitleInvalid,*'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
    }
}

Describe 'Initialize-MigrationDatabase' {
    BeforeAll {
        $sandbox = Start-DbSandbox
        $folder = New-TestProject stamped @{ '1_one.sql' = 'create table one (n int);' }
    }

    AfterAll { if ($sandbox) { Stop-DbSandbox $sandbox.Name } }

    It 'changes nothing with -WhatIf' {
        Initialize-MigrationDatabase staging -Connection $sandbox -WhatIf | Should -BeNullOrEmpty
        (Invoke-DbQuery "select count(*)::int as n from pg_namespace where nspname = 'migrations'" -Connection $sandbox).n | Should -Be 0
    }

    It 'makes the history and stamps the database, and may be repeated' {
        $first = Initialize-MigrationDatabase staging -Connection $sandbox
        $first.Created | Should -BeTrue
        $first.Environment | Should -Be 'staging'
        $again = Initialize-MigrationDatabase -Connection $sandbox
        $again.Created | Should -BeFalse
        $again.Environment | Should -Be 'staging'
    }

    It 'a run that expects another stamp is refused before anything changes' {
        $failure = Get-Failure { Invoke-Migration -Path $folder -Connection $sandbox -Environment production }
        $failure.FullyQualifiedErrorId | Should -BeLike 'WrongEnvironment,*'
        (Invoke-DbQuery "select to_regclass('one')::text as found" -Connection $sandbox).found | Should -Be $null
    }

    It 'a run that expects this stamp says it in the plan and in the result' {
        $plan = Invoke-Migration -Path $folder -Connection $sandbox -Environment staging -WhatIf
        $plan.Target.Environment | Should -Be 'staging'
        (Invoke-Migration -Path $folder -Connection $sandbox -Environment staging).Target.Environment | Should -Be 'staging'
    }
}
