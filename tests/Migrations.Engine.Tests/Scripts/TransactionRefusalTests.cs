using Migrations.Engine.Scripts;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>The judge of what refuses a transaction is the server.</summary>
public sealed class TransactionRefusalTests(Servers servers)
{
    private const string Objects = """
        create table t (c int primary key, d int);
        create index i on t (c);
        cluster t using i;
        create table pt (c int) partition by range (c);
        create table p partition of pt for values from (0) to (10);
        create materialized view v as select c from t;
        create unique index vi on v (c);
        create type e as enum ('a');
        create publication pub;
        create subscription s connection 'host=127.0.0.1 port=1' publication pub, pub2 with (connect = false);
        alter subscription s enable;
        """;

    private static readonly string[] s_statements =
    [
        "create index concurrently j on t (d)", "create unique index concurrently if not exists j on t (d)", "create index j on t (d)",
        "drop index concurrently i", "drop index i",
        "reindex index concurrently i", "reindex (verbose, concurrently) table t", "reindex (concurrently false) table t", "reindex (concurrently off, verbose) index i",
        "reindex table t", "reindex index i", "reindex schema public", "reindex (verbose) schema concurrently public",
        "alter table pt detach partition p concurrently", "alter table pt detach partition p",
        "vacuum", "vacuum (analyze) t", "analyze", "analyze t", "cluster", "cluster verbose", "cluster t", "cluster verbose t",
        "create database d", "drop database d", "drop database if exists d", "create tablespace ts location '/nowhere'", "drop tablespace ts", "alter database postgres set tablespace pg_default",
        "alter database postgres set work_mem = '1MB'", "alter system set work_mem = '1MB'", "alter system reset all",
        "create subscription x connection 'host=127.0.0.1 port=1' publication pub", "create subscription x connection 'host=127.0.0.1 port=1' publication pub with (enabled = false)",
        "create subscription x connection 'host=127.0.0.1 port=1' publication pub with (connect = false)",
        "create subscription x connection 'host=127.0.0.1 port=1' publication pub with (enabled = false, create_slot = false, connect = 'off')",
        "alter subscription s refresh publication", "alter subscription s set publication pub", "alter subscription s add publication q", "alter subscription s drop publication pub2",
        "alter subscription s set publication pub with (refresh = false)", "alter subscription s disable", "alter subscription s set (binary = true)", "drop subscription s",
        "commit prepared 'x'", "rollback prepared 'x'",
        "do $$ begin commit; end $$", "do $x$ begin if true then rollback; end if; end $x$", "do $$ begin raise notice 'commit;'; end $$",
        "do $$ begin create temp table x on commit drop as select 1; end $$",
        "refresh materialized view concurrently v", "alter type e add value 'b'", "truncate t", "lock table t", "checkpoint", "discard temp", "discard plans", "listen c",
        "create table u as select 1", "comment on table t is 'vacuum'", "savepoint s", "declare x cursor for select 1", "set local work_mem = '1MB'", "notify c",
    ];

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task We_know_what_the_server_refuses_in_a_transaction(int major)
    {
        await using var connection = new NpgsqlConnection(await servers.DatabaseAsync(major));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var statement in Objects.Split('\n')) Assert.Null(await ExecuteAsync(connection, statement));

        var wrong = new List<string>();
        foreach (var sql in s_statements)
        {
            await ExecuteAsync(connection, "begin");
            var state = await ExecuteAsync(connection, sql);
            await ExecuteAsync(connection, "rollback");

            var expected = state is "25001" or "2D000";
            var facts = StatementFacts.Of((SqlStatement)StatementSplitter.Split(sql + ";").Elements[0]);
            if (facts.RefusesTransaction != expected) wrong.Add($"{sql}: the server says {state ?? "yes"}, we say {facts.TransactionRefusal ?? "yes"}");
        }

        // Its worker must not go on trying.
        await ExecuteAsync(connection, "alter subscription s disable");
        Assert.Empty(wrong);
    }

    private static async Task<string?> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
        try
        {
            await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }
}
