using System.IO.Compression;
using System.Text;
using Migrations.Engine.Tables;
using Xunit;
using ZstdSharp;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The same rows in every encoding and every archive; and what is damaged is refused as a whole.</summary>
public sealed class ImportFormatTests(Servers servers)
{
    public static TheoryData<string, string?, bool> Encodings { get; } = new()
    {
        { "utf-8", null, false }, { "utf-8", null, true }, { "utf-16", null, true }, { "utf-16", null, false }, { "utf-16BE", null, true }, { "utf-16BE", null, false },
        { "utf-32", null, true }, { "utf-16", "unicode", true }, { "windows-1252", "WIN1252", false }, { "iso-8859-1", "latin1", false },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task The_same_text_is_the_same_rows_in_every_encoding(string encoding, string? named, bool marks)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, \"Größe\" text)");
        var text = "id,Größe\n" + string.Concat(Enumerable.Range(1, 400).Select(id => $"{id},\"Füße, \"\"é\"\"\nñ\"\n")) + "x,schlecht ü\n";
        await SameAsync(bench, Encoded(text, encoding, marks), named, "Füße, \"é\"\nñ", "Größe", 400);
    }

    [Theory]
    [InlineData("shift_jis", "SJIS", "表示ソ能, テスト")]
    [InlineData("gb18030", "GB18030", "中文|字符𠀀, 乗")]
    [InlineData("big5", "BIG5", "許功蓋")]
    [InlineData("euc-jp", "EUC_JP", "日本, 語")]
    public async Task Text_whose_bytes_look_like_signs_is_whole(string encoding, string named, string value)
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, "create table t (id int, \"名\" text)");
        var text = "id,名\r\n" + string.Concat(Enumerable.Range(1, 400).Select(id => $"{id},\"{value}\"\r\n")) + "x,bad\r\n";
        await SameAsync(bench, Encoded(text, encoding, false), named, value, "名", 400);
    }

    [Theory]
    [InlineData("utf-16", 1)]
    [InlineData("utf-16BE", 1)]
    [InlineData("utf-16", 2)]
    public async Task Half_a_character_is_an_error_and_never_another_character(string encoding, int cut)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (note text)");
        // Cut by one byte half a unit is left; by two, half of a pair.
        var bytes = Encoded("note\n" + new string('a', 3000) + "🎸", encoding, true);

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", bench.File("t.csv", bytes[..^cut])));

        Assert.Equal("ImportFileNotReadable", failure.ErrorId);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task A_file_in_an_unknown_encoding_is_not_guessed_at()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (note text)");
        var file = bench.File("t.csv", Encoding.Latin1.GetBytes("note\nFüße\n"));
        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file));
        Assert.Equal("CsvEncodingUnknown", failure.ErrorId);
    }

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    [InlineData("br")]
    public async Task Archives_of_several_members_are_one_text(string kind)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int)");
        var text = "id\n" + string.Concat(Enumerable.Range(1, 50_000).Select(id => $"{id}\n"));
        byte[] packed = kind == "br" ? Packed(text, kind) : [.. Packed(text[..1001], kind), .. Packed(text[1001..100_000], kind), .. Packed(text[100_000..], kind)];

        Assert.Equal(50_000, (await bench.ImportAsync("t", bench.File("t.csv." + kind, packed))).Loaded);
        Assert.Equal("50000 1250025000", await bench.ScalarAsync<string>("select count(*) || ' ' || sum(id) from t"));
    }

    /// <summary>The framework's own gzip stream would take each of these for a shorter file.</summary>
    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    [InlineData("br")]
    public void An_archive_that_was_cut_off_anywhere_is_refused(string kind)
    {
        var text = string.Concat(Enumerable.Range(1, 300).Select(id => $"{id},{id * 7919L % 1009}\n"));
        var one = Packed(text, kind);
        byte[] whole = kind == "br" ? one : [.. one, .. one];
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "t.csv." + kind);
        for (var length = 0; length <= whole.Length; length++)
        {
            // At the end of a member the file is a whole one.
            if (kind != "br" && length == one.Length || length == whole.Length) continue;
            File.WriteAllBytes(path, whole[..length]);
            var failure = Record.Exception(() => Read(path)) as EngineException;
            Assert.True(failure?.ErrorId == "ImportFileNotReadable", $"{length} of {whole.Length} bytes were read as a whole file.");
        }

        File.WriteAllBytes(path, whole);
        Assert.Equal(kind == "br" ? text : text + text, Read(path));
        whole[whole.Length / 3] ^= 0x10;
        File.WriteAllBytes(path, whole);
        if (kind == "gz") Assert.Throws<EngineException>(() => Read(path));
    }

    private static string Read(string path)
    {
        using var text = ImportText.Open(path, null);
        var bytes = new byte[100_000];
        return Encoding.UTF8.GetString(bytes, 0, text.Fill(bytes, path));
    }

    private static async Task SameAsync(ImportBench bench, byte[] bytes, string? named, string value, string column, int rows)
    {
        foreach (var chunk in (int[])[256, 1024 * 1024])
        {
            await bench.ExecuteAsync("truncate t");
            var (result, lines) = await bench.RejectedAsync("t", bench.File("t.csv", bytes), request => request with { ChunkSize = chunk, Csv = new CsvChoices(Encoding: named, Delimiter: ',') });
            Assert.Equal((rows, 1), (result.Loaded, Assert.Single(lines).Line > rows ? 1 : 0));
            Assert.Equal(rows, await bench.ScalarAsync<long>($"select count(*) from t where \"{column}\" = $v${value}$v$"));
            // Corrected, in its own encoding, it can be imported again.
            var rejected = Assert.Single(result.Files).RejectedPath!;
            var aside = await File.ReadAllBytesAsync(rejected, ImportBench.Token);
            aside[aside.AsSpan().LastIndexOf((byte)'x')] = (byte)'7';
            await File.WriteAllBytesAsync(rejected, aside, ImportBench.Token);
            Assert.Equal(1, (await bench.ImportAsync("t", rejected, request => request with { Csv = new CsvChoices(Encoding: named, Delimiter: ',') })).Loaded);
        }
    }

    private static byte[] Encoded(string text, string name, bool marks)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        return [.. marks ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)];
    }

    private static byte[] Packed(string text, string kind)
    {
        using var packed = new MemoryStream();
        using (Stream stream = kind switch { "gz" => new GZipStream(packed, CompressionLevel.Fastest, true), "zst" => new CompressionStream(packed, 1, leaveOpen: true), _ => new BrotliStream(packed, CompressionLevel.Fastest, true) })
            stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("import-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
