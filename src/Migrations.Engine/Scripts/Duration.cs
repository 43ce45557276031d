using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>Time limits as people write them: <c>500ms</c>, <c>5s</c>, <c>2min</c>, <c>1h</c>, and <c>0</c> for none.</summary>
public static partial class Duration
{
    public const string Advice = "Write a number with a unit, such as 500ms, 5s, 2min or 1h; 0 means no limit.";

    /// <summary>
    /// A bare number is refused: PostgreSQL would read milliseconds and most people seconds. More than the server's
    /// 2^31 - 1 milliseconds is refused too.
    /// </summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0") return true;
        if (Pattern().Match(text) is not { Success: true } match) return false;
        if (!double.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;

        var milliseconds = Math.Round(number * match.Groups[2].Value.ToLowerInvariant() switch
        {
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => 86_400_000,
        });
        if (milliseconds > int.MaxValue) return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    [GeneratedRegex(@"^(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
