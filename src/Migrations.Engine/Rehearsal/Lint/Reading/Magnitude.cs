using System.Globalization;

namespace Migrations.Engine.Rehearsal;

/// <summary>Big numbers as people say them.</summary>
internal static class Magnitude
{
    public static string Bytes(long bytes)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{Round(value)} {units[unit]}");
    }

    public static string Rows(long rows) => rows switch
    {
        1 => "1 row",
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{rows} rows"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{Round(rows / 1e3)} thousand rows"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{Round(rows / 1e6)} million rows"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Round(rows / 1e9)} billion rows"),
    };

    /// <summary>Two digits that count, three for hundreds.</summary>
    private static string Round(double value) => value.ToString(value < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
