using Migrations.Engine.Catalog;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>The text, run once more on its own work, changes nothing. A repeatable claims it; for the others it is good to know.</summary>
internal static class IdempotentProof
{
    public const string Name = "idempotent";

    /// <summary>Begins behind an up, and leaves the database as the second run left it.</summary>
    /// <param name="after">What the up left.</param>
    public static async Task<Proof> TryAsync(ProofCase tried, CatalogSnapshot after, CancellationToken cancellationToken)
    {
        var claimed = tried.Script.Kind == ScriptKind.Repeatable;
        var rows = await tried.Trial.RowsAsync(cancellationToken);
        try
        {
            await tried.Trial.RunAgainAsync(tried.Script, cancellationToken);
        }
        catch (EngineException failure) when (!MissingParts.Explain(failure))
        {
            return new Proof(Name, ProofVerdict.Refuted, $"Run again it fails: {failure.Message}") { IsClaimed = claimed };
        }

        var schema = await tried.Trial.SnapshotAsync(cancellationToken);
        var losses = rows.LossTo(await tried.Trial.RowsAsync(cancellationToken));
        return schema.Fingerprint == after.Fingerprint && losses.Count == 0
            ? new Proof(Name, ProofVerdict.Proven, "Run again it changes neither the schema nor a row.") { IsClaimed = claimed }
            : new Proof(Name, ProofVerdict.Refuted, "Run again it changes something.") { IsClaimed = claimed, Differences = after.DifferencesTo(schema), Losses = losses };
    }
}
