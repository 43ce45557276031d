BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox audit) -Credential $sandbox.GetCredential()
    $project = New-TestProject audit @{ '1_song.sql' = "create table song (id int);`n" }
    $anchors = "$TestDrive/anchors.jsonl"
    $null = Invoke-Migration -Path $project -AnchorPath $anchors -InformationAction Ignore
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Get-MigrationAudit' {
    It 'shows who did what' {
        $acts = Get-MigrationAudit
        $acts.Act | Should -Be 'Installed', 'RunStarted', 'ScriptStarted', 'ScriptSucceeded', 'RunEnded'
        $acts[1].Who | Should -BeLike "*@*as*"
    }

    It 'writes a chain that holds without the database' {
        $file = Get-MigrationAudit -OutFile "$TestDrive/chain.jsonl"
        (Test-MigrationAudit -File $file -AnchorPath $anchors).State | Should -Be 'Intact'
    }
}

Describe 'Test-MigrationAudit' {
    It 'says what holds' {
        Test-MigrationAudit -Quiet | Should -BeTrue
        (Test-MigrationAudit -AnchorPath $anchors).State | Should -Be 'Intact'
    }

    It 'finds what was changed, and where' {
        $file = (Get-MigrationAudit -OutFile "$TestDrive/changed.jsonl").FullName
        (Get-Content -LiteralPath $file -Raw).Replace('ScriptSucceeded', 'ScriptFailed') | Set-Content -LiteralPath $file -NoNewline
        $report = Test-MigrationAudit -File $file -AnchorPath $anchors
        $report.State | Should -Be 'Modified'
        $report.FirstBad | Should -Be 4
        (Get-Failure { Test-MigrationAudit -File $file -FailOn Broken }).Exception.ErrorId | Should -Be 'AuditNotIntact'
    }
}
