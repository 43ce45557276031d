using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Get-DbSchema and Compare-DbSchema, as a person types them.</summary>
public sealed class SchemaCommandTests(SharedSandbox sandbox)
{
    [Fact]
    public void A_schema_comes_as_objects_that_patterns_choose()
    {
        using var folder = Project();
        using var runner = Migrated(folder);

        Assert.Equal(["public.song", "public.tag"], runner.Column("Get-DbSchema -Kind table", "Identity"));
        Assert.Equal(["column"], runner.Column("Get-DbSchema PUBLIC.song.* -Kind c*n", "Kind"));
        Assert.Empty(runner.Column("Get-DbSchema migrations*", "Identity"));
        Assert.Empty(runner.Column("Get-DbSchema -ExcludeSchema public -Kind table", "Identity"));
        Assert.Equal("integer", Assert.Single(runner.Run("(Get-DbSchema public.song.id).Properties['type']").ThrowIfFailed().Output).ToString());
        runner.Run("Get-DbSchema public.song.id | Out-Host").ThrowIfFailed();
        Assert.Contains("type: integer", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.Contains("'foreign key'", Completions("Get-DbSchema -Kind for"));
    }

    [Fact]
    public void A_schema_goes_to_a_file_and_the_file_is_compared()
    {
        using var folder = Project();
        using var runner = Migrated(folder);

        var file = Assert.Single(runner.Run("Get-DbSchema -OutFile a.json").ThrowIfFailed().Output);
        Assert.Equal("a.json", Assert.IsType<FileInfo>(file.BaseObject).Name);
        Assert.Equal("SnapshotFileExists", Id(runner.Run("Get-DbSchema -OutFile a.json").OnlyError));
        var text = File.ReadAllText(Path.Combine(folder.Path, "a.json"));
        runner.Run("Get-DbSchema -OutFile a.json -Force").ThrowIfFailed();
        Assert.Equal(text, File.ReadAllText(Path.Combine(folder.Path, "a.json")));

        Assert.True(runner.Run("Compare-DbSchema -ReferencePath a.json -Quiet").Single<bool>());
        sandbox.Execute(runner.Database, "alter table song add column n integer; drop table tag");
        Assert.False(runner.Run("Compare-DbSchema -ReferencePath a.json -Quiet").Single<bool>());
        Assert.Equal(["Unexpected column public.song.n", "Missing column public.tag.id", "Missing table public.tag"],
            runner.Run("Compare-DbSchema -ReferencePath a.json | ForEach-Object { \"$($_.State) $($_.Kind) $($_.Identity)\" }").ThrowIfFailed().Output.Select(line => line.ToString()));
        runner.Run("Get-DbSchema -OutFile b.json").ThrowIfFailed();
        Assert.Equal(3, runner.Column("Compare-DbSchema -ReferencePath a.json -DifferencePath b.json", "Kind").Count);
        Assert.Equal("SnapshotHoldsSchema", Id(runner.Run("Compare-DbSchema -ReferencePath a.json -ExcludeSchema public").OnlyError));
        Assert.Equal("SnapshotFileNotReadable", Id(runner.Run("Compare-DbSchema -ReferencePath none.json").OnlyError));
    }

    [Fact]
    public void Two_databases_are_compared()
    {
        using var folder = Project();
        using var runner = Migrated(folder);
        runner.Session["other"] = sandbox.NewDatabase();

        Assert.Equal(["public.song", "public.tag"], runner.Column("Compare-DbSchema -ReferenceConnection $other | Where-Object Kind -EQ table", "Identity"));
        Assert.True(runner.Run("Compare-DbSchema -ReferenceConnection $connection -Quiet").Single<bool>());
    }

    [Fact]
    public void What_the_scripts_build_is_the_reference_unless_another_is_named()
    {
        using var folder = Project();
        using var runner = Migrated(folder);

        var same = runner.Run("Compare-DbSchema").ThrowIfFailed();
        Assert.Empty(same.Output);
        Assert.Equal("No difference.", Assert.Single(same.Streams.Information).ToString());
        sandbox.Execute(runner.Database, "drop table tag; alter table song alter column id type bigint");

        Assert.False(runner.Run("Compare-DbSchema -Quiet").Single<bool>());
        var drifts = runner.Run("Compare-DbSchema").ThrowIfFailed().Output;
        Assert.Equal(["column public.song.id 1", "column public.tag.id 2", "table public.tag 2"],
            drifts.Select(drift => $"{drift.Properties["Kind"].Value} {drift.Properties["Identity"].Value} {drift.Properties["Since"].Value}"));
        runner.Run("Compare-DbSchema | Out-Host").ThrowIfFailed();
        Assert.Contains("type: integer -> bigint", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.Contains("2_tag made it, and it is gone.", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.Equal("UnknownVersion", Id(runner.Run("Compare-DbSchema -Version 9").OnlyError));
    }

    [Fact]
    public void The_scripts_may_be_built_on_another_server()
    {
        using var folder = Project();
        using var runner = Migrated(folder);
        Assert.Equal("SandboxIsTarget", Id(runner.Run("Compare-DbSchema -SandboxConnection $connection").OnlyError));

        runner.Run("$other = Start-DbSandbox").ThrowIfFailed();
        try
        {
            Assert.True(runner.Run("Compare-DbSchema -SandboxConnection $other -Quiet").Single<bool>());
            sandbox.Execute(runner.Database, "drop table tag");
            Assert.Equal(["table public.tag 2"], runner.Run("Compare-DbSchema -SandboxConnection $other | Where-Object Kind -EQ table | ForEach-Object { \"$($_.Kind) $($_.Identity) $($_.Since)\" }")
                .ThrowIfFailed().Output.Select(line => line.ToString()));
            sandbox.Execute(runner.Database, $"create table tag (id int); alter table tag owner to {sandbox.User}; drop schema migrations cascade");
            Assert.Equal("BaselineNotVerified", Id(runner.Run("Set-MigrationBaseline -Version 2 -SandboxConnection $connection -Confirm:$false").OnlyError));
            Assert.Equal(2, runner.Run("Set-MigrationBaseline -Version 2 -SandboxConnection $other -Confirm:$false").ThrowIfFailed().Output.Count);
        }
        finally
        {
            runner.Run("Stop-DbSandbox $other.Name -Confirm:$false").ThrowIfFailed();
        }
    }

    private static TemporaryFolder Project()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "versions"));
        folder.Write("versions/1_song.sql", "create table song (id int);");
        folder.Write("versions/2_tag.sql", "create table tag (id int);");
        return folder;
    }

    private RunnerSession Migrated(TemporaryFolder folder)
    {
        var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        runner.Run("$null = Invoke-Migration").ThrowIfFailed();
        return runner;
    }

    private static IEnumerable<string> Completions(string typed)
    {
        using var session = new ModuleSession();
        return [.. session.Run($"(TabExpansion2 '{typed}').CompletionMatches.CompletionText").ThrowIfFailed().Output.Select(text => text.ToString())];
    }

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
