using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>The bounds of a partition as a condition on its rows, for the keys that most people have: one column, by range or by list.</summary>
internal static class PartitionBound
{
    /// <param name="key">As the catalog writes it: <c>RANGE (created_at)</c>.</param>
    /// <param name="bounds">As ATTACH writes them: <c>FOR VALUES FROM ('...') TO ('...')</c>.</param>
    /// <returns>Null for what it does not know: hash, several columns, expressions.</returns>
    public static string? Condition(string key, string bounds)
    {
        var open = key.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || Words(bounds) is not { } words || !words.Take("FOR", "VALUES")) return null;
        var column = key[(open + 1)..].TrimEnd(')');
        if (column.Contains(',', StringComparison.Ordinal) || column.Contains('(', StringComparison.Ordinal) || column.Contains(' ', StringComparison.Ordinal)) return null;
        if (key.StartsWith("LIST", StringComparison.Ordinal) && words.Take("IN") && words.Parentheses()?.Rest() is { } values && !values.Contains("null", StringComparison.OrdinalIgnoreCase))
            return $"{column} is not null and {column} in ({values})";
        if (!key.StartsWith("RANGE", StringComparison.Ordinal) || !words.Take("FROM") || words.Parentheses()?.Rest() is not { } from || !words.Take("TO") || words.Parentheses()?.Rest() is not { } to) return null;
        return $"{column} is not null{Side(column, ">=", from)}{Side(column, "<", to)}";
    }

    private static string Side(string column, string comparison, string value) =>
        value.ToUpperInvariant() is "MINVALUE" or "MAXVALUE" ? "" : $" and {column} {comparison} {value}";

    private static WordCursor? Words(string text) =>
        StatementSplitter.Split(text.TrimEnd(';') + ";").Elements.OfType<SqlStatement>().FirstOrDefault() is { } statement ? new WordCursor(statement) : null;
}
