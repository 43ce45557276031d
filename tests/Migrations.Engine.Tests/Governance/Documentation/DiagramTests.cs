using System.Globalization;
using Migrations.Engine.Governance;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>The diagram can be read: nothing overlaps, no line runs through a table, and what is not drawn is said.</summary>
public sealed class DiagramTests
{
    public static TheoryData<string> Worlds { get; } = ["star", "chain", "circle", "dense", "alone", "selves"];

    [Theory]
    [MemberData(nameof(Worlds))]
    public void No_table_lies_on_another_and_all_are_inside(string world)
    {
        var placed = DiagramLayout.Of(Assert.Single(DiagramPlan.Of(World(world))));

        Assert.NotEmpty(placed.Boxes);
        foreach (var (index, box) in placed.Boxes.Index())
        {
            Assert.True(box.X >= 0 && box.Y >= 0 && box.X + box.Width <= placed.Width && box.Y + box.Height <= placed.Height, $"{box} is outside");
            Assert.All(placed.Boxes.Skip(index + 1), other => Assert.False(
                box.X < other.X + other.Width && other.X < box.X + box.Width && box.Y < other.Y + other.Height && other.Y < box.Y + box.Height, $"{box.Entity.Name} lies on {other.Entity.Name}"));
        }
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void No_line_runs_through_a_table_and_each_ends_at_its_tables(string world)
    {
        var placed = DiagramLayout.Of(Assert.Single(DiagramPlan.Of(World(world))));
        var boxes = placed.Boxes.ToDictionary(box => box.Entity.Identity);

        foreach (var line in placed.Lines)
        {
            var points = LinePoints.Of(line.Path);
            Assert.All(points, point => Assert.DoesNotContain(placed.Boxes, box => point.X > box.X + 0.5 && point.X < box.X + box.Width - 0.5 && point.Y > box.Y - 0.5 && point.Y < box.Y + box.Height + 0.5));
            Assert.All(points, point => Assert.True(point.X >= 0 && point.X <= placed.Width && point.Y >= 0 && point.Y <= placed.Height, $"{line.Relation.Name} leaves the drawing"));
            Assert.True(Touches(boxes[line.Relation.Table], points[0]) && Touches(boxes[line.Relation.Target], points[^1]) || Touches(boxes[line.Relation.Target], points[0]) && Touches(boxes[line.Relation.Table], points[^1]));
        }

        static bool Touches(PlacedBox box, (double X, double Y) point) => (point.X == box.X || point.X == box.X + box.Width) && point.Y >= box.Y && point.Y <= box.Y + box.Height;
    }

    [Fact]
    public void The_same_tables_are_always_placed_alike()
    {
        var first = DiagramLayout.Of(Assert.Single(DiagramPlan.Of(World("dense"))));
        var second = DiagramLayout.Of(Assert.Single(DiagramPlan.Of(World("dense"))));

        Assert.Equal(first.Lines.Select(line => line.Path + line.Ends), second.Lines.Select(line => line.Path + line.Ends));
        Assert.Equal(first.Boxes.Select(box => (box.X, box.Y, box.Width, box.Height)), second.Boxes.Select(box => (box.X, box.Y, box.Width, box.Height)));
    }

    [Fact]
    public void A_referred_table_stands_left_of_those_that_refer_to_it()
    {
        var boxes = DiagramLayout.Of(Assert.Single(DiagramPlan.Of(World("chain")))).Boxes;
        Assert.Equal(boxes.Select(box => box.X).Order().Distinct(), boxes.Select(box => box.X));
    }

    [Fact]
    public void Of_a_circle_one_reference_goes_the_other_way_and_all_others_left()
    {
        // Five refer to the hub, and the hub to one of them: the hub does not move behind them for that.
        var tables = Enumerable.Range(0, 6).Select(i => Table("s", $"t{i}", i == 0 ? ["s.t3"] : i == 5 ? ["s.t0", "s.t3"] : ["s.t0"])).ToList();

        var x = DiagramLayout.Of(Assert.Single(DiagramPlan.Of(tables))).Boxes.ToDictionary(box => box.Entity.Name, box => box.X);

        Assert.All((string[])["t1", "t2", "t3", "t4"], name => Assert.True(x["t0"] < x[name], name));
        Assert.True(x["t3"] < x["t5"]);
    }

    [Fact]
    public void More_than_sixty_tables_are_drawn_by_schema()
    {
        var tables = Enumerable.Range(0, 61).Select(i => Table(i < 30 ? "a" : "b", $"t{i:00}", i is 0 or 30 ? [] : [i < 30 ? "a.t00" : i == 60 ? "a.t00" : "b.t30"])).ToList();

        var diagrams = DiagramPlan.Of(tables);

        Assert.Equal(["Schema a", "Schema b"], diagrams.Select(diagram => diagram.Title));
        Assert.Equal([30, 31], diagrams.Select(diagram => diagram.Entities.Count));
        Assert.All(diagrams, diagram => Assert.Equal("1 foreign key from or to tables that are not in this diagram is not drawn.", Assert.Single(diagram.LeftOut)));
    }

    [Fact]
    public void Of_a_great_schema_the_tables_that_have_to_do_with_others_are_drawn_and_the_rest_is_named()
    {
        var tables = Enumerable.Range(0, 70).Select(i => Table("a", $"t{i:00}", i is > 0 and < 40 ? ["a.t00"] : [])).ToList();

        var diagram = Assert.Single(DiagramPlan.Of(tables));

        Assert.Equal(40, diagram.Entities.Count);
        Assert.StartsWith("30 tables without foreign keys are not drawn: a.t40, a.t41,", Assert.Single(diagram.LeftOut), StringComparison.Ordinal);

        var all = Assert.Single(DiagramPlan.Of([.. Enumerable.Range(0, 70).Select(i => Table("a", $"t{i:00}", i > 0 ? ["a.t00"] : []))]));
        Assert.Equal(60, all.Entities.Count);
        Assert.Equal("10 tables with fewer foreign keys are not drawn: a.t60, a.t61, a.t62, a.t63, a.t64, a.t65, a.t66, a.t67, a.t68, a.t69.", all.LeftOut[0]);
        Assert.Equal("10 foreign keys from or to tables that are not in this diagram are not drawn.", all.LeftOut[1]);
    }

    [Fact]
    public void A_long_name_ends_with_an_ellipsis_and_a_wide_one_has_its_room()
    {
        Assert.Equal("short", DiagramMeasures.Fit("short"));
        Assert.Equal(30, DiagramMeasures.Fit(new string('x', 63)).Length);
        Assert.EndsWith("…", DiagramMeasures.Fit(new string('表', 20)), StringComparison.Ordinal);
        Assert.Equal(15, DiagramMeasures.Fit(new string('表', 20)).Length);
    }

    private static IReadOnlyList<DocumentedTable> World(string world) => world switch
    {
        "star" => [.. Enumerable.Range(0, 60).Select(i => Table("s", $"t{i:00}", i == 0 ? [] : ["s.t00"]))],
        "chain" => [.. Enumerable.Range(0, 6).Select(i => Table("s", $"t{i}", i == 0 ? [] : [$"s.t{i - 1}"]))],
        "circle" => [.. Enumerable.Range(0, 5).Select(i => Table("s", $"t{i}", [$"s.t{(i + 1) % 5}"])), Table("r", "u", ["s.t3", "s.t0"])],
        // Each refers to three that were there before, near and far, by numbers that look like chance.
        "dense" => [.. Enumerable.Range(0, 40).Select(i => Table($"s{i % 3}", $"t{i:00}", [.. Enumerable.Range(1, 3).Select(k => i * 7 * k % 40).Where(j => j < i).Distinct().Select(j => $"s{j % 3}.t{j:00}")]))],
        "alone" => [.. Enumerable.Range(0, 20).Select(i => Table("s", $"t{i}", []))],
        _ => [.. Enumerable.Range(0, 4).Select(i => Table("s", $"t{i}", i < 2 ? [$"s.t{i}"] : [$"s.t{i}", "s.t0"]))],
    };

    private static DocumentedTable Table(string schema, string name, string[] targets)
    {
        var identity = $"{schema}.{name}";
        var keys = targets.Select((target, i) => new DocumentedForeignKey(identity, $"fk{i}", [$"c{i}"], target, ["id"], "", true, null)).ToList();
        return new DocumentedTable
        {
            Identity = identity,
            Schema = schema,
            Name = name,
            Kind = "table",
            Columns = [new DocumentedColumn("id", "bigint", true, null, null) { IsPrimaryKey = true }, .. keys.Select(key => new DocumentedColumn(key.Columns[0], "bigint", false, null, null) { IsForeignKey = true })],
            ForeignKeys = keys,
            ReferencedBy = [.. Incoming(identity).Select(other => new DocumentedForeignKey(other, "fk", ["c"], identity, ["id"], "", true, null))],
        };

        // Only their number matters to the plan.
        static IEnumerable<string> Incoming(string identity) => identity == "a.t00" ? Enumerable.Range(0, 39).Select(i => i.ToString(CultureInfo.InvariantCulture)) : [];
    }
}
