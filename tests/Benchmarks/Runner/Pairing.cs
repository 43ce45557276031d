namespace Benchmarks.Runner;

/// <summary>Ours and theirs in turns, so that what else the machine does falls on both; a ratio below 1 is ours being faster.</summary>
internal sealed record Pairing(IContender Ours, IContender Theirs, IReadOnlyList<(Sample Ours, Sample Theirs)> Pairs)
{
    /// <summary>The time of ours divided by the time of theirs.</summary>
    public Spread Ratio => Spread.Of(Pairs.Select(pair => pair.Ours.Elapsed / pair.Theirs.Elapsed));

    /// <summary>The same, with the start-up cost taken off theirs only.</summary>
    public Spread? RatioWithoutTheirStartUp => Theirs.Remembers
        ? Spread.Of(Pairs.Select(pair => pair.Ours.Elapsed / (pair.Theirs.Elapsed - pair.Theirs.StartUp!.Value)))
        : null;

    public Spread OurSeconds => Spread.Of(Pairs.Select(pair => pair.Ours.Elapsed.TotalSeconds));

    public Spread TheirSeconds => Spread.Of(Pairs.Select(pair => pair.Theirs.Elapsed.TotalSeconds));

    /// <summary>A B A B …; with several of ours each of them runs before every run of theirs.</summary>
    public static async Task<IReadOnlyList<Pairing>> RunAsync(
        Stage stage, IReadOnlyList<IContender> ours, IContender theirs, WorkloadFolder workload, int pairs, CancellationToken ct)
    {
        var found = ours.Select(_ => new List<(Sample, Sample)>()).ToList();
        for (var i = 0; i < pairs; i++)
        {
            var mine = new List<Sample>();
            foreach (var contender in ours)
                mine.Add(await stage.RunAsync(contender, await workload.ForAsync(contender, ct), ct));
            var other = await stage.RunAsync(theirs, await workload.ForAsync(theirs, ct), ct);
            for (var j = 0; j < mine.Count; j++)
                found[j].Add((mine[j], other));
        }
        return [.. ours.Select((contender, j) => new Pairing(contender, theirs, found[j]))];
    }
}
