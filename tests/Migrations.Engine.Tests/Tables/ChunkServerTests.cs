using System.Text;
using CsCheck;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The pieces of a file, each by a COPY of its own, are the rows that the server itself reads from the whole.</summary>
public sealed class ChunkServerTests(Servers servers) : IDisposable
{
    private const string From = "from stdin (format csv)";

    /// <summary>Signs that mean something, most of them; the server takes quotes also in the midst of a value.</summary>
    private static readonly Gen<string> s_quoted = Gen.OneOf(Gen.Const("\"\""), Gen.Const("\n"), Gen.Const("\r\n"), Gen.Const(","), Gen.Const("\\."), Gen.Const("x"), Gen.Const("é🎸")).Array[0, 12].Select(string.Concat);
    private static readonly Gen<string> s_bare = Gen.OneOf(Gen.Const("x"), Gen.Const(" "), Gen.Const("\\"), Gen.Const("words of some length"), Gen.Const("ü")).Array[0, 4].Select(string.Concat);
    private static readonly Gen<string> s_value = Gen.Select(s_bare, s_quoted, Gen.Int[0, 3]).Select((bare, quoted, kind) => kind switch { 0 => bare, 1 => $"{bare}\"{quoted}\"{bare}", _ => $"\"{quoted}\"" });
    private static readonly Gen<string> s_text = Gen.Select(Gen.Select(s_value, s_value).Array[1, 40], Gen.OneOf("\n", "\r\n", "\r"), Gen.Bool).Select((rows, end, endsWhole) =>
        string.Join(end, rows.Select(row => $"{row.Item1},{row.Item2}")) + (endsWhole ? end : ""));

    private readonly string _folder = Directory.CreateTempSubdirectory("import-").FullName;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Any_text_in_any_pieces_is_the_same_rows(int major)
    {
        using var connection = new NpgsqlConnection(await servers.DatabaseAsync(major));
        connection.Open();
        Execute(connection, "create temp table whole (n serial, a text, b text); create temp table pieces (like whole including all)");
        var cuts = 0;
        Gen.Select(s_text, Gen.Int[1, 300], Gen.Bool).Sample((text, size, resyncs) =>
        {
            Execute(connection, "truncate whole, pieces restart identity");
            Copy(connection, "whole", Encoding.UTF8.GetBytes(text));
            var chunks = Chunks(text, size, resyncs);
            foreach (var chunk in chunks) Copy(connection, "pieces", chunk);
            cuts += chunks.Count - 1;
            const string rows = "select coalesce(string_agg(row(a, b)::text, '|' order by n), '') from ";
            Assert.Equal(Scalar<string>(connection, rows + "whole"), Scalar<string>(connection, rows + "pieces"));
        }, iter: 250, threads: 1);
        Assert.True(cuts > 250, $"{cuts} cuts are too few to show anything.");
    }

    private List<byte[]> Chunks(string content, int size, bool resyncs)
    {
        var path = Path.Combine(_folder, "t.csv");
        File.WriteAllText(path, content);
        var file = FileHead.Read(path, new CsvChoices(Delimiter: ',', Encoding: "utf8", HasHeader: false));
        using var text = ImportText.Open(path, file.Encoding);
        using var place = new TextPlace(text, file, hashes: false);
        return [.. new ChunkReader(place, new ChunkPool(size), resyncs).Read(new ByteRange(file.Start, long.MaxValue)).Select(chunk => chunk.Bytes.ToArray())];
    }

    private static void Copy(NpgsqlConnection connection, string table, byte[] bytes)
    {
        using var copy = connection.BeginTextImport($"copy {table} (a, b) {From}");
        copy.BaseStream.Write(bytes);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static T Scalar<T>(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
