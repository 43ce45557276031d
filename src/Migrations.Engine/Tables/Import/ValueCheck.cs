using System.Buffers.Text;

namespace Migrations.Engine.Tables;

/// <summary>A guess whether the server will take the value of a column. A wrong one costs a COPY of one row, never a row.</summary>
/// <param name="looksRight">Of a value without its quotes; null: any is.</param>
internal sealed class ValueCheck(ValueCheck.Look? looksRight, bool isNullRight)
{
    public delegate bool Look(ReadOnlySpan<byte> value);

    private volatile bool _isWrong;

    /// <summary>The server has taken what it found wrong: it is asked no more, and what it has found is as good as all else.</summary>
    public bool IsWrong
    {
        get => _isWrong;
        set => _isWrong = value;
    }

    /// <summary>An empty text is no value of the type, with or without quotes.</summary>
    public bool IsNeverEmpty => looksRight is not null;

    /// <summary>A record has more or fewer values than the file's first.</summary>
    public static ValueCheck OfCount() => new(null, true);

    /// <summary>A value must be there; what it may be was not the question.</summary>
    public static ValueCheck OfPresence() => new(null, false);

    /// <returns>Null: nothing cheap tells a wrong value of that column from a right one.</returns>
    public static ValueCheck? Of(TargetColumn column)
    {
        Look? look = column.TypeOid switch
        {
            21 => value => Utf8Parser.TryParse(value, out short _, out var read) && read == value.Length,
            23 => value => Utf8Parser.TryParse(value, out int _, out var read) && read == value.Length,
            20 => value => Utf8Parser.TryParse(value, out long _, out var read) && read == value.Length,
            700 or 701 or 1700 => value => Utf8Parser.TryParse(value, out double _, out var read) && read == value.Length,
            2950 => value => Utf8Parser.TryParse(value, out Guid _, out var read) && read == value.Length,
            1082 or 1114 or 1184 => LooksLikeDate,
            _ => null,
        };
        return look is null && !column.IsNotNull ? null : new ValueCheck(look, !column.IsNotNull);
    }

    /// <param name="value">Without its quotes.</param>
    public bool Takes(ReadOnlySpan<byte> value, bool isNull) => isNull ? isNullRight : looksRight is null || looksRight(value.Trim((byte)' '));

    /// <summary>2024-02-30 is looked through; how 30/2/2024 is read is the server's business, but it begins with a digit.</summary>
    private static bool LooksLikeDate(ReadOnlySpan<byte> value)
    {
        if (value.Length == 0 || !char.IsAsciiDigit((char)value[0])) return false;
        return value.Length < 10 || value[4] != '-' || value[7] != '-'
            || Utf8Parser.TryParse(value[..4], out int year, out _) && Utf8Parser.TryParse(value[5..7], out int month, out _) && Utf8Parser.TryParse(value[8..10], out int day, out _)
            && year > 0 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
    }
}
