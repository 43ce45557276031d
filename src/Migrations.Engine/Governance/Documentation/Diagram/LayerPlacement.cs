namespace Migrations.Engine.Governance;

/// <summary>Gives each item its height above the others of its column: near to what it is joined with, in order, and apart from its neighbours.</summary>
internal static class LayerPlacement
{
    private const int Sweeps = 16;
    private const int BetweenTables = 20;
    private const int BesidePlaces = 9;

    public static void Apply(IReadOnlyList<List<LayerItem>> layers)
    {
        foreach (var layer in layers) Place(layer, item => item.Top);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var layer = 1; layer < layers.Count; layer++) Place(layers[layer], item => Wanted(item, item.Left));
            for (var layer = layers.Count - 2; layer >= 0; layer--) Place(layers[layer], item => Wanted(item, item.Right));
        }

        for (var layer = 1; layer < layers.Count; layer++) Place(layers[layer], item => Wanted(item, [.. item.Left, .. item.Right]));
        var top = layers.SelectMany(layer => layer).Select(item => item.Top).DefaultIfEmpty().Min();
        foreach (var item in layers.SelectMany(layer => layer)) item.Top = Math.Round(item.Top - top);
    }

    private static double Wanted(LayerItem item, List<LayerLink> links) =>
        links.Count == 0 ? item.Top : links.Average(link => link.Other.Top + link.OtherPort - link.Port);

    /// <summary>The nearest to what is wanted, by the sum of squares, that keeps order and distance: neighbours that would overlap become one block, whose mean decides.</summary>
    private static void Place(List<LayerItem> layer, Func<LayerItem, double> wanted)
    {
        var offsets = new double[layer.Count];
        var blocks = new List<(double Sum, double Weight, int Count)>();
        for (var i = 0; i < layer.Count; i++)
        {
            if (i > 0) offsets[i] = offsets[i - 1] + layer[i - 1].Height + (layer[i - 1].IsPlace || layer[i].IsPlace ? BesidePlaces : BetweenTables);
            // A long line is to be straight.
            var weight = layer[i].IsPlace ? 6.0 : 1.0;
            blocks.Add(((wanted(layer[i]) - offsets[i]) * weight, weight, 1));
            while (blocks.Count > 1 && Mean(blocks[^1]) < Mean(blocks[^2]))
            {
                var (last, before) = (blocks[^1], blocks[^2]);
                blocks.RemoveRange(blocks.Count - 2, 2);
                blocks.Add((last.Sum + before.Sum, last.Weight + before.Weight, last.Count + before.Count));
            }
        }

        var index = 0;
        foreach (var block in blocks)
            for (var i = 0; i < block.Count; i++, index++) layer[index].Top = Mean(block) + offsets[index];

        static double Mean((double Sum, double Weight, int Count) block) => block.Sum / block.Weight;
    }
}
