namespace Migrations.Engine.Tables;

/// <summary>
/// Spreadsheets run a cell that begins with one of these signs, also out of a CSV file. An apostrophe in front makes it a text.
/// The server does it, so that the bytes still pass through untouched.
/// </summary>
internal static class FormulaGuard
{
    private const string Signs = "=+-@\t\r\n";

    /// <summary>concat and not a cast: it keeps the blanks of char(n).</summary>
    public static string Cell(string column) =>
        $"case when {column} is null then null when pg_catalog.left(pg_catalog.concat({column}), 1) in ('=', '+', '-', '@', E'\\t', E'\\r', E'\\n') "
        + $"then pg_catalog.concat('''', {column}) else pg_catalog.concat({column}) end";

    public static string Title(string name) => Signs.Contains(name[0], StringComparison.Ordinal) ? $"'{name}" : name;
}
