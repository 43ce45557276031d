using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>
/// Who changes the schema of the target while it is read goes on with that: neither ends as the victim of a deadlock. The people here hold one table, wait
/// until the reader stands behind them with its locks on the tables of other views, and then ask for those.
/// </summary>
public sealed class GivingWayTests(Servers servers)
{
    private const string Schema = """
        create table a (id int); create table b (id int); create table c (id int);
        create view a_view as select id from a; create view b_view as select id from b; create view c_view as select id from c;
        """;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_rehearsal_and_people_who_change_the_target_both_end_well(int major)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, major)).With("001_first.sql", Schema);
        await bench.Target.UpAsync();
        bench.With("002_next.sql", "create table fresh (id int);");
        var report = Assert.Single(await AmongPeopleAsync(bench.Target, () => bench.TestAsync()));
        Assert.Equal(ProofVerdict.Proven, report.Verdict);
        Assert.NotNull(report.TargetSchema);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_run_that_is_bound_to_a_report_and_people_who_change_the_target_both_end_well(int major)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, major)).With("001_first.sql", Schema);
        await bench.Target.UpAsync();
        bench.With("002_next.sql", "create table fresh (id int);");
        var file = Path.Combine(bench.Target.Project.Root, "r.json");
        await ReportFile.WriteAsync(new RehearsalReport(null, DateTimeOffset.UnixEpoch, "0", await bench.TestAsync()), file, Workbench.Token);
        await using var database = bench.Target.Open();
        var plan = await AmongPeopleAsync(bench.Target, () => bench.Target.PlanAsync(gates: [new RehearsalGate(file, database)]));
        Assert.Equal("002_next", Assert.Single(plan.Scripts).Name);
    }

    private static async Task<T> AmongPeopleAsync<T>(Workbench target, Func<Task<T>> reading)
    {
        await using var people = new NpgsqlConnection(target.ConnectionString);
        await people.OpenAsync(Workbench.Token);
        await ExecuteAsync(people, "begin; lock table b in access exclusive mode");
        var read = Task.Run(reading);
        await using (var watcher = new NpgsqlConnection(target.ConnectionString))
        {
            await watcher.OpenAsync(Workbench.Token);
            await using var waits = new NpgsqlCommand("select exists (select from pg_locks where relation = 'b'::regclass and not granted)", watcher);
            while (!read.IsCompleted && await waits.ExecuteScalarAsync(Workbench.Token) is false) await Task.Delay(2, Workbench.Token);
        }

        Assert.False(read.IsCompleted, read.IsFaulted ? read.Exception?.ToString() : "Nobody waited.");
        // In either order of reading one of the two is the reader's by now.
        await ExecuteAsync(people, "lock table a, c in access exclusive mode; drop view a_view; create view a_view as select id from a; commit");
        return await read;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Workbench.Token);
    }
}
