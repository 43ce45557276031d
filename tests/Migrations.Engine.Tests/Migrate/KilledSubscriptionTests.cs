using Migrations.Engine.Migrate;
using Migrations.Engine.Sandbox;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tests.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Statements that talk to another server, with a real publisher there, and a real death. {db} is the name of the database.</summary>
public sealed class KilledSubscriptionTests(Servers servers)
{
    [Theory]
    [InlineData(false, "create subscription {db} connection '{at}' publication one with (enabled = false)", "select '{one}' = subpublications::text from pg_subscription where subname = '{db}'")]
    [InlineData(true, "alter subscription {db} refresh publication", "select '{one}' = subpublications::text from pg_subscription where subname = '{db}'")]
    [InlineData(true, "alter subscription {db} set publication one, two", "select '{one,two}' = subpublications::text from pg_subscription where subname = '{db}'")]
    [InlineData(true, "drop subscription {db}", "select not exists (select from pg_subscription where subname = '{db}')")]
    public async Task A_client_that_is_killed_when_both_servers_have_done_it_does_it_once(bool subscribed, string statement, string holds)
    {
        await using var publisher = await PublisherAsync();
        var (bench, named) = await SubscriberAsync(publisher, subscribed);
        using var _ = bench;
        bench.With("001_x.sql", $"create table before (n int);\n{named(statement)};\ncreate table after (n int);");

        await MigratingChild.RunAndKillAsync(bench, string.Join(' ', named(statement).Split(' ')[..3]));

        Assert.False(await bench.HasTableAsync("after"));
        await bench.UpAsync();
        Assert.True(await bench.ScalarAsync<bool>(named(holds)));
        Assert.True(await bench.HasTableAsync("after"));
        await KilledStatementTests.AssertToldAsync(bench, "ScriptStarted ScriptStarted ScriptSucceeded");
        await bench.ExecuteAsync(named("drop subscription if exists {db}"));
        Assert.Equal(0L, await Servers.ScalarAsync<long>(publisher.ConnectionString, "select count(*) from pg_replication_slots"));
    }

