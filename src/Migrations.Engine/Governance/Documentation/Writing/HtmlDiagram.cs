using System.Globalization;
using static Migrations.Engine.Governance.DiagramMeasures;

namespace Migrations.Engine.Governance;

/// <summary>The diagrams of the page, drawn as SVG inside it.</summary>
internal static class HtmlDiagram
{
    private const int Colours = 8;

    public static void Write(HtmlText html, IReadOnlyList<EntityDiagram> diagrams)
    {
        if (diagrams.Count == 0) return;
        html.Open("section").Open("h2", ("id", "diagram")).Say("Diagram").CloseLine();
        for (var i = 0; i < diagrams.Count; i++) Draw(html, diagrams[i], string.Create(CultureInfo.InvariantCulture, $"diagram-{i + 1}"), diagrams.Count > 1);
        html.CloseLine();
    }

    private static void Draw(HtmlText html, EntityDiagram diagram, string id, bool isOneOfSeveral)
    {
        if (isOneOfSeveral) html.Element("h3", diagram.Title);
        var placed = DiagramLayout.Of(diagram);
        var schemas = diagram.Entities.Select(entity => entity.Schema).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        html.Open("div", ("class", "diagram"), ("tabindex", "0"), ("role", "group"), ("aria-label", "Diagram, can be scrolled"));
        html.Open("svg", ("role", "img"), ("aria-labelledby", $"{id}-title {id}-desc"), ("width", Number(placed.Width)), ("height", Number(placed.Height)), ("viewBox", $"0 0 {Number(placed.Width)} {Number(placed.Height)}"));
        html.Element("title", diagram.Title, ("id", id + "-title"));
        html.Open("desc", ("id", id + "-desc")).Say($"{DocumentWords.Count(diagram.Entities.Count, "table")} and {DocumentWords.Count(diagram.Relations.Count, "foreign key")}. Each is told in words below, under its table.").CloseLine();
        foreach (var line in placed.Lines) Line(html, line);
        foreach (var box in placed.Boxes) Box(html, box, placed.ShowsSchema, schemas.IndexOf(box.Entity.Schema) % Colours);
        html.Close().CloseLine();

        html.Open("p", ("class", "legend")).Open("span").Say("PK: primary key").Close().Open("span").Say("FK: foreign key").Close().Open("span").Say("FK?: may be empty").Close()
            .Open("span").Say("Crow’s foot: many rows refer to the one at the bar").Close().CloseLine();
        foreach (var words in diagram.LeftOut) html.Open("p", ("class", "note")).Text(words).CloseLine();
    }

    private static void Line(HtmlText html, PlacedLine line)
    {
        var relation = line.Relation;
        html.Open("g", ("class", "line")).Element("title", $"{relation.Table} ({string.Join(", ", relation.Columns)}) → {relation.Target} ({string.Join(", ", relation.TargetColumns)})");
        html.Open("path", ("class", "wire"), ("d", line.Path)).Close().Open("path", ("class", "wire"), ("d", line.Ends)).Close().CloseLine();
    }

    private static void Box(HtmlText html, PlacedBox box, bool showsSchema, int colour)
    {
        var entity = box.Entity;
        var header = HeaderHeight(showsSchema);
        html.Open("g").Element("title", entity.Identity);
        html.Open("rect", ("class", "box"), ("x", Number(box.X)), ("y", Number(box.Y)), ("width", Number(box.Width)), ("height", Number(box.Height)), ("rx", "4")).Close();
        html.Open("rect", ("class", $"s{Number(colour)}"), ("x", Number(box.X + 1)), ("y", Number(box.Y + 1)), ("width", Number(box.Width - 2)), ("height", Number(header - 1)), ("rx", "3")).Close();
        if (showsSchema) Say(html, box.X + 9, box.Y + 14, "of", Fit(PlainText.Line(entity.Schema)));
        Say(html, box.X + 9, box.Y + header - 8, "name", Fit(PlainText.Line(entity.Name)));
        var y = box.Y + header + 15;
        foreach (var row in entity.Rows)
        {
            Say(html, box.X + 9, y, null, Fit(PlainText.Line(row.Name)));
            html.Open("text", ("class", "mark"), ("x", Number(box.X + box.Width - 9)), ("y", Number(y)), ("text-anchor", "end")).Say(Mark(row)).Close();
            y += RowHeight;
        }

        if (entity.Hidden > 0) Say(html, box.X + 9, y, "mark", $"and {Number(entity.Hidden)} more");
        html.CloseLine();
    }

    private static void Say(HtmlText html, int x, int y, string? style, string words) => html.Open("text", ("class", style), ("x", Number(x)), ("y", Number(y))).Say(words).Close();

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
