namespace Migrations.Engine.Governance;

/// <summary>Gives each table its column: what is referred to stands left of what refers to it. Where references go in a circle, one of them goes the other way.</summary>
internal static class LayerAssignment
{
    /// <summary>More in one column make the diagram higher than a person scrolls.</summary>
    private const int MostInColumn = 14;

    /// <param name="references">For each table those that it refers to, without itself.</param>
    /// <returns>The column of each, from 0.</returns>
    public static int[] Of(IReadOnlyList<IReadOnlyList<int>> references)
    {
        var forward = WithoutCircles(references);
        var layers = new int[forward.Length];
        var known = new bool[forward.Length];
        for (var node = 0; node < forward.Length; node++) Longest(node);
        PullRight(forward, layers);
        Spread(layers);
        return layers;

        int Longest(int node)
        {
            if (known[node]) return layers[node];
            layers[node] = forward[node].Select(target => Longest(target) + 1).DefaultIfEmpty(0).Max();
            known[node] = true;
            return layers[node];
        }
    }

    /// <summary>The references that lead left, those of a circle that led back turned round.</summary>
    private static List<int>[] WithoutCircles(IReadOnlyList<IReadOnlyList<int>> references)
    {
        var forward = references.Select(_ => new List<int>()).ToArray();
        var state = new byte[references.Count];
        for (var node = 0; node < references.Count; node++) Visit(node);
        return forward;

        void Visit(int node)
        {
            if (state[node] != 0) return;
            state[node] = 1;
            foreach (var target in references[node])
            {
                if (state[target] == 1) forward[target].Add(node);
                else forward[node].Add(target);
                Visit(target);
            }

            state[node] = 2;
        }
    }

    /// <summary>A table that refers to nothing stands beside the first one that refers to it, not at the far left of it.</summary>
    private static void PullRight(List<int>[] forward, int[] layers)
    {
        for (var node = 0; node < layers.Length; node++)
        {
            if (forward[node].Count > 0) continue;
            var users = Enumerable.Range(0, layers.Length).Where(other => forward[other].Contains(node)).Select(other => layers[other]).ToList();
            if (users.Count > 0) layers[node] = users.Min() - 1;
        }
    }

    /// <summary>Splits a column that is too high; all behind it move one to the right.</summary>
    private static void Spread(int[] layers)
    {
        for (var layer = 0; layer <= layers.Max(); layer++)
        {
            var inside = Enumerable.Range(0, layers.Length).Where(node => layers[node] == layer).ToList();
            if (inside.Count <= MostInColumn) continue;
            var over = inside.Skip(MostInColumn).ToHashSet();
            for (var node = 0; node < layers.Length; node++)
                if (layers[node] > layer || over.Contains(node)) layers[node]++;
        }
    }
}
