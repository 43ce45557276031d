using System.Globalization;

namespace Migrations.Engine.Governance;

/// <summary>Decides what is drawn together, so that a diagram can be read: all tables, or each schema by itself, or of a great schema the tables that have to do with others.</summary>
internal static class DiagramPlan
{
    public const int MostTables = 60;

    private const int MostRows = 10;

    public static IReadOnlyList<EntityDiagram> Of(IReadOnlyList<DocumentedTable> tables)
    {
        if (tables.Count == 0) return [];
        if (tables.Count <= MostTables) return [Draw("All tables", tables, tables)];
        return [.. tables.GroupBy(table => table.Schema, StringComparer.Ordinal).Select(schema => Draw($"Schema {schema.Key}", [.. schema], tables))];
    }

    private static EntityDiagram Draw(string title, IReadOnlyList<DocumentedTable> wanted, IReadOnlyList<DocumentedTable> all)
    {
        var leftOut = new List<string>();
        var drawn = wanted;
        if (drawn.Count > MostTables)
        {
            drawn = [.. wanted.Where(IsRelated)];
            Say(leftOut, wanted.Except(drawn), "without foreign keys");
        }

        if (drawn.Count > MostTables)
        {
            // The most related ones: what is left out hangs on them.
            var most = drawn.OrderByDescending(table => table.ForeignKeys.Count + table.ReferencedBy.Count).ThenBy(table => table.Identity, StringComparer.Ordinal).Take(MostTables).ToHashSet();
            Say(leftOut, drawn.Where(table => !most.Contains(table)), "with fewer foreign keys");
            drawn = [.. drawn.Where(most.Contains)];
        }

        var names = drawn.Select(table => table.Identity).ToHashSet(StringComparer.Ordinal);
        var keys = drawn.SelectMany(table => table.ForeignKeys).ToList();
        var outward = keys.Count(key => !names.Contains(key.Target)) + all.Where(table => !names.Contains(table.Identity)).SelectMany(table => table.ForeignKeys).Count(key => names.Contains(key.Target));
        if (outward > 0) leftOut.Add($"{Count(outward, "foreign key")} from or to tables that are not in this diagram {(outward == 1 ? "is" : "are")} not drawn.");
        return new EntityDiagram(title, [.. drawn.Select(Entity)], [.. keys.Where(key => names.Contains(key.Target))], leftOut);
    }

    private static bool IsRelated(DocumentedTable table) => table.ForeignKeys.Count + table.ReferencedBy.Count > 0;

    private static void Say(List<string> leftOut, IEnumerable<DocumentedTable> tables, string why)
    {
        var names = tables.Select(table => table.Identity).ToList();
        if (names.Count > 0) leftOut.Add($"{Count(names.Count, "table")} {why} {(names.Count == 1 ? "is" : "are")} not drawn: {string.Join(", ", names)}.");
    }

    private static string Count(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    private static DiagramEntity Entity(DocumentedTable table)
    {
        var rows = table.Columns.Where(column => column.IsPrimaryKey).Concat(table.Columns.Where(column => column is { IsForeignKey: true, IsPrimaryKey: false })).ToList();
        // One row less, and the last one says how many there are.
        var shown = rows.Count > MostRows ? MostRows - 1 : rows.Count;
        return new DiagramEntity(table.Identity, table.Schema, table.Name, [.. rows.Take(shown)], rows.Count - shown);
    }
}
