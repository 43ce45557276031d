using Migrations.Engine.Governance;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>A file bears its name only when it is whole, and none is overwritten unasked.</summary>
public sealed class DocumentFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("migrations-test-").FullName;

    private static MigrationDocument Document { get; } = new() { Title = "t", Source = DocumentSource.Scripts, ServerMajor = 18, Fingerprint = "f", IsStatusKnown = false };

    [Fact]
    public async Task The_ending_says_the_form_and_several_are_written_at_once()
    {
        string[] paths = [File("a.html"), File("b.MD")];

        var written = await DocumentFile.WriteAsync(Document, paths, overwrite: false, TestContext.Current.CancellationToken);

        Assert.Equal(["Html", "Markdown"], written.Select(file => file.Format));
        Assert.StartsWith("<!DOCTYPE html>", await System.IO.File.ReadAllTextAsync(paths[0], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.StartsWith("# t\n", await System.IO.File.ReadAllTextAsync(paths[1], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(written.Select(file => file.Bytes), paths.Select(path => new FileInfo(path).Length));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task Another_ending_is_refused_before_anything_is_read()
    {
        Assert.Equal("DocumentFormatUnknown", Assert.Throws<EngineException>(() => DocumentFile.Plan([File("a.html"), File("a.pdf")], "x", true)).ErrorId);
        Assert.Equal("DocumentFormatUnknown", (await Assert.ThrowsAsync<EngineException>(() => DocumentFile.WriteAsync(Document, [File("a.html"), File("a")], true, TestContext.Current.CancellationToken))).ErrorId);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_file_that_is_there_stays_unless_it_is_to_be_replaced()
    {
        await System.IO.File.WriteAllTextAsync(File("b.md"), "mine", TestContext.Current.CancellationToken);

        Assert.Equal("DocumentFileExists", Assert.Throws<EngineException>(() => DocumentFile.Plan([File("a.md"), File("b.md")], "x", false)).ErrorId);
        Assert.Equal("DocumentFileExists", (await Assert.ThrowsAsync<EngineException>(() => DocumentFile.WriteAsync(Document, [File("a.md"), File("b.md")], false, TestContext.Current.CancellationToken))).ErrorId);
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File("b.md"), TestContext.Current.CancellationToken));
        Assert.Equal([File("b.md")], Directory.GetFiles(_folder));

        Assert.True(Assert.Single(DocumentFile.Plan([File("b.md")], "x", true)).Replaces);
        await DocumentFile.WriteAsync(Document, [File("b.md")], true, TestContext.Current.CancellationToken);
        Assert.StartsWith("# t\n", await System.IO.File.ReadAllTextAsync(File("b.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_and_a_folder_of_that_name_are_told_before()
    {
        Directory.CreateDirectory(File("c.md"));
        Assert.Equal("DocumentFileNotWritable", Assert.Throws<EngineException>(() => DocumentFile.Plan([File("c.md")], "x", true)).ErrorId);
        Assert.Equal("DocumentFileNotWritable", Assert.Throws<EngineException>(() => DocumentFile.Plan([Path.Combine(_folder, "none", "a.md")], "x", true)).ErrorId);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string name) => Path.Combine(_folder, name);
}
