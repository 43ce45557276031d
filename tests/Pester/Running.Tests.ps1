BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $connection = New-TestDatabase $sandbox watched
    $credential = $sandbox.GetCredential()
    $null = Connect-Db $connection -Credential $credential
    $folder = New-TestProject watched @{ '1_slow.sql' = "create table t (n int);`nselect pg_sleep(300), 'hidden';" }
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'A run of another shell' {
    BeforeAll {
        # A shell of its own, in this process.
        $other = [powershell]::Create()
        $null = $other.AddScript({
                param($module, $connection, $credential, $folder)
                Import-Module $module
                Invoke-Migration -Path $folder -Connection $connection -Credential $credential -InformationAction Ignore
            }).AddArgument("$PSScriptRoot/../../Migrations.psd1").AddArgument($connection).AddArgument($credential).AddArgument($folder)
        $run = $other.BeginInvoke()
        $seen = $null
        foreach ($try in 1..200) {
            $seen = Get-Migration -Running
            if ($seen.Statement -like '*pg_sleep*') { break }
            Start-Sleep -Milliseconds 50
        }
    }

    AfterAll { $other.Dispose() }

    It 'is seen, with its text in quotes taken out' {
        $seen.State | Should -Be 'Running'
        $seen.Script | Should -Be '1_slow'
        $seen.Statement | Should -Be "select pg_sleep(300), '***';"
        $seen.Left | Should -BeNullOrEmpty
    }

    It 'is offered where its id is asked for, with what it does' {
        $offered = (TabExpansion2 'Stop-Migration -RunId ' 22).CompletionMatches
        $offered.CompletionText | Should -Be "$($seen.RunId)"
        $offered.ToolTip | Should -BeLike 'migrate by *, at 1_slow, in watched'
    }

    It 'is not stopped by -WhatIf' {
        Stop-Migration -WhatIf | Should -BeNullOrEmpty
        (Get-Migration -Running).RunId | Should -Be $seen.RunId
    }

    It 'is stopped, and says that it was cancelled on the server' {
        $stopped = $seen | Stop-Migration -Confirm:$false
        $stopped.Outcome | Should -Be 'Cancelled'
        $stopped.RunOutcome | Should -Be 'Interrupted'
        $null = $other.EndInvoke($run)
        $other.Streams.Error[0].Exception.Message | Should -BeLike '*cancelled on the server and not from here*'
        Get-Migration -Running | Should -BeNullOrEmpty
        (Get-Migration -Path $folder).SqlState | Should -Be '57014'
    }

    It 'cannot be stopped twice' {
        $failure = Get-Failure { Stop-Migration -RunId $seen.RunId -Confirm:$false -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MigrationNotRunning,*'
    }
}
