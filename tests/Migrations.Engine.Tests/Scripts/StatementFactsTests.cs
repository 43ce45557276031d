using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class StatementFactsTests
{
    [Theory]
    [InlineData("create index concurrently i on t (c)")]
    [InlineData("create unique index concurrently if not exists i on t (c)")]
    [InlineData("drop index concurrently i, j")]
    [InlineData("reindex index concurrently i")]
    [InlineData("reindex (verbose, concurrently) table t")]
    [InlineData("reindex (concurrently true) table t")]
    [InlineData("reindex schema s")]
    [InlineData("reindex (verbose) database concurrently d")]
    [InlineData("reindex system d")]
    [InlineData("alter table t detach partition p concurrently")]
    [InlineData("alter table if exists only s.t detach partition p concurrently")]
    [InlineData("vacuum")]
    [InlineData("vacuum (full, analyze) t")]
    [InlineData("cluster")]
    [InlineData("cluster verbose")]
    [InlineData("cluster (verbose)")]
    [InlineData("create database d")]
    [InlineData("drop database if exists d")]
    [InlineData("create tablespace s location '/x'")]
    [InlineData("drop tablespace s")]
    [InlineData("alter database d set tablespace s")]
    [InlineData("alter system set work_mem = '1MB'")]
    [InlineData("create subscription s connection 'x' publication p")]
    [InlineData("create subscription s connection 'x' publication p with (enabled = false)")]
    [InlineData("drop subscription s")]
    [InlineData("alter subscription s refresh publication")]
    [InlineData("alter subscription s set publication p")]
    [InlineData("alter subscription s add publication p with (copy_data = false)")]
    [InlineData("alter subscription s set (failover = true)")]
    [InlineData("commit prepared 'x'")]
    [InlineData("rollback prepared 'x'")]
    [InlineData("do $$ begin insert into t values (1); commit; end $$")]
    [InlineData("do language plpgsql $x$ begin rollback and no chain; end $x$")]
    [InlineData("select pg_create_logical_replication_slot('s', 'pgoutput')")]
    [InlineData("CREATE  INDEX\nCONCURRENTLY ON t (c)")]
    public void Statements_that_refuse_a_transaction_are_known(string sql)
    {
        Assert.True(Of(sql).RefusesTransaction);
        Assert.NotEmpty(Of(sql).TransactionRefusal!);
    }

    [Theory]
    [InlineData("create index i on t (c)")]
    [InlineData("create index \"concurrently\" on t (c)")]
    [InlineData("create index concurrently_built on t (c)")]
    [InlineData("refresh materialized view concurrently v")]
    [InlineData("drop index i")]
    [InlineData("reindex table t")]
    [InlineData("reindex (concurrently false) table t")]
    [InlineData("alter table t detach partition p")]
    [InlineData("alter table t detach partition p finalize")]
    [InlineData("analyze t")]
    [InlineData("cluster t")]
    [InlineData("cluster t using i")]
    [InlineData("cluster verbose t")]
    [InlineData("alter database d set work_mem = '1MB'")]
    [InlineData("create subscription s connection 'x' publication p with (connect = false)")]
    [InlineData("create subscription s connection 'x' publication p with (enabled = false, create_slot = 'off')")]
    [InlineData("alter subscription s set publication p with (refresh = false)")]
    [InlineData("alter subscription s disable")]
    [InlineData("alter type e add value 'x'")]
    [InlineData("do $$ begin create temp table x on commit drop as select 1; end $$")]
    [InlineData("do $$ begin raise notice 'commit;'; -- commit;\n end $$")]
    [InlineData("call p()")]
    [InlineData("comment on table vacuum is 'vacuum'")]
    [InlineData("begin")]
    [InlineData("commit")]
    public void Other_statements_are_not_suspected(string sql) => Assert.Null(Of(sql).TransactionRefusal);

    [Theory]
    [InlineData("begin", TransactionControl.Begin, null)]
    [InlineData("BEGIN WORK", TransactionControl.Begin, null)]
    [InlineData("begin transaction isolation level serializable, read only", TransactionControl.Begin, "ISOLATION LEVEL SERIALIZABLE , READ ONLY")]
    [InlineData("start transaction read write", TransactionControl.Begin, "READ WRITE")]
    [InlineData("commit", TransactionControl.Commit, null)]
    [InlineData("commit work", TransactionControl.Commit, null)]
    [InlineData("end", TransactionControl.Commit, null)]
    [InlineData("end transaction and no chain", TransactionControl.Commit, null)]
    [InlineData("rollback", TransactionControl.Rollback, null)]
    [InlineData("abort transaction", TransactionControl.Rollback, null)]
    [InlineData("savepoint s", TransactionControl.Savepoint, null)]
    [InlineData("release s", TransactionControl.Savepoint, null)]
    [InlineData("rollback to s", TransactionControl.Savepoint, null)]
    [InlineData("rollback work to savepoint s", TransactionControl.Savepoint, null)]
    [InlineData("prepare transaction 'x'", TransactionControl.PrepareTransaction, null)]
    [InlineData("prepare p as select 1", TransactionControl.None, null)]
    [InlineData("commit prepared 'x'", TransactionControl.None, null)]
    [InlineData("select 1 as begin", TransactionControl.None, null)]
    public void Transaction_control_is_known(string sql, TransactionControl control, string? modes)
    {
        var facts = Of(sql);
        Assert.Equal((control, modes), (facts.Control, facts.TransactionModes));
    }

    [Theory]
    [InlineData("discard all", true)]
    [InlineData("discard temp", false)]
    [InlineData("select pg_advisory_unlock_all()", true)]
    [InlineData("select 'pg_advisory_unlock_all'", false)]
    [InlineData("select pg_advisory_unlock(1)", false)]
    [InlineData("commit and chain", true)]
    [InlineData("commit and no chain", false)]
    [InlineData("rollback work and chain", true)]
    [InlineData("copy t to stdout", true)]
    [InlineData("copy t to '/srv/stdout'", false)]
    [InlineData("listen c", false)]
    public void What_no_script_may_say_is_known(string sql, bool forbidden) => Assert.Equal(forbidden, Of(sql).Forbidden is not null);

    [Theory]
    [InlineData("create unique index i on t (c)", "CREATE INDEX")]
    [InlineData("create or replace function f() returns int return 1", "CREATE FUNCTION")]
    [InlineData("create temp table t ()", "CREATE TABLE")]
    [InlineData("create unlogged table t ()", "CREATE TABLE")]
    [InlineData("create materialized view v as select 1", "CREATE MATERIALIZED VIEW")]
    [InlineData("create recursive view v (a) as select 1", "CREATE VIEW")]
    [InlineData("create constraint trigger g after insert on t for each row execute function f()", "CREATE TRIGGER")]
    [InlineData("create foreign data wrapper w", "CREATE FOREIGN DATA WRAPPER")]
    [InlineData("alter default privileges grant select on tables to r", "ALTER DEFAULT PRIVILEGES")]
    [InlineData("alter table t add c int", "ALTER TABLE")]
    [InlineData("drop text search configuration c", "DROP TEXT SEARCH CONFIGURATION")]
    [InlineData("insert into t values (1)", "INSERT")]
    [InlineData("with x as (select 1) insert into t select * from x", "INSERT")]
    [InlineData("with x as (insert into t values (1) returning *) select * from x", "SELECT")]
    [InlineData("((select 1))", "SELECT")]
    [InlineData("refresh materialized view concurrently v", "REFRESH MATERIALIZED VIEW")]
    [InlineData("start transaction", "START TRANSACTION")]
    [InlineData("truncate t", "TRUNCATE")]
    [InlineData("grant select on t to r", "GRANT")]
    [InlineData("do $$ begin end $$", "DO")]
    public void The_verb_is_short(string sql, string verb) => Assert.Equal(verb, Of(sql).Verb);

    private static StatementFacts Of(string sql) =>
        StatementFacts.Of(Assert.IsType<SqlStatement>(Assert.Single(StatementSplitter.Split(sql + ";").Elements)));
}
