namespace Migrations.Engine.Rehearsal;

/// <summary>A failure behind any statement leaves neither an object nor a row.</summary>
internal static class AtomicProof
{
    public const string Name = "atomic";

    private const int MostPoints = 100;

    /// <exception cref="EngineException">The script's own failure.</exception>
    public static async Task<Proof> TryAsync(ProofCase tried, CancellationToken cancellationToken)
    {
        if (!tried.IsOneTransaction)
        {
            return new Proof(Name, ProofVerdict.NotApplicable, $"It runs in {tried.Segments.Count} parts that commit one by one.") { IsClaimed = false };
        }

        var points = tried.Points(MostPoints);
        foreach (var statement in points)
        {
            try
            {
                await tried.Trial.RunAsync(tried.Script, new FailAfter(tried.Key, statement), cancellationToken);
            }
            catch (ForcedFailure)
            {
                // As it should.
            }

            var now = await tried.Trial.SnapshotAsync(cancellationToken);
            if (now.Fingerprint == tried.Before.Fingerprint) continue;
            return new Proof(Name, ProofVerdict.Refuted, $"After a failure behind statement {statement} the schema is not what it was before.") { Differences = tried.Before.DifferencesTo(now) };
        }

        var losses = tried.Rows.LossTo(await tried.Trial.RowsAsync(cancellationToken));
        return losses.Count > 0
            ? new Proof(Name, ProofVerdict.Refuted, "After a failure the rows are not what they were before.") { Losses = losses }
            : new Proof(Name, ProofVerdict.Proven, points.Count == 0
                ? "It has no statement."
                : $"A failure was forced after {tried.Spell(points.Count)}; schema and rows were the same as before.");
    }
}
