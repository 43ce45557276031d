using System.Text;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.History.Import;

/// <summary>
/// Flyway's own program is in none of the package registries, so its table is made with the statement that Flyway publishes for PostgreSQL
/// (PostgreSQLDatabase.getRawCreateScript), and filled with the checksum that it computes.
/// </summary>
public sealed class FlywayImportTests(Servers servers)
{
    private const string One = "create table one (n int);\n";
    private const string Two = "create table two (n int);\n";

    private const string Table = """
        create table flyway_schema_history (
            installed_rank INT NOT NULL, version VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL,
            checksum INTEGER, installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(), execution_time INTEGER NOT NULL, success BOOLEAN NOT NULL);
        alter table flyway_schema_history add constraint flyway_schema_history_pk primary key (installed_rank);
        create index flyway_schema_history_s_idx on flyway_schema_history (success);
        """;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_tree_goes_on_record_with_the_original_time_and_author_and_nothing_is_run_or_changed(int major)
    {
        using var bench = (await FlywayAsync(major)).With("V1__one.sql", One).With("V1.1__two.sql", Two).With("V2__three.sql", "create table three (n int);").With("R__view.sql", "select 1;");
        await ExecuteAsync(bench, "(1, '1', 'one', 'SQL', 'V1__one.sql', @1, 'ada', '2020-03-01 10:20:30', 5, true)", "(2, '1.1', 'two', 'SQL', 'V1.1__two.sql', @2, 'bob', '2021-03-01 10:20:30', 5, true)",
            $"(3, null, 'view', 'SQL', 'R__view.sql', {Checksum("select 1;")}, 'bob', '2021-03-01 10:20:31', 5, true)");
        var before = await bench.FingerprintAsync("flyway_schema_history");

        var done = await bench.ImportAsync();

        Assert.Equal(["V1__one", "V1.1__two", "R__view"], done.Select(row => row.Name));
        Assert.All(done, row => Assert.Equal((BaselineOutcome.TakenOver, "Flyway", "Same"), (row.Outcome, row.Tool, row.Content)));
        Assert.Equal(("1", "2020-03-01T10:20:30", "ada"), (done[0].OriginalId, done[0].OriginalTime, done[0].OriginalAuthor));
        Assert.Equal(before, await bench.FingerprintAsync("flyway_schema_history"));
        Assert.False(await bench.HasTableAsync("one"));
        var states = await bench.StatusAsync();
        Assert.Equal([MigrationState.Applied, MigrationState.Applied, MigrationState.Pending, MigrationState.Applied], states.Select(state => state.State));
        Assert.Equal("Taken over without being run: Flyway has it as 1, applied 2020-03-01 10:20:30 by ada.", states[0].Message);
        Assert.Equal(["V2__three"], (await bench.UpAsync()).Select(result => result.Name));
    }

    [Fact]
    public async Task What_is_taken_over_can_be_taken_back_and_a_later_change_of_its_file_is_noticed()
    {
        using var bench = (await FlywayAsync(18)).With("V1__one.sql", One).With("U1__one.sql", "drop table one;").With("V2__two.sql", Two);
        await bench.ExecuteAsync("create table one (n int); create table two (n int)");
        await ExecuteAsync(bench, "(1, '1', 'one', 'SQL', 'V1__one.sql', @1, 'ada', now(), 5, true)", "(2, '2', 'two', 'SQL', 'V2__two.sql', @2, 'ada', now(), 5, true)");
        await bench.ImportAsync();

        bench.With("V2__two.sql", "create table two (n bigint);");
        Assert.Equal("ScriptChanged", (await Assert.ThrowsAnyAsync<EngineException>(() => bench.PlanAsync())).ErrorId);
        bench.With("V2__two.sql", Two).With("U2__two.sql", "drop table two;");
        await bench.DownAsync(new() { Steps = 2 });
        Assert.False(await bench.HasTableAsync("one"));
    }

    [Fact]
    public async Task A_file_that_is_not_what_ran_is_refused_unless_that_is_wanted_and_then_recorded()
    {
        using var bench = (await FlywayAsync(18)).With("V1__one.sql", One + "-- and a comment").With("V2__two.sql", Two);
        await ExecuteAsync(bench, "(1, '1', 'one', 'SQL', 'V1__one.sql', @1, 'ada', now(), 5, true)", "(2, '2', 'two', 'SQL', 'V2__two.sql', @2, 'ada', now(), 5, true)");

        var refusal = await bench.RefusedAsync("ForeignHistoryMismatch");
        Assert.Contains("versions/V1__one.sql (1)", refusal.Message, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("migrations.scripts"));

        var done = await bench.ImportAsync(new() { AllowMismatch = true });
        Assert.Equal(["Differs", "Same"], done.Select(row => row.Content));
        Assert.Equal("Differs", await bench.ScalarAsync<string>("select detail ->> 'content' from migrations.events where act = 'ScriptBaselined' order by event_id limit 1"));
    }

