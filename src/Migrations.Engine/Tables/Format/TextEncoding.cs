using System.Text;

namespace Migrations.Engine.Tables;

/// <summary>The encoding of a file: the server's name for it, and what has to be transcoded first because the server does not know it.</summary>
/// <param name="ServerName">As COPY ... ENCODING takes it.</param>
/// <param name="Transcoded">UTF-16 and UTF-32, which become UTF-8 on the way; null for all others.</param>
/// <param name="Mark">The byte order mark that stands at the beginning.</param>
internal sealed record TextEncoding(string ServerName, Encoding? Transcoded, byte[] Mark)
{
    public static TextEncoding Utf8 { get; } = new("UTF8", null, []);

    // Half a character is an error: the framework's own would put a replacement there, and the text were another without anybody seeing it.
    private static readonly Encoding s_utf16 = new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true);
    private static readonly Encoding s_bigUtf16 = new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true);
    private static readonly Encoding s_utf32 = new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true);
    private static readonly Encoding s_bigUtf32 = new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true);

    private static readonly (byte[] Mark, Encoding? Encoding)[] s_marks =
    [
        ([0xFF, 0xFE, 0, 0], s_utf32),
        ([0, 0, 0xFE, 0xFF], s_bigUtf32),
        ([0xFF, 0xFE], s_utf16),
        ([0xFE, 0xFF], s_bigUtf16),
        ([0xEF, 0xBB, 0xBF], null),
    ];

    private static readonly Dictionary<string, string> s_serverNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf-8"] = "UTF8", ["utf8"] = "UTF8", ["utf8bom"] = "UTF8", ["utf8nobom"] = "UTF8", ["ascii"] = "SQL_ASCII", ["us-ascii"] = "SQL_ASCII",
        ["iso-8859-1"] = "LATIN1", ["latin1"] = "LATIN1", ["iso-8859-2"] = "LATIN2", ["iso-8859-3"] = "LATIN3", ["iso-8859-4"] = "LATIN4", ["iso-8859-9"] = "LATIN5",
        ["iso-8859-15"] = "LATIN9", ["iso-8859-5"] = "ISO_8859_5", ["iso-8859-6"] = "ISO_8859_6", ["iso-8859-7"] = "ISO_8859_7", ["iso-8859-8"] = "ISO_8859_8",
        ["windows-874"] = "WIN874", ["windows-1250"] = "WIN1250", ["windows-1251"] = "WIN1251", ["windows-1252"] = "WIN1252", ["ansi"] = "WIN1252", ["windows-1253"] = "WIN1253",
        ["windows-1254"] = "WIN1254", ["windows-1255"] = "WIN1255", ["windows-1256"] = "WIN1256", ["windows-1257"] = "WIN1257", ["windows-1258"] = "WIN1258",
        ["ibm866"] = "WIN866", ["cp866"] = "WIN866", ["koi8-r"] = "KOI8R", ["koi8-u"] = "KOI8U", ["shift_jis"] = "SJIS", ["euc-jp"] = "EUC_JP", ["euc-kr"] = "EUC_KR",
        ["gb2312"] = "EUC_CN", ["gbk"] = "GBK", ["gb18030"] = "GB18030", ["big5"] = "BIG5", ["johab"] = "JOHAB",
    };

    /// <summary>Where a trail byte may be a sign of ASCII: only there a delimiter or escape can stand inside of a character.</summary>
    public bool MayHideSigns => ServerName is "SJIS" or "BIG5" or "GBK" or "GB18030" or "JOHAB" or "UHC" or "SHIFT_JIS_2004";

    /// <summary>The framework's encoding for the names in a header; where it has none, only their ASCII part can be compared.</summary>
    public Encoding? ForNames => ServerName is "UTF8" or "SQL_ASCII"
        ? null
        : s_serverNames.Where(pair => pair.Value == ServerName).Select(pair => CodePagesEncodingProvider.Instance.GetEncoding(pair.Key)).FirstOrDefault(found => found is not null) ?? Encoding.Latin1;

    /// <summary>What a person names: PowerShell's, IANA's or the server's own name. The server has the last word on names that are not known here.</summary>
    public static TextEncoding Named(string name, ReadOnlySpan<byte> head)
    {
        Encoding? wide = name.ToUpperInvariant() switch
        {
            "UNICODE" or "UTF-16" or "UTF16" or "UTF-16LE" or "UTF16LE" => s_utf16,
            "BIGENDIANUNICODE" or "UTF-16BE" or "UTF16BE" => s_bigUtf16,
            "UTF32" or "UTF-32" or "UTF-32LE" => s_utf32,
            "BIGENDIANUTF32" or "UTF-32BE" => s_bigUtf32,
            _ => null,
        };
        if (wide is not null) return new TextEncoding("UTF8", wide, head.StartsWith(wide.Preamble) ? wide.GetPreamble() : []);
        var server = s_serverNames.GetValueOrDefault(name, name);
        return new TextEncoding(server, null, server == "UTF8" && head.StartsWith(Encoding.UTF8.Preamble) ? [0xEF, 0xBB, 0xBF] : []);
    }

    /// <summary>By its mark, or because it can be nothing else; null when it is not UTF-8, and a guess could be wrong without anybody seeing it.</summary>
    /// <param name="isWhole">The head is all there is.</param>
    public static TextEncoding? Detect(ReadOnlySpan<byte> head, bool isWhole)
    {
        foreach (var (mark, encoding) in s_marks)
            if (head.StartsWith(mark)) return new TextEncoding("UTF8", encoding, mark);

        // Half of all bytes zero: UTF-16 without a mark. A text never holds a zero.
        var pairs = head[..Math.Min(head.Length & ~1, 1024)];
        if (pairs.Length >= 4 && pairs.Contains((byte)0))
        {
            var (even, odd) = (0, 0);
            for (var i = 0; i < pairs.Length; i += 2)
            {
                if (pairs[i] == 0) even++;
                if (pairs[i + 1] == 0) odd++;
            }

            if (odd > pairs.Length / 4 && even == 0) return new TextEncoding("UTF8", s_utf16, []);
            if (even > pairs.Length / 4 && odd == 0) return new TextEncoding("UTF8", s_bigUtf16, []);
        }

        return System.Text.Unicode.Utf8.IsValid(isWhole ? head : WholeCharacters(head)) ? Utf8 : null;
    }

    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> head)
    {
        var end = head.Length;
        // A character may be cut at the end: at most three bytes of it are here.
        for (var back = 1; back <= 3 && back <= end; back++)
            if ((head[^back] & 0xC0) == 0xC0) return head[..^back];
        return head;
    }
}
