using System.Text;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>A file is cut into whole records, whatever stands in it, and no byte of it is lost.</summary>
public sealed class ChunkReaderTests : IDisposable
{
    private const int Size = 16 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("import-").FullName;

    [Theory]
    [InlineData(new[] { 2 }, true)]
    [InlineData(new[] { 2 }, false)]
    [InlineData(new[] { 500 }, true)]
    [InlineData(new[] { 2, 3, 900 }, true)]
    [InlineData(new[] { 60_000 }, false)]
    public void Behind_a_quote_that_is_never_closed_the_pieces_are_small_again(int[] strays, bool endsWhole)
    {
        var text = new StringBuilder("id,note\n");
        for (var line = 2; line <= 60_000; line++) text.Append(line).Append(strays.Contains(line) ? ",\"never closed\n" : ",some words and a \\\n");
        var (file, bytes) = File(endsWhole ? text.ToString() : text.ToString()[..^1]);

        var chunks = Chunks(file, new ByteRange(file.Start, long.MaxValue));

        Assert.True(bytes.AsSpan((int)file.Start).SequenceEqual(Joined(chunks)));
        var cut = chunks.FindIndex(chunk => chunk.FirstLine == strays[^1] || chunk.Records == 1 && chunk.Bytes.Span.Count((byte)'"') == 1);
        Assert.True(cut >= 0);
        Assert.All(chunks.Skip(cut), chunk => Assert.Equal(Size, chunk.Buffer.Length));
        Assert.Equal(chunks.Skip(cut).Sum(chunk => chunk.Records), bytes.AsSpan((int)chunks[cut].Offset).Count((byte)'\n') + (endsWhole ? 0 : 1));
        foreach (var (chunk, next) in chunks.Zip(chunks.Skip(1)))
        {
            Assert.Equal((chunk.End, chunk.FirstLine + chunk.Bytes.Span.Count((byte)'\n')), (next.Offset, next.FirstLine));
            Assert.Equal((byte)'\n', chunk.Bytes.Span[^1]);
        }
    }

    [Fact]
    public void A_line_is_cut_off_at_the_longest_record_and_what_follows_is_neither_lost_nor_held_at_once()
    {
        var text = new StringBuilder("id,note\n1,\"never closed\n");
        var words = new string('w', 200);
        for (var line = 3; text.Length < ChunkReader.LongestRecord + 5_000_000; line++) text.Append(line).Append(',').Append(words).Append('\n');
        text.Append("9,\"also never closed\n10,\"closed\"\n");
        var (file, bytes) = File(text.ToString());

        var chunks = Chunks(file, new ByteRange(file.Start, long.MaxValue));

        Assert.True(bytes.AsSpan((int)file.Start).SequenceEqual(Joined(chunks)));
        Assert.Equal("1,\"never closed\n", Encoding.UTF8.GetString(chunks[0].Bytes.Span));
        Assert.InRange(chunks.Max(chunk => chunk.Buffer.Length), Size, 4 * Size);
    }

    [Fact]
    public void A_range_ends_where_it_should_also_behind_a_line_that_was_cut_off()
    {
        var text = new StringBuilder("id,note\n1,\"never closed\n");
        for (var line = 3; line <= 20_000; line++) text.Append(line).Append(",some words\n");
        var (file, bytes) = File(text.ToString());
        var to = bytes.AsSpan(0, bytes.Length / 2).LastIndexOf((byte)'\n') + 1;

        var chunks = Chunks(file, new ByteRange(file.Start, to));

        Assert.True(bytes.AsSpan((int)file.Start, to - (int)file.Start).SequenceEqual(Joined(chunks)));
        Assert.Equal(to, chunks[^1].End);
    }

    private (ImportFile File, byte[] Bytes) File(string text)
    {
        var path = Path.Combine(_folder, "t.csv");
        var bytes = Encoding.UTF8.GetBytes(text);
        System.IO.File.WriteAllBytes(path, bytes);
        return (FileHead.Read(path, new CsvChoices(Delimiter: ',')), bytes);
    }

    private static List<Chunk> Chunks(ImportFile file, ByteRange range)
    {
        using var text = ImportText.Open(file.Path, file.Encoding);
        using var place = new TextPlace(text, file, hashes: false);
        return [.. new ChunkReader(place, new ChunkPool(Size), resyncs: true).Read(range)];
    }

    private static byte[] Joined(List<Chunk> chunks)
    {
        using var joined = new MemoryStream();
        foreach (var chunk in chunks) joined.Write(chunk.Bytes.Span);
        return joined.ToArray();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
