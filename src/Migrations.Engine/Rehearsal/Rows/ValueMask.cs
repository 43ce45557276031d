using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Makes of each value another of the same form. A key that is thrown away after the run decides which, so that equal values stay equal within
/// the run and nobody can compute them afterwards. This is masking, not anonymity: lengths, forms and keys stay.
/// </summary>
internal sealed class ValueMask
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly int _days = RandomNumberGenerator.GetInt32(30, 360);
    private readonly int _units = RandomNumberGenerator.GetInt32(1, 100);

    /// <summary>Letter for letter and digit for digit, in the class of each; everything else stands where it stood.</summary>
    public string Text(string value)
    {
        var seed = Hash(value);
        var result = new StringBuilder(value.Length);
        var position = 0;
        foreach (var rune in value.EnumerateRunes()) result.Append(Other(rune, seed, position++));
        return result.ToString();
    }

    public string Json(string value)
    {
        try
        {
            return Leaf(JsonNode.Parse(value))?.ToJsonString() ?? "null";
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    /// <summary>Shifted by the same constant for the whole run, within what people call a year; infinity stays.</summary>
    public string Moment(string value)
    {
        var day = value.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space ? value[..space] : value;
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year > 9990 || value.EndsWith("BC", StringComparison.Ordinal)) return value;
        return date.AddDays(_days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + value[day.Length..];
    }

    public string Number(string value)
    {
        var point = value.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? value : value[..point];
        return BigInteger.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (number + _units).ToString(CultureInfo.InvariantCulture) + (point < 0 ? "" : value[point..]) : value;
    }

    public string Uuid(string value)
    {
        var bytes = Hash(value).AsSpan(0, 16);
        return new Guid(bytes).ToString();
    }

    public string Bytes(string value)
    {
        var length = Math.Max(value.Length - 2, 0) / 2;
        var result = new StringBuilder("\\x");
        for (var block = 0; result.Length < 2 + (length * 2); block++) result.Append(Convert.ToHexStringLower(Hash($"{block}:{value}")));
        return result.ToString(0, 2 + (length * 2));
    }

    /// <summary>One of those values, always the same for the same.</summary>
    public string OneOf(string value, string[] values) => values[(int)(BitConverter.ToUInt32(Hash(value)) % (uint)values.Length)];

    private JsonNode? Leaf(JsonNode? node) => node switch
    {
        JsonObject it => new JsonObject(it.Select(pair => KeyValuePair.Create(pair.Key, Leaf(pair.Value)))),
        JsonArray it => new JsonArray([.. it.Select(Leaf)]),
        JsonValue it when it.GetValueKind() == JsonValueKind.String => JsonValue.Create(Text(it.GetValue<string>())),
        JsonValue it when it.GetValueKind() == JsonValueKind.Number => JsonNode.Parse(Number(it.ToJsonString())),
        _ => node?.DeepClone(),
    };

    private byte[] Hash(string value) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(value));

    private static string Other(Rune rune, byte[] seed, int position)
    {
        var pick = (seed[position % seed.Length] * 251) + seed[(position + 7) % seed.Length] + (position * 31);
        if (rune.Value is >= '0' and <= '9') return ((char)('0' + (pick % 10))).ToString();
        if (rune.Value is >= 'a' and <= 'z') return ((char)('a' + (pick % 26))).ToString();
        if (rune.Value is >= 'A' and <= 'Z') return ((char)('A' + (pick % 26))).ToString();
        if (rune.Value < 128) return rune.ToString();
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.LowercaseLetter => ((char)(0x3b1 + (pick % 17))).ToString(),
            UnicodeCategory.UppercaseLetter => ((char)(0x391 + (pick % 17))).ToString(),
            UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter => ((char)(0x4e00 + (pick % 2000))).ToString(),
            UnicodeCategory.OtherSymbol => new Rune(0x1f600 + (pick % 50)).ToString(),
            _ => rune.ToString(),
        };
    }
}
