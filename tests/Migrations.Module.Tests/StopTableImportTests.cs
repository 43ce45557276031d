using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Stop-TableImport, as a person types it.</summary>
public sealed class StopTableImportTests(SharedSandbox sandbox)
{
    private const string CutOff = """
        insert into migrations.imports (import_id, target, columns, files, streams, options) select gen_random_uuid(), target, '{id}', array[f], 1, '' from migrations.imports, unnest(array['a.csv', 'b.csv']) f;
        insert into migrations.import_parts (import_id, file, ranges, hash, hashed_to, read, loaded, rejected_bytes, report_bytes)
        select import_id, 0, '{[0,9)}', '', 9, 7, 5, 0, 0 from migrations.imports where files = '{a.csv}'
        """;

    [Fact]
    public void Each_import_that_was_cut_off_is_shown_asked_about_and_given_up()
    {
        using var folder = new TemporaryFolder();
        using var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        folder.Write("none.csv", "id\n");
        sandbox.Execute(runner.Database, "create table analytics (id int)");

        var nothing = runner.Run("Stop-TableImport analytics").ThrowIfFailed();
        Assert.Contains("No import into analytics is unfinished", Assert.Single(nothing.Streams.Information).ToString(), StringComparison.Ordinal);
        runner.Run("Import-Table analytics none.csv -Batch").ThrowIfFailed();
        sandbox.Execute(runner.Database, CutOff);

        Assert.Equal("ConfirmationImpossible", Id(runner.Run("Stop-TableImport analytics").OnlyError));
        var planned = runner.Run("Stop-TableImport analytics -WhatIf").ThrowIfFailed().Output;
        Assert.Equal([(7L, 5L, false), (0L, 0L, false)], planned.OrderByDescending(import => import.Properties["Loaded"].Value).Select(Told));
        Assert.Matches(@"Table +Started +Loaded +Given up +Role +ImportId +Files", runner.Session.Show("Stop-TableImport analytics -WhatIf"));
        Assert.Equal("TableImportNotFound", Id(runner.Run("Stop-TableImport analytics -ImportId ([guid]::NewGuid()) -Confirm:$false").OnlyError));
        Assert.Equal("TableNotFound", Id(runner.Run("Stop-TableImport nothing -Confirm:$false").OnlyError));

        var one = Assert.Single(runner.Run("Stop-TableImport analytics -WhatIf | Where-Object Loaded -EQ 5 | Stop-TableImport -Confirm:$false").ThrowIfFailed().Output);
        Assert.Equal((7L, 5L, true), Told(one));
        Assert.Equal("b.csv", Assert.Single(runner.Run("(Stop-TableImport analytics -Confirm:$false).Files").ThrowIfFailed().Output).ToString());
        Assert.Equal(0L, runner.Scalar("select count(*) from migrations.imports where not exists (select from migrations.import_ends e where e.import_id = imports.import_id)"));
    }

    private static (object, object, object) Told(PSObject import) => (import.Properties["Records"].Value, import.Properties["Loaded"].Value, import.Properties["IsGivenUp"].Value);

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
