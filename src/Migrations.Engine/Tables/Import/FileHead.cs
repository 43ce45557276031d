using System.Text;
using CsvHelper;

namespace Migrations.Engine.Tables;

/// <summary>Reads the first part of a file and finds out how it is written: encoding, line end, delimiter, header.</summary>
internal static class FileHead
{
    /// <summary>A header is never longer, and this much of a text shows its delimiter.</summary>
    private const int Size = 256 * 1024;

    /// <exception cref="EngineException">ImportFileNotReadable, CsvEncodingUnknown, CsvHeaderNotReadable, CsvDialectInvalid.</exception>
    public static ImportFile Read(string path, CsvChoices choices)
    {
        var raw = Head(path, null);
        var encoding = choices.Encoding is { } named
            ? TextEncoding.Named(named, raw)
            : TextEncoding.Detect(raw, raw.Length < Size) ?? throw new EngineException("CsvEncodingUnknown", FailureKind.InvalidInput,
                $"{path} is not UTF-8, and which encoding it has cannot be known.", "Say it: -Encoding WIN1252 (Western Europe), LATIN1, SJIS, GB18030, or another name.", path);
        var head = encoding.Transcoded is not null || encoding.Mark.Length > 0 ? Head(path, encoding) : raw;
        var (hinted, skipped) = SeparatorHint(head);
        var text = head.AsMemory(skipped);
        var quote = choices.Quote ?? '"';
        var dialect = new CsvDialect
        {
            Quote = quote, Escape = choices.Escape ?? quote, NullText = choices.NullText ?? "",
            LineEnd = LineEndOf(text.Span, (byte)quote, (byte)(choices.Escape ?? quote)), Delimiter = choices.Delimiter ?? hinted ?? Detected(text, quote),
        };
        CheckSigns(dialect, encoding, path);
        var scanner = new RecordScanner(dialect);
        var end = EndOfRecord(ref scanner, text.Span);
        if (end < 0 && head.Length == Size)
            throw NotReadable(path, $"its first record is longer than {Size / 1024} KB, or a quote in it is never closed");
        var first = text[..(end < 0 ? text.Length : end)];
        var fields = Fields(path, first, dialect, encoding);
        var lines = skipped > 0 ? 2 : 1;
        // By position the values would go into other columns than the header behind it says.
        if (choices.HasHeader && first.Length > 0 && fields.TrueForAll(string.IsNullOrWhiteSpace))
        {
            throw new EngineException("CsvHeaderNotReadable", FailureKind.Data, $"{path}:{lines}: this line should be the header, and it holds no name. Nothing was loaded.",
                "Delete the empty lines in front of the header, or say -NoHeader when there is none.", path);
        }

        var last = dialect.LineEnd == LineEnd.Cr ? (byte)'\r' : (byte)'\n';
        var file = choices.HasHeader
            ? new ImportFile(path, encoding, dialect, fields, first, skipped + first.Length, lines + Math.Max(1, first.Span.Count(last)), fields.Count)
            : new ImportFile(path, encoding, dialect, [], default, skipped, lines, fields.Count);
        return file with { MostText = MostText(path, choices) };
    }

    private static long MostText(string path, CsvChoices choices) => CompressedFile.Of(path) == FileCompression.None
        ? long.MaxValue
        : Math.Max(choices.FreeText, long.CreateSaturating((Int128)choices.MaxExpansion * new FileInfo(path).Length));

    private static byte[] Head(string path, TextEncoding? encoding)
    {
        using var text = ImportText.Open(path, encoding);
        var head = new byte[Size];
        return head[..text.Fill(head, path)];
    }

    /// <summary>Excel writes sep=; as a first line of its own.</summary>
    private static (char? Delimiter, int Length) SeparatorHint(ReadOnlySpan<byte> head)
    {
        if (head.Length < 6 || !head.StartsWith("sep="u8)) return (null, 0);
        return head[5] switch
        {
            (byte)'\n' => ((char)head[4], 6),
            (byte)'\r' => ((char)head[4], head.Length > 6 && head[6] == '\n' ? 7 : 6),
            _ => (null, 0),
        };
    }

