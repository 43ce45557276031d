BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox exporting) -Credential $sandbox.GetCredential()
    $project = New-TestProject exporting @{
        '1_users.sql' = "create table users (id int primary key, name text, born date, twice int generated always as (id * 2) stored);`ninsert into users values (1, 'Ann, the first', '1990-01-02'), (2, null, null), (3, '=1+1', '2001-01-01');`n"
        '2_orders.sql' = "create table orders as select g as id, repeat('x', 50) as note from generate_series(1, 1000) g;`n"
    }
    $null = Invoke-Migration -Path $project -InformationAction Ignore
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Export-Table' {
    It 'writes a file that Import-Csv reads' {
        $result = Export-Table users "$TestDrive/users.csv"
        $result.Rows | Should -Be 3
        $result.Source | Should -Be 'public.users'
        $rows = Import-Csv -LiteralPath $result.Path
        $rows.name | Should -Be @('Ann, the first', '', '=1+1')
        $rows[0].PSObject.Properties.Name | Should -Be @('id', 'name', 'born')
        (Get-Item -LiteralPath $result.Path).Length | Should -Be $result.FileBytes
    }

    It 'writes what Import-Table reads back' -ForEach '.csv', '.csv.gz', '.csv.zst', '.csv.br' {
        $before = Invoke-DbQuery 'select md5(string_agg(u::text, chr(10) order by id)) as hash from users u'
        $null = Export-Table users "$TestDrive/back$_"
        (Import-Table users "$TestDrive/back$_" -Mode Truncate -Confirm:$false).Loaded | Should -Be 3
        (Invoke-DbQuery 'select md5(string_agg(u::text, chr(10) order by id)) as hash from users u').hash | Should -Be $before.hash
    }

    It 'keeps a file that is there, unless it may be replaced' {
        (Get-Failure { Export-Table users "$TestDrive/users.csv" }).Exception.ErrorId | Should -Be 'ExportFileExists'
        (Export-Table users "$TestDrive/users.csv" -Force).Rows | Should -Be 3
    }

    It 'writes several tables in one snapshot, with a manifest that their hashes agree with' {
        $result = 'users', 'orders' | Export-Table -Path "$TestDrive/all/*.csv.gz" -Manifest
        $result.Rows | Should -Be @(3, 1000)
        $manifest = Get-Content -LiteralPath "$TestDrive/all/export.manifest.json" -Raw | ConvertFrom-Json
        foreach ($file in $manifest.sources.files) {
            (Get-FileHash -LiteralPath "$TestDrive/all/$($file.name)").Hash | Should -Be $file.sha256
        }
    }

    It 'splits, and each part has its header' {
        $result = Export-Table orders "$TestDrive/part.csv" -SplitRows 400
        $result.Files.Rows | Should -Be @(400, 400, 200)
        ($result.Path | ForEach-Object { Import-Csv -LiteralPath $_ }).Count | Should -Be 1000
    }

    It 'makes a spreadsheet find no formula' {
        $result = Export-Table -Query 'select name from users where id = $1' -Parameter 3 -Path "$TestDrive/safe.csv" -FormulaSafe
        (Import-Csv -LiteralPath $result.Path).name | Should -Be "'=1+1"
    }

    It 'shows with -WhatIf what it would do' {
        $plan = Export-Table users "$TestDrive/none.csv" -WhatIf
        $plan.Columns | Should -Be @('id', 'name', 'born')
        "$TestDrive/none.csv" | Should -Not -Exist
    }

    It 'names what is wrong' {
        (Get-Failure { Export-Table user "$TestDrive/x.csv" }).Exception.ErrorId | Should -Be 'TableNotFound'
        $failure = Get-Failure { Export-Table users "$TestDrive/x.csv" -Column nmae }
        $failure.Exception.ErrorId | Should -Be 'ExportColumnUnknown'
        $failure.ToString() | Should -BeLike "*Did you mean 'name'*"
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }
}
