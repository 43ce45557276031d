BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
}

Describe 'A sandbox' {
    BeforeAll {
        $sandbox = Start-DbSandbox
    }

    AfterAll {
        if ($sandbox -and (Get-DbSandbox "$($sandbox.Name)*")) { Stop-DbSandbox $sandbox.Name }
    }

    It 'is a private PostgreSQL of this process' {
        $sandbox.Host | Should -Be '127.0.0.1'
        $sandbox.Port | Should -BeGreaterThan 1023
        $sandbox.OwnerProcessId | Should -Be $PID
        $sandbox.IsOwn | Should -BeTrue
        $sandbox.Folder | Should -Exist
        $sandbox.BinaryPath | Should -Exist
    }

    It 'is listed, by name and by pattern' {
        (Get-DbSandbox).Name | Should -Contain $sandbox.Name
        (Get-DbSandbox $sandbox.Name).Port | Should -Be $sandbox.Port
        (Get-DbSandbox "$($sandbox.Name.Substring(0, 3))*").Name | Should -Contain $sandbox.Name
    }

    It 'is what -Connection takes, and works with its credential' {
        (Invoke-DbQuery 'select 6 * 7 as answer' -Connection $sandbox).answer | Should -Be 42
        $text = "host=$($sandbox.Host) port=$($sandbox.Port) dbname=postgres"
        (Invoke-DbQuery 'select current_user::text as me' -Connection $text -Credential $sandbox.GetCredential()).me | Should -Be $sandbox.GetCredential().UserName
    }

    It 'shows no password' {
        $password = $sandbox.GetCredential().GetNetworkCredential().Password
        $password.Length | Should -BeGreaterThan 15
        ($sandbox | Format-List * | Out-String).Contains($password) | Should -BeFalse
        ($sandbox | ConvertTo-Json -Depth 5).Contains($password) | Should -BeFalse
    }

    It 'completes by name' {
        (TabExpansion2 "Stop-DbSandbox $($sandbox.Name.Substring(0, 3))").CompletionMatches.CompletionText | Should -Contain $sandbox.Name
    }

    It 'stays with -WhatIf, and is gone with its folder after a stop' {
        Stop-DbSandbox $sandbox.Name -WhatIf
        (Invoke-DbQuery 'select 1 as one' -Connection $sandbox).one | Should -Be 1
        $sandbox | Stop-DbSandbox
        $sandbox.Folder | Should -Not -Exist
        (Get-DbSandbox).Name | Should -Not -Contain $sandbox.Name
    }
}

Describe 'Sandbox errors' {
    It 'names a sandbox that is not there' {
        (Get-Failure { Get-DbSandbox no-such-one -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'SandboxNotFound,*'
        (Get-Failure { Stop-DbSandbox no-such-one -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'SandboxNotFound,*'
    }

    It 'says what is wrong with a folder without a server' {
        $failure = Get-Failure { Start-DbSandbox -BinaryPath $TestDrive }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SandboxBinaryPathWrong,*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'starts nothing with -WhatIf' {
        $before = @(Get-DbSandbox).Count
        Start-DbSandbox -WhatIf | Should -BeNullOrEmpty
        @(Get-DbSandbox | Where-Object OwnerProcessId -EQ $PID).Count | Should -BeLessOrEqual $before
    }

    It 'goes with the process that started it' {
        $name = & "$PSHOME/pwsh" -NoProfile -NonInteractive -Command "Import-Module '$PSScriptRoot/../../Migrations.psd1'; (Start-DbSandbox).Name"
        $name | Should -Not -BeNullOrEmpty
        # The guard of the server needs a moment after the end of the process.
        for ($i = 0; $i -lt 100 -and (Get-DbSandbox "$name*"); $i++) { Start-Sleep -Milliseconds 200 }
        Get-DbSandbox "$name*" | Should -BeNullOrEmpty
    }
}
