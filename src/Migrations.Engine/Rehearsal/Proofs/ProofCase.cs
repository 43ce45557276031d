using Migrations.Engine.Catalog;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>One script, the database in which it is tried, and what that looked like before.</summary>
/// <param name="Trial">Where it runs; in the state of <see cref="Before"/> when a proof begins and when it ends, unless it says otherwise.</param>
/// <param name="Fresh">Another database in the state of <see cref="Before"/>.</param>
internal sealed record ProofCase(
    Script Script, IReadOnlyList<Segment> Segments, Stage Trial, CatalogSnapshot Before, RowImage Rows, Func<CancellationToken, Task<Stage>> Fresh)
{
    public ScriptKey Key => ScriptKey.Of(Script);

    public bool IsOneTransaction => Segments is [{ IsTransaction: true }];

    public bool HasDown => Script is { Down: not null, Header.Irreversible: null };

    /// <summary>The statements behind which a failure is forced. Each costs a run up to there, so of very long scripts it is some, spread evenly, with the first and the last.</summary>
    public IReadOnlyList<int> Points(int most)
    {
        var all = Segments.SelectMany(segment => segment.Steps).Select(step => step.Number).ToList();
        if (all.Count <= most) return all;
        return [.. Enumerable.Range(0, most).Select(index => all[(int)((long)index * (all.Count - 1) / (most - 1))]).Distinct()];
    }

    public int StatementCount => Segments.Sum(segment => segment.Steps.Count);

    /// <summary>"each of its 5 statements", or how many of them.</summary>
    public string Spell(int points) => points == StatementCount
        ? points == 1 ? "its only statement" : $"each of its {points} statements"
        : $"{points} of its {StatementCount} statements, spread evenly";
}
