using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>How large a table is drawn, in units of SVG, which are pixels on a screen. The text is of fixed width, so that it can be measured without its font.</summary>
internal static class DiagramMeasures
{
    public const int RowHeight = 18;

    /// <summary>Between two columns of tables: room for the lines to turn.</summary>
    public const int Gap = 62;

    /// <summary>Straight, before a line turns: the ends stand there.</summary>
    public const int Stub = 14;

    public const int Margin = 14;

    /// <summary>Longer names end with an ellipsis; the list of tables has them whole.</summary>
    private const int MostCharacters = 30;

    // Of a bold character of 13 px and a plain one of 12 px: 0.602 em in the widest of the common fonts.
    private const double TitleWidth = 7.9;
    private const double RowWidth = 7.3;

    public static int HeaderHeight(bool showsSchema) => showsSchema ? 38 : 26;

    public static int HeightOf(DiagramEntity entity, bool showsSchema) => HeaderHeight(showsSchema) + RowHeight * (entity.Rows.Count + (entity.Hidden > 0 ? 1 : 0)) + 6;

    public static int WidthOf(DiagramEntity entity, bool showsSchema)
    {
        var widest = Columns(Fit(PlainText.Line(entity.Name))) * TitleWidth;
        if (showsSchema) widest = Math.Max(widest, Columns(Fit(PlainText.Line(entity.Schema))) * RowWidth);
        foreach (var row in entity.Rows) widest = Math.Max(widest, (Columns(Fit(PlainText.Line(row.Name))) + 2 + Mark(row).Length) * RowWidth);
        return (int)Math.Ceiling(widest) + 20;
    }

    /// <summary>Where the line of a key meets the box, from its top: at its first column; that of a hidden one meets the last row.</summary>
    public static int PortOf(DiagramEntity entity, IReadOnlyList<string> columns, bool showsSchema)
    {
        var column = columns.Count > 0 ? columns[0] : null;
        var row = 0;
        while (row < entity.Rows.Count && entity.Rows[row].Name != column) row++;
        if (row == entity.Rows.Count && entity.Hidden == 0) return HeaderHeight(showsSchema) / 2;
        return HeaderHeight(showsSchema) + RowHeight * row + RowHeight / 2 + 2;
    }

    /// <summary>PK, FK; a question mark where it may be empty.</summary>
    public static string Mark(DocumentedColumn column) => (column.IsPrimaryKey, column.IsForeignKey) switch
    {
        (true, true) => "PK FK",
        (true, false) => "PK",
        _ => column.IsNotNull ? "FK" : "FK?",
    };

    public static string Fit(string name)
    {
        if (Columns(name) <= MostCharacters) return name;
        var text = new StringBuilder();
        var used = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            used += WidthOf(rune);
            if (used >= MostCharacters) break;
            text.Append(rune);
        }

        return text.Append('…').ToString();
    }

    private static int Columns(string text) => text.EnumerateRunes().Sum(WidthOf);

    /// <summary>Two for the scripts whose signs are as wide as they are high, and for pictures.</summary>
    private static int WidthOf(Rune rune) => rune.Value is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE6F
        or >= 0xFF00 and <= 0xFF60 or >= 0x1F300 and <= 0x1FAFF or >= 0x20000 ? 2 : 1;
}
