namespace Migrations.Module.Tests.Hosting;

/// <summary>One fenced block of the README.</summary>
/// <param name="Lead">The line before the block, which says what the block is.</param>
/// <param name="Language">powershell, sql or text.</param>
internal sealed record ReadmeStep(string Lead, string Language, string Text)
{
    public static IReadOnlyList<ReadmeStep> OfTour() => Of("A tour");

    /// <param name="section">Its heading, of the second level.</param>
    public static IReadOnlyList<ReadmeStep> Of(string section)
    {
        var lines = File.ReadAllLines(Path.Combine(TestTree.Root, "README.md"));
        var tour = lines.SkipWhile(line => line != $"## {section}").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).ToList();
        var steps = new List<ReadmeStep>();
        for (var i = 0; i < tour.Count; i++)
        {
            if (!tour[i].StartsWith("```", StringComparison.Ordinal)) continue;
            var end = tour.IndexOf("```", i + 1);
            var lead = tour.Take(i).LastOrDefault(line => line.Length > 0) ?? "";
            steps.Add(new ReadmeStep(lead, tour[i][3..], string.Join('\n', tour[(i + 1)..end])));
            i = end;
        }

        return steps;
    }
}
