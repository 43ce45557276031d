using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Rows that are set aside belong to one import alone.</summary>
public sealed class QuarantineSharingTests(Servers servers)
{
    [Fact]
    public async Task A_second_import_does_not_write_into_the_file_of_the_first()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, """
            create table t (id int, note text); create table u (id int, note text);
            create function wait() returns trigger language plpgsql as $$ begin if new.note = 'wait' then perform pg_advisory_lock(7); end if; return new; end $$;
            create trigger wait before insert on t for each row execute function wait()
            """);
        var file = bench.File("t.csv", "id,note\nx,bad\n" + string.Concat(Enumerable.Range(1, 500).Select(id => $"{id},note\n")) + "501,wait\n");
        await using var holder = new NpgsqlConnection(bench.Target);
        await holder.OpenAsync(ImportBench.Token);
        await using (var held = new NpgsqlCommand("select pg_advisory_lock(7)", holder)) await held.ExecuteNonQueryAsync(ImportBench.Token);
        var first = Task.Run(() => bench.QuarantineAsync("t", file, request => request with { ChunkSize = 1024 }));
        await bench.WaitForAsync("select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'advisory')");

        var second = await Assert.ThrowsAsync<EngineException>(() => bench.QuarantineAsync("u", file));
        await holder.CloseAsync();
        NpgsqlConnection.ClearPool(holder);
        var result = await first;

        Assert.Equal("QuarantineNotWritable", second.ErrorId);
        Assert.Contains("-QuarantinePath", second.Advice, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from u"));
        Assert.Equal((501L, 1L), (result.Loaded, result.Rejected));
        Assert.Equal("id,note\nx,bad\n", await File.ReadAllTextAsync(Assert.Single(result.Files).RejectedPath!, ImportBench.Token));
        Assert.Equal(501, (await bench.QuarantineAsync("u", file)).Loaded);
    }
}
