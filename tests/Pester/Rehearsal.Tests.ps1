BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox rehearsing) -Credential $sandbox.GetCredential()
    $project = New-TestProject rehearsing @{
        '1_song.sql'   = "create table song (id int primary key, title text);`n"
        '2_genre.sql'  = "-- migrate:up`nalter table song add column genre text;`n-- migrate:down`nalter table song drop column genre;`n"
        '3_length.sql' = "-- migrate:up`nalter table song drop column title;`n-- migrate:down`nalter table song add column title text;`n"
    }
    $null = Invoke-Migration -Path $project -Target 1 -InformationAction Ignore
    $reports = @(Test-Migration -Path $project -InformationAction Ignore)
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Test-Migration' {
    It 'reports each pending script and runs none' {
        $reports.Version | Should -Be '2', '3'
        (Get-Migration -Path $project -Version 2).State | Should -Be 'Pending'
    }

    It 'proves what holds' {
        $reports[0].Verdict | Should -Be 'Proven'
        ($reports[0].Proofs | Where-Object Name -EQ 'reversible').Verdict | Should -Be 'Proven'
        $reports[0].StrongestLock.Mode | Should -Be 'AccessExclusive'
    }

    It 'names the column that a down does not bring back' {
        $reversible = $reports[1].Proofs | Where-Object Name -EQ 'reversible'
        $reversible.Verdict | Should -Be 'Refuted'
        $reversible.Losses.Columns | Should -Be 'title'
        $reports[1] | Format-Table | Out-String | Should -BeLike '*lossy*'
    }

    It 'shows everything as a list' {
        $text = $reports[0] | Format-List | Out-String
        $text | Should -BeLike '*atomic: Proven*'
        $text | Should -BeLike '*ALTER TABLE: ACCESS EXCLUSIVE on public.song*'
    }

    It 'ends a pipeline with an error where it is asked to' {
        { Test-Migration -Path $project -FailOn Refuted -OutFile "$TestDrive/pr.md" -InformationAction Ignore } | Should -Throw -ErrorId 'RehearsalFailed*'
        Get-Content -Raw "$TestDrive/pr.md" | Should -BeLike '*public.song (title)*'
        Test-Migration -Path $project -Version 2 -Quiet -InformationAction Ignore | Should -BeTrue
    }
}
