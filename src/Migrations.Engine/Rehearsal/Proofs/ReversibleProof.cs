using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>Down takes back what up did, in the schema and in the rows that were there before; and up can run once more after it.</summary>
internal static class ReversibleProof
{
    public const string Name = "reversible";
    public const string AgainName = "repeatable";

    /// <summary>Begins behind an up, and ends behind another one.</summary>
    /// <param name="after">What the up left.</param>
    public static async Task<IReadOnlyList<Proof>> TryAsync(ProofCase tried, CatalogSnapshot after, CancellationToken cancellationToken)
    {
        if (WhyNot(tried) is { } none) return [NotApplicable(Name, none), NotApplicable(AgainName, none)];
        try
        {
            await tried.Trial.UndoAsync(tried.Script, cancellationToken);
        }
        catch (EngineException failure) when (!MissingParts.Explain(failure))
        {
            return [new Proof(Name, ProofVerdict.Refuted, $"Its down section fails: {failure.Message}"), new Proof(AgainName, ProofVerdict.Unproven, "Its down section fails.")];
        }

        var reversible = await ComparedAsync(tried, after, cancellationToken);
        return [reversible, await AgainAsync(tried, after, cancellationToken)];
    }

    private static string? WhyNot(ProofCase tried) => tried.Script switch
    {
        { Kind: Scripts.ScriptKind.Repeatable } => "A repeatable has no down.",
        { Header.Irreversible: { } reason } => $"Its author says that it is irreversible: {reason}",
        { Down: null } => "It has no down section.",
        _ => null,
    };

    private static async Task<Proof> ComparedAsync(ProofCase tried, CatalogSnapshot after, CancellationToken cancellationToken)
    {
        var schema = await tried.Trial.SnapshotAsync(cancellationToken);
        var losses = tried.Rows.LossTo(await tried.Trial.RowsAsync(cancellationToken));
        if (schema.Fingerprint != tried.Before.Fingerprint)
            return new Proof(Name, ProofVerdict.Refuted, "After up and down the schema is not what it was before.") { Differences = tried.Before.DifferencesTo(schema), Losses = losses };
        if (losses.Count == 0 && Untold(tried, after).ToList() is { Count: > 0 } empty)
            return new Proof(Name, ProofVerdict.Unproven, $"The schema comes back; whether the rows do could not be tried, because these tables had none: {string.Join(", ", empty)}.");
        return losses.Count > 0
            ? new Proof(Name, ProofVerdict.Refuted, $"Lossy: the schema comes back, and these rows do not: {string.Join("; ", losses.Select(Spell))}.") { Losses = losses }
            : new Proof(Name, ProofVerdict.Proven, "After up and down the schema and the rows that were there before are the same.");
    }

    private static async Task<Proof> AgainAsync(ProofCase tried, CatalogSnapshot after, CancellationToken cancellationToken)
    {
        try
        {
            await tried.Trial.RunAsync(tried.Script, null, cancellationToken);
        }
        catch (EngineException failure) when (!MissingParts.Explain(failure))
        {
            return new Proof(AgainName, ProofVerdict.Refuted, $"Up fails after down: {failure.Message}");
        }

        var again = await tried.Trial.SnapshotAsync(cancellationToken);
        return again.Fingerprint == after.Fingerprint
            ? new Proof(AgainName, ProofVerdict.Proven, "Up, down and up end in the schema of up.")
            : new Proof(AgainName, ProofVerdict.Refuted, "Up, down and up do not end in the schema of up.") { Differences = after.DifferencesTo(again) };
    }

    /// <summary>Tables without a row of which the up dropped a column, or changed one, or which it dropped.</summary>
    private static IEnumerable<string> Untold(ProofCase tried, CatalogSnapshot after) => tried.Before.DifferencesTo(after)
        .Where(difference => difference.Change != CatalogChange.Created && difference.Kind is "column" or "table")
        .Where(difference => difference.Change == CatalogChange.Dropped || difference.Properties.Any(property => property.Name == "type"))
        .Select(difference => difference.Kind == "table" ? difference.Identity : difference.Relation ?? "")
        .Where(table => tried.Rows.Counts.GetValueOrDefault(table, -1) == 0).Distinct().Order(StringComparer.Ordinal);

    private static string Spell(RowLoss loss) => loss.Columns.Count == 0 ? $"{loss.Table} ({loss.What})" : $"{loss.Table} ({string.Join(", ", loss.Columns)})";

    private static Proof NotApplicable(string name, string reason) => new(name, ProofVerdict.NotApplicable, reason) { IsClaimed = false };
}
