BeforeAll {
    Import-Module "$PSScriptRoot/../../Migrations.psd1"
    . "$PSScriptRoot/TestDatabase.ps1"
    $sandbox = Start-DbSandbox
    $credential = $sandbox.GetCredential()
    $password = $credential.GetNetworkCredential().Password
    $server = "host=$($sandbox.Host) port=$($sandbox.Port)"
}

AfterAll {
    Disconnect-Db
    if ($sandbox) { Stop-DbSandbox $sandbox.Name }
}

Describe 'Connect-Db' {
    AfterEach { Disconnect-Db }

    It 'says where it leads and makes it the default' {
        $connection = Connect-Db $sandbox
        $connection.Port | Should -Be $sandbox.Port
        $connection.Database | Should -Be 'postgres'
        $connection.IsStandby | Should -BeFalse
        (Get-DbConnection).Port | Should -Be $sandbox.Port
        (Invoke-DbQuery 'select current_database()::text as name').name | Should -Be 'postgres'
    }

    It 'leaves the default alone with -NoDefault' {
        $connection = Connect-Db $sandbox -NoDefault
        Get-DbConnection | Should -BeNullOrEmpty
        (Invoke-DbQuery 'select 1 as one' -Connection $connection).one | Should -Be 1
    }

    It 'takes a keyword string, a URI and a pipeline object' {
        (Connect-Db "$server dbname=template1" -Credential $credential).Database | Should -Be 'template1'
        (Connect-Db "postgresql://$($credential.UserName)@$($sandbox.Host):$($sandbox.Port)/template1" -Credential $credential).Database | Should -Be 'template1'
        ($sandbox | Connect-Db).Database | Should -Be 'postgres'
    }

    It 'asks a token script for each new connection' {
        $script:asked = 0
        $null = Connect-Db "$server dbname=postgres user=$($credential.UserName)" -TokenScript { $script:asked++; $credential.Password }
        (Invoke-DbQuery 'select 1 as one').one | Should -Be 1
        $script:asked | Should -Be 2
    }

    It 'shows no password anywhere' {
        $connection = Connect-Db "$server dbname=postgres user=$($credential.UserName) password=$password" -Verbose -Debug *>&1
        $text = ($connection | Out-String) + ($connection | Format-List * | Out-String) + (Get-DbConnection | ConvertTo-Json -Depth 5)
        $text.Contains('postgres') | Should -BeTrue
        $text.Contains($password) | Should -BeFalse
    }
}

Describe 'Disconnect-Db' {
    It 'forgets the default and may be repeated' {
        $null = Connect-Db $sandbox
        Disconnect-Db
        Disconnect-Db
        Get-DbConnection | Should -BeNullOrEmpty
    }
}

Describe 'A connection that fails' {
    It 'names the stage <Stage>' -ForEach @(
        @{ Stage = 'name'; Text = 'host=nobody.invalid'; Id = 'ConnectionNameFailed'; Category = 'ConnectionError' }
        @{ Stage = 'TCP'; Text = 'host=127.0.0.1 port=1'; Id = 'ConnectionTcpFailed'; Category = 'ConnectionError' }
        @{ Stage = 'authentication'; Text = '{0} user=nobody password=wrong'; Id = 'ConnectionAuthenticationFailed'; Category = 'AuthenticationError' }
    ) {
        $failure = Get-Failure { Connect-Db ($Text -f $server) }
        $failure.FullyQualifiedErrorId | Should -Be "$Id,Migrations.Cmdlets.Commands.ConnectDbCommand"
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'names a database that is not there, and leaves the default as it was' {
        $null = Connect-Db $sandbox
        $failure = Get-Failure { Connect-Db "$server dbname=absent" -Credential $credential }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ConnectionDatabaseFailed,*'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        (Get-DbConnection).Database | Should -Be 'postgres'
        Disconnect-Db
    }
}

Describe 'Invoke-DbQuery' {
    BeforeAll { $null = Connect-Db $sandbox }

    It 'writes a row as an object with typed properties' {
        $row = Invoke-DbQuery "select 1 as n, 'Zoë' as name, true as ok, date '2026-01-31' as day, null::int as nothing"
        $row.n | Should -Be 1
        $row.name | Should -Be 'Zoë'
        $row.ok | Should -BeTrue
        $row.nothing | Should -Be $null
        $row.psobject.Properties.Name | Should -Be @('n', 'name', 'ok', 'day', 'nothing')
    }

    It 'binds parameters, so a value is never SQL' {
        (Invoke-DbQuery 'select $1::text as given' "x'; drop table users; --").given | Should -Be "x'; drop table users; --"
        (Invoke-DbQuery 'select $1::int + $2::int as sum' 40, 2).sum | Should -Be 42
    }

    It 'streams: a consumer that has enough ends the query' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        (Invoke-DbQuery 'select generate_series(1, 500000000) as n' | Select-Object -First 3).n | Should -Be @(1, 2, 3)
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 30
    }

    It 'cannot write' {
        $failure = Get-Failure { Invoke-DbQuery 'create table sneaked (n int)' }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ServerError,*'
        $failure.Exception.SqlState | Should -Be '25006'
    }

    It 'gives up after -Timeout' {
        $failure = Get-Failure { Invoke-DbQuery 'select pg_sleep(60)' -Timeout 0:0:0.2 }
        $failure.Exception.SqlState | Should -Be '57014'
    }
}
