using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Export-MigrationDocument, as a person types it.</summary>
public sealed class DocumentCommandTests(SharedSandbox sandbox)
{
    [Fact]
    public void A_page_and_a_Markdown_file_are_written_and_written_again_the_same()
    {
        using var folder = Project();
        using var runner = Migrated(folder);

        var written = runner.Run("Export-MigrationDocument -OutFile a.html, a.md").ThrowIfFailed().Output;
        Assert.Equal(["Html", "Markdown"], written.Select(file => file.Properties["Format"].Value));
        Assert.Equal(2, written[0].Properties["Tables"].Value);
        var page = File.ReadAllText(Path.Combine(folder.Path, "a.html"));
        Assert.Contains("Songs have a title.", page, StringComparison.Ordinal);
        Assert.Contains("2 applied, 1 pending", page, StringComparison.Ordinal);
        Assert.Contains("ask@example", page, StringComparison.Ordinal);

        runner.Run("Export-MigrationDocument -OutFile a.html -Force").ThrowIfFailed();
        Assert.Equal(page, File.ReadAllText(Path.Combine(folder.Path, "a.html")));
        runner.Run("Export-MigrationDocument -OutFile b.md -Title 'A name' -ExcludeSchema public | Out-Host").ThrowIfFailed();
        Assert.StartsWith("# A name\n", File.ReadAllText(Path.Combine(folder.Path, "b.md")), StringComparison.Ordinal);
        Assert.DoesNotContain("public.song", File.ReadAllText(Path.Combine(folder.Path, "b.md")), StringComparison.Ordinal);
        Assert.Contains("Markdown", runner.Session.Host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_names_the_files_and_writes_none()
    {
        using var folder = Project();
        using var runner = Migrated(folder);

        var plan = Assert.Single(runner.Run("Export-MigrationDocument -OutFile a.html -WhatIf").ThrowIfFailed().Output);

        Assert.Equal("Html", plan.Properties["Format"].Value);
        Assert.False((bool)plan.Properties["Replaces"].Value);
        Assert.StartsWith(runner.Database, (string)plan.Properties["Of"].Value, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "a.html")));
    }

    [Fact]
    public void A_file_that_is_there_another_ending_and_a_folder_that_is_not_are_refused()
    {
        using var folder = Project();
        using var runner = Migrated(folder);
        folder.Write("mine.md", "mine");

        Assert.Equal("DocumentFileExists", Id(runner.Run("Export-MigrationDocument -OutFile b.html, mine.md").OnlyError));
        Assert.Equal("DocumentFormatUnknown", Id(runner.Run("Export-MigrationDocument -OutFile b.pdf").OnlyError));
        Assert.Equal("DocumentFileNotWritable", Id(runner.Run("Export-MigrationDocument -OutFile none/b.html").OnlyError));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder.Path, "mine.md")));
        Assert.False(File.Exists(Path.Combine(folder.Path, "b.html")));
    }

    [Fact]
    public void Offline_describes_what_the_scripts_build_and_asks_no_database()
    {
        using var folder = Project();
        using var session = new ModuleSession();
        session.Location = folder.Path;

        var written = Assert.Single(session.Run("Export-MigrationDocument -Offline -OutFile a.md").ThrowIfFailed().Output);

        Assert.Equal("Scripts", written.Properties["Source"].Value.ToString());
        var text = File.ReadAllText(Path.Combine(folder.Path, "a.md"));
        Assert.Contains("No database was asked", text, StringComparison.Ordinal);
        // Also what has not run anywhere.
        Assert.Contains("public.later", text, StringComparison.Ordinal);
        Assert.DoesNotContain("## Change log", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_major_of_the_sandbox_completes()
    {
        using var session = new ModuleSession();
        Assert.Equal(["18", "17", "16", "15"], session.Run("(TabExpansion2 'Export-MigrationDocument -Offline -Major ').CompletionMatches.CompletionText").ThrowIfFailed().Output.Select(text => text.ToString()));
    }

    private static TemporaryFolder Project()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "versions"));
        folder.Write("migrations.json", """{ "contact": "ask@example" }""");
        folder.Write("versions/1_song.sql", "create table song (id int primary key, title text);\ncomment on column song.title is 'Songs have a title.';\n");
        folder.Write("versions/2_tag.sql", "create table tag (id int, song_id int references song);\n");
        folder.Write("versions/3_later.sql", "create table later (id int);\n");
        return folder;
    }

    private RunnerSession Migrated(TemporaryFolder folder)
    {
        var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        runner.Run("$null = Invoke-Migration -Target 2").ThrowIfFailed();
        return runner;
    }

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
