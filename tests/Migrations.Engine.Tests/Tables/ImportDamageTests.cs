using System.Text;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>An archive that is damaged inside is refused by name, and nothing of it is loaded.</summary>
public sealed class ImportDamageTests(Servers servers) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("import-").FullName;

    /// <summary>gzip, and zstd as exports write it, carry a checksum of the text; brotli does not: of it only what cannot be read at all is found.</summary>
    [Theory]
    [InlineData("gz", true)]
    [InlineData("zst", true)]
    [InlineData("br", false)]
    public void A_bit_that_is_flipped_anywhere_is_an_error_of_the_file_or_changes_nothing(string kind, bool isChecked)
    {
        var whole = Packed(Text(300), kind);
        var path = Path.Combine(_folder, "t.csv." + kind);
        var refused = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(path, damaged);
            string? read = null;
            switch (Record.Exception(() => read = Read(path)))
            {
                case EngineException failure:
                    refused++;
                    Assert.Equal(("ImportFileNotReadable", path), (failure.ErrorId, failure.Target));
                    break;
                case { } other:
                    Assert.Fail($"Byte {at} of {whole.Length}: {other}");
                    break;
                case null when isChecked:
                    Assert.Equal(Text(300), read);
                    break;
            }
        }

        Assert.InRange(refused, isChecked ? whole.Length * 9 / 10 : 1, whole.Length);
    }

    [Theory]
    [InlineData("zst", 1, false)]
    [InlineData("zst", 2, true)]
    [InlineData("br", 1, false)]
    [InlineData("br", 1, true)]
    public async Task Nothing_is_loaded_of_an_archive_that_is_damaged_or_cut_far_behind_its_beginning(string kind, int streams, bool quarantines)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, n int)");
        var whole = Packed("id,n\n" + Text(200_000), kind);
        byte[] damaged = [.. whole];
        damaged.AsSpan(whole.Length * 3 / 4, 64).Fill(0xFF);
        foreach (var bytes in (byte[][])[damaged, whole[..(whole.Length * 3 / 4)]])
        {
            var file = bench.File("t.csv." + kind, bytes);
            var failure = await Assert.ThrowsAnyAsync<EngineException>(() => bench.ImportAsync("t", file, request => request with { Streams = streams, Quarantines = quarantines, ChunkSize = 64 * 1024 }));
            Assert.Equal("ImportFileNotReadable", failure.ErrorId);
            Assert.Contains(file, failure.Message, StringComparison.Ordinal);
            Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
        }
    }

    private static string Text(int rows) => string.Concat(Enumerable.Range(1, rows).Select(id => $"{id},{id * 7919L % 1_000_003}\n"));

    private static string Read(string path)
    {
        using var text = ImportText.Open(path, null);
        var bytes = new byte[1_000_000];
        return Encoding.UTF8.GetString(bytes, 0, text.Fill(bytes, path));
    }

    private static byte[] Packed(string text, string kind)
    {
        using var packed = new MemoryStream();
        // As an export writes it.
        using (var stream = CompressedFile.Writer(packed, CompressedFile.Of("." + kind))) stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
