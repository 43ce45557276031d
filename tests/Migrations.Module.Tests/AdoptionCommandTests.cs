namespace Migrations.Module.Tests;

/// <summary>Set-MigrationBaseline, Import-MigrationHistory and Initialize-MigrationProject -FromDatabase, as a person types them.</summary>
public sealed class AdoptionCommandTests(SharedSandbox sandbox)
{
    private static TemporaryProject Project() => new TemporaryProject().With("001_a.sql", "create table a (n int);").With("002_b.sql", "create table b (n int);").With("003_c.sql", "create table c (n int);");

    [Fact]
    public void A_baseline_asks_and_where_nobody_answers_it_says_so_and_changes_nothing()
    {
        using var project = Project();
        using var runner = new RunnerSession(sandbox, project.Path);
        Assert.StartsWith("ConfirmationImpossible,", runner.Run("Set-MigrationBaseline $project -Version 2 -SkipVerification").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(runner.Exists("migrations.scripts"));
    }

    [Fact]
    public void WhatIf_lists_what_would_go_on_record_and_changes_nothing()
    {
        using var project = Project();
        using var runner = new RunnerSession(sandbox, project.Path);
        sandbox.Execute(runner.Database, "create table a (n int); create table b (n int)");
        var plan = runner.Run("Set-MigrationBaseline $project -Version 2 -WhatIf").ThrowIfFailed().Output;
        Assert.Equal(["001", "002"], plan.Select(row => row.Properties["Version"].Value));
        Assert.All(plan, row => Assert.Equal(("Planned", true), (row.Properties["Outcome"].Value.ToString(), row.Properties["Verified"].Value)));
        Assert.Contains("What if: Put 2 scripts up to version 2 on record as applied in", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.False(runner.Exists("migrations.scripts"));
    }

    [Fact]
    public void A_baseline_is_on_record_and_the_rest_runs()
    {
        using var project = Project();
        using var runner = new RunnerSession(sandbox, project.Path);
        Assert.Equal(["001", "002"], runner.Column("Set-MigrationBaseline $project -Version 2 -Reason 'by hand' -SkipVerification -Confirm:$false", "Version"));
        Assert.Equal(["Applied", "Applied", "Pending"], runner.Column("Get-Migration $project", "State"));
        Assert.Equal("Taken over without being run, not verified: by hand", runner.Column("Get-Migration $project -Version 1", "Message").Single());
        Assert.Equal(["003"], runner.Column("Invoke-Migration $project", "Version"));
        Assert.False(runner.Exists("a"));
        Assert.Empty(runner.Run("Set-MigrationBaseline $project -Version 3 -Confirm:$false").ThrowIfFailed().Output);
        Assert.Contains("Nothing to do in", runner.Session.Host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_baseline_that_is_not_true_is_refused_with_what_differs()
    {
        using var project = Project();
        using var runner = new RunnerSession(sandbox, project.Path);
        sandbox.Execute(runner.Database, "create table a (n bigint)");
        var error = runner.Run("Set-MigrationBaseline $project -Version 2 -Confirm:$false").OnlyError;
        Assert.StartsWith("BaselineDiffers,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("3 objects differ: column public.a.n is different (type); column public.b.n is missing; table public.b is missing. Nothing was changed.", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-SkipVerification", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.False(runner.Exists("migrations.scripts"));

        sandbox.Execute(runner.Database, "alter table a alter n type int; create table b (n int)");
        Assert.Equal(["True", "True"], runner.Column("Set-MigrationBaseline $project -Version 2 -Confirm:$false", "Verified"));
        Assert.Equal("Taken over without being run.", runner.Column("Get-Migration $project -Version 1", "Message").Single());
    }

    [Fact]
    public void The_view_shows_where_it_went_on_record()
    {
        using var project = Project();
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("Set-MigrationBaseline $project -Version 2 -SkipVerification -Confirm:$false | Out-Host").ThrowIfFailed();
        Assert.Contains($"On record in: {runner.Database} on 127.0.0.1", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.Matches(@"001\s+TakenOver\s+001_a", runner.Session.Host.Text);
    }

    [Fact]
    public void A_history_is_taken_over_with_its_map_and_the_second_time_there_is_nothing_to_do()
    {
        using var project = Project();
        using var runner = new RunnerSession(sandbox, project.Path);
        sandbox.Execute(runner.Database, "create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'), ('2'), ('9')");

        var planned = runner.Run("Import-MigrationHistory $project -WhatIf");
        Assert.Equal(["001", "002", ""], planned.ThrowIfFailed().Output.Select(row => row.Properties["Version"].Value));
        Assert.Contains("1 of Dbmate's entries have no file", Assert.Single(planned.Streams.Warning).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(project.Path, "history-map.csv")));

        Assert.Equal(["TakenOver", "TakenOver", "TakenOver"], runner.Column("Import-MigrationHistory $project -From dbmate", "Outcome"));
        Assert.Equal(4, File.ReadAllLines(Path.Combine(project.Path, "history-map.csv")).Length);
        Assert.Equal(["Applied", "Applied", "Pending"], runner.Column("Get-Migration $project", "State"));
        Assert.Empty(runner.Run("Import-MigrationHistory $project").ThrowIfFailed().Output);

        sandbox.Execute(runner.Database, "insert into schema_migrations values ('3')");
        Assert.StartsWith("MapFileExists,", runner.Run("Import-MigrationHistory $project").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["003"], runner.Column("Import-MigrationHistory $project -Force", "Version"));
    }

    [Fact]
    public void A_tool_that_is_not_there_is_an_error_with_the_way_out()
    {
        using var project = Project();
        using var runner = new RunnerSession(sandbox, project.Path);
        var error = runner.Run("Import-MigrationHistory $project -From Flyway").OnlyError;
        Assert.StartsWith("ForeignHistoryNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Table schema.name", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_script_is_drafted_and_the_next_step_is_told()
    {
        using var folder = new TemporaryFolder();
        using var runner = new RunnerSession(sandbox, Path.Combine(folder.Path, "shop"));
        sandbox.Execute(runner.Database, "create table orders (id int primary key)");
        Assert.Empty(runner.Run("Initialize-MigrationProject $project -FromDatabase -WhatIf").ThrowIfFailed().Output);
        Assert.Contains("001_baseline.sql", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "shop")));

        var result = runner.Run("Initialize-MigrationProject $project -FromDatabase");
        if (result.Errors.Any(error => error.FullyQualifiedErrorId.StartsWith("PgDumpNotFound,", StringComparison.Ordinal))) Assert.Skip("No pg_dump here reads the sandbox.");
        result.ThrowIfFailed();
        var script = Path.Combine(folder.Path, "shop", "versions", "001_baseline.sql");
        Assert.Equal(script, ((FileInfo)result.Output[^1].BaseObject).FullName);
        Assert.Contains("CREATE TABLE public.orders", File.ReadAllText(script), StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Password, File.ReadAllText(script), StringComparison.Ordinal);
        Assert.Contains("Set-MigrationBaseline -Version 001", runner.Session.Host.Text, StringComparison.Ordinal);

        Assert.Equal(["001"], runner.Column("Set-MigrationBaseline $project -Version 001 -Confirm:$false", "Version"));
        Assert.Empty(runner.Run("Invoke-Migration $project").ThrowIfFailed().Output);
        Assert.StartsWith("ProjectNotEmpty,", runner.Run("Initialize-MigrationProject $project -FromDatabase").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_takes_a_Flyway_tree_over_and_goes_on()
    {
        using var shell = ShellProcess.Start(Path.Combine(TestTree.Root, "examples", "adoption", "adopt.ps1"));
        var result = await shell.EndAsync();
        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\b1 +Planned +V1__customers +Flyway", result.Output);
        Assert.Matches(@"\b2 +TakenOver +V2__orders +Flyway +2024-04-12T16:05:00 +bob", result.Output);
        Assert.Contains("Flyway,2,2024-04-12T16:05:00,bob,V2__orders.sql,versioned,2,V2__orders,versions/V2__orders.sql,Same,TakenOver", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"\b3 +Pending", result.Output);
        Assert.Matches(@"\b3 +Up +Succeeded", result.Output);
    }

    [Fact]
    public void A_connection_without_FromDatabase_would_be_for_nothing()
    {
        using var folder = new TemporaryFolder();
        using var runner = new RunnerSession(sandbox, Path.Combine(folder.Path, "shop"));
        Assert.StartsWith("ConnectionNotUsed,", runner.Run("Initialize-MigrationProject $project -Connection $connection").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "shop")));
    }
}
