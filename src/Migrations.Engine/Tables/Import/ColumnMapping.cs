namespace Migrations.Engine.Tables;

/// <summary>Which column of the table each value of a record goes into.</summary>
/// <param name="Columns">In the order of the file, without those that are left out.</param>
/// <param name="Kept">Indexes of the values that are sent; null: all of them, and the bytes go as they are.</param>
internal sealed record ColumnMapping(IReadOnlyList<TargetColumn> Columns, IReadOnlyList<int>? Kept)
{
    /// <exception cref="EngineException">ImportColumnsUnknown, ImportColumnTwice, ImportColumnGenerated, ImportColumnMissing.</exception>
    public static ColumnMapping Of(ImportFile file, TargetTable table, IReadOnlyDictionary<string, string> map, IReadOnlyCollection<string> ignored)
    {
        if (file.Columns.Count == 0) return InOrder(file, table);
        var columns = new List<TargetColumn>();
        var kept = new List<int>();
        var unknown = new List<string>();
        for (var index = 0; index < file.Columns.Count; index++)
        {
            var header = file.Columns[index];
            if (ignored.Any(name => Same(name, header))) continue;
            var wanted = map.FirstOrDefault(pair => Same(pair.Key, header)).Value ?? header;
            if (Find(table, wanted) is not { } column)
            {
                unknown.Add(header.Length == 0 ? $"(column {index + 1} has no name)" : header);
                continue;
            }

            if (column.IsGenerated)
            {
                throw new EngineException("ImportColumnGenerated", FailureKind.InvalidInput, $"{file.Name} has values for {column.Name}, which the server computes itself.",
                    $"Leave it out: -IgnoreColumn '{header}'.", table.ToString());
            }

            if (columns.Contains(column))
            {
                throw new EngineException("ImportColumnTwice", FailureKind.InvalidInput, $"Two columns of {file.Name} go into {column.Name}, the second is '{header}'.",
                    "Leave one out with -IgnoreColumn, or send it elsewhere with -ColumnMap.", table.ToString());
            }

            columns.Add(column);
            kept.Add(index);
        }

        if (unknown.Count > 0)
        {
            throw new EngineException("ImportColumnsUnknown", FailureKind.InvalidInput,
                $"{table} has no column for {unknown.Count} of the {file.Columns.Count} in {file.Name}: {string.Join(", ", unknown)}. It has {string.Join(", ", table.Columns.Select(column => column.Name))}.",
                "Say where they go, -ColumnMap @{ 'in the file' = 'in the table' }, or leave them out with -IgnoreColumn.", table.ToString());
        }

        if (map.Keys.FirstOrDefault(key => !file.Columns.Any(header => Same(header, key))) is { } stray) throw Missing(file, stray, "-ColumnMap");
        if (ignored.FirstOrDefault(name => !file.Columns.Any(header => Same(header, name))) is { } absent) throw Missing(file, absent, "-IgnoreColumn");
        return new ColumnMapping(columns, kept.Count == file.Columns.Count ? null : kept);
    }

    /// <summary>The exact name first; then without regard to capitals, spaces, hyphens and underscores.</summary>
    private static TargetColumn? Find(TargetTable table, string wanted) =>
        table.Columns.FirstOrDefault(column => column.Name == wanted.Trim())
        ?? (table.Columns.Where(column => Same(column.Name, wanted)).ToList() is [var only] ? only : null);

    private static bool Same(string left, string right) => Plain(left) == Plain(right);

    private static string Plain(string name) => string.Concat(name.Where(c => !char.IsWhiteSpace(c) && c is not ('_' or '-'))).ToUpperInvariant();

    private static ColumnMapping InOrder(ImportFile file, TargetTable table)
    {
        var columns = table.Columns.Where(column => !column.IsGenerated).ToList();
        return file.FieldCount == columns.Count || file.FieldCount == 0
            ? new ColumnMapping(columns, null)
            : throw new EngineException("ImportColumnMissing", FailureKind.InvalidInput, $"{file.Name} has {file.FieldCount} values in its first record and no header; {table} takes {columns.Count}: {string.Join(", ", columns.Select(column => column.Name))}.",
                "Give the file a header, so that columns can be left out.", table.ToString());
    }

    private static EngineException Missing(ImportFile file, string name, string parameter) => new("ImportColumnMissing", FailureKind.InvalidInput,
        $"{parameter} names '{name}', and {file.Name} has no such column. It has {string.Join(", ", file.Columns)}.", "Correct the name.", file.Path);
}
