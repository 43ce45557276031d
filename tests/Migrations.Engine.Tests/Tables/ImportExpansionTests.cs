using System.IO.Compression;
using System.Text;
using Migrations.Engine.Tables;
using Xunit;
using ZstdSharp;

namespace Migrations.Engine.Tests.Tables;

/// <summary>A small archive that would fill the server's disk is given up before it does; what is merely well compressed is loaded.</summary>
public sealed class ImportExpansionTests(Servers servers)
{
    private const int Rows = 400_000;

    [Theory]
    [InlineData("zst", 1, false)]
    [InlineData("zst", 2, false)]
    [InlineData("br", 1, true)]
    public async Task A_file_of_too_much_text_is_given_up_and_nothing_is_loaded(string kind, int streams, bool quarantines)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int)");
        var file = bench.File("t.csv." + kind, Packed(kind));
        var size = new FileInfo(file).Length;
        var times = (int)(Text.Length / size) - 1;
        Assert.True(times > 1100, $"{size} bytes are not packed well enough for this test.");

        ImportRequest With(ImportRequest request, int most, long free) =>
            request with { Streams = streams, Quarantines = quarantines, ChunkSize = 64 * 1024, Csv = new CsvChoices { MaxExpansion = most, FreeText = free } };
        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file, request => With(request, times, 1000)));

        Assert.Equal(("ImportExpansionRefused", FailureKind.Refused, file), (failure.ErrorId, failure.Kind, failure.Target));
        Assert.Contains("-MaxExpansion", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.Equal(Rows, (await bench.ImportAsync("t", file, request => With(request, times + 2, 1000))).Loaded);
        Assert.Equal(Rows, (await bench.ImportAsync("t", file, request => With(request, 1, Text.Length))).Loaded);
    }

    [Fact]
    public async Task No_gzip_reaches_the_usual_limit_and_a_plain_file_has_none()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int)");
        var always = new CsvChoices { FreeText = 0 };

        Assert.Equal(Rows, (await bench.ImportAsync("t", bench.File("t.csv.gz", Packed("gz")), request => request with { Csv = always })).Loaded);
        Assert.Equal(Rows, (await bench.ImportAsync("t", bench.File("t.csv", Text), request => request with { Csv = always with { MaxExpansion = 1 } })).Loaded);
        // The largest numbers are no overflow.
        Assert.Equal(Rows, (await bench.ImportAsync("t", bench.PathOf("t.csv.gz"), request => request with { Csv = always with { MaxExpansion = int.MaxValue } })).Loaded);
    }

    private static string Text { get; } = "id\n" + string.Concat(Enumerable.Repeat("1\n", Rows));

    private static byte[] Packed(string kind)
    {
        using var packed = new MemoryStream();
        using (Stream stream = kind switch { "gz" => new GZipStream(packed, CompressionLevel.SmallestSize, true), "zst" => new CompressionStream(packed, 19, leaveOpen: true), _ => new BrotliStream(packed, CompressionLevel.Optimal, true) })
            stream.Write(Encoding.UTF8.GetBytes(Text));
        return packed.ToArray();
    }
}
