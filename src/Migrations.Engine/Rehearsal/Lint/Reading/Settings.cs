using System.Globalization;

namespace Migrations.Engine.Rehearsal;

/// <summary>Values of settings as scripts write them.</summary>
internal static class Settings
{
    /// <summary><c>'2s'</c>, <c>500</c> (milliseconds), <c>'1 min'</c>; what it cannot read counts as none.</summary>
    public static TimeSpan Time(string value)
    {
        var text = value.Trim().Trim('\'').Trim();
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return TimeSpan.Zero;
        return text[digits..].Trim().ToLowerInvariant() switch
        {
            "s" => TimeSpan.FromSeconds(number),
            "min" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" => TimeSpan.FromDays(number),
            "us" => TimeSpan.FromMicroseconds(number),
            _ => TimeSpan.FromMilliseconds(number),
        };
    }
}
