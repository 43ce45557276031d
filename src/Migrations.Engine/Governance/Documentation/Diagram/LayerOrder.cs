namespace Migrations.Engine.Governance;

/// <summary>Puts the items of each column into an order in which few lines cross, by the mean of their neighbours; the best of all tries counts.</summary>
internal static class LayerOrder
{
    private const int Sweeps = 16;

    /// <summary>Finer than an item's place in its column: where on the item a line ends.</summary>
    private const double Grain = 10_000;

    public static void Apply(IReadOnlyList<List<LayerItem>> layers)
    {
        Number(layers);
        var best = Copy(layers);
        var least = Crossings(layers);
        for (var sweep = 0; sweep < Sweeps && least > 0; sweep++)
        {
            if (sweep % 2 == 0)
            {
                for (var layer = 1; layer < layers.Count; layer++) Sort(layers[layer], item => item.Left);
            }
            else
            {
                for (var layer = layers.Count - 2; layer >= 0; layer--) Sort(layers[layer], item => item.Right);
            }

            var crossings = Crossings(layers);
            if (crossings >= least) continue;
            (least, best) = (crossings, Copy(layers));
        }

        for (var layer = 0; layer < layers.Count; layer++)
        {
            layers[layer].Clear();
            layers[layer].AddRange(best[layer]);
        }

        Number(layers);
    }

    private static void Sort(List<LayerItem> layer, Func<LayerItem, List<LayerLink>> side)
    {
        var sorted = layer.OrderBy(item => side(item) is { Count: > 0 } links ? links.Average(link => link.Other.Order + link.OtherPort / Grain) : item.Order).ThenBy(item => item.Order).ToList();
        layer.Clear();
        layer.AddRange(sorted);
        for (var i = 0; i < layer.Count; i++) layer[i].Order = i;
    }

    private static int Crossings(IReadOnlyList<List<LayerItem>> layers)
    {
        var crossings = 0;
        foreach (var layer in layers)
        {
            var lines = layer.SelectMany(item => item.Right.Select(link => (From: item.Order + link.Port / Grain, To: link.Other.Order + link.OtherPort / Grain))).ToList();
            for (var i = 0; i < lines.Count; i++)
                for (var j = i + 1; j < lines.Count; j++)
                    if ((lines[i].From - lines[j].From) * (lines[i].To - lines[j].To) < 0) crossings++;
        }

        return crossings;
    }

    private static List<List<LayerItem>> Copy(IReadOnlyList<List<LayerItem>> layers) => [.. layers.Select(layer => layer.ToList())];

    private static void Number(IReadOnlyList<List<LayerItem>> layers)
    {
        foreach (var layer in layers)
            for (var i = 0; i < layer.Count; i++) layer[i].Order = i;
    }
}
