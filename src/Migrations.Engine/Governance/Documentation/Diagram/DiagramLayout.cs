using static Migrations.Engine.Governance.DiagramMeasures;

namespace Migrations.Engine.Governance;

/// <summary>
/// Places tables in columns and leads lines between them: layers, an order with few crossings, heights (Sugiyama, Tagawa and Toda 1981). The same diagram is always
/// placed alike.
/// </summary>
internal sealed class DiagramLayout
{
    /// <summary>Tables that nothing joins stand below the others, in rows of this width at least.</summary>
    private const int LeastWidth = 960;

    private const int PlaceHeight = 8;

    private readonly EntityDiagram _diagram;
    private readonly bool _showsSchema;
    private readonly Dictionary<string, int> _nodes;
    private readonly LayerItem[] _items;
    private readonly int[] _layers;
    private readonly List<List<LayerItem>> _columns = [];
    private readonly Dictionary<DocumentedForeignKey, Route> _routes = [];

    private DiagramLayout(EntityDiagram diagram)
    {
        _diagram = diagram;
        _showsSchema = diagram.Entities.Select(entity => entity.Schema).Distinct(StringComparer.Ordinal).Count() > 1;
        _nodes = diagram.Entities.Index().ToDictionary(pair => pair.Item.Identity, pair => pair.Index, StringComparer.Ordinal);
        _items = [.. diagram.Entities.Index().Select(pair => new LayerItem(pair.Index, HeightOf(pair.Item, _showsSchema)))];
        var joined = diagram.Relations.Where(relation => relation.Table != relation.Target).ToList();
        IsJoined = joined.SelectMany(relation => new[] { _nodes[relation.Table], _nodes[relation.Target] }).ToHashSet();
        _layers = LayersOf(joined);
    }

    private HashSet<int> IsJoined { get; }

    public static PlacedDiagram Of(EntityDiagram diagram) => new DiagramLayout(diagram).Place();

    private PlacedDiagram Place()
    {
        foreach (var relation in _diagram.Relations.Where(relation => relation.Table != relation.Target)) Join(relation);
        LayerOrder.Apply(_columns);
        LayerPlacement.Apply(_columns);

        var (boxes, edges) = Boxes();
        var width = edges.Count == 0 ? 0 : edges[^1].Right;
        var height = _columns.SelectMany(column => column).Select(item => (int)item.Top + item.Height).DefaultIfEmpty().Max();
        (width, height) = PlaceAlone(boxes, width, height);
        var lines = _diagram.Relations.Select(relation => relation.Table == relation.Target ? Loop(relation, boxes[_nodes[relation.Table]]!) : Line(relation, edges));
        return new PlacedDiagram(width + Margin, height + Margin, _showsSchema, [.. boxes.Select(box => box!)], [.. lines]);
    }

    /// <summary>Of the joined ones; a column that only others would have stood in is not there.</summary>
    private int[] LayersOf(List<DocumentedForeignKey> joined)
    {
        var compact = IsJoined.Order().ToList();
        var place = compact.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var references = compact.Select(node => (IReadOnlyList<int>)[.. joined.Where(relation => _nodes[relation.Table] == node).Select(relation => place[_nodes[relation.Target]]).Distinct()]).ToList();
        var layers = Enumerable.Repeat(-1, _items.Length).ToArray();
        if (compact.Count == 0) return layers;
        var found = LayerAssignment.Of(references);
        for (var layer = 0; layer <= found.Max(); layer++) _columns.Add([]);
        for (var i = 0; i < compact.Count; i++)
        {
            layers[compact[i]] = found[i];
            _columns[found[i]].Add(_items[compact[i]]);
        }

        return layers;
    }

    /// <summary>Leads a line through the columns between its tables. Lines to one table share their way, so that many look like one until they part.</summary>
    private void Join(DocumentedForeignKey relation)
    {
        var (source, target) = (_nodes[relation.Table], _nodes[relation.Target]);
        var sourcePort = PortOf(_diagram.Entities[source], relation.Columns, _showsSchema);
        var targetPort = PortOf(_diagram.Entities[target], relation.TargetColumns, _showsSchema);
        var isForward = _layers[target] < _layers[source];
        var (left, leftPort, right, rightPort) = isForward ? (target, targetPort, source, sourcePort) : (source, sourcePort, target, targetPort);

        var route = new Route(_items[left], leftPort, _items[right], rightPort, _layers[left], isForward, []);
        var (from, fromPort) = (_items[left], leftPort);
        for (var layer = _layers[left] + 1; layer < _layers[right]; layer++)
        {
            var shared = isForward ? from.Right.Find(link => link.Port == fromPort && link.Other.IsPlace).Other : null;
            var place = shared ?? new LayerItem(-1, PlaceHeight);
            if (shared is null)
            {
                _columns[layer].Add(place);
                Link(from, fromPort, place, PlaceHeight / 2);
            }

            route.Places.Add(place);
            (from, fromPort) = (place, PlaceHeight / 2);
        }

        Link(from, fromPort, _items[right], rightPort);
        _routes[relation] = route;
    }

