using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Export-Table, as a person types it.</summary>
public sealed class ExportTableTests(SharedSandbox sandbox)
{
    private const string Tables = """
        create table users (id int primary key, name text); insert into users values (1, 'Ann'), (2, null), (3, '');
        create schema sales; create table sales.orders (id int); insert into sales.orders values (7); create view "Odd View" as select 1 as n;
        """;

    [Fact]
    public void A_table_becomes_a_file_and_the_result_says_which()
    {
        using var folder = new TemporaryFolder();
        using var runner = Shop(folder);

        var result = Assert.Single(runner.Run("Export-Table users users.csv").ThrowIfFailed().Output);
        var file = Path.Combine(folder.Path, "users.csv");

        Assert.Equal("id,name\n1,Ann\n2,\n3,\"\"\n", File.ReadAllText(file));
        Assert.Equal(("public.users", 3L, new FileInfo(file).Length), (result.Properties["Source"].Value, result.Properties["Rows"].Value, result.Properties["Bytes"].Value));
        Assert.Equal("ExportFileExists", Id(runner.Run("Export-Table users users.csv").OnlyError));
        var shown = runner.Session.Show("Export-Table users users.csv -Force");
        Assert.Matches(@"Source +Rows +Text +File +Took +Rate +Path", shown);
        Assert.Matches(@"public\.users +3 +\d+ B", shown);
        Assert.Equal(file, Assert.Single(runner.Run("(Export-Table users users.csv -Force).Path").ThrowIfFailed().Output).ToString());
    }

    [Fact]
    public void Signs_header_encoding_and_the_place_are_parameters()
    {
        using var folder = new TemporaryFolder();
        using var runner = Shop(folder);

        runner.Run("$null = Export-Table users 'a.tsv' -Delimiter \"`t\" -Quote \"'\" -NullText NULL -NoHeader -OrderBy 'id desc' -Where 'id > 1' -Column name, ID").ThrowIfFailed();
        Assert.Equal("\t3\nNULL\t2\n", File.ReadAllText(Path.Combine(folder.Path, "a.tsv")));
        runner.Run("$null = Export-Table -Table users -LiteralPath '*[1].csv' -Encoding UTF8BOM").ThrowIfFailed();
        Assert.Equal(0xEF, File.ReadAllBytes(Path.Combine(folder.Path, "*[1].csv"))[0]);
        Assert.Equal("ExportDialectInvalid", Id(runner.Run("Export-Table users b.csv -Delimiter '\"'").OnlyError));
        Assert.Equal("ExportOptionInvalid", Id(runner.Run("Export-Table users b.csv -Parallel 2 -OrderBy id").OnlyError));
        Assert.Equal("TableNotFound", Id(runner.Run("Export-Table nothing b.csv").OnlyError));
    }

    [Fact]
    public void A_query_takes_values_and_the_shells_own_objects()
    {
        using var folder = new TemporaryFolder();
        using var runner = Shop(folder);

        runner.Run("$name = 'Ann' | ForEach-Object { $_ }; $null = Export-Table -Query 'select id, $2 as n from users where name = $1' -Parameter $name, $null q.csv").ThrowIfFailed();

        Assert.Equal("id,n\n1,\n", File.ReadAllText(Path.Combine(folder.Path, "q.csv")));
        Assert.Equal("ExportSqlInvalid", Id(runner.Run("Export-Table -Query 'delete from users' q2.csv").OnlyError));
    }

    [Fact]
    public void Several_tables_come_by_name_or_through_the_pipeline()
    {
        using var folder = new TemporaryFolder();
        using var runner = Shop(folder);

        Assert.Equal(2, runner.Column("'users', 'sales.orders' | Export-Table -Path out/ -Manifest", "Source").Count);
        Assert.Equal(["export.manifest.json", "sales.orders.csv", "users.csv"], Directory.EnumerateFiles(Path.Combine(folder.Path, "out")).Select(Path.GetFileName).Order());
        Assert.Equal(["public.users", "sales.orders"], runner.Column("Get-DbSchema -Kind table | Export-Table -Path 'all/*.csv.gz'", "Source").Order());
        Assert.True(File.Exists(Path.Combine(folder.Path, "all", "public.users.csv.gz")));
        Assert.Empty(runner.Run("@() | Export-Table -Path none.csv").ThrowIfFailed().Output);
        var parts = runner.Run("(Export-Table users part.csv -SplitRows 2 -SplitSize 1GB).Path").ThrowIfFailed().Output.Select(name => Path.GetFileName(name.ToString()));
        Assert.Equal(["part.0001.csv", "part.0002.csv"], parts);
    }

    [Fact]
    public void WhatIf_writes_the_plan_and_no_file()
    {
        using var folder = new TemporaryFolder();
        using var runner = Shop(folder);

        var plan = Assert.Single(runner.Run("Export-Table users users.csv -Parallel 3 -WhatIf").ThrowIfFailed().Output);

        Assert.Equal(("public.users", "table", 3), (plan.Properties["Source"].Value, plan.Properties["Kind"].Value, plan.Properties["Streams"].Value));
        Assert.Matches(@"Source +Kind +Rows, about +Streams +Replaces +Path", runner.Session.Show("Export-Table users users.csv -WhatIf"));
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void Tables_columns_and_encodings_are_completed()
    {
        using var folder = new TemporaryFolder();
        using var runner = Shop(folder);

        Assert.Equal(["users"], runner.Session.Complete("Export-Table us"));
        Assert.Equal(["sales.orders"], runner.Session.Complete("Export-Table -Table sal"));
        Assert.Contains("'\"Odd View\"'", runner.Session.Complete("Export-Table "));
        Assert.Equal(["name"], runner.Session.Complete("Export-Table users x.csv -Column n"));
        Assert.Contains("UTF8BOM", runner.Session.Complete("Export-Table users x.csv -Encoding utf"));
        Assert.Empty(runner.Session.Complete("Export-Table -Connection (Get-Content x) us"));
        Assert.Equal("n\n1\n", File.ReadAllText(Assert.Single(runner.Run("(Export-Table '\"Odd View\"' odd.csv).Path").ThrowIfFailed().Output).ToString()!));
    }

    [Fact]
    public async Task Ctrl_C_leaves_no_file_and_no_session()
    {
        using var folder = new TemporaryFolder();
        using var runner = Shop(folder);
        using var running = runner.Session.Start("Export-Table -Query 'select generate_series(1, 100000000) as n, repeat(''x'', 500) as x' long.csv.gz");
        using var output = new PSDataCollection<PSObject>();
        var run = running.BeginInvoke<PSObject, PSObject>(null, output);
        await RunnerSession.WaitFor(() => File.Exists(Path.Combine(folder.Path, "long.csv.gz.partial")));

        await Task.Run(running.Stop, TestContext.Current.CancellationToken);

        await RunnerSession.WaitFor(() => runner.Count("query like 'copy (%'") == 0);
        Assert.True(run.IsCompleted);
        Assert.Empty(output);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    private RunnerSession Shop(TemporaryFolder folder)
    {
        var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        sandbox.Execute(runner.Database, Tables);
        return runner;
    }

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
