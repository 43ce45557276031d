using System.Net;
using System.Net.Sockets;
using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The connection is lost over a commit and the server stays away: nobody says loaded, and nobody says not loaded.</summary>
public sealed class ImportDoubtTests(Servers servers)
{
    private const int Rows = 3000;

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, Rows)]
    public async Task A_commit_that_nobody_can_be_asked_about_is_told_to_be_in_doubt(bool sent, int rows)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");

        var failure = await FailsAsync(bench, request => request, new CutPoint(sent, 1, text => text == "commit"));

        Assert.Equal(("ImportInDoubt", FailureKind.Connection), (failure.ErrorId, failure.Kind));
        Assert.Contains("either all of its rows are in the table or none", failure.Message, StringComparison.Ordinal);
        // What it says to ask is the answer.
        var question = failure.Advice.Split(": ")[1].Split(". ")[0];
        Assert.Equal(rows == 0 ? "aborted" : "committed", await bench.ScalarAsync<string>(question));
        Assert.Equal(rows, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task Batches_whose_end_is_in_doubt_are_all_there_and_the_next_import_loads_none_of_them_again()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        static ImportRequest Batched(ImportRequest request) => request with { Batches = true, BatchSize = 8 * 1024, ChunkSize = 2048 };

        var failure = await FailsAsync(bench, Batched, new CutPoint(true, 1, text => text.Contains("import_ends", StringComparison.Ordinal) && text.Contains("complete", StringComparison.Ordinal)));

        Assert.Equal("ImportInDoubt", failure.ErrorId);
        Assert.Contains("were committed", failure.Message, StringComparison.Ordinal);
        Assert.Null(await bench.ScalarAsync<string>(failure.Advice.Split(": ")[1].Split(". ")[0]));
        var result = await bench.ImportAsync("t", bench.PathOf("t.csv"), Batched);
        Assert.Equal((Rows, (long)Rows), (result.ResumedFrom, await bench.ScalarAsync<long>("select count(*) from t")));
    }

    /// <summary>From that point on the server cannot be reached.</summary>
    private static async Task<EngineException> FailsAsync(ImportBench bench, Func<ImportRequest, ImportRequest> with, CutPoint point)
    {
        var file = bench.File("t.csv", "id,note\n" + string.Concat(Enumerable.Range(1, Rows).Select(id => $"{id},note\n")));
        var server = new NpgsqlConnectionStringBuilder(bench.Target);
        CuttingProxy? struck = null;
        await using var proxy = new CuttingProxy(server.Host!, server.Port, point, () =>
        {
            struck!.Target = Nobody();
            return Task.CompletedTask;
        }) { StrikesAll = true };
        struck = proxy;
        (server.Host, server.Port, server.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        await using var database = new Database(ConnectionOptions.Parse(server.ConnectionString), bench.Activity);
        var importer = new TableImporter(database, bench.Activity, new QuickClock());
        var plan = await importer.PlanAsync(with(new ImportRequest { Table = "t", Files = [file] }), ImportBench.Token);
        var failure = await Assert.ThrowsAnyAsync<EngineException>(() => importer.RunAsync(plan, ImportBench.Token));
        Assert.True(proxy.HasStruck);
        return failure;
    }

    private static int Nobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A hundred times as fast as others.</summary>
    private sealed class QuickClock : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() * 100;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }
}
