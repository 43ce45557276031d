namespace Migrations.Engine.Rehearsal;

/// <summary>Values for each column of a table: those of its type, and those that its checks and its partition's bound speak of, as far as they let them through.</summary>
internal sealed class ColumnPools(RowSchema schema, ValueSieve sieve, RowPools types)
{
    public async Task<IReadOnlyDictionary<string, string[]>> OfAsync(RowTable table, CancellationToken cancellationToken)
    {
        var names = table.Columns.ConvertAll(column => column.Name);
        var parts = table.Checks.Select(check => check.Expression).Append(table.Bound).OfType<string>()
            .SelectMany(text => new ServerExpression(text).Conjuncts())
            .Select(part => (Part: part, Columns: part.ColumnsOf(names))).ToList();
        var pools = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var column in table.Columns.Where(column => column.Generated is null && column.Sequence is null))
        {
            var pool = await types.OfAsync(column.Type, column.Modifier, cancellationToken);
            var root = types.BaseOf(column.Type);
            var speaking = parts.Where(part => part.Columns.Contains(column.Name)).ToList();
            if (speaking.Count > 0) pool = pool.Before(HintedValues.Of([.. speaking.Select(part => part.Part).Where(SaysValues)], root.Name, root.Category));
            var alone = speaking.Where(part => part.Columns.Count == 1).Select(part => part.Part.Text).ToList();
            // Hints were not made for the type, so it has to read them.
            // When none passes all are tried, and the server says why not.
            if (speaking.Count > 0 && await sieve.PassingAsync(pool, column.TypeName, column.Name, alone, cancellationToken) is { Values.Length: > 0 } passed) pool = passed;
            pools[column.Name] = IsInTheWay(table, column) ? Apart(pool, schema.Types[column.Type]) : pool.Values;
        }

        return pools;
    }

    /// <summary>The bound of a hash partition holds the OID of its parent, which is another one in each database.</summary>
    private static bool SaysValues(ServerExpression part) => !part.Words.Any(word => word.Text == "satisfies_hash_partition");

    private static bool IsInTheWay(RowTable table, RowColumn column) => table.Keys.Exists(key => key.IsExclusion && key.Columns.Contains(column.Name));

    /// <summary>One range without an end leaves no room for others.</summary>
    private static string[] Apart(ValuePool pool, RowType type) =>
        type.Form == "r" ? [.. pool.Common.Where(value => value != "empty" && !value.Contains(",)", StringComparison.Ordinal) && !value.Contains("(,", StringComparison.Ordinal))] : pool.Values;
}
