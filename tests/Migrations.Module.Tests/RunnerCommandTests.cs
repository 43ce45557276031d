namespace Migrations.Module.Tests;

/// <summary>Get-Migration, Invoke-Migration and Undo-Migration on the worked example and on small projects.</summary>
public sealed class RunnerCommandTests(SharedSandbox sandbox)
{
    private static readonly string s_example = Path.Combine(TestTree.Root, "examples", "music-ai");

    [Fact]
    public void The_worked_example_goes_up_down_and_up_again()
    {
        using var runner = new RunnerSession(sandbox, s_example);
        Assert.Equal(11, runner.Column("Get-Migration $project", "State").Count(state => state == "Pending"));

        Assert.Equal(Enumerable.Range(1, 11).Select(n => $"{n:000}"), runner.Column("Invoke-Migration $project", "Version"));
        Assert.All(runner.Column("Get-Migration $project", "State"), state => Assert.Equal("Applied", state));
        Assert.Equal(["011", "010"], runner.Column("Undo-Migration $project -Steps 2 -Confirm:$false", "Version"));
        Assert.Equal("009", runner.Column("Get-Migration $project -State Applied", "Version")[^1]);
        Assert.Equal(["010", "011"], runner.Column("Invoke-Migration $project", "Version"));
        Assert.Equal(11, runner.Column("Undo-Migration $project -Target 0 -Confirm:$false", "Version").Count);
        Assert.False(runner.Exists("public.users"));
    }

