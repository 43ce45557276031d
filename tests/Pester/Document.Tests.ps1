BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox documented) -Credential $sandbox.GetCredential()
    $project = New-TestProject documented @{
        '1_song.sql'  = "-- migration: Songs`n-- description: What is sung.`n-- migrate:up`ncreate table song (id int primary key);`ncomment on table song is 'One song <b>each</b>.';`n"
        '2_tag.sql'   = "create table tag (song_id int not null references song);`n"
        '3_later.sql' = "create table later (id int);`n"
    }
    $null = Invoke-Migration -Path $project -Target 2 -InformationAction Ignore
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Export-MigrationDocument' {
    It 'writes a page that XML can read, and Markdown' {
        $written = Export-MigrationDocument $project -OutFile "$TestDrive/a.html", "$TestDrive/a.md"
        $written.Format | Should -Be @('Html', 'Markdown')
        $written[0].Tables | Should -Be 2
        $written[0].Sha256 | Should -Be (Get-FileHash "$TestDrive/a.html").Hash.ToLowerInvariant()
        $page = [xml](Get-Content -LiteralPath "$TestDrive/a.html" -Raw).Replace('<!DOCTYPE html>', '')
        $page.html.body.div.main.h1 | Should -Be 'documented'
        $page.SelectNodes('//article//p') | ForEach-Object InnerText | Should -Contain 'One song <b>each</b>.'
        $page.SelectNodes('//svg//g[@class="line"]/title') | ForEach-Object InnerText | Should -Be 'public.tag (song_id) → public.song (id)'
        Get-Content -LiteralPath "$TestDrive/a.md" | Should -Contain '## Change log'
        ($written | Out-String -Width 200) | Should -BeLike '*Markdown*'
    }

    It 'shows what is applied, and what is pending apart' {
        $text = Get-Content -LiteralPath "$TestDrive/a.md"
        $text | Should -Contain '| Scripts | 2 applied, 1 pending |'
        $text[($text.IndexOf('### Pending'))..($text.Count - 1)] | Should -Contain '* [3 later](#script-3_later)'
    }

    It 'writes the same bytes again, and none unasked' {
        $before = (Get-FileHash "$TestDrive/a.html").Hash
        (Get-Failure { Export-MigrationDocument $project -OutFile "$TestDrive/a.html" }).Exception.ErrorId | Should -Be 'DocumentFileExists'
        $null = Export-MigrationDocument $project -OutFile "$TestDrive/a.html" -Force
        (Get-FileHash "$TestDrive/a.html").Hash | Should -Be $before
    }

    It 'describes the scripts alone, without a database' {
        $null = Export-MigrationDocument $project -Offline -OutFile "$TestDrive/b.md"
        $text = Get-Content -LiteralPath "$TestDrive/b.md" -Raw
        $text | Should -BeLike '*public.later*'
        $text | Should -BeLike '*No database was asked*'
    }
}
