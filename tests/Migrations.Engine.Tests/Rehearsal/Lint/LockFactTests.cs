using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>Statement by statement: which lock on which table, what is written anew, what is read from end to end.</summary>
public sealed class LockFactTests(Servers servers)
{
    public static TheoryData<int> Majors => Servers.Majors;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task PostgreSQL_still_locks_rewrites_and_scans_as_the_rules_say(int major)
    {
        var database = await servers.DatabaseAsync(major);
        await Servers.ExecuteAsync(database, LockFacts.Schema);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        var different = new List<string>();
        foreach (var fact in LockFacts.All.Where(fact => fact.Since <= major))
        {
            var seen = await ServerAccount.OfAsync(connection, fact.First, fact.Sql);
            var (expected, actual) = (Line(fact.Locks, fact.Rewrites, fact.Scans), Line(seen.Locks, seen.Rewrites, Without(seen.Scans, fact.MayScan)));
            if (expected != actual) different.Add($"{fact}\n  expected {expected}\n  the server {actual}");
        }

        Assert.True(different.Count == 0, string.Join('\n', different));
    }

    /// <summary>They commit in their midst, so a second session holds them up where they wait for others, and looks.</summary>
    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Concurrent_forms_let_writers_through(int major)
    {
        var database = await servers.DatabaseAsync(major);
        await Servers.ExecuteAsync(database, LockFacts.Schema);

        foreach (var (table, sql, hold) in new[]
        {
            ("t", "create index concurrently x on t (parent_id)", "t in row exclusive"),
            ("t", "reindex index concurrently t_v", "t in row exclusive"),
            ("t", "drop index concurrently t_v", "t in row exclusive"),
            ("q", "alter table q detach partition q_2024 concurrently", "q_2024 in share update exclusive"),
        })
        {
            Assert.Equal($"{sql}: ShareUpdateExclusive", $"{sql}: {await ServerAccount.HeldUpAsync(database, table, sql, hold)}");
        }
    }

    private static string Without(string names, string name) => string.Join(", ", names.Split(", ").Where(n => n != name));

    private static string Line(string locks, string rewrites, string scans) => $"locks [{locks}] rewrites [{rewrites}] scans [{scans}]";
}
