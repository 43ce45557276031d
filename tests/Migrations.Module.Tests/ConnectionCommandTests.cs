using System.Management.Automation;
using System.Security;

namespace Migrations.Module.Tests;

/// <summary>Connect-Db, Disconnect-Db, Get-DbConnection.</summary>
public sealed class ConnectionCommandTests(SharedSandbox sandbox)
{
    [Fact]
    public void Connecting_says_where_it_leads_and_makes_it_the_default()
    {
        using var session = new ModuleSession();
        var connection = session.Run($"Connect-Db '{sandbox.TextOf("postgres")}'").ThrowIfFailed().Output[0];
        Assert.Equal("127.0.0.1", connection.Properties["Host"].Value);
        Assert.Equal(sandbox.Port, connection.Properties["Port"].Value);
        Assert.Equal("postgres", connection.Properties["Database"].Value);
        Assert.Equal("deploy", connection.Properties["User"].Value);
        Assert.Equal(false, connection.Properties["IsStandby"].Value);
        Assert.Equal(true, connection.Properties["IsSuperuser"].Value);
        Assert.Same(connection.BaseObject, session.Run("Get-DbConnection").ThrowIfFailed().Output[0].BaseObject);
    }

    [Fact]
    public void NoDefault_leaves_the_default_alone()
    {
        using var session = new ModuleSession();
        session.Run($"Connect-Db '{sandbox.TextOf("postgres")}' -NoDefault").ThrowIfFailed();
        Assert.Empty(session.Run("Get-DbConnection").ThrowIfFailed().Output);
    }

    [Fact]
    public void Disconnecting_forgets_it_and_may_be_repeated()
    {
        using var session = new ModuleSession();
        session.Run($"Connect-Db '{sandbox.TextOf("postgres")}' | Out-Null; Disconnect-Db; Disconnect-Db").ThrowIfFailed();
        Assert.Empty(session.Run("Get-DbConnection").ThrowIfFailed().Output);
    }

    [Fact]
    public void No_session_stays_on_the_server()
    {
        using var session = new ModuleSession();
        var database = sandbox.NewDatabase();
        session.Run($"Connect-Db '{database}'").ThrowIfFailed();
        var name = database.Split("dbname=")[1].Split(' ')[0];
        // A backend needs a moment to end after its client has said goodbye.
        Assert.True(SpinWait.SpinUntil(() => sandbox.Scalar("postgres", $"select count(*) from pg_stat_activity where datname = '{name}'") is 0L, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void The_default_is_used_and_a_credential_goes_on_top_of_it()
    {
        using var session = new ModuleSession();
        session["credential"] = Credential("postgres");
        session.Run($"Connect-Db '{sandbox.TextOf("postgres")}'").ThrowIfFailed();
        Assert.Equal("deploy", session.Run("(Connect-Db).User").Single<string>());
        Assert.Equal("postgres", session.Run("(Connect-Db -Credential $credential).User").Single<string>());
    }

    [Fact]
    public void A_connection_of_another_runspace_works_here()
    {
        using var first = new ModuleSession();
        using var second = new ModuleSession();
        second["given"] = first.Run($"Connect-Db '{sandbox.TextOf("postgres")}'").ThrowIfFailed().Output[0];
        Assert.Equal("deploy", second.Run("($given | Connect-Db).User").Single<string>());
    }

    [Fact]
    public void A_uri_works_too()
    {
        using var session = new ModuleSession();
        Assert.Equal("postgres", session.Run($"(Connect-Db 'postgresql://deploy:{sandbox.Password}@127.0.0.1:{sandbox.Port}/postgres').Database").Single<string>());
    }

    [Theory]
    [InlineData("$secret")]
    [InlineData("$credential")]
    [InlineData("$credential.Password")]
    public void A_token_script_may_write_text_or_what_a_vault_hands_out(string script)
    {
        using var session = new ModuleSession();
        session["secret"] = sandbox.Password;
        session["credential"] = Credential("deploy");
        Assert.Equal("deploy", session.Run($"(Connect-Db 'host=127.0.0.1 port={sandbox.Port} dbname=postgres user=deploy' -TokenScript {{ {script} }}).User").Single<string>());
    }

    [Fact]
    public void A_token_script_is_called_for_each_new_connection()
    {
        using var session = new ModuleSession();
        session["secret"] = sandbox.Password;
        session["calls"] = new List<int>();
        session.Run($"Connect-Db 'host=127.0.0.1 port={sandbox.Port} dbname=postgres user=deploy' -TokenScript {{ $calls.Add(1); $secret }}").ThrowIfFailed();
        session.Run("Connect-Db").ThrowIfFailed();
        Assert.Equal(2, ((List<int>)session["calls"]!).Count);
    }

    [Fact]
    public void A_token_script_of_another_runspace_is_not_waited_for_in_a_circle()
    {
        using var session = new ModuleSession();
        session["secret"] = sandbox.Password;
        var users = session.Run($$"""
            $connection = Connect-Db 'host=127.0.0.1 port={{sandbox.Port}} dbname=postgres user=deploy' -TokenScript { if ($secret) { $secret } else { [Environment]::GetEnvironmentVariable('MIGRATIONS_TEST_TOKEN') } }
            [Environment]::SetEnvironmentVariable('MIGRATIONS_TEST_TOKEN', $secret)
            1..2 | ForEach-Object -Parallel {
                Import-Module '{{TestTree.Manifest}}'
                (Connect-Db $using:connection).User
            }
            [Environment]::SetEnvironmentVariable('MIGRATIONS_TEST_TOKEN', $null)
            """).ThrowIfFailed().Output;
        Assert.Equal(["deploy", "deploy"], users.Select(user => user.ToString()));
    }

    [Theory]
    [InlineData("throw 'the vault is shut'", "the token script failed: the vault is shut")]
    [InlineData("'a'; 'b'", "2 objects")]
    [InlineData("", "0 objects")]
    [InlineData("''", "no token")]
    [InlineData("42", "no token")]
    public void A_token_script_that_gives_no_token_is_named(string script, string message)
    {
        using var session = new ModuleSession();
        var error = session.Run($"Connect-Db 'host=127.0.0.1 port={sandbox.Port} user=deploy' -TokenScript {{ {script} }}").OnlyError;
        Assert.StartsWith("ConnectionAuthenticationFailed", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("token script", error.ToString() + error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.AuthenticationError, error.CategoryInfo.Category);
    }

    [Fact]
    public void The_view_is_a_table_also_for_a_copy_from_a_job()
    {
        using var session = new ModuleSession();
        session.Run($"$connection = Connect-Db '{sandbox.TextOf("postgres")}'").ThrowIfFailed();
        var table = session.Show("$connection");
        Assert.Matches(@"Host +Port +Database +User +Server +State\n", table);
        Assert.Matches(@"127\.0\.0\.1 +\d+ +postgres +deploy +\d+.* primary", table);
        Assert.Equal(table, session.Show("[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($connection))"));
    }

    private PSCredential Credential(string user)
    {
        var password = new SecureString();
        foreach (var character in sandbox.Password) password.AppendChar(character);
        return new PSCredential(user, password);
    }
}
