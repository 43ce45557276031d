using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// What the server's CONTEXT says of a place in a COPY. The word for "line" is translated and names may hold anything, so what is looked for are the
/// names of the table and of its columns; a line is a hint for who can try the record alone.
/// </summary>
/// <param name="Line">As the server counts; null when it named none.</param>
internal sealed partial record CopyContext(long? Line, string? Column)
{
    /// <summary>More never stands behind the name of the table: a number, a column of 63 bytes, 100 bytes of the value and three dots, and some words and quotes.</summary>
    private const int LongestPlace = 250;

    public static CopyContext Of(PostgresException failure, string relation, IEnumerable<string> columns)
    {
        var start = $"\nCOPY {relation}, ";
        var where = "\n" + failure.Where;
        var at = StartOfPlace(where, start);
        if (at < 0 || Place().Match(where[(at + start.Length)..]) is not { Success: true } match) return new CopyContext(null, failure.ColumnName);
        var rest = match.Groups[2].Value;
        var column = columns.Where(name => rest == name || rest.StartsWith(name + ":", StringComparison.Ordinal)).MaxBy(name => name.Length);
        return new CopyContext(long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var line) ? line : null, failure.ColumnName ?? column);
    }

    /// <summary>
    /// JSON and triggers have lines of their own in front. The place is the last of all and ends with the value, which may look like a place itself:
    /// so it is the first that is short enough to be the end.
    /// </summary>
    private static int StartOfPlace(string where, string start)
    {
        var at = where.IndexOf(start, StringComparison.Ordinal);
        while (at >= 0 && where.Length - at - start.Length > LongestPlace) at = where.IndexOf(start, at + 1, StringComparison.Ordinal);
        return at;
    }

    /// <summary>By the place in the server's source, the one thing that is not translated; a trigger's notices come from elsewhere.</summary>
    public static bool IsOfSkippedRow(string? sourceFile) => sourceFile == "copyfromparse.c";

    /// <summary>The number in a notice of a row that was left out.</summary>
    public static long? LineOf(PostgresNotice notice) =>
        Number().Match(notice.MessageText) is { Success: true } match && long.TryParse(match.ValueSpan, CultureInfo.InvariantCulture, out var line) ? line : null;

    [GeneratedRegex(@"^[^,\d]*(\d+)[^,:]*(?:, \S+ (.+))?", RegexOptions.Singleline)]
    private static partial Regex Place();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
