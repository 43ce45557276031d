using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>The bound on one script of five statements, and the cost of many.</summary>
[Collection(TimedAlone.Name)]
public sealed class RehearsalSpeedTests(Servers servers)
{
    [Fact]
    public async Task Five_statements_with_all_proofs_take_two_seconds_and_many_scripts_cost_as_many_times_more()
    {
        using (var warming = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", Five(1))) await warming.TestOfflineAsync();
        using var bench = await RehearsalBench.CreateAsync(servers);
        for (var number = 1; number <= 9; number++) bench.With($"00{number}_t.sql", Five(number));
        var reports = await bench.TestOfflineAsync();
        Assert.All(reports, report => Assert.Equal(ProofVerdict.Proven, report.Verdict));
        var times = reports.Select(report => report.Duration.TotalMilliseconds).ToList();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", times.Select(time => $"{time:0} ms")));
        // The fastest: other programs share the machine.
        Assert.InRange(times.Min(), 0, 2000);
        Assert.InRange(times.TakeLast(4).Min() / times.Take(4).Min(), 0, 3);
    }

    private static string Five(int number) =>
        $"""
        -- migrate:up
        create table t{number} (id int primary key, name text);
        alter table t{number} add column age int;
        create index t{number}_name on t{number} (name);
        alter table t{number} add constraint t{number}_age check (age is null or age > -2147483649);
        comment on table t{number} is 'x';
        -- migrate:down
        drop table t{number};
        """;
}