    [Fact]
    public async Task A_publication_that_was_added_stops_with_the_statement_after_a_kill()
    {
        await using var publisher = await PublisherAsync();
        var (bench, named) = await SubscriberAsync(publisher, subscribed: true);
        using var _ = bench;
        bench.With("001_x.sql", named("create table before (n int);\nalter subscription {db} add publication two;\ncreate table after (n int);"));

        await MigratingChild.RunAndKillAsync(bench, "add publication two");

        var stopped = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());
        Assert.Equal(("StepInDoubt", 2), (stopped.ErrorId, stopped.Line));
        await ResumeTests.RepairAsync(bench, "001", RepairAction.Done, "it did");
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
        await bench.ExecuteAsync(named("drop subscription {db}"));
    }

    [Fact]
    public async Task A_backend_that_ends_while_the_slot_is_made_is_followed_by_a_run_that_makes_it()
    {
        await using var publisher = await PublisherAsync();
        var (bench, named) = await SubscriberAsync(publisher, subscribed: false);
        using var _ = bench;
        bench.With("001_x.sql", named("create table before (n int);\ncreate subscription {db} connection '{at}' publication one with (enabled = false);\ncreate table after (n int);"));
        await using (var other = new NpgsqlConnection(publisher.ConnectionString))
        {
            await other.OpenAsync(Workbench.Token);
            // A slot begins where no older transaction writes any more.
            await using var stand = new NpgsqlCommand("begin; insert into t values (1)", other);
            await stand.ExecuteNonQueryAsync(Workbench.Token);
            await KilledStatementTests.TerminateInMidstAsync(bench, "create subscription", "wait_event ilike 'libpq%'");
        }

        // The publisher drops what it had made of the slot when it sees that nobody wants it.
        await WaitForAsync(publisher, "select not exists (select from pg_stat_activity where backend_type = 'walsender')");
        await bench.UpAsync();

        Assert.True(await bench.HasTableAsync("after"));
        await KilledStatementTests.AssertToldAsync(bench, "ScriptStarted ScriptInterrupted ScriptStarted ScriptSucceeded");
        await bench.ExecuteAsync(named("drop subscription {db}"));
        Assert.Equal(0L, await Servers.ScalarAsync<long>(publisher.ConnectionString, "select count(*) from pg_replication_slots"));
    }

    /// <summary>The subscriber ended between the slot and its own commit: nobody here can know of the slot, and the server says so at the statement.</summary>
    [Fact]
    public async Task A_slot_that_was_left_on_the_publisher_stops_the_run_with_the_statement()
    {
        await using var publisher = await PublisherAsync();
        var (bench, named) = await SubscriberAsync(publisher, subscribed: false);
        using var _ = bench;
        bench.With("001_x.sql", named("create table before (n int);\ncreate subscription {db} connection '{at}' publication one with (enabled = false);\ncreate table after (n int);"));
        await Servers.ExecuteAsync(publisher.ConnectionString, named("select pg_create_logical_replication_slot('{db}', 'pgoutput')"));

        for (var tries = 0; tries < 2; tries++)
        {
            var refused = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
            // The subscriber wraps whatever the publisher says into one code.
            Assert.Equal(("08P01", 2), (refused.SqlState, refused.Line));
            Assert.Contains("already exists", refused.Message, StringComparison.Ordinal);
            Assert.False(await bench.HasTableAsync("after"));
        }

        await Servers.ExecuteAsync(publisher.ConnectionString, named("select pg_drop_replication_slot('{db}')"));
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
        await bench.ExecuteAsync(named("drop subscription {db}"));
    }

    [Fact]
    public async Task A_slot_that_was_made_stops_with_the_statement_after_a_kill()
    {
        await using var publisher = await PublisherAsync();
        using var bench = Workbench.At(publisher.ConnectionString)
            .With("001_x.sql", "create table before (n int);\nselect pg_create_logical_replication_slot('mine', 'pgoutput');\ncreate table after (n int);");

        await MigratingChild.RunAndKillAsync(bench, "pg_create_logical");

        var stopped = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());
        Assert.Equal(("StepInDoubt", 2), (stopped.ErrorId, stopped.Line));
        await ResumeTests.RepairAsync(bench, "001", RepairAction.Done, "it is in pg_replication_slots");
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
    }

    private static async Task<SandboxServer> PublisherAsync()
    {
        var server = await OwnServer.StartAsync(18);
        await Servers.ExecuteAsync(server.ConnectionString, "alter system set wal_level = logical");
        await server.RestartAsync(crash: false, Workbench.Token);
        await Servers.ExecuteAsync(server.ConnectionString, "create table t (n int); create publication one for table t; create table u (n int); create publication two for table u");
        return server;
    }

    private async Task<(Workbench Bench, Func<string, string> Named)> SubscriberAsync(SandboxServer publisher, bool subscribed)
    {
        var bench = await Workbench.CreateAsync(servers, 18);
        var name = await bench.ScalarAsync<string>("select current_database()");
        await bench.ExecuteAsync("create table t (n int); create table u (n int)");
        if (subscribed) await bench.ExecuteAsync(Named("create subscription {db} connection '{at}' publication one"));
        return (bench, Named);

        string Named(string text) => text.Replace("{db}", name, StringComparison.Ordinal)
            .Replace("{at}", $"host=127.0.0.1 port={publisher.Port} user={SandboxServer.UserName} password={publisher.RevealPassword()} dbname=postgres", StringComparison.Ordinal);
    }

    private static async Task WaitForAsync(SandboxServer server, string question)
    {
        using var bench = Workbench.At(server.ConnectionString);
        await bench.WaitForAsync(question);
    }
}
