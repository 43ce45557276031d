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
    public static CopyContext Of(PostgresException failure, string relation, IEnumerable<string> columns)
    {
        // JSON and triggers have lines of their own in front.
        var start = $"\nCOPY {relation}, ";
        var where = "\n" + failure.Where;
        var at = where.LastIndexOf(start, StringComparison.Ordinal);
        if (at < 0 || Place().Match(where[(at + start.Length)..]) is not { Success: true } match) return new CopyContext(null, failure.ColumnName);
        var rest = match.Groups[2].Value;
        var column = columns.Where(name => rest == name || rest.StartsWith(name + ":", StringComparison.Ordinal)).MaxBy(name => name.Length);
        return new CopyContext(long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var line) ? line : null, failure.ColumnName ?? column);
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
