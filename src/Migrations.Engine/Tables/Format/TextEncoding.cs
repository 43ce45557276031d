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

    /// <summary>The server's name, the framework's name for the same, and what others call it; spelt without case and signs, as the server compares them.</summary>
    private static readonly (string Server, string? Framework, string[] Others)[] s_known =
    [
        ("UTF8", null, ["utf8bom", "utf8nobom"]), ("SQL_ASCII", null, ["ascii", "usascii"]),
        ("LATIN1", "iso-8859-1", []), ("LATIN2", "iso-8859-2", []), ("LATIN3", "iso-8859-3", []), ("LATIN4", "iso-8859-4", []), ("LATIN5", "iso-8859-9", []),
        ("LATIN6", "iso-8859-10", []), ("LATIN7", "iso-8859-13", []), ("LATIN8", "iso-8859-14", []), ("LATIN9", "iso-8859-15", []), ("LATIN10", "iso-8859-16", []),
        ("ISO_8859_5", "iso-8859-5", []), ("ISO_8859_6", "iso-8859-6", []), ("ISO_8859_7", "iso-8859-7", []), ("ISO_8859_8", "iso-8859-8", []),
        ("WIN874", "windows-874", []), ("WIN1250", "windows-1250", ["cp1250"]), ("WIN1251", "windows-1251", ["cp1251", "win"]), ("WIN1252", "windows-1252", ["cp1252", "ansi"]),
        ("WIN1253", "windows-1253", ["cp1253"]), ("WIN1254", "windows-1254", ["cp1254"]), ("WIN1255", "windows-1255", ["cp1255"]), ("WIN1256", "windows-1256", ["cp1256"]),
        ("WIN1257", "windows-1257", ["cp1257"]), ("WIN1258", "windows-1258", ["cp1258", "abc", "tcvn", "tcvn5712", "vscii"]),
        ("WIN866", "cp866", ["ibm866", "alt", "windows866"]), ("KOI8R", "koi8-r", ["koi8"]), ("KOI8U", "koi8-u", []),
        ("SJIS", "shift_jis", ["mskanji", "win932", "windows932", "cp932"]), ("SHIFT_JIS_2004", "shift_jis", []), ("EUC_JP", "euc-jp", []), ("EUC_JIS_2004", "euc-jp", []),
        ("EUC_KR", "euc-kr", []), ("UHC", "ks_c_5601-1987", ["win949", "windows949", "cp949"]), ("JOHAB", "johab", []),
        ("EUC_CN", "gb2312", []), ("GBK", "gb2312", ["win936", "windows936", "cp936"]), ("GB18030", "gb18030", []), ("BIG5", "big5", ["win950", "windows950", "cp950"]), ("EUC_TW", null, []),
    ];

    private static readonly Dictionary<string, string> s_serverNames = Known();

    /// <summary>Where a trail byte may be a sign of ASCII: only there a delimiter or escape can stand inside of a character.</summary>
    public bool MayHideSigns => ServerName is "SJIS" or "BIG5" or "GBK" or "GB18030" or "JOHAB" or "UHC" or "SHIFT_JIS_2004";

    /// <summary>The framework's encoding for the names in a header; where it has none, only their ASCII part can be compared.</summary>
    public Encoding? ForNames => ServerName is "UTF8" or "SQL_ASCII"
        ? null
        : s_known.FirstOrDefault(known => known.Server == ServerName).Framework is { } name && CodePagesEncodingProvider.Instance.GetEncoding(name) is { } found ? found : Encoding.Latin1;

    /// <summary>What a person names: PowerShell's, IANA's or the server's own name. The server has the last word on names that are not known here.</summary>
    public static TextEncoding Named(string name, ReadOnlySpan<byte> head)
    {
        var plain = Plain(name);
        Encoding? wide = plain switch
        {
            "UNICODE" or "UTF16" or "UTF16LE" => s_utf16,
            "BIGENDIANUNICODE" or "UTF16BE" => s_bigUtf16,
            "UTF32" or "UTF32LE" => s_utf32,
            "BIGENDIANUTF32" or "UTF32BE" => s_bigUtf32,
            _ => null,
        };
        if (wide is not null) return new TextEncoding("UTF8", wide, head.StartsWith(wide.Preamble) ? wide.GetPreamble() : []);
        var server = s_serverNames.GetValueOrDefault(plain, name);
        return new TextEncoding(server, null, server == "UTF8" && head.StartsWith(Encoding.UTF8.Preamble) ? [0xEF, 0xBB, 0xBF] : []);
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    private static Dictionary<string, string> Known()
    {
        var names = new Dictionary<string, string>();
        foreach (var (server, framework, others) in s_known)
        {
            // First come: the name that two of them share in the framework is that of the usual one.
            foreach (var name in (string?[])[server, .. others, framework])
                if (name is not null) names.TryAdd(Plain(name), server);
        }

        return names;
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
