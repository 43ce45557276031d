using Migrations.Engine.Migrate;
using Migrations.Engine.Sandbox;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Tablespaces: one that is full, and the statements about them, which refuse a transaction.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_costs_nothing_but_the_script_and_the_index_that_was_half_built_is_built_again()
    {
        await using var server = await SandboxServer.StartAsync(new SandboxOptions(), new SilentActivity(), Workbench.Token);
        using var disk = SmallDisk.Of(server);
        using var bench = Workbench.At(server.ConnectionString)
            .With("001_space.sql", $"create tablespace small location '{disk.Path}';\ncreate table t (n int, filler text);\ninsert into t select g, repeat('x', 200) from generate_series(1, 1000) g;");
        await bench.UpAsync();
        bench.With("002_index.sql", "create index concurrently t_n on t (n) tablespace small;")
            .With("003_big.sql", "create table before (n int);\ncreate table big tablespace small as select g, repeat('y', 900) as filler from generate_series(1, 20000) g;");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal(("53100", FailureKind.Resource, "003"), (failure.SqlState, failure.Kind, failure.Version));
        Assert.Contains("Free disk space", failure.Advice, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("before"));
        Assert.Equal(MigrationState.Failed, (await bench.StatesAsync())["003"]);

        await bench.ExecuteAsync("drop index t_n; insert into t select g, repeat('x', 20) from generate_series(1, 600000) g");
        bench.With("003_big.sql", "create index concurrently if not exists t_n2 on t (n) tablespace small;");
        Assert.Equal("53100", (await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync())).SqlState);
        await bench.ExecuteAsync("delete from t where n > 1000");
        await bench.ExecuteAsync("vacuum t");

        await bench.UpAsync();

        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 't_n2'::regclass"));
    }

    [Fact]
    public async Task Tablespaces_come_and_go_and_a_database_moves_also_when_nobody_saw_it_end()
    {
        await using var server = await SandboxServer.StartAsync(new SandboxOptions(), new SilentActivity(), Workbench.Token);
        using var disk = SmallDisk.Of(server, megabytes: 64);
        using var bench = Workbench.At(server.ConnectionString)
            .With("001_space.sql", $"create tablespace other location '{disk.Path}';\ncreate database moved;\nalter database moved set tablespace other;\nalter database moved set tablespace pg_default;\ndrop tablespace other;");
        await bench.UpAsync();
        for (var last = 4; last >= 0; last--)
        {
            // History as if the client had died after each statement, from the last backwards; the database as it then was.
            await bench.ExecuteAsync($"""
                alter table migrations.steps disable trigger append_only; alter table migrations.events disable trigger append_only;
                delete from migrations.steps where state = 'done' and ordinal >= {last} or ordinal > {last};
                delete from migrations.events where act in ('ScriptSucceeded');
                alter table migrations.steps enable always trigger append_only; alter table migrations.events enable always trigger append_only;
                """);
            if (last < 4) await bench.ExecuteAsync($"create tablespace other location '{disk.Path}'");
            if (last == 2) await bench.ExecuteAsync("alter database moved set tablespace other");
            if (last == 0) await bench.ExecuteAsync("drop database moved");

            await bench.UpAsync();

            Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_tablespace where spcname = 'other')"));
            Assert.True(await bench.ScalarAsync<bool>("select exists (select from pg_database where datname = 'moved')"));
        }
    }
}
