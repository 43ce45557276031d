using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Import-Table, as a person types it.</summary>
public sealed class TableCommandTests(SharedSandbox sandbox)
{
    private const string Schema = "create table analytics (id int primary key, name text not null, score numeric)";

    [Fact]
    public void Files_are_loaded_by_name_by_pattern_and_from_the_pipeline()
    {
        using var folder = Folder(("a.csv", "id,name,score\n1,Ada,1.5\n"), ("b.csv", "score,id,name\n,2,\"\"\n"), ("c[1].csv", "id,name\n3,c\n"));
        using var runner = Runner(folder);

        var result = Assert.Single(runner.Run("Import-Table analytics *.csv -Mode Truncate -Confirm:$false").ThrowIfFailed().Output);
        Assert.Equal((3L, 3L, 0L), ((long)result.Properties["Rows"].Value, (long)result.Properties["Loaded"].Value, (long)result.Properties["Rejected"].Value));
        runner.Run("Import-Table analytics -LiteralPath 'c[1].csv' -Mode Upsert").ThrowIfFailed();
        Assert.Equal(1L, runner.Run("('a.csv' | Import-Table analytics -Mode Upsert).Updated").Single<long>());
        Assert.Equal(2L, runner.Run("([pscustomobject]@{ PSPath = 'a.csv' }, [pscustomobject]@{ PSPath = 'b.csv' } | Import-Table analytics -Mode Upsert).Rows").Single<long>());
        Assert.Equal("1 Ada 1.5; 2  ; 3 c ", Rows(runner));
        runner.Run("Import-Table analytics a.csv -Mode Upsert | Out-Host").ThrowIfFailed();
        Assert.Contains("analytics", runner.Session.Host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_shows_the_plan_and_changes_nothing()
    {
        using var folder = Folder(("a.csv", "Id;Name\r\n1;Ada\r\n"));
        using var runner = Runner(folder);

        var plan = Assert.Single(runner.Run("Import-Table analytics a.csv -WhatIf").ThrowIfFailed().Output);
        Assert.Equal("public.analytics", plan.Properties["Table"].Value);
        Assert.Equal("; CrLf id,name", runner.Run("Import-Table analytics a.csv -WhatIf | ForEach-Object { $f = $_.Files[0]; \"$($f.Delimiter) $($f.LineEnd) $($f.Columns -join ',')\" }").Single<string>());
        Assert.Equal("", Rows(runner));
    }

    [Fact]
    public void Emptying_a_table_is_asked_for_and_nobody_there_is_an_error_with_the_way_out()
    {
        using var folder = Folder(("a.csv", "id,name\n1,Ada\n"));
        using var runner = Runner(folder);
        runner.Run("Import-Table analytics a.csv").ThrowIfFailed();

        Assert.Equal("ConfirmationImpossible", Id(runner.Run("Import-Table analytics a.csv -Mode Truncate").OnlyError));
        Assert.Equal("1 Ada ", Rows(runner));
        runner.Run("Import-Table analytics a.csv -Mode Truncate -Force").ThrowIfFailed();
    }

    [Fact]
    public void A_bad_row_is_an_error_with_its_place()
    {
        using var folder = Folder(("a.csv", "id,name\n1,Ada\nx,Bob\n"));
        using var runner = Runner(folder);

        var error = runner.Run("Import-Table analytics a.csv").OnlyError;
        Assert.Equal(("ImportRowRefused", ErrorCategory.InvalidData), (Id(error), error.CategoryInfo.Category));
        Assert.Contains("a.csv:3: 22P02", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("(column id)", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was loaded.", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("", Rows(runner));

        var result = Assert.Single(runner.Run("Import-Table analytics a.csv -OnError Quarantine").ThrowIfFailed().Output);
        Assert.Equal(1L, result.Properties["Rejected"].Value);
        Assert.Equal("id,name\nx,Bob\n", File.ReadAllText(Path.Combine(folder.Path, "a.rejected.csv")));
        Assert.Equal("TooManyRejected", Id(runner.Run("Import-Table analytics a.csv -OnError Quarantine -MaxErrors 0").OnlyError));
    }

    [Theory]
    [InlineData("-MaxErrors 5", "-OnError Quarantine")]
    [InlineData("-OnError Stop -MaxErrors 5", "-OnError Quarantine")]
    [InlineData("-QuarantinePath aside", "-OnError Quarantine")]
    [InlineData("-Key id", "-Mode Upsert")]
    [InlineData("-Mode Truncate -Confirm:$false -DuplicateKey First", "-Mode Upsert")]
    [InlineData("-BatchSize 2MB", "-Batch")]
    [InlineData("-NoHeader -IgnoreColumn id", "a header")]
    [InlineData("-NoHeader -ColumnMap @{ a = 'id' }", "a header")]
    public void A_choice_that_would_do_nothing_is_refused_before_anything_is_connected(string choice, string needed)
    {
        using var folder = Folder(("a.csv", "id,name\n1,Ada\n"));
        using var session = new ModuleSession { Location = folder.Path };

        // Nobody listens there.
        var error = session.Run($"Import-Table analytics a.csv -Connection 'host=127.0.0.1 port=1 dbname=none' {choice}").OnlyError;

        Assert.Equal(("ImportChoiceUnused", ErrorCategory.InvalidArgument), (Id(error), error.CategoryInfo.Category));
        Assert.Contains($"needs {needed}", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choices_with_their_mode_are_taken_in_any_spelling()
    {
        using var folder = Folder(("a.csv", "id,name\n1,Ada\n1,Bob\n"));
        using var runner = Runner(folder);

        runner.Run("Import-Table analytics a.csv -Mode upsert -Key id -DuplicateKey last -OnError quarantine -MaxErrors 1 -QuarantinePath .").ThrowIfFailed();
        Assert.Equal("1 Bob ", Rows(runner));
    }

    [Fact]
    public void A_pattern_without_a_file_refuses_all_files_of_the_call()
    {
        using var folder = Folder(("a.csv", "id,name\n1,Ada\n"));
        using var runner = Runner(folder);

        foreach (var given in (string[])["Import-Table analytics a.csv, 'b*.csv'", "'a.csv', 'b*.csv' | Import-Table analytics"])
        {
            var error = runner.Run(given).OnlyError;
            Assert.Equal(("ImportFileNotFound", ErrorCategory.ObjectNotFound, "b*.csv"), (Id(error), error.CategoryInfo.Category, error.TargetObject));
        }

        Assert.Equal(ErrorCategory.ObjectNotFound, runner.Run("Import-Table analytics a.csv, b.csv").OnlyError.CategoryInfo.Category);
        Assert.Equal("", Rows(runner));
    }

    [Theory]
    [InlineData("-Mode Truncate -Force", null)]
    [InlineData("-Mode Truncate -Force -OnError Quarantine", "pieces that may have to be taken back")]
    [InlineData("-Mode Truncate -Force -Batch", "later batches are other transactions")]
    [InlineData("-OnError Quarantine", null)]
    public void That_a_truncate_cannot_freeze_is_said_in_one_line(string choices, string? why)
    {
        using var folder = Folder(("a.csv", "id,name\n1,Ada\n"));
        using var runner = Runner(folder);

        var run = runner.Run($"Import-Table analytics a.csv {choices}").ThrowIfFailed();

        var said = run.Streams.Information.Where(record => record.Tags.Contains("PSHOST")).Select(record => record.ToString()).ToList();
        var notes = Assert.IsAssignableFrom<IEnumerable<string>>(Assert.Single(run.Output).Properties["Notes"].Value);
        Assert.Equal(said, notes);
        Assert.Empty(run.Streams.Warning);
        if (why is null) Assert.Empty(said);
        else Assert.Contains(why, Assert.Single(said), StringComparison.Ordinal);
    }

    private RunnerSession Runner(TemporaryFolder folder)
    {
        var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        sandbox.Execute(runner.Database, Schema);
        return runner;
    }

    private static TemporaryFolder Folder(params (string Name, string Text)[] files)
    {
        var folder = new TemporaryFolder();
        foreach (var (name, text) in files) folder.Write(name, text);
        return folder;
    }

    private static string Rows(RunnerSession runner) =>
        string.Join("; ", runner.Run("Invoke-DbQuery 'select id, name, score from analytics order by id' | ForEach-Object { \"$($_.id) $($_.name) $($_.score)\" }").ThrowIfFailed().Output);

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
