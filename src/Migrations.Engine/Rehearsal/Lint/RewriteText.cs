namespace Migrations.Engine.Rehearsal;

/// <summary>SQL that a rule recommends: ready to run, with everything that a person must fill in as a comment.</summary>
internal static class RewriteText
{
    /// <summary>What follows this line must not share a transaction, nor a script, with what stands before it.</summary>
    public const string NextScript = "-- then, in a script of its own:";

    public static string Scripts(params IEnumerable<string> scripts) => string.Join($"\n{NextScript}\n", scripts);

    public static string Comment(string text) => "-- " + text.Trim().ReplaceLineEndings("\n-- ");

    /// <summary>The statement as written, with a semicolon.</summary>
    public static string Of(LintedStatement statement) => statement.Step.SourceText.Trim().TrimEnd(';').TrimEnd() + ";";

    public static string Briefly(LintedStatement statement) => $"set local lock_timeout = '2s';\n{Of(statement)}";

    /// <summary>A column with its default, and NOT NULL when the default allows it.</summary>
    public static string Column(ColumnDefinition column) =>
        $"{column.Name} {column.Type}{(column.Default is { } value ? $" default {value}" : "")}{(column is { IsNotNull: true, Default: not null } ? " not null" : "")}";

    /// <summary>The scripts that make a column NOT NULL without reading the table under a strong lock.</summary>
    public static IEnumerable<string> NotNull(SqlName table, string column, int? major)
    {
        if (major >= 18)
        {
            var native = table.Derive(column, "not_null");
            return [$"alter table {table} add constraint {native} not null {column} not valid;", $"alter table {table} validate constraint {native};"];
        }

        var check = table.Derive(column, "is_there");
        return
        [
            $"alter table {table} add constraint {check} check ({column} is not null) not valid;",
            $"alter table {table} validate constraint {check};",
            // Not in one ALTER TABLE: it would drop first, and then have to read the table.
            $"alter table {table} alter column {column} set not null;\nalter table {table} drop constraint {check};",
        ];
    }
}
