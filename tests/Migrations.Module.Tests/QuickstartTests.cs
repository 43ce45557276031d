using System.Text.RegularExpressions;

namespace Migrations.Module.Tests;

/// <summary>The first command of the README, as a stranger runs it.</summary>
public sealed class QuickstartTests
{
    [Fact]
    public async Task It_ends_well_shows_rows_and_leaves_no_server_folder_or_lock()
    {
        using var session = new ModuleSession();
        using var shell = ShellProcess.Start(Path.Combine(TestTree.Root, "examples", "quickstart.ps1"));
        var sandboxes = $"Get-DbSandbox | Where-Object OwnerProcessId -EQ {shell.Id}";
        var ending = shell.EndAsync();
        string[] documents = [Path.Combine(TestTree.Root, "examples", "music-ai", "database.html"), Path.Combine(TestTree.Root, "examples", "music-ai", "database.md")];
        var began = DateTime.UtcNow;
        string? name = null, folder = null;
        while (!ending.IsCompleted && folder is null)
        {
            if (session.Run(sandboxes).ThrowIfFailed().Output is [var sandbox]) (name, folder) = ((string)sandbox.Properties["Name"].Value, (string)sandbox.Properties["Folder"].Value);
        }

        var result = await ending;
        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\b011 +Up +Succeeded", result.Output);
        Assert.Matches(@"\b011 +Down +Succeeded", result.Output);
        Assert.Equal(11, Regex.Count(result.Output, @"(?m)^0\d\d +Applied "));
        Assert.All(["audit entries", "granted consent", "Analytics per month"], title => Assert.NotEmpty(RowsBelow(title, result.Output)));

        // The page tells of this run, with what it took back and applied again.
        Assert.All(documents, document => Assert.True(File.GetLastWriteTimeUtc(document) >= began.AddSeconds(-2), document));
        Assert.All(documents.Select(File.ReadAllText), document => Assert.Contains("11 applied", document, StringComparison.Ordinal));
        Assert.Equal(13, Regex.Count(File.ReadAllText(documents[1]), @"(?m)^\| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \| (Applied|Undone) \|"));

        Assert.NotNull(folder);
        Assert.Empty(session.Run(sandboxes).ThrowIfFailed().Output);
        // The folder and, beside it, its lock.
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!), entry => Path.GetFileName(entry).StartsWith(name!, StringComparison.Ordinal));
    }

    /// <summary>The lines of the table that follows a headline, without its header.</summary>
    private static List<string> RowsBelow(string title, string output) =>
        [.. output.Split('\n').SkipWhile(line => !line.Contains(title, StringComparison.Ordinal)).Skip(1)
            .SkipWhile(line => !line.StartsWith('-')).Skip(1).TakeWhile(line => line.Trim().Length > 0)];
}
