namespace Migrations.Engine.Rehearsal;

/// <summary>Rows of one table of the source, column by column, as text.</summary>
internal sealed class SampledTable(RowTable table, IReadOnlyList<RowColumn> columns)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public RowTable Table => table;

    public IReadOnlyList<RowColumn> Columns => columns;

    public List<string?[]> Rows { get; } = [];

    /// <summary>Why nothing could be read; null when it could.</summary>
    public string? Reason { get; set; }

    /// <param name="place">Where the row stands in the source: each is taken once.</param>
    public bool Add(string place, string?[] row)
    {
        if (!_seen.Add(place)) return false;
        Rows.Add(row);
        return true;
    }

    public int IndexOf(string column)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Name == column) return i;
        }

        return -1;
    }
}
