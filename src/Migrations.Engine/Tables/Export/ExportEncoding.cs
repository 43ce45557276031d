using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>The encoding of a file, by the server's names, which it takes in any spelling: latin1, windows-1252, utf-8.</summary>
internal static class ExportEncoding
{
    private const string WithMark = "UTF8BOM";

    private static readonly byte[] s_mark = [0xEF, 0xBB, 0xBF];

    public static byte[] Mark(string encoding) => HasMark(encoding) ? s_mark : [];

    public static string ServerName(string encoding) => HasMark(encoding) ? "UTF8" : encoding;

    /// <exception cref="EngineException">ExportEncodingUnknown.</exception>
    public static async Task CheckAsync(Session session, string encoding, CsvDialect dialect, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        var look = new NpgsqlBatchCommand("select pg_catalog.pg_encoding_to_char(pg_catalog.pg_char_to_encoding($1))::text");
        look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ServerName(encoding) });
        batch.BatchCommands.Add(look);
        var name = await ServerCall.RunAsync(() => batch.ExecuteScalarAsync(cancellationToken), session.Secrets) as string;
        if (string.IsNullOrEmpty(name))
        {
            throw new EngineException("ExportEncodingUnknown", FailureKind.InvalidInput, $"The server knows no encoding {encoding}. Nothing was written.",
                "UTF8, UTF8BOM, LATIN1, WIN1252, SJIS, GB18030 and their like; UTF-16 is none of the server's.", encoding);
        }

        // The second byte of a character may be one of these signs: only what lies below 0x30 never is.
        if (name is "SJIS" or "BIG5" or "GBK" or "UHC" or "GB18030" or "JOHAB" or "SHIFT_JIS_2004" && (dialect.Quote >= '0' || dialect.Delimiter >= '0'))
            throw ExportDialect.Invalid($"In {name} the sign {(dialect.Quote >= '0' ? dialect.Quote : dialect.Delimiter)} is also a part of characters.");
    }

    private static bool HasMark(string encoding) => string.Equals(encoding.Replace("-", "", StringComparison.Ordinal), WithMark, StringComparison.OrdinalIgnoreCase);
}
