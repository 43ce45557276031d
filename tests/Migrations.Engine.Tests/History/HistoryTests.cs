using Migrations.Engine.History;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.History;

public sealed class HistoryTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Rows_are_added_and_never_changed_not_even_by_the_owner_or_a_replica_role(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();

        foreach (var (table, column) in new[] { ("versions", "module"), ("environments", "name"), ("runs", "kind"), ("scripts", "title"), ("steps", "line"), ("events", "act") })
        {
            foreach (var change in new[]
            {
                $"update migrations.{table} set {column} = {column}", $"delete from migrations.{table}", $"truncate migrations.{table} cascade",
                $"set session_replication_role = replica; delete from migrations.{table}",
            })
            {
                var refusal = await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync(change));
                Assert.Contains("added, never changed", refusal.MessageText, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Each_act_leaves_an_event_with_who_and_when(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "-- migration: T\n-- author: A. Author\n-- ticket: T-1\n\n-- migrate:up\ncreate table t (n int);\n-- migrate:down\ndrop table t;");
        await bench.UpAsync();
        await bench.DownAsync();

        Assert.Equal("Installed,RunStarted,ScriptStarted,ScriptSucceeded,RunEnded,RunStarted,ScriptStarted,ScriptSucceeded,RunEnded",
            await bench.ScalarAsync<string>("select string_agg(act, ',' order by event_id) from migrations.events"));
        Assert.Equal($"{Environment.UserName}|{Environment.MachineName}|{Environment.ProcessId}|postgres", await bench.ScalarAsync<string>(
            "select concat_ws('|', os_user, host, process_id, db_role) from migrations.runs where kind = 'undo'"));
        Assert.Equal("A. Author|T-1|up", await bench.ScalarAsync<string>("select concat_ws('|', author, ticket, direction) from migrations.scripts where direction = 'up'"));
        Assert.Equal("down|ScriptSucceeded", await bench.ScalarAsync<string>("select concat_ws('|', direction, outcome) from migrations.status"));
    }

    [Fact]
    public async Task The_lock_is_another_one_for_another_schema()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table if not exists t (n int);");
        await using var holder = await bench.SessionAsync();
        await using var take = new NpgsqlCommand($"select pg_advisory_lock({new HistorySchema("elsewhere").LockKey})", holder);
        await take.ExecuteNonQueryAsync(Workbench.Token);

        Assert.Single(await bench.UpAsync());
        Assert.NotEqual(new HistorySchema("a").LockKey, new HistorySchema("b").LockKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pg_mine")]
    public void A_name_that_PostgreSQL_keeps_for_itself_is_refused(string name) =>
        Assert.Equal("HistorySchemaName", Assert.Throws<EngineException>(() => new HistorySchema(name)).ErrorId);

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_statement_says_the_same_with_literals_as_with_parameters(int major)
    {
        var connection = await servers.DatabaseAsync(major);
        var statement = new JournalStatement(
            "select concat_ws('|', $1::text, $2::integer, $3::uuid, $4::boolean, coalesce($5::text, 'null'), $6::bigint, $1::text)",
            "it's \\ $1::text \u00e9", 7, Guid.Parse("0191d7a0-0000-7000-8000-000000000001"), true, null, long.MinValue);

        await using var session = new NpgsqlConnection(connection);
        await session.OpenAsync(Workbench.Token);
        await using var batch = new NpgsqlBatch(session);
        batch.BatchCommands.Add(statement.ToCommand());

        Assert.Equal(await batch.ExecuteScalarAsync(Workbench.Token), await Servers.ScalarAsync<string>(connection, statement.ToLiteralSql()));
    }
}
