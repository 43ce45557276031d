BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox governed) -Credential $sandbox.GetCredential()
    $project = New-TestProject governed @{
        '1_song.sql' = "-- migrate:up`ncreate table song (id int);`ngrant select on song to`n  public;`n-- migrate:down`ndrop table song;`n"
    }
    Set-Content "$project/policy.json" '{ "rules": { "comment-on-new": { "severity": "off" } }, "environments": { "production": { "rules": { "header-fields": { "severity": "error" } } } } }'
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Test-MigrationPolicy' {
    It 'names rule, file and line' {
        $finding = Test-MigrationPolicy -Path $project | Where-Object Severity -EQ Error
        $finding.Rule | Should -Be 'grant-to-public'
        "$($finding.File):$($finding.Line)" | Should -Be 'versions/1_song.sql:3'
        $finding | Format-Table | Out-String | Should -BeLike '*grant-to-public*'
    }

    It 'is stricter where the policy is' {
        @(Test-MigrationPolicy -Path $project -Offline -Environment production | Where-Object Severity -EQ Error).Rule | Should -Contain 'header-fields'
        { Test-MigrationPolicy -Path $project -FailOn Error } | Should -Throw -ErrorId 'PolicyFailed*'
        Test-MigrationPolicy -Path $project -Quiet | Should -BeFalse
    }
}

Describe 'A run under a policy' {
    It 'is refused before anything changes' {
        { Invoke-Migration -Path $project -InformationAction Ignore } | Should -Throw -ErrorId 'PolicyRefused*'
        (Get-Migration -Path $project).State | Should -Be 'Pending'
    }

    It 'goes on when somebody answers for it' {
        Set-Content "$project/policy.json" '{ "waivers": [ { "rule": "grant-to-public", "script": "1", "reason": "For everybody.", "owner": "ada", "until": "9999-12-31" } ] }'
        (Test-MigrationPolicy -Path $project | Where-Object Rule -EQ 'grant-to-public').WaivedBy | Should -Be 'ada'
        (Invoke-Migration -Path $project -InformationAction Ignore).Outcome | Should -Be 'Succeeded'
    }
}
