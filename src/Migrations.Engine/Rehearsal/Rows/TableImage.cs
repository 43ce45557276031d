namespace Migrations.Engine.Rehearsal;

/// <summary>The rows of one table as hashes, so that two moments can be compared without keeping the data.</summary>
/// <param name="Columns">In the order of the hashes.</param>
/// <param name="Key">Positions of the primary key; empty without one.</param>
/// <param name="Rows">A hash for each column, NULL as zero; null when there are too many, and only sums were taken.</param>
/// <param name="Sums">For each column the sum of the hashes of value and key; for many rows only.</param>
internal sealed record TableImage(string Table, bool IsPopulated, string[] Columns, int[] Key, long Count, IReadOnlyList<long[]>? Rows, string KeySum, string[] Sums)
{
    public IEnumerable<RowLoss> LossTo(TableImage after)
    {
        if (IsPopulated != after.IsPopulated)
        {
            yield return Loss(after, [], after.IsPopulated ? "It holds rows now, and was not populated." : "It holds no rows any more: it is not populated.");
            yield break;
        }

        var gone = Columns.Except(after.Columns, StringComparer.Ordinal).ToList();
        if (gone.Count > 0) yield return Loss(after, gone, gone.Count == 1 ? "The column is gone." : "The columns are gone.");
        var shared = Columns.Where(after.Columns.Contains).ToArray();
        var losses = Rows is null || after.Rows is null ? SumsTo(after, shared)
            : KeyNames.Length > 0 && KeyNames.SequenceEqual(after.KeyNames) ? KeyedTo(after, shared)
            : BagsTo(after, shared);
        foreach (var loss in losses) yield return loss;
    }

    private string[] KeyNames => [.. Key.Select(position => Columns[position])];

    private IEnumerable<RowLoss> KeyedTo(TableImage after, string[] shared)
    {
        var now = after.Rows!.ToDictionary(row => RowHash.Of(row, after.Key));
        var pairs = Pairs(after, shared);
        var changed = new SortedSet<int>();
        long missing = 0, rewritten = 0, found = 0;
        foreach (var row in Rows!)
        {
            if (!now.TryGetValue(RowHash.Of(row, Key), out var other))
            {
                missing++;
                continue;
            }

            found++;
            var differs = false;
            for (var i = 0; i < pairs.Length; i++)
            {
                if (row[pairs[i].Before] == other[pairs[i].After]) continue;
                differs = true;
                changed.Add(i);
            }

            if (differs) rewritten++;
        }

        if (missing > 0) yield return Loss(after, [], $"{missing} of its rows {(missing == 1 ? "is" : "are")} gone, by the primary key.");
        if (after.Count > found) yield return Loss(after, [], $"{after.Count - found} of its rows {(after.Count - found == 1 ? "is" : "are")} new, by the primary key.");
        if (changed.Count > 0) yield return Loss(after, [.. changed.Select(i => shared[i])], $"{rewritten} of its rows {(rewritten == 1 ? "holds" : "hold")} other values.");
    }

    private IEnumerable<RowLoss> BagsTo(TableImage after, string[] shared)
    {
        var pairs = Pairs(after, shared);
        var before = Bag(Rows!, [.. pairs.Select(pair => pair.Before)]);
        var now = Bag(after.Rows!, [.. pairs.Select(pair => pair.After)]);
        var lost = before.Sum(row => Math.Max(row.Value - now.GetValueOrDefault(row.Key), 0));
        if (lost == 0 && Count == after.Count) yield break;

        var columns = pairs.Select((pair, i) => (Name: shared[i], Differs: !Same(Bag(Rows!, [pair.Before]), Bag(after.Rows!, [pair.After])))).Where(column => column.Differs).Select(column => column.Name).ToList();
        if (Count > after.Count) yield return Loss(after, [], $"{Count - after.Count} of its rows {(Count - after.Count == 1 ? "is" : "are")} gone.");
        else if (Count < after.Count) yield return Loss(after, [], $"{after.Count - Count} of its rows {(after.Count - Count == 1 ? "is" : "are")} new.");
        var moved = lost - Math.Max(Count - after.Count, 0);
        if (moved > 0) yield return Loss(after, columns, columns.Count > 0 ? $"{moved} of its rows {(moved == 1 ? "holds" : "hold")} other values." : $"The values of {moved} rows are the same, but stand in other rows.");
    }

    private IEnumerable<RowLoss> SumsTo(TableImage after, string[] shared)
    {
        if (Count != after.Count) yield return Loss(after, [], Count > after.Count ? $"At least {Count - after.Count} of its rows are gone." : $"At least {after.Count - Count} of its rows are new.");
        else if (Rows is null != after.Rows is null || KeySum != after.KeySum) yield return Loss(after, [], "Its rows are not those that it held.");
        if (Rows is not null || after.Rows is not null || Count != after.Count || KeySum != after.KeySum) yield break;
        var columns = Pairs(after, shared).Select((pair, i) => (Name: shared[i], Differs: Sums[pair.Before] != after.Sums[pair.After])).Where(column => column.Differs).Select(column => column.Name).ToList();
        if (columns.Count > 0) yield return Loss(after, columns, "Some of its rows hold other values.");
    }

    private (int Before, int After)[] Pairs(TableImage after, string[] shared) => [.. shared.Select(name => (Array.IndexOf(Columns, name), Array.IndexOf(after.Columns, name)))];

    private static Dictionary<RowHash, long> Bag(IReadOnlyList<long[]> rows, int[] columns)
    {
        var bag = new Dictionary<RowHash, long>();
        foreach (var row in rows)
        {
            var hash = RowHash.Of(row, columns);
            bag[hash] = bag.GetValueOrDefault(hash) + 1;
        }

        return bag;
    }

    private static bool Same(Dictionary<RowHash, long> left, Dictionary<RowHash, long> right) =>
        left.Count == right.Count && left.All(row => right.GetValueOrDefault(row.Key) == row.Value);

    private RowLoss Loss(TableImage after, IReadOnlyList<string> columns, string what) => new(Table, columns, Count, after.Count, what);
}