    [Theory]
    [InlineData("Invoke-Migration $project -WhatIf")]
    [InlineData("$WhatIfPreference = $true; Invoke-Migration $project")]
    public void A_plan_names_the_place_and_every_statement_and_changes_nothing(string script)
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);\ncreate index concurrently on a (n);").With("2_b.sql", "select 2;");
        using var runner = new RunnerSession(sandbox, project.Path);
        var plan = runner.Run(script).ThrowIfFailed().Output;
        Assert.Equal(["1", "2"], plan.Select(item => item.Properties["Version"].Value));
        Assert.Equal(["Migrations.Engine.Migrate.PlannedMigration"], plan.Select(item => item.BaseObject.GetType().FullName).Distinct());
        Assert.Equal(["create table a (n int);", "create index concurrently on a (n);"], (IEnumerable<string>)plan[0].Properties["Statements"].Value);
        Assert.Equal(false, plan[0].Properties["IsAtomic"].Value);
        Assert.Contains($"{runner.Database} on 127.0.0.1:{sandbox.Port} as deploy", plan[0].Properties["Target"].Value.ToString(), StringComparison.Ordinal);
        Assert.Contains("What if: Apply 1_a, 2_b in", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.False(runner.Exists("a"));
        Assert.False(runner.Exists("migrations.scripts"));
    }

    [Fact]
    public void Target_is_a_limit_and_Version_is_one_script()
    {
        using var project = new TemporaryProject().With("1_a.sql", "select 1;").With("2_b.sql", "select 2;").With("3_c.sql", "select 3;").With("4_d.sql", "select 4;");
        using var runner = new RunnerSession(sandbox, project.Path);
        Assert.Equal(["1", "2"], runner.Column("Invoke-Migration $project -Target 002", "Version"));
        Assert.Equal(["3"], runner.Column("Invoke-Migration $project -Version 3", "Version"));
        Assert.StartsWith("AmbiguousParameterSet,", runner.Run("Invoke-Migration $project -Version 4 -Target 4").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("AmbiguousParameterSet,", runner.Run("Undo-Migration $project -Steps 1 -Target 0").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["4"], runner.Column("Get-Migration $project -State Pending", "Version"));
    }

    [Fact]
    public void A_written_plan_is_a_file_and_runs_nothing()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Session.Location = project.Path;
        var file = runner.Run("Invoke-Migration -OutFile plan.sql").Single<FileInfo>();
        Assert.Equal(Path.Combine(project.Path, "plan.sql"), file.FullName);
        Assert.Contains("create table a (n int);", File.ReadAllText(file.FullName), StringComparison.Ordinal);
        Assert.False(runner.Exists("a"));

        Assert.Equal(["1"], runner.Column("Invoke-Migration -OutFile other.sql -WhatIf", "Version"));
        Assert.Equal(["1"], runner.Column("$WhatIfPreference = $true; Invoke-Migration -OutFile other.sql", "Version"));
        Assert.False(File.Exists(Path.Combine(project.Path, "other.sql")));
    }

    [Fact]
    public void A_plan_to_take_back_is_written_without_a_question_because_a_file_destroys_nothing()
    {
        using var project = new TemporaryProject().With("1_a.sql", "-- migrate:up\ncreate table a (n int);\n-- migrate:down\ndrop table a;");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Session.Location = project.Path;
        runner.Run("Invoke-Migration $project").ThrowIfFailed();

        var file = runner.Run("Undo-Migration -OutFile undo.sql").Single<FileInfo>();

        Assert.Contains("drop table a;", File.ReadAllText(file.FullName), StringComparison.Ordinal);
        Assert.True(runner.Exists("a"));
    }

    [Fact]
    public void States_can_be_filtered_in_the_pipeline_as_by_parameter()
    {
        using var project = new TemporaryProject().With("1_a.sql", "select 1;").With("2_b.sql", "select 2;").With("10_c.sql", "select 3;");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("Invoke-Migration $project -Target 1").ThrowIfFailed();
        Assert.Equal(["2", "10"], runner.Column("Get-Migration $project | Where-Object State -EQ Pending", "Version"));
        Assert.Equal(["2", "10"], runner.Column("Get-Migration $project -State Pending", "Version"));
        Assert.Equal(["1"], runner.Column("Get-Migration $project -Version 01", "Version"));
        Assert.Equal(["10"], runner.Column("Get-Migration $project -Version *_c", "Version"));
    }

    [Fact]
    public void Scripts_that_have_run_become_one_and_WhatIf_builds_and_touches_nothing()
    {
        if (!File.Exists("/usr/lib/postgresql/15/bin/pg_dump")) Assert.Skip("No pg_dump 15 is installed here.");
        using var project = new TemporaryProject().With("001_a.sql", "create table squashed (n int);").With("002_b.sql", "insert into squashed values (1);").With("003_c.sql", "select 3;");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("Invoke-Migration $project").ThrowIfFailed();

        Assert.Equal(["002"], runner.Column("New-Migration -Squash -Target 002 -Path $project -WhatIf", "Version"));
        Assert.Contains("What if: Write versions/002_checkpoint.sql, which makes the same as 2 scripts (001_a to 002_b, all run in ", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(project.Path, "versions", "001_a.sql")));
        Assert.StartsWith("UnknownVersion,", runner.Run("New-Migration -Squash -Target 009 -Path $project").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);

        Assert.Equal(["versions/002_the_start.sql"], runner.Column("New-Migration -Squash -Target 002 -Title 'The start' -Path $project", "Path"));
        Assert.Equal(["Replaced", "Applied", "Applied"], runner.Column("Get-Migration $project", "State"));
        Assert.Equal(["001"], runner.Column("Get-Migration $project -State Replaced", "Version"));
        Assert.Empty(runner.Run("Invoke-Migration $project").ThrowIfFailed().Output);
        Assert.True(File.Exists(Path.Combine(project.Path, "squashed", "002_b.sql")));
    }

    [Fact]
    public void After_a_merge_scripts_are_renumbered_and_WhatIf_only_shows_it()
    {
        using var project = new TemporaryProject().With("001_a.sql", "select 1;").With("003_c.sql", "select 3;");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("Invoke-Migration $project").ThrowIfFailed();
        project.With("002_b.sql", "select 2;").With("003_d.sql", "-- migration: D\n-- requires: 002_b\n\nselect 4;\n");
        string[] before = ["001_a.sql", "002_b.sql", "003_c.sql", "003_d.sql"];

        foreach (var asked in new[] { "New-Migration -Renumber -Path $project -WhatIf", "& { $WhatIfPreference = $true; New-Migration -Renumber -Path $project }" })
        {
            Assert.Equal(["004_b", "005_d"], runner.Column(asked, "Name"));
            Assert.Equal(before, Names());
        }

        Assert.Contains("What if: Renumber 002_b to 004_b, 003_d to 005_d (not applied in ", runner.Session.Host.Text, StringComparison.Ordinal);
        var moved = runner.Run("New-Migration -Renumber -Path $project").ThrowIfFailed().Output;
        Assert.Equal(["002", "003"], moved.Select(item => item.Properties["OldVersion"].Value));
        Assert.Equal(["001_a.sql", "003_c.sql", "004_b.sql", "005_d.sql"], Names());
        Assert.Equal(["004", "005"], runner.Column("Invoke-Migration $project", "Version"));
        Assert.Empty(runner.Run("New-Migration -Renumber -Path $project").ThrowIfFailed().Output);
        Assert.StartsWith("RenumberRefused,", runner.Run("New-Migration -Renumber -Version 3 -Path $project").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("AmbiguousParameterSet,", runner.Run("New-Migration -Title x -Renumber -Path $project").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("MissingMandatoryParameter,", runner.Run("New-Migration -Title x -Connection $connection -Path $project").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);

        string[] Names() => [.. Directory.GetFiles(Path.Combine(project.Path, "versions")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Offline_the_files_are_checked_without_a_server()
    {
        using var project = new TemporaryProject().With("1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;").With("2_b.sql", "-- migration: B\n-- requires: 1\n\nselect 3;");
        using var session = new ModuleSession();
        session["project"] = project.Path;
        Assert.Equal(["1", "2"], session.Run("Get-Migration $project -Offline").ThrowIfFailed().Output.Select(item => item.Properties["Version"].Value));
        Assert.Equal("B", session.Run("Get-Migration $project -Offline -Version *_b").ThrowIfFailed().Output.Single().Properties["Title"].Value);
        Assert.StartsWith("AmbiguousParameterSet,", session.Run("Get-Migration $project -Offline -State Pending").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);

        project.With("002_again.sql", "select 4;");
        var error = session.Run("Get-Migration $project -Offline").OnlyError;
        Assert.StartsWith("ScriptDuplicate,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("002_again.sql", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("2_b.sql", error.ToString(), StringComparison.Ordinal);

        // The line of the README: a step of CI fails.
        var step = await ShellProcess.RunInAsync(project.Path, null, "-Command", "Get-Migration -Path . -Offline | Out-Host");
        Assert.Equal(1, step.ExitCode);
        File.Delete(Path.Combine(project.Path, "versions", "002_again.sql"));
        step = await ShellProcess.RunInAsync(project.Path, null, "-Command", "Get-Migration -Path . -Offline | Out-Host");
        Assert.Equal(0, step.ExitCode);
    }

    [Fact]
    public void Variables_are_put_in_and_what_the_server_says_arrives_tagged()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table :\"table\" as select :'text'::text as told;\ndo $$ begin raise notice 'half way'; raise warning 'take care'; end $$;");
        using var runner = new RunnerSession(sandbox, project.Path);
        var run = runner.Run("Invoke-Migration $project -Variable @{ table = 'it\"s'; text = \"o'clock\" }").ThrowIfFailed();
        Assert.Equal("o'clock", runner.Scalar("select told from \"it\"\"s\""));
        var notices = run.Streams.Information.Where(record => record.Tags.Contains("ServerNotice")).ToList();
        Assert.Equal(["NOTICE: half way", "WARNING: take care"], notices.Select(record => record.ToString()));
        Assert.Equal(["ServerNotice", "WARNING"], notices[1].Tags);
    }

    [Fact]
    public void Versions_complete_from_the_files_without_a_server()
    {
        using var session = new ModuleSession();
        Assert.Equal(11, session.Complete($"Invoke-Migration -Path '{s_example}' -Target ").Count);
        Assert.Equal(["010", "011"], session.Complete($"Invoke-Migration -Path '{s_example}' -Version 01"));
        Assert.Equal(["007"], session.Complete($"Get-Migration '{s_example}' -Version 007"));
        session.Location = Path.Combine(s_example, "versions");
        Assert.Equal(["001", "002"], session.Complete("Undo-Migration -Target 00").Take(2));
    }

    [Fact]
    public void Versions_complete_also_where_two_scripts_share_one_and_the_project_does_not_load()
    {
        using var project = new TemporaryProject().With("1_a.sql", "select 1;").With("01_twin.sql", "select 1;").With("2_b.sql", "select 1;").With("3_c.down.sql", "select 1;");
        using var session = new ModuleSession();
        Assert.Equal(["01", "2", "3"], session.Complete($"Get-Migration '{project.Path}' -Version "));
        Assert.Equal("01_twin, 1_a", session.Run($"(TabExpansion2 \"Get-Migration '{project.Path}' -Version 01\").CompletionMatches.ToolTip").ThrowIfFailed().Output.Single().ToString());
    }

    [Fact]
    public void Taking_back_asks_first_and_takes_nothing_back_when_nobody_can_answer()
    {
        using var project = new TemporaryProject().With("1_a.sql", "-- migrate:up\ncreate table a (n int);\n-- migrate:down\ndrop table a;");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("Invoke-Migration $project").ThrowIfFailed();
        var error = runner.Run("Undo-Migration $project").OnlyError;
        Assert.StartsWith("ConfirmationImpossible,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Confirm:$false", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.True(runner.Exists("a"));
        Assert.Equal(["1"], runner.Column("$ConfirmPreference = 'None'; Undo-Migration $project", "Version"));
        Assert.False(runner.Exists("a"));
    }

    [Fact]
    public void A_changed_script_is_accepted_with_a_reason_after_a_plan()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("Invoke-Migration $project").ThrowIfFailed();
        project.With("1_a.sql", "create table a (n integer);");

        Assert.Equal(["Accept"], runner.Column("Get-Migration $project -State Changed | Repair-Migration $project -Accept -Reason spelling -WhatIf", "Action"));
        Assert.Equal(["1"], runner.Column("Get-Migration $project -State Changed", "Version"));
        Assert.Equal(["spelling"], runner.Column("Repair-Migration $project -Version 1 -Accept -Reason spelling -Confirm:$false", "Reason"));
        Assert.Equal(["1"], runner.Column("Get-Migration $project -State Applied", "Version"));
        Assert.StartsWith("NothingToRepair,", runner.Run("Repair-Migration $project -Version 1 -Forget -Reason x -Confirm:$false").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_new_script_is_the_next_one()
    {
        using var folder = new TemporaryFolder();
        using var session = new ModuleSession { Location = folder.Path };
        Assert.NotEmpty(session.Run("Initialize-MigrationProject").ThrowIfFailed().Output);
        Assert.Equal("001_add_users.sql", session.Run("New-Migration 'Add users'").Single<FileInfo>().Name);
        Assert.Matches(@"^\d{14}_more\.sql$", session.Run("New-Migration More -Naming timestamp").Single<FileInfo>().Name);
        Assert.StartsWith("ParameterArgumentValidationError,", session.Run("New-Migration More -Naming Letters").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stamp_is_set_once_and_demanded_by_a_run()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);");
        using var runner = new RunnerSession(sandbox, project.Path);
        var made = runner.Run("Initialize-MigrationDatabase staging").ThrowIfFailed().Output[0];
        Assert.Equal(true, made.Properties["Created"].Value);
        Assert.StartsWith("WrongEnvironment,", runner.Run("Invoke-Migration $project -Environment production").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(runner.Exists("a"));
        runner.Run("Invoke-Migration $project -Environment staging").ThrowIfFailed();
        Assert.True(runner.Exists("a"));
    }
}
