using System.Globalization;
using System.Numerics;

namespace Migrations.Engine.Rehearsal;

/// <summary>Values of the types that PostgreSQL brings along.</summary>
internal static class BuiltInValues
{
    private const int Fillers = 48;
    private const int LongText = 1000;

    private static readonly string[] s_texts =
    [
        "", "plain text", "it's a \"quoted\" \\ backslash", "e\u0301 and \u00e9", "\U0001F468\u200D\U0001F469\u200D\U0001F467 \U0001F600", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
        "two\nlines", " around ", "\u65e5\u672c\u8a9e", "NULL", "%_", "tab\there", "A", "a", "0",
    ];

    private static readonly string[] s_asciiTexts = ["", "plain text", "it's a \"quoted\" \\ backslash", "two\nlines", " around ", "NULL", "%_", "tab\there", "A", "a", "0"];

    /// <returns>Null for a type that is not known here.</returns>
    public static ValuePool? Of(string type, int modifier, bool isUnicode) => type switch
    {
        "bool" => new(["t", "f"], []),
        "int2" => Whole(short.MinValue, short.MaxValue),
        "int4" => Whole(int.MinValue, int.MaxValue),
        "int8" => Whole(long.MinValue, long.MaxValue),
        "oid" or "xid" or "cid" => new(["0", "1", .. Count(i => $"{i + 2}")], ["4294967295"]),
        "xid8" => new(["0", "1", .. Count(i => $"{i + 2}")], ["18446744073709551615"]),
        "numeric" => Numeric(modifier),
        "float4" => new(["0", "1.5", "-1.5", "0.1", "42", .. Count(i => Text(i + 0.25))], ["3.4028235e+38", "-3.4028235e+38", "1e-45", "Infinity", "-Infinity", "NaN"]),
        "float8" => new(["0", "1.5", "-1.5", "0.1", "42", .. Count(i => Text(i + 0.25))], ["1.7976931348623157e+308", "-1.7976931348623157e+308", "5e-324", "Infinity", "-Infinity", "NaN"]),
        "money" => new(["0", "1", "-1", "12.34", .. Count(i => $"{i + 2}")], ["92233720368547758.07", "-92233720368547758.08"]),
        "text" or "refcursor" => Strings(null, isUnicode),
        "varchar" or "bpchar" => Strings(modifier < 0 ? null : modifier - 4, isUnicode),
        "name" => Strings(63, isUnicode: false),
        "char" => new(["", "a", "Z", "0", " ", .. Count(i => ((char)('b' + (i % 24))).ToString())], []),
        "bytea" => new(["\\x", "\\x00", "\\xdeadbeef", .. Count(i => $"\\x{i:x64}"), .. Count(i => $"\\x{i:x32}")], ["\\x" + string.Concat(Enumerable.Repeat("00ff", 500))]),
        "date" => new(["2000-01-01", "2024-02-29", "1999-12-31", "1970-01-01", .. Count(Day)], ["infinity", "-infinity", "4713-01-01 BC", "5874897-12-31"]),
        "timestamp" => new(["2000-01-01 00:00:00", "2024-02-29 12:34:56.789012", "1999-12-31 23:59:59", "1970-01-01 00:00:00", .. Count(i => $"{Day(i)} 10:00:00")],
            ["infinity", "-infinity", "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59"]),
        "timestamptz" => new(["2000-01-01 00:00:00+00", "2024-02-29 12:34:56.789012+00", "1999-12-31 23:59:59+00", "2025-03-30 02:30:00+02", .. Count(i => $"{Day(i)} 10:00:00+00")],
            ["infinity", "-infinity", "4713-01-01 00:00:00+00 BC", "294276-12-31 23:59:59+00"]),
        "time" => new(["00:00:00", "12:34:56.789012", "23:59:59", .. Count(Clock)], ["24:00:00"]),
        "timetz" => new(["00:00:00+00", "12:34:56.789012+02", "23:59:59-05", .. Count(i => Clock(i) + "+00")], ["24:00:00-15:59:59", "00:00:00+15:59:59"]),
        "interval" => new(["0", "1 day", "-1 mon", "1 year 2 mons 3 days 04:05:06.7", .. Count(i => $"{i + 2} days")], ["178000000 years", "-178000000 years"]),
        "uuid" => new(["00000000-0000-0000-0000-000000000000", .. Count(i => $"0190a1b2-c3d4-7e5f-8a9b-{i + 1:x12}")], ["ffffffff-ffff-ffff-ffff-ffffffffffff"]),
        "inet" => new(["127.0.0.1", "192.168.1.5/24", "::1", "2001:db8::/32", .. Count(i => $"10.0.0.{i + 1}")], ["0.0.0.0/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]),
        "cidr" => new(["127.0.0.0/8", "192.168.1.0/24", "::/0", "2001:db8::/32", .. Count(i => $"10.0.{i}.0/24")], ["0.0.0.0/0"]),
        "macaddr" => new(["00:00:00:00:00:00", .. Count(i => $"08:00:2b:01:02:{i:x2}")], ["ff:ff:ff:ff:ff:ff"]),
        "macaddr8" => new(["00:00:00:00:00:00:00:00", .. Count(i => $"08:00:2b:01:02:03:04:{i:x2}")], ["ff:ff:ff:ff:ff:ff:ff:ff"]),
        "bit" => Bits(Math.Max(modifier, 1), Math.Max(modifier, 1)),
        "varbit" => Bits(0, modifier < 0 ? 64 : modifier),
        "json" or "jsonb" => new(["{}", "{\"a\": 1, \"b\": [true, null, \"\u00e9 \\\"\"]}", "[]", "null", "\"text\"", "1.50", "true", .. Count(i => $"{{\"n\": {i}}}")], []),
        "jsonpath" => new(["$", "$.a", .. Count(i => $"$.a[{i}]")], []),
        "xml" => new(["<a/>", "<a b=\"1\">text &amp; more</a>", "just text", .. Count(i => $"<n>{i}</n>")], []),
        "tsvector" => new(["", "'a' 'b':2", "'cat':1A 'dog':2,3", .. Count(i => $"'w{i}':1")], []),
        "tsquery" => new(["", "'a' & 'b'", "!'c' | 'd':*", .. Count(i => $"'w{i}'")], []),
        "point" => new(["(0,0)", "(-1.5,2.5)", .. Count(i => $"({i},{i})")], ["(Infinity,-Infinity)", "(1e+308,-1e+308)"]),
        "line" => new(["{1,-1,0}", .. Count(i => $"{{1,2,{i}}}")], []),
        "lseg" => new(["[(0,0),(1,1)]", .. Count(i => $"[(0,0),(1,{i + 2})]")], []),
        "box" => new(["(1,1),(0,0)", .. Count(i => $"({(i * 3) + 1},1),({i * 3},0)")], []),
        "path" => new(["((0,0),(1,1),(2,0))", "[(0,0),(1,1)]", .. Count(i => $"[(0,0),(1,{i + 2})]")], []),
        "polygon" => new(["((0,0),(1,1),(2,0))", .. Count(i => $"((0,0),(1,1),(2,{i + 1}))")], []),
        "circle" => new(["<(0,0),0>", .. Count(i => $"<({i * 10},0),1>")], []),
        "pg_lsn" => new(["0/0", .. Count(i => $"1/{i:X}")], ["FFFFFFFF/FFFFFFFF"]),
        "txid_snapshot" or "pg_snapshot" => new(["1:1:", .. Count(i => $"1:{i + 5}:2")], []),
        "tid" => new(["(0,1)", .. Count(i => $"(1,{i + 1})")], ["(4294967295,65535)"]),
        "int2vector" or "oidvector" => new(["", "1 2", .. Count(i => $"{i} 3")], []),
        "regclass" => new(["pg_catalog.pg_class", "pg_catalog.pg_type", "0"], []),
        "regtype" => new(["integer", "text", "0"], []),
        "regconfig" => new(["simple", "english"], []),
        "regdictionary" => new(["simple", "english_stem"], []),
        "regcollation" => new(["pg_catalog.\"C\"", "0"], []),
        "regnamespace" => new(["pg_catalog", "0"], []),
        "regproc" or "regprocedure" or "regoper" or "regoperator" or "regrole" => new(["0", "1"], []),
        _ => null,
    };

    /// <summary>For a type of an extension: what its category lets hope for, and forms that many types read. The server is asked which.</summary>
    public static ValuePool Guesses(string category, int modifier, bool isUnicode) => category switch
    {
        "S" => Strings(modifier > 4 ? modifier - 4 : null, isUnicode),
        "N" => Whole(0, 1000),
        "B" => new(["t", "f"], []),
        "D" => Of("date", -1, isUnicode)!,
        _ => new(["", "a=>1", "a=>NULL, \"b c\"=>\"d\"", "a.b.c", "0", "1", "a", "(1, 2)", "(0)", "{}", "[]", "POINT(1 2)", "2000-01-01", "<a/>", "1.2.3",
            $"[{string.Join(',', Enumerable.Range(1, Math.Clamp(modifier, 1, 4000)))}]", .. Count(i => $"k=>{i}"), .. Count(i => $"POINT({i} 1)"), .. Count(i => $"a.n{i}"), .. Count(i => $"{i + 2}")], []),
    };

    /// <param name="length">Characters; null for no limit.</param>
    private static ValuePool Strings(int? length, bool isUnicode)
    {
        var telling = (isUnicode ? s_texts : s_asciiTexts).Where(text => length is null || new StringInfo(text).LengthInTextElements <= length && text.EnumerateRunes().Count() <= length);
        // Few characters: every one of them has to count.
        var fillers = length is < 6 ? Count(i => Short(i, length.Value), 36) : Count(i => $"row {i + 1}").Concat(Count(i => $"word{Short(i, 2)}"));
        return new([.. telling.Concat(fillers).Distinct(StringComparer.Ordinal)], [new string('x', Math.Min(length ?? LongText, LongText))]);
    }

    private static string Short(int i, int length)
    {
        const string Characters = "bcdefghijklmnopqrstuvwxyz123456789BC";
        return length < 2 ? Characters[i % Characters.Length].ToString() : $"{Characters[i / Characters.Length % Characters.Length]}{Characters[i % Characters.Length]}";
    }

    private static ValuePool Whole(long least, long most)
    {
        string[] numbers = least < 0 ? ["0", "1", "-1", "7", "100"] : ["0", "1", "7", "100"];
        return new([.. numbers, .. Count(i => $"{i + 2}")], [$"{least}", $"{most}"]);
    }

    private static ValuePool Numeric(int modifier)
    {
        if (modifier < 4)
        {
            return new(["0", "1", "-1", "0.5", "12.340", .. Count(i => $"{i + 2}.5")],
                ["123456789012345678901234567890.123456789", "-123456789012345678901234567890.123456789", "0.00000000000000000001", "NaN"]);
        }

        var precision = (modifier - 4 >> 16) & 0xffff;
        // Eleven bits, signed since 15.
        var scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
        var most = BigInteger.Pow(10, precision) - 1;
        var one = scale >= 0 ? BigInteger.Pow(10, scale) : BigInteger.One;
        IEnumerable<BigInteger> steps = [0, one, -one, one / 2, .. Enumerable.Range(2, Fillers).SelectMany(i => new[] { one * i, (one * i) + 1, new BigInteger(i) })];
        return new([.. steps.Where(step => BigInteger.Abs(step) <= most).Select(step => Shifted(step, scale)).Distinct(StringComparer.Ordinal).Take(Fillers)],
            [Shifted(most, scale), Shifted(-most, scale)]);
    }

    private static string Shifted(BigInteger digits, int scale)
    {
        if (scale <= 0) return (digits * BigInteger.Pow(10, -scale)).ToString(CultureInfo.InvariantCulture);
        var text = BigInteger.Abs(digits).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(digits.Sign < 0 ? "-" : "")}{text[..^scale]}.{text[^scale..]}";
    }

    private static ValuePool Bits(int least, int most)
    {
        string[] ends = least == most ? [new string('0', most), new string('1', most)] : ["", "1", new string('0', Math.Min(most, 64))];
        return new([.. ends, .. Count(i => Convert.ToString(i + 1, 2)).Where(bits => bits.Length <= most).Select(bits => bits.PadLeft(least, '0'))], [new string('1', most)]);
    }

    private static string Day(int i) => new DateOnly(2025, 1, 1).AddDays(i * 11).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Clock(int i) => new TimeOnly(8, 0).AddMinutes(i * 7).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Count(Func<int, string> value, int count = Fillers) => Enumerable.Range(0, count).Select(value);
}
