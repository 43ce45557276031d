using System.Text;
using Migrations.Engine.Catalog;
using Xunit;

namespace Migrations.Engine.Tests.Catalog;

public sealed class CatalogFileTests(RichSchema rich) : IClassFixture<RichSchema>
{
    [Fact]
    public async Task What_was_written_is_read_as_it_was_and_written_alike_again()
    {
        var snapshot = await RichSchema.SnapshotAsync(await rich.DatabaseAsync(18));
        using var folder = new TempFolder();
        var file = new CatalogFile("rich", "18.4", ["zoo", "migrations"], snapshot);

        CatalogFileWriter.Write(file, folder.FileOf("a.json"), overwrite: false);
        var read = CatalogFileReader.Read(folder.FileOf("a.json"));
        CatalogFileWriter.Write(read, folder.FileOf("b.json"), overwrite: false);

        Assert.Equal(snapshot.Fingerprint, read.Snapshot.Fingerprint);
        Assert.Equal(("rich", "18.4"), (read.Database, read.ServerVersion));
        Assert.Equal(["migrations", "zoo"], read.ExcludedSchemas);
        Assert.Equal("1", read.Snapshot.Find("column", "shop.customers.id")!.Apart["position"]);
        Assert.Equal(File.ReadAllText(folder.FileOf("a.json")), File.ReadAllText(folder.FileOf("b.json")));
    }

    [Fact]
    public void The_form_stays_as_it_is()
    {
        var snapshot = new CatalogSnapshot([new CatalogObject("sequence", "public.\"ü<\"", new Dictionary<string, string> { ["type"] = "bigint", ["comment"] = "a\n'b'" }, new Dictionary<string, string> { ["last value"] = "7" })]);
        using var stream = new MemoryStream();

        CatalogFileWriter.Write(new CatalogFile("d", "18.4", [], snapshot), stream);

        Assert.Equal(
            $$"""
            {
              "format": "migrations-schema",
              "formatVersion": 1,
              "database": "d",
              "serverVersion": "18.4",
              "excludedSchemas": [],
              "fingerprint": "{{snapshot.Fingerprint}}",
              "objects": [
                {
                  "kind": "sequence",
                  "identity": "public.\"ü<\"",
                  "properties": {
                    "comment": "a\n'b'",
                    "type": "bigint"
                  }
                }
              ]
            }

            """.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Theory]
    [InlineData("{\"format\": \"migrations-schema\", \"formatVersion\": 2}", "SnapshotFileTooNew")]
    [InlineData("{\"format\": \"other\"}", "SnapshotFileInvalid")]
    [InlineData("[]", "SnapshotFileInvalid")]
    [InlineData("no json", "SnapshotFileInvalid")]
    [InlineData("{\"format\": \"migrations-schema\", \"formatVersion\": 1, \"objects\": []}", "SnapshotFileInvalid")]
    [InlineData("{\"format\": \"migrations-schema\", \"formatVersion\": 1, \"database\": \"d\", \"serverVersion\": \"18\", \"excludedSchemas\": [], \"fingerprint\": \"00\", \"objects\": []}", "SnapshotFileInvalid")]
    [InlineData("{\"format\": \"migrations-schema\", \"formatVersion\": 1, \"objects\": [{\"kind\": \"a\", \"identity\": \"b\", \"properties\": {\"x\": 1}}]}", "SnapshotFileInvalid")]
    public void What_is_no_snapshot_is_refused(string text, string errorId)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.FileOf("x.json"), text);

        Assert.Equal(errorId, Assert.Throws<EngineException>(() => CatalogFileReader.Read(folder.FileOf("x.json"))).ErrorId);
    }

    [Fact]
    public void A_file_that_is_there_stays_and_one_that_is_not_is_named()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.FileOf("x.json"), "mine");
        var file = new CatalogFile("d", "18.4", [], new CatalogSnapshot([]));

        Assert.Equal("SnapshotFileExists", Assert.Throws<EngineException>(() => CatalogFileWriter.Write(file, folder.FileOf("x.json"), overwrite: false)).ErrorId);
        Assert.Equal("mine", File.ReadAllText(folder.FileOf("x.json")));
        CatalogFileWriter.Write(file, folder.FileOf("x.json"), overwrite: true);
        Assert.Empty(CatalogFileReader.Read(folder.FileOf("x.json")).Snapshot.Objects);
        Assert.Equal("SnapshotFileNotReadable", Assert.Throws<EngineException>(() => CatalogFileReader.Read(folder.FileOf("none.json"))).ErrorId);
        Assert.Equal("SnapshotFileNotWritable", Assert.Throws<EngineException>(() => CatalogFileWriter.Write(file, folder.FileOf("none/x.json"), overwrite: false)).ErrorId);
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    private sealed class TempFolder : IDisposable
    {
        public string Root { get; } = Directory.CreateTempSubdirectory("migrations-test-").FullName;

        public string FileOf(string name) => Path.Combine(Root, name);

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
