BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox importing) -Credential $sandbox.GetCredential()
    $project = New-TestProject importing @{ '1_analytics.sql' = "create table analytics (id int primary key, name text not null, score numeric);`n" }
    $null = Invoke-Migration -Path $project -InformationAction Ignore
    Set-Location $TestDrive
    Set-Content one.csv "id,name,score`n1,Ada,1.5`n2,`"a, `"`"b`"`"`",`n"
    Set-Content two.csv "NAME;Id;Score`nEve;3;`n"
    Set-Content bad.csv "id,name`n4,Dan`nfive,Fay`n6,`n7,Gus`n"

    function Get-Score { Invoke-DbQuery 'select id, name, score from analytics order by id' }
}

AfterAll {
    Set-Location $PSScriptRoot
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Import-Table' {
    BeforeEach {
        $null = Import-Table analytics one.csv -Mode Truncate -Confirm:$false
    }

    It 'just works' {
        (Get-Score).name | Should -Be 'Ada', 'a, "b"'
        (Get-Score)[1].score | Should -BeNullOrEmpty
    }

    It 'takes files from Get-ChildItem in one transaction' {
        $result = Get-ChildItem one.csv, two.csv | Import-Table analytics -Mode Upsert
        $result.Rows | Should -Be 3
        $result.Updated | Should -Be 2
        $result.Files.Path | Should -HaveCount 2
        (Get-Score).id | Should -Be 1, 2, 3
    }

    It 'names the row that the server refuses, and loads nothing' {
        { Import-Table analytics bad.csv } | Should -Throw -ErrorId 'ImportRowRefused,Migrations.Cmdlets.Commands.ImportTableCommand' -ExpectedMessage '*bad.csv:3: 22P02*'
        (Get-Score).id | Should -Be 1, 2
    }

    It 'sets bad rows aside, to be corrected and imported again' {
        $result = Import-Table analytics bad.csv -OnError Quarantine
        $result.Loaded, $result.Rejected | Should -Be 2, 2
        $report = Get-Content $result.Files[0].ReportPath | ConvertFrom-Json
        $report.line | Should -Be 3, 4
        $report.sqlState | Should -Be '22P02', '23502'
        (Get-Content $result.Files[0].RejectedPath -Raw) -replace 'five', '5' -replace '6,', '6,Hal' | Set-Content again.csv -NoNewline
        (Import-Table analytics again.csv).Loaded | Should -Be 2
        (Get-Score).id | Should -Be 1, 2, 4, 5, 6, 7
    }

    It 'reads compressed files' {
        $zip = [System.IO.Compression.GZipStream]::new([System.IO.File]::Create("$TestDrive/three.csv.gz"), [System.IO.Compression.CompressionLevel]::Fastest)
        $bytes = [System.Text.Encoding]::UTF8.GetBytes("id,name`n8,Ida`n")
        $zip.Write($bytes, 0, $bytes.Length)
        $zip.Dispose()
        (Import-Table analytics three.csv.gz).Loaded | Should -Be 1
    }

    It 'commits in batches when asked, and in streams' {
        (Import-Table analytics two.csv -Batch).Loaded | Should -Be 1
        Set-Content four.csv "id,name`n9,Jon`n10,Kim`n"
        (Import-Table analytics four.csv -Parallel 2).Streams | Should -Be 2
        (Get-Score).id | Should -Be 1, 2, 3, 9, 10
    }

    It 'shows what it would do' {
        $plan = Import-Table analytics two.csv -WhatIf
        $plan.Files[0].Delimiter | Should -Be ';'
        $plan.Files[0].Columns | Should -Be 'name', 'id', 'score'
        (Get-Score).id | Should -Be 1, 2
    }

    It 'refuses what would do nothing' {
        (Get-Failure { Import-Table analytics two.csv -MaxErrors 5 }).Exception.ErrorId | Should -Be 'ImportChoiceUnused'
        (Get-Failure { Import-Table analytics two.csv, none*.csv }).Exception.ErrorId | Should -Be 'ImportFileNotFound'
        (Get-Score).id | Should -Be 1, 2
    }

    It 'says once that a truncate cannot freeze its rows' {
        $result = Import-Table analytics one.csv -Mode Truncate -OnError Quarantine -Confirm:$false -InformationVariable said 6>$null
        $result.Notes | Should -HaveCount 1
        "$said" | Should -Be $result.Notes[0]
    }

    It 'is given up by Stop-TableImport when it was cut off' {
        Set-Content long.csv "id,name`n$((11..99999).ForEach({ "$_,$('x' * 20)" }) -join "`n")`nbad,row"
        { Import-Table analytics long.csv -Batch -BatchSize 1MB } | Should -Throw -ExpectedMessage '*22P02*'
        (Get-Failure { Import-Table analytics two.csv }).Exception.ErrorId | Should -Be 'ImportUnfinished'
        $unfinished = Stop-TableImport analytics -WhatIf
        $unfinished.Files | Should -Be 'long.csv'
        $unfinished.Loaded | Should -BeGreaterThan 0
        (Stop-TableImport analytics -ImportId $unfinished.ImportId -Confirm:$false).IsGivenUp | Should -BeTrue
        (Invoke-DbQuery 'select count(*) as n from analytics').n | Should -Be (2 + $unfinished.Loaded)
        (Import-Table analytics two.csv).Loaded | Should -Be 1
    }

    It 'is how a script that is a folder brings its rows along' {
        New-Item -ItemType Directory "$project/versions/2_countries/data" | Out-Null
        Set-Content "$project/versions/2_countries/up.sql" 'create table countries (code text primary key, name text not null);'
        Set-Content "$project/versions/2_countries/verify.sql" 'select count(*) = 2 from countries;'
        Set-Content "$project/versions/2_countries/data/countries.csv" "name,code`nAustria,AT`nBolivia,`n"
        { Invoke-Migration -Path $project -InformationAction Ignore } | Should -Throw -ExpectedMessage '*countries.csv:3: 23502*column "code"*'
        Set-Content "$project/versions/2_countries/data/countries.csv" "name,code`nAustria,AT`nBolivia,BO`n"
        (Invoke-Migration -Path $project -WhatIf).DataFiles | Should -BeLike '*countries.csv'
        (Invoke-Migration -Path $project -InformationAction Ignore).Outcome | Should -Be 'Succeeded'
        (Invoke-DbQuery 'select code from countries order by code').code | Should -Be 'AT', 'BO'
    }
}
