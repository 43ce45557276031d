using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>After a crash behind any statement the next run ends where an undisturbed one ends.</summary>
internal static class ResumableProof
{
    public const string Name = "resumable";

    /// <summary>Each point takes a copy of the database and two runs.</summary>
    private const int MostPoints = 40;

    private const int Abreast = 4;

    /// <param name="after">What an undisturbed run left.</param>
    /// <param name="rows">The rows that it left.</param>
    public static async Task<Proof> TryAsync(ProofCase tried, CatalogSnapshot after, RowImage rows, CancellationToken cancellationToken)
    {
        if (tried.IsOneTransaction) return new Proof(Name, ProofVerdict.NotApplicable, "It is one transaction.") { IsClaimed = false };
        var end = await UndisturbedEnd.OfAsync(tried, after, rows, cancellationToken);
        var points = tried.Points(MostPoints);
        // Side by side: a crash is mostly waiting.
        using var turns = new SemaphoreSlim(Abreast);
        var crashes = new List<Task<Proof?>>();
        try
        {
            foreach (var statement in points)
            {
                await turns.WaitAsync(cancellationToken);
                crashes.Add(InTurnAsync(tried, await tried.Fresh(cancellationToken), statement, end, turns, cancellationToken));
            }
        }
        finally
        {
            // None may outlive its server, also when there is no next one.
            await Task.WhenAll(crashes).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        var failed = (await Task.WhenAll(crashes)).FirstOrDefault(proof => proof is not null);
        return failed ?? new Proof(Name, ProofVerdict.Proven,
            $"The session was killed after {tried.Spell(points.Count)}; each time the next run ended in the schema and the rows of an undisturbed one{end.NotCompared}.");
    }

    private static async Task<Proof?> InTurnAsync(ProofCase tried, Stage stage, int statement, UndisturbedEnd end, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        try
        {
            await using (stage) return await CrashAsync(tried, stage, statement, end, cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    private static async Task<Proof?> CrashAsync(ProofCase tried, Stage stage, int statement, UndisturbedEnd end, CancellationToken cancellationToken)
    {
        var crash = new CrashAfter(stage.Server, tried.Key, statement);
        try
        {
            await stage.RunAsync(tried.Script, crash, cancellationToken);
        }
        catch (EngineException) when (crash.Struck)
        {
            // The run ended there, as a killed one does.
        }

        try
        {
            await stage.RunAsync(tried.Script, null, cancellationToken);
        }
        catch (EngineException undecided) when (undecided.ErrorId == "StepInDoubt")
        {
            return new Proof(Name, ProofVerdict.Unproven,
                $"After a crash behind statement {statement} the catalog cannot tell whether it took effect; the next run stops there and asks for Repair-Migration. {undecided.Message}");
        }
        catch (EngineException refused) when (!MissingParts.Explain(refused))
        {
            return new Proof(Name, ProofVerdict.Refuted, $"After a crash behind statement {statement} the next run fails: {refused.Message}");
        }

        var now = await stage.SnapshotAsync(cancellationToken);
        if (now.Fingerprint != end.Schema.Fingerprint)
            return new Proof(Name, ProofVerdict.Refuted, $"After a crash behind statement {statement} the next run ends in another schema than an undisturbed one.") { Differences = end.Schema.DifferencesTo(now) };
        var losses = end.LossTo(await stage.RowsAsync(cancellationToken));
        return losses.Count == 0 ? null : new Proof(Name, ProofVerdict.Refuted, $"After a crash behind statement {statement} the next run ends in other rows than an undisturbed one.") { Losses = losses };
    }
}
