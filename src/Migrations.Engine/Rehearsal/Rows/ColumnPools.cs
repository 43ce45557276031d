namespace Migrations.Engine.Rehearsal;

/// <summary>Values for each column of a table: those of its type, and those that its checks and its partition's bound speak of, as far as they let them through.</summary>
internal sealed class ColumnPools(RowSchema schema, ValueSieve sieve, RowPools types)
{
    /// <summary>For all tables, so that the server is asked once.</summary>
    public async Task<IReadOnlyDictionary<RowTable, IReadOnlyDictionary<string, string[]>>> OfAsync(IReadOnlyList<RowTable> tables, CancellationToken cancellationToken)
    {
        var wishes = new List<(RowTable Table, RowColumn Column, ValuePool Pool, SieveQuestion? Question)>();
        foreach (var table in tables)
        {
            var names = table.Columns.ConvertAll(column => column.Name);
            var parts = table.Checks.Select(check => check.Expression).Append(table.Bound).OfType<string>()
                .SelectMany(text => new ServerExpression(text).Conjuncts())
                .Select(part => (Part: part, Columns: part.ColumnsOf(names))).ToList();
            foreach (var column in table.Columns.Where(column => column.Generated is null && column.Sequence is null))
            {
                var pool = await types.OfAsync(column.Type, column.Modifier, cancellationToken);
                var root = types.BaseOf(column.Type);
                var speaking = parts.Where(part => part.Columns.Contains(column.Name)).ToList();
                if (speaking.Count == 0)
                {
                    wishes.Add((table, column, pool, null));
                    continue;
                }

                // Hints were not made for the type, so it has to read them.
                pool = pool.Before(HintedValues.Of([.. speaking.Select(part => part.Part).Where(SaysValues)], root.Name, root.Category));
                wishes.Add((table, column, pool, new SieveQuestion(pool, column.TypeName, column.Name, [.. speaking.Where(part => part.Columns.Count == 1).Select(part => part.Part.Text)])));
            }
        }

        var answers = new Queue<ValuePool>(await sieve.PassingAsync([.. wishes.Select(wish => wish.Question).OfType<SieveQuestion>()], cancellationToken));
        var pools = tables.ToDictionary(table => table, _ => new Dictionary<string, string[]>(StringComparer.Ordinal));
        foreach (var (table, column, pool, question) in wishes)
        {
            // When none passes all are tried, and the server says why not.
            var chosen = question is not null && answers.Dequeue() is { Values.Length: > 0 } passed ? passed : pool;
            pools[table][column.Name] = IsInTheWay(table, column) ? Apart(chosen, schema.Types[column.Type]) : chosen.Values;
        }

        return pools.ToDictionary(pair => pair.Key, pair => (IReadOnlyDictionary<string, string[]>)pair.Value);
    }

    /// <summary>The bound of a hash partition holds the OID of its parent, which is another one in each database.</summary>
    private static bool SaysValues(ServerExpression part) => !part.Words.Any(word => word.Text == "satisfies_hash_partition");

    private static bool IsInTheWay(RowTable table, RowColumn column) => table.Keys.Exists(key => key.IsExclusion && key.Columns.Contains(column.Name));

    /// <summary>One range without an end leaves no room for others.</summary>
    private static string[] Apart(ValuePool pool, RowType type) =>
        type.Form == "r" ? [.. pool.Common.Where(value => value != "empty" && !value.Contains(",)", StringComparison.Ordinal) && !value.Contains("(,", StringComparison.Ordinal))] : pool.Values;
}
