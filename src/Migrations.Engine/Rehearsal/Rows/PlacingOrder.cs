namespace Migrations.Engine.Rehearsal;

/// <summary>Parents before children. Where keys go round in a circle, those that are filled in afterwards.</summary>
internal sealed class PlacingOrder
{
    private PlacingOrder(List<RowTable> tables, HashSet<RowReference> late)
    {
        Tables = tables;
        Late = late;
    }

    public IReadOnlyList<RowTable> Tables { get; }

    /// <summary>Keys whose parent is filled after their table.</summary>
    public IReadOnlySet<RowReference> Late { get; }

    public static PlacingOrder Of(RowSchema schema)
    {
        var left = schema.Tables.Values.Where(table => !table.IsParent).OrderBy(table => table.FullName, StringComparer.Ordinal).ToList();
        var waiting = left.ToDictionary(table => table, table => table.References
            .Where(reference => !IsSelf(schema, table, reference))
            .Select(reference => (Reference: reference, Parents: schema.LeavesOf(reference.Parent).Where(parent => parent != table).Select(parent => parent.Oid).ToHashSet()))
            .ToList());
        var ordered = new List<RowTable>();
        var placed = new HashSet<long>();
        var late = new HashSet<RowReference>();
        while (left.Count > 0)
        {
            var ready = left.FindAll(table => waiting[table].TrueForAll(wait => wait.Parents.IsSubsetOf(placed)));
            if (ready.Count == 0)
            {
                // A circle is cut where NULL may stand, or else where the least is missing.
                var cut = left.OrderBy(table => Missing(table).Count(reference => !MayBeNull(schema, table, reference))).ThenBy(table => Missing(table).Count()).First();
                late.UnionWith(Missing(cut));
                ready.Add(cut);
            }

            ordered.AddRange(ready);
            placed.UnionWith(ready.Select(table => table.Oid));
            left.RemoveAll(ready.Contains);
        }

        return new PlacingOrder(ordered, late);

        IEnumerable<RowReference> Missing(RowTable table) => waiting[table].Where(wait => !wait.Parents.IsSubsetOf(placed)).Select(wait => wait.Reference);
    }

    public static bool IsSelf(RowSchema schema, RowTable table, RowReference reference) =>
        reference.Parent == table.Oid || (schema.Tables.TryGetValue(reference.Parent, out var parent) && parent.IsParent && parent.Root == table.Root);

    public static bool MayBeNull(RowSchema schema, RowTable table, RowReference reference)
    {
        var columns = table.Columns.Where(column => reference.Columns.Contains(column.Name)).ToList();
        return reference.IsFull ? columns.TrueForAll(column => !schema.IsNeverNull(column)) : columns.Exists(column => !schema.IsNeverNull(column));
    }
}
