namespace Migrations.Engine.Governance;

/// <summary>Gives each table its column: what is referred to stands left of what refers to it. Where references go in a circle, as few as can be go the other way.</summary>
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

    /// <summary>The references that lead left; of a circle the fewest are turned round.</summary>
    private static List<int>[] WithoutCircles(IReadOnlyList<IReadOnlyList<int>> references)
    {
        var place = new int[references.Count];
        foreach (var (position, node) in FewestBackward(references).Index()) place[node] = position;
        var forward = references.Select(_ => new List<int>()).ToArray();
        for (var node = 0; node < references.Count; node++)
        {
            foreach (var target in references[node])
            {
                if (place[node] < place[target]) forward[node].Add(target);
                else forward[target].Add(node);
            }
        }

        return forward;
    }

    /// <summary>
    /// An order in which few references lead back (Eades, Lin and Smyth 1993): those that refer to nothing that is left go to its end, those that nothing refers
    /// to go to its beginning, and where there is neither the one that refers to the most and is referred to the least; of several alike the one that fewer refer to in all.
    /// </summary>
    private static List<int> FewestBackward(IReadOnlyList<IReadOnlyList<int>> references)
    {
        var left = Enumerable.Range(0, references.Count).ToList();
        var users = left.Select(node => references.Count(others => others.Contains(node))).ToList();
        var (first, last) = (new List<int>(), new List<int>());
        while (left.Count > 0)
        {
            var rest = left.ToHashSet();
            var outward = left.ToDictionary(node => node, node => references[node].Count(rest.Contains));
            var inward = left.ToDictionary(node => node, node => left.Count(other => references[other].Contains(node)));
            var end = left.Where(node => outward[node] == 0).ToList();
            var chosen = end.Count > 0 ? end : left.Where(node => inward[node] == 0).ToList();
            if (chosen.Count == 0) chosen = [left.OrderByDescending(node => outward[node] - inward[node]).ThenBy(node => users[node]).First()];
            (end.Count > 0 ? last : first).AddRange(chosen);
            left.RemoveAll(chosen.Contains);
        }

        last.Reverse();
        return [.. first, .. last];
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
