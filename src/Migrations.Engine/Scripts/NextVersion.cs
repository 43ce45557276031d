using System.Globalization;
using System.Numerics;

namespace Migrations.Engine.Scripts;

/// <summary>The version behind those that are there, spelled as they are.</summary>
internal static class NextVersion
{
    private const string TimestampFormat = "yyyyMMddHHmmss";

    /// <summary>As the highest version has it: one that long is a time.</summary>
    public static ScriptNaming NamingOf(IReadOnlyCollection<ScriptVersion> versions) =>
        versions.Max() is { FirstPiece.Length: >= 12 } ? ScriptNaming.Timestamp : ScriptNaming.Number;

    /// <summary>As wide as the narrowest number there: three digits in 001, 002; one in 9, 10.</summary>
    public static string Number(IReadOnlyCollection<ScriptVersion> versions)
    {
        if (versions.Count == 0) return "001";
        var next = BigInteger.Parse(versions.Max()!.FirstPiece, CultureInfo.InvariantCulture) + 1;
        return next.ToString(CultureInfo.InvariantCulture).PadLeft(versions.Min(v => v.ToString().Split('.')[0].Length), '0');
    }

    public static string Timestamp(IReadOnlyCollection<ScriptVersion> versions, DateTimeOffset now)
    {
        while (true)
        {
            var text = now.UtcDateTime.ToString(TimestampFormat, CultureInfo.InvariantCulture);
            var version = ScriptVersion.Parse(text);
            // Two in one second, or a colleague's clock that is ahead by a few: still the next one.
            if (!versions.Contains(version)) return text;
            now = now.AddSeconds(1);
        }
    }

    /// <summary>Higher than all of them, also where somebody's clock was ahead.</summary>
    public static string Behind(IReadOnlyCollection<ScriptVersion> versions, ScriptNaming naming, DateTimeOffset now)
    {
        if (naming == ScriptNaming.Number) return Number(versions);
        var time = Timestamp(versions, now);
        return versions.Max() is { } highest && ScriptVersion.Parse(time) < highest ? Number(versions) : time;
    }
}