    private static void Link(LayerItem left, int leftPort, LayerItem right, int rightPort)
    {
        left.Right.Add(new LayerLink(leftPort, right, rightPort));
        right.Left.Add(new LayerLink(rightPort, left, leftPort));
    }

    private (PlacedBox?[] Boxes, List<(int Left, int Right)> Edges) Boxes()
    {
        var boxes = new PlacedBox?[_items.Length];
        var edges = new List<(int Left, int Right)>();
        var x = Margin;
        foreach (var column in _columns)
        {
            var width = column.Where(item => !item.IsPlace).Select(item => WidthOf(_diagram.Entities[item.Node], _showsSchema)).DefaultIfEmpty().Max();
            foreach (var item in column.Where(item => !item.IsPlace)) boxes[item.Node] = new PlacedBox(_diagram.Entities[item.Node], x, (int)item.Top + Margin, width, item.Height);
            edges.Add((x, x + width));
            x += width + Gap;
        }

        return (boxes, edges);
    }

    private (int Width, int Height) PlaceAlone(PlacedBox?[] boxes, int width, int height)
    {
        var limit = Math.Max(width, LeastWidth);
        var (x, y, rowHeight) = (Margin, height == 0 ? Margin : height + Margin + 30, 0);
        for (var node = 0; node < _items.Length; node++)
        {
            if (boxes[node] is not null) continue;
            var own = WidthOf(_diagram.Entities[node], _showsSchema);
            if (x > Margin && x + own > limit) (x, y, rowHeight) = (Margin, y + rowHeight + 20, 0);
            boxes[node] = new PlacedBox(_diagram.Entities[node], x, y, own, _items[node].Height);
            rowHeight = Math.Max(rowHeight, _items[node].Height);
            width = Math.Max(width, x + own);
            height = y + rowHeight - Margin;
            x += own + 40;
        }

        // What refers to itself at the right side needs room for its loop.
        return (width + 2 * Stub, height + Margin);
    }

    private PlacedLine Loop(DocumentedForeignKey relation, PlacedBox box)
    {
        var right = box.X + box.Width;
        var from = box.Y + PortOf(box.Entity, relation.Columns, _showsSchema);
        var to = box.Y + PortOf(box.Entity, relation.TargetColumns, _showsSchema);
        var path = new LinePath().Loop(right, from, to).One(right, to, toRight: false);
        return (relation.IsOneToOne ? path.One(right, from, toRight: false) : path.Many(right, from, toRight: false)).Of(relation);
    }

    private PlacedLine Line(DocumentedForeignKey relation, List<(int Left, int Right)> edges)
    {
        var route = _routes[relation];
        var (x, y) = ((double)edges[route.LeftLayer].Right, route.Left.Top + Margin + route.LeftPort);
        var path = new LinePath().From(x, y);
        End(path, x, y, toRight: false, isSource: !route.IsForward);
        var layer = route.LeftLayer;
        foreach (var place in route.Places)
        {
            layer++;
            var middle = place.Top + Margin + PlaceHeight / 2;
            path.Across(x, y, edges[layer].Left, middle).Along(edges[layer].Right);
            (x, y) = (edges[layer].Right, middle);
        }

        var (lastX, lastY) = ((double)edges[layer + 1].Left, route.Right.Top + Margin + route.RightPort);
        path.Across(x, y, lastX, lastY);
        End(path, lastX, lastY, toRight: true, isSource: route.IsForward);
        return path.Of(relation);

        void End(LinePath line, double atX, double atY, bool toRight, bool isSource)
        {
            if (isSource && !relation.IsOneToOne) line.Many(atX, atY, toRight);
            else line.One(atX, atY, toRight);
        }
    }

    /// <param name="Places">Where it passes the columns between.</param>
    /// <param name="IsForward">Whether the table on the left is the one that is referred to.</param>
    private sealed record Route(LayerItem Left, int LeftPort, LayerItem Right, int RightPort, int LeftLayer, bool IsForward, List<LayerItem> Places);
}
