namespace Migrations.Engine.History;

/// <summary>
/// The row of an attempt as it travels: one array of texts instead of twenty parameters, which cost the server more to look up
/// than the row to write. Columns, values and texts are told here once, in one order.
/// </summary>
internal static class AttemptRow
{
    private static readonly (string Column, string Type)[] s_columns =
    [
        ("attempt_id", "uuid"), ("run_id", "uuid"), ("kind", "text"), ("version", "text"), ("name", "text"), ("title", "text"), ("direction", "text"),
        ("path", "text"), ("author", "text"), ("ticket", "text"), ("exact_hash", "text"), ("token_hash", "text"), ("hash_version", "int4"),
        ("up_text", "text"), ("down_text", "text"), ("irreversible", "text"), ("out_of_order", "bool"), ("atomic", "bool"),
    ];

    private static readonly string[] s_facts =
        ["kind", "version", "name", "title", "direction", "path", "ticket", "exact_hash", "token_hash", "hash_version", "up_text", "down_text", "irreversible", "out_of_order", "atomic"];

    public static string Columns { get; } = string.Join(", ", s_columns.Select(column => column.Column));

    public static string Values { get; } = string.Join(", ", s_columns.Select(column => Value(column.Column)));

    /// <summary>What the chain says of a script: enough to know its row again, and nobody's name.</summary>
    public static string Facts { get; } = "pg_catalog.jsonb_build_object('script', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object("
        + string.Join(", ", s_facts.Select(column => $"'{column}', {Value(column)}")) + ")))";

    /// <summary>The same of a row that is there.</summary>
    /// <param name="row">Its name in the query.</param>
    public static string FactsOfRow(string row) => "pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(" + string.Join(", ", s_facts.Select(column => $"'{column}', {row}.{column}")) + "))";

    /// <summary>Behind the columns: the text whose hash is up_text.</summary>
    public static string UpBody { get; } = $"script[{s_columns.Length + 1}]";

    /// <summary>The text whose hash is down_text.</summary>
    public static string DownBody { get; } = $"script[{s_columns.Length + 2}]";

    /// <summary>Where a column's value stands in the array of a function's parameter.</summary>
    public static string Value(string column)
    {
        var index = Array.FindIndex(s_columns, known => known.Column == column);
        var value = $"script[{index + 1}]";
        return s_columns[index].Type == "text" ? value : $"{value}::pg_catalog.{s_columns[index].Type}";
    }

    public static string?[] Of(ScriptAttempt attempt) =>
    [
        attempt.Id.ToString(), attempt.RunId.ToString(), attempt.Key.Kind, attempt.Key.Version, attempt.Name, attempt.Title,
        attempt.Direction == Direction.Up ? "up" : "down", attempt.Path, attempt.Author, attempt.Ticket,
        attempt.ExactHash, attempt.TokenHash, attempt.HashVersion.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Journal.HashOf(attempt.UpText), Journal.HashOf(attempt.DownText), attempt.Irreversible, attempt.OutOfOrder ? "true" : "false", attempt.Atomic ? "true" : "false",
        attempt.UpText, attempt.DownText,
    ];
}
