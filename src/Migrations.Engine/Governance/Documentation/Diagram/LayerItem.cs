namespace Migrations.Engine.Governance;

/// <summary>What takes room in a column of a diagram: a table, or a place through which a long line passes.</summary>
/// <param name="node">Index of the table; -1 for a place.</param>
/// <param name="height">In units of SVG.</param>
internal sealed class LayerItem(int node, int height)
{
    public int Node => node;

    public int Height => height;

    public bool IsPlace => node < 0;

    public double Top { get; set; }

    /// <summary>Position in its column.</summary>
    public int Order { get; set; }

    /// <summary>Lines to the column on its left.</summary>
    public List<LayerLink> Left { get; } = [];

    public List<LayerLink> Right { get; } = [];
}