    /// <summary>The first one outside of quotes, as the server decides.</summary>
    private static LineEnd LineEndOf(ReadOnlySpan<byte> head, byte quote, byte escape)
    {
        var inside = false;
        for (var i = 0; i < head.Length; i++)
        {
            if (inside && escape != quote && head[i] == escape) i++;
            else if (head[i] == quote) inside = !inside;
            else if (inside) continue;
            else if (head[i] == '\n') return LineEnd.Lf;
            else if (head[i] == '\r') return i + 1 < head.Length && head[i + 1] == '\n' ? LineEnd.CrLf : LineEnd.Cr;
        }

        return LineEnd.Lf;
    }

    private static char Detected(ReadOnlyMemory<byte> head, char quote)
    {
        try
        {
            using var reader = CsvReader.Create(head, Options(null, quote, quote));
            return reader.Separator;
        }
        catch (CsvFormatException)
        {
            // A head that cannot be read is told by who reads the header.
            return ',';
        }
    }

    private static List<string> Fields(string path, ReadOnlyMemory<byte> record, CsvDialect dialect, TextEncoding encoding)
    {
        try
        {
            using var reader = CsvReader.Create(record, Options(dialect.Delimiter, dialect.Quote, dialect.Escape) with { Encoding = encoding.ForNames });
            return [.. reader.Headers];
        }
        catch (CsvFormatException failure)
        {
            throw NotReadable(path, failure.Message);
        }
    }

    private static CsvReaderOptions Options(char? separator, char quote, char escape) => new()
    {
        Separator = separator, Quote = quote, Escape = escape, Mode = escape == quote ? CsvMode.Rfc4180 : CsvMode.Escape,
        HasHeader = true, MalformedData = CsvMalformedDataHandling.Recover, DetectSeparatorHint = false,
    };

    private static int EndOfRecord(ref RecordScanner scanner, ReadOnlySpan<byte> text)
    {
        var sign = text;
        for (var at = 0; at < text.Length;)
        {
            var next = sign.IndexOfAny((byte)'\n', (byte)'\r');
            if (next < 0) return -1;
            scanner.Scan(text.Slice(at, next + 1), out var found);
            at += next + 1;
            if (found > 0) return at;
            sign = text[at..];
        }

        return -1;
    }

    /// <exception cref="EngineException">CsvDialectInvalid.</exception>
    private static void CheckSigns(CsvDialect dialect, TextEncoding encoding, string path)
    {
        char[] signs = [dialect.Delimiter, dialect.Quote, dialect.Escape];
        if (signs.FirstOrDefault(sign => sign is > '~' or '\0' or '\n' or '\r') is var wrong and not '\0')
            throw Invalid($"the sign '{wrong}' is no single byte of ASCII, and the server takes no other");
        if (signs.Contains('\0')) throw Invalid("a delimiter, quote or escape is the NUL character");
        if (dialect.Delimiter == dialect.Quote) throw Invalid("delimiter and quote are the same sign");
        if (dialect.NullText.Contains(dialect.Delimiter) || dialect.NullText.AsSpan().IndexOfAny('\n', '\r') >= 0)
            throw Invalid("the text for NULL holds the delimiter or a line end");
        if (encoding.MayHideSigns && signs.Any(sign => sign >= '@'))
            throw Invalid($"in {encoding.ServerName} a sign from '@' on may be part of a longer character");

        EngineException Invalid(string why) => new("CsvDialectInvalid", FailureKind.InvalidInput, $"{path} cannot be read so: {why}.",
            "Give single signs of ASCII with -Delimiter, -Quote and -Escape.", path);
    }

    private static EngineException NotReadable(string path, string why) =>
        new("CsvHeaderNotReadable", FailureKind.Data, $"The header of {path} cannot be read: {why}.", "Correct the first line, or say -NoHeader.", path);
}
