using Migrations.Engine.Tables;
using Npgsql;
using Xunit;
using HistorySchema = Migrations.Engine.History.HistorySchema;

namespace Migrations.Engine.Tests.Tables;

/// <summary>An import that nobody will go on with is given up: its rows stay, and the table takes others again.</summary>
public sealed class UnfinishedImportTests(Servers servers)
{
    private const int Rows = 3000;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task An_import_that_was_cut_off_is_given_up_and_its_rows_stay(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, note text); create table \"Odd t\" (id int)");
        Assert.Empty(await ReadAsync(bench, "t"));
        var file = await CutOffAsync(bench);
        var committed = await bench.ScalarAsync<long>("select count(*) from t");
        var refused = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", bench.File("other.csv", "id,note\n1,x\n")));

        var found = Assert.Single(await ReadAsync(bench, "t"));
        Assert.Equal(("ImportUnfinished", true), (refused.ErrorId, refused.Advice.Contains($"Stop-TableImport public.t -ImportId {found.ImportId}.", StringComparison.Ordinal)));
        Assert.Equal(("public.t", "t.csv", committed, committed, 1, false), (found.Table, Assert.Single(found.Files), found.Records, found.Loaded, found.Streams, found.IsGivenUp));
        Assert.InRange(committed, 1, Rows - 1);
        Assert.Empty(await ReadAsync(bench, "Odd t"));
        Assert.True((await GiveUpAsync(bench, found)).IsGivenUp);
        Assert.False((await GiveUpAsync(bench, found)).IsGivenUp);

        Assert.Empty(await ReadAsync(bench, "t"));
        Assert.Equal(committed, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.Equal(1, (await bench.ImportAsync("t", bench.PathOf("other.csv"))).Loaded);
        bench.File("t.csv", Text("3000"));
        Assert.Equal(0, (await bench.ImportAsync("t", file, Batched)).ResumedFrom);
    }

    [Fact]
    public async Task One_that_is_at_work_is_not_and_one_that_is_given_up_meanwhile_is_not_gone_on_with()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        var file = await CutOffAsync(bench);
        bench.File("t.csv", Text("3000"));
        var found = Assert.Single(await ReadAsync(bench, "t"));
        await using var other = new NpgsqlConnection(bench.Target);
        await other.OpenAsync(ImportBench.Token);
        await using var work = new NpgsqlCommand($"select pg_advisory_lock(hashtextextended('{found.ImportId}', 5))", other);
        await work.ExecuteNonQueryAsync(ImportBench.Token);

        var running = await Assert.ThrowsAsync<EngineException>(() => GiveUpAsync(bench, found));
        Assert.Equal("ImportStillRunning", running.ErrorId);
        Assert.Contains($"backend {other.ProcessID} ", running.Message, StringComparison.Ordinal);
        var import = Task.Run(() => bench.ImportAsync("t", file, Batched));
        // Found as unfinished, and waited for.
        await bench.WaitForAsync("select exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%pg_try_advisory_lock(pg_catalog.hashtextextended%')");
        await bench.ExecuteAsync($"insert into migrations.import_ends (import_id, outcome) values ('{found.ImportId}', 'abandoned')");
        await other.CloseAsync();
        NpgsqlConnection.ClearPool(other);

        Assert.Equal((0L, Rows), ((await import).ResumedFrom, (int)(await import).Loaded));
    }

    [Fact]
    public async Task An_id_that_is_not_there_and_a_table_that_is_not_there_are_errors()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        await CutOffAsync(bench);

        Assert.Equal("TableImportNotFound", (await Assert.ThrowsAsync<EngineException>(() => ReadAsync(bench, "t", Guid.NewGuid()))).ErrorId);
        Assert.Equal("TableNotFound", (await Assert.ThrowsAsync<EngineException>(() => ReadAsync(bench, "nothing"))).ErrorId);
        var found = Assert.Single(await ReadAsync(bench, "t"));
        Assert.Equal(found.ImportId, Assert.Single(await ReadAsync(bench, "t", found.ImportId)).ImportId);
    }

    private static ImportRequest Batched(ImportRequest request) => request with { Batches = true, BatchSize = 8 * 1024, ChunkSize = 2048 };

    private static string Text(string last) => "id,note\n" + string.Concat(Enumerable.Range(1, Rows - 1).Select(id => $"{id},note\n")) + last + ",note\n";

    /// <summary>By its last row.</summary>
    private static async Task<string> CutOffAsync(ImportBench bench)
    {
        var file = bench.File("t.csv", Text("bad"));
        await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file, Batched));
        return file;
    }

    private static async Task<IReadOnlyList<UnfinishedImport>> ReadAsync(ImportBench bench, string table, Guid? id = null)
    {
        await using var database = bench.Open();
        return await new UnfinishedImports(database, new HistorySchema()).ReadAsync(table, id, ImportBench.Token);
    }

    private static async Task<UnfinishedImport> GiveUpAsync(ImportBench bench, UnfinishedImport import)
    {
        await using var database = bench.Open();
        return await new UnfinishedImports(database, new HistorySchema()).GiveUpAsync(import, ImportBench.Token);
    }
}
