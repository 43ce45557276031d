BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox drifting) -Credential $sandbox.GetCredential()
    $project = New-TestProject drifting @{
        '1_song.sql' = "create table song (id int primary key, title text not null default 'none');`n"
        '2_tag.sql'  = "create table tag (id int);`ncreate view titles as select title from song;`n"
    }
    $null = Invoke-Migration -Path $project -InformationAction Ignore
    $file = "$TestDrive/schema.json"

    # What somebody did without a script.
    function Set-ByHand([string] $Sql) {
        $hand = New-TestProject "hand_$([guid]::NewGuid().ToString('N'))" @{ '1_hand.sql' = $Sql }
        Set-Content -LiteralPath "$hand/migrations.json" -Value '{ "historySchema": "by_hand" }'
        $null = Invoke-Migration -Path $hand -InformationAction Ignore
        $null = Remove-MigrationHistory -HistorySchema by_hand -Force -Confirm:$false -InformationAction Ignore
    }
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Get-DbSchema' {
    It 'describes every object' {
        $column = Get-DbSchema public.song.title
        $column.Kind | Should -Be 'column'
        $column.Relation | Should -Be 'public.song'
        $column.Properties['type'] | Should -Be 'text'
        $column.Properties['not null'] | Should -Be 'true'
        $column.Apart['position'] | Should -Be '2'
        (Get-DbSchema -Kind view).Properties['definition'] | Should -BeLike '*FROM public.song;'
    }

    It 'leaves the history out' {
        Get-DbSchema migrations* -Path $project | Should -BeNullOrEmpty
    }

    It 'writes a file that ConvertFrom-Json reads' {
        (Get-DbSchema -OutFile $file).FullName | Should -Be (Get-Item -LiteralPath $file).FullName
        $read = Get-Content -LiteralPath $file -Raw | ConvertFrom-Json
        $read.format | Should -Be 'migrations-schema'
        $read.objects.kind | Should -Contain 'primary key'
        (Get-Failure { Get-DbSchema -OutFile $file }).Exception.ErrorId | Should -Be 'SnapshotFileExists'
    }
}

Describe 'Compare-DbSchema' {
    It 'finds nothing where only scripts have been' {
        Compare-DbSchema $project -Quiet | Should -BeTrue
        Compare-DbSchema $project -InformationAction Ignore | Should -BeNullOrEmpty
        $null = Get-DbSchema -OutFile $file
        Compare-DbSchema -ReferencePath $file -Quiet | Should -BeTrue
    }

    It 'builds the scripts on a server that is given' {
        $other = Start-DbSandbox
        try {
            Compare-DbSchema $project -SandboxConnection $other -Quiet | Should -BeTrue
            (Get-Failure { Compare-DbSchema $project -SandboxConnection $sandbox }).Exception.ErrorId | Should -Be 'SandboxIsTarget'
        } finally {
            Stop-DbSandbox $other.Name
        }
    }

    It 'names what was done by hand, and since when' {
        Set-ByHand "drop table tag; alter table song alter column title drop default; create index by_hand_index on song (title);`n"
        $drift = Compare-DbSchema $project
        Compare-DbSchema $project -Quiet | Should -BeFalse
        ($drift | Where-Object Identity -EQ 'public.tag').State | Should -Be 'Missing'
        ($drift | Where-Object Identity -EQ 'public.tag').Since | Should -Be '2'
        $title = $drift | Where-Object Identity -EQ 'public.song.title'
        $title.State | Should -Be 'Different'
        $title.Properties.Name | Should -Be 'default'
        $title.Explanation | Should -Be 'No script ever made it as it is: 1_song was the last to touch it.'
        ($drift | Where-Object Kind -EQ 'index').Explanation | Should -Be 'No script ever made it.'
        ($drift | Format-List | Out-String -Width 200) | Should -BeLike "*default: 'none'::text*"
        ($drift | Out-String -Width 200) | Should -BeLike '*public.tag*2_tag made it, and it is gone.*'
    }
}