    [Fact]
    public async Task A_failed_row_is_refused_with_the_way_out()
    {
        using var bench = (await FlywayAsync(18)).With("V1__one.sql", One).With("V2__two.sql", Two);
        await ExecuteAsync(bench, "(1, '1', 'one', 'SQL', 'V1__one.sql', @1, 'ada', now(), 5, true)", "(2, '2', 'two', 'SQL', 'V2__two.sql', @2, 'ada', now(), 5, false)");
        var refusal = await bench.RefusedAsync("ForeignHistoryFailed");
        Assert.Contains("2: it failed there", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("with Flyway itself", refusal.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_stands_for_all_below_it_and_what_was_undone_or_deleted_is_not_applied()
    {
        using var bench = (await FlywayAsync(18)).With("V1__one.sql", One).With("V2__two.sql", Two).With("V3__c.sql", "select 3;").With("V4__d.sql", "select 4;").With("V5__e.sql", "select 5;");
        await ExecuteAsync(bench, "(1, null, '<< Flyway Schema Creation >>', 'SCHEMA', '\"app\"', 0, 'ada', now(), 0, true)", "(2, '2', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', null, 'ada', now(), 0, true)",
            $"(3, '3', 'c', 'SQL', 'V3__c.sql', {Checksum("select 3;")}, 'ada', now(), 5, true)", "(4, '3', 'c', 'UNDO_SQL', 'U3__c.sql', 7, 'ada', now(), 5, true)",
            $"(5, '4', 'd', 'SQL', 'V4__d.sql', {Checksum("select 4;")}, 'ada', now(), 5, true)", "(6, '4', 'd', 'DELETE', 'V4__d.sql', 7, 'ada', now(), 5, true)",
            $"(7, '5', 'e', 'SQL', 'V5__e.sql', {Checksum("select 5;")}, 'ada', now(), 5, true)");
        var done = await bench.ImportAsync();
        Assert.Equal([("V1__one", "2"), ("V2__two", "2"), ("V5__e", "5")], done.Select(row => (row.Name, row.OriginalId)));
    }

    [Fact]
    public async Task A_repeatable_that_changed_since_runs_again_and_a_script_without_a_file_is_kept_and_is_no_noise()
    {
        using var bench = (await FlywayAsync(18)).With("V2__two.sql", Two).With("R__view.sql", "select 2;");
        await ExecuteAsync(bench, "(1, '1', 'one', 'SQL', 'V1__one.sql', @1, 'ada', '2020-03-01 10:20:30', 5, true)", "(2, '2', 'two', 'SQL', 'V2__two.sql', @2, 'ada', now(), 5, true)",
            $"(3, null, 'view', 'SQL', 'R__view.sql', {Checksum("select 1;")}, 'bob', now(), 5, true)");
        var plan = await bench.PlanImportAsync();
        Assert.Equal(["1 of Flyway's entries have no file in this project: they go on record as imported, with the original id, time and author.",
            "Changed since Flyway ran them, so the next run runs them again: R__view."], plan.Warnings);

        var done = await bench.ImportAsync();

        Assert.Equal([("imported", "V1__one", null), ("versioned", "V2__two", "versions/V2__two.sql")], done.Select(row => (row.Kind, row.Name, row.Path)));
        Assert.Equal(["V2__two", "R__view"], (await bench.StatusAsync()).Select(state => state.Name));
        var next = await bench.PlanAsync();
        Assert.Empty(next.Warnings);
        Assert.Equal(["R__view"], next.Scripts.Select(script => script.Name));
        Assert.Equal("ada 2020-03-01T10:20:30", await bench.ScalarAsync<string>(
            "select a.author || ' ' || (e.detail ->> 'originalTime') from migrations.scripts a join migrations.events e using (attempt_id) where a.kind = 'imported'"));
    }

    private static int Checksum(string text) => FlywayChecksum.Of(Encoding.UTF8.GetBytes(text));

    private async Task<Workbench> FlywayAsync(int major)
    {
        var bench = await Workbench.CreateAsync(servers, major);
        await bench.ExecuteAsync(Table);
        return bench;
    }

    private static Task ExecuteAsync(Workbench bench, params string[] rows) =>
        bench.ExecuteAsync($"insert into flyway_schema_history values {string.Join(", ", rows)}"
            .Replace("@1", $"{Checksum(One)}", StringComparison.Ordinal).Replace("@2", $"{Checksum(Two)}", StringComparison.Ordinal));
}
