using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>Where a run ends that nothing has disturbed, as far as two of them end alike: a clock or a random number is no fault of a crash.</summary>
/// <param name="Fleeting">Tables in which two undisturbed runs differ.</param>
internal sealed record UndisturbedEnd(CatalogSnapshot Schema, RowImage Rows, IReadOnlySet<string> Fleeting)
{
    /// <summary>For the reader; empty when all was compared.</summary>
    public string NotCompared => Fleeting.Count == 0 ? "" : $" (the rows of {string.Join(", ", Fleeting.Order(StringComparer.Ordinal))} were not compared: two undisturbed runs differ in them)";

    public static async Task<UndisturbedEnd> OfAsync(ProofCase tried, CatalogSnapshot schema, RowImage rows, CancellationToken cancellationToken)
    {
        await using var stage = await tried.Fresh(cancellationToken);
        await stage.RunAsync(tried.Script, null, cancellationToken);
        var again = await stage.RowsAsync(cancellationToken);
        return new UndisturbedEnd(schema, rows, rows.LossTo(again).Select(loss => loss.Table).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>A sequence does not go back with the crash: where it stands elsewhere, its values are others, and only how many rows there are can be compared.</summary>
    public IReadOnlyList<RowLoss> LossTo(RowImage resumed)
    {
        var losses = Rows.LossTo(resumed).Where(loss => !Fleeting.Contains(loss.Table));
        var moved = Rows.Sequences.Any(sequence => resumed.Sequences.GetValueOrDefault(sequence.Key) != sequence.Value);
        return [.. losses.Where(loss => !moved || loss.RowsBefore != loss.RowsAfter)];
    }
}
