namespace Migrations.Engine.Scripts;

/// <summary>The "did you mean" of every strict list of names.</summary>
internal static class NearestName
{
    /// <summary>" Did you mean 'x'?" for the closest candidate, or nothing when none is close.</summary>
    public static string Suggest(string written, IEnumerable<string> candidates)
    {
        var (best, distance) = ("", int.MaxValue);
        foreach (var candidate in candidates)
        {
            var d = Distance(written.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (d < distance) (best, distance) = (candidate, d);
        }

        return distance <= Math.Max(2, written.Length / 3) ? $" Did you mean '{best}'?" : "";
    }

    // Optimal string alignment: swapped neighbours, the most common typo, cost one.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        for (var j = 1; j <= b.Length; j++)
        {
            var cost = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
        }

        return d[a.Length, b.Length];
    }
}
