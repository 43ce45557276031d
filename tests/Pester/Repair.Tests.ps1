BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $null = Connect-Db (New-TestDatabase $sandbox repair) -Credential $sandbox.GetCredential()
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'A decision that only a person can make' {
    BeforeAll {
        $folder = New-TestProject repair ([ordered]@{
                '001_people.sql' = 'create table people (id int, email text);'
                '002_index.sql'  = 'insert into people values (1, $$a$$), (2, $$a$$);' + "`n" + 'create unique index concurrently people_email on people (email);'
            })
        try { Invoke-Migration -Path $folder -InformationAction Ignore | Out-Null } catch { $failure = $_ }
    }

    It 'has a failed script before it' {
        $failure.Exception.SqlState | Should -Be '23505'
        (Invoke-DbQuery "select indisvalid from pg_index where indexrelid = 'people_email'::regclass").indisvalid | Should -Be $false
        (Get-Migration -Path $folder -State Failed).Version | Should -Be '002'
    }

    It 'accepts a changed file, with a reason that is kept' {
        Set-Content (Join-Path $folder 'versions/001_people.sql') 'create table people (id integer, email text);'
        (Get-Migration -Path $folder -State Changed).Version | Should -Be '001'
        $result = Get-Migration -Path $folder -State Changed | Repair-Migration -Path $folder -Accept -Reason 'int became integer' -Confirm:$false
        $result.Name | Should -Be '001_people'
        $result.Action | Should -Be 'Accept'
        (Get-Migration -Path $folder -Version 001).State | Should -Be 'Applied'
        (Invoke-DbQuery "select detail ->> 'reason' as reason from migrations.events where act = 'ScriptAccepted'").reason | Should -Be 'int became integer'
    }

    It 'forgets a failed attempt' {
        $plan = Repair-Migration -Path $folder -Version 002 -Forget -Reason 'cleaned up' -WhatIf
        $plan.Consequence | Should -BeLike '*although 1 of its parts are committed*'
        $null = Repair-Migration -Path $folder -Version 002 -Forget -Reason 'cleaned up' -Confirm:$false
        (Get-Migration -Path $folder -Version 002).State | Should -Be 'Pending'
    }

    It 'refuses where there is nothing to decide' {
        { Repair-Migration -Path $folder -Version 001 -Done -Reason 'because' -Confirm:$false } | Should -Throw -ErrorId 'NothingToRepair,*'
    }
}
