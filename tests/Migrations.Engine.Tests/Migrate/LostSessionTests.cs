using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What a committed part made for its session is gone when the script goes on in another one.</summary>
public sealed class LostSessionTests(Servers servers)
{
    [Theory]
    [InlineData("create temp table picked as select n from t", "insert into kept select n from picked")]
    [InlineData("create local temporary table if not exists \"picked\" (n int)", "insert into kept select n from pg_temp.picked")]
    [InlineData("select n into temp picked from t", "insert into kept select n from picked")]
    [InlineData("prepare picked as select n from t", "execute picked")]
    [InlineData("create table pg_temp.picked (n int)", "drop table if exists picked")]
    [InlineData("create temp table picked as select n from t", "do $$ begin insert into kept select n from picked; end $$")]
    public async Task A_resume_does_not_take_a_permanent_table_for_a_temporary_one(string makes, string uses)
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await bench.ExecuteAsync("create table t (n int); insert into t values (1); create table picked as select 99 as n");
        bench.With("001_x.sql", $"{makes};\nvacuum t;\ninsert into kept values (0);\n{uses};\n");
        Assert.Equal("42P01", (await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync())).SqlState);
        await bench.ExecuteAsync("create table kept (n int)");

        var refused = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());

        Assert.Equal(("StepLostSession", 4), (refused.ErrorId, refused.Line));
        Assert.Contains("line 1 made ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from kept"));
        Assert.Equal(99, await bench.ScalarAsync<int>("select n from picked"));
    }

    [Theory]
    [InlineData("create temp table picked as select 7 as n;\ninsert into kept select n from picked;", 7)]
    [InlineData("insert into kept values (8); -- no more of picked", 8)]
    public async Task What_is_left_may_make_it_again_or_do_without(string rest, int kept)
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await bench.ExecuteAsync("create table t (n int)");
        const string committed = "create temp table picked as select 1 as n;\nvacuum t;\n";
        bench.With("001_x.sql", committed + "insert into kept select n from picked;");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        await bench.ExecuteAsync("create table kept (n int)");

        await bench.With("001_x.sql", committed + rest).UpAsync();

        Assert.Equal(kept, await bench.ScalarAsync<int>("select n from kept"));
    }

    [Theory]
    [InlineData("begin;\ncreate temp table picked on commit drop as select 1 as n;\ncommit;")]
    [InlineData("create temp table picked as select 1 as n;\ndrop table picked;")]
    public async Task What_the_committed_part_has_dropped_itself_is_not_missed(string committed)
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await bench.ExecuteAsync("create table t (n int); create table picked as select 5 as n");
        bench.With("001_x.sql", committed + "\nvacuum t;\ninsert into kept select n from picked;");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        await bench.ExecuteAsync("create table kept (n int)");

        await bench.UpAsync();

        Assert.Equal(5, await bench.ScalarAsync<int>("select n from kept"));
    }

    [Theory]
    [InlineData("create temporary view v as select 1", "v")]
    [InlineData("create or replace temp recursive view \"V w\" (n) as select 1", "\"V w\"")]
    [InlineData("create temp sequence s", "s")]
    [InlineData("declare c cursor with hold for select 1", "c")]
    [InlineData("declare c cursor for select 1", null)]
    [InlineData("create table temp (n int)", null)]
    [InlineData("create index temp on t (n)", null)]
    [InlineData("select n into kept from t", null)]
    [InlineData("prepare transaction 'x'", null)]
    public void What_a_statement_makes_for_the_session_is_read_from_its_words(string statement, string? name)
    {
        var read = Assert.IsType<SqlStatement>(Assert.Single(StatementSplitter.Split(statement).Elements));
        Assert.Equal(name, StatementFacts.Of(read).SessionObject);
    }
}
