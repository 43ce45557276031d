using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>What the server's CONTEXT says of a place in a COPY. The word for "line" is translated and a table's name may hold anything, so it is a hint, never a proof.</summary>
internal static partial class CopyContext
{
    public static long? LineOf(PostgresException failure) =>
        failure.Where is { } where && Place().Match(where) is { Success: true } match && long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var line) ? line : null;

    public static string? ColumnOf(PostgresException failure) =>
        failure.ColumnName ?? (failure.Where is { } where && Place().Match(where) is { Success: true } match && match.Groups[2].Success ? match.Groups[2].Value : null);

    /// <summary>By the place in the server's source, the one thing that is not translated; a trigger's notices come from elsewhere.</summary>
    public static bool IsOfSkippedRow(string? sourceFile) => sourceFile == "copyfromparse.c";

    /// <summary>The number in a notice of a row that was left out.</summary>
    public static long? LineOf(PostgresNotice notice) =>
        Number().Match(notice.MessageText) is { Success: true } match && long.TryParse(match.ValueSpan, CultureInfo.InvariantCulture, out var line) ? line : null;

    [GeneratedRegex(@"^COPY .*?, [^,\d]+?(\d+)(?:, \S+ (.+?)(?:: |$))?", RegexOptions.Multiline)]
    private static partial Regex Place();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
