namespace Migrations.Engine.Scripts;

/// <summary>What a runner must know of a statement before it sends it, read from its words alone.</summary>
/// <param name="Verb">For people: <c>CREATE INDEX</c>, <c>INSERT</c>.</param>
/// <param name="TransactionModes">What BEGIN or START TRANSACTION asks for, such as <c>ISOLATION LEVEL SERIALIZABLE</c>; null: nothing.</param>
/// <param name="TransactionRefusal">
/// Why the server refuses the statement inside a transaction; null: nothing known. Words cannot tell everything (a procedure that commits,
/// REINDEX of a partitioned table), so SQLSTATE 25001, 2D000 and 55P04 must be expected of any statement.
/// </param>
/// <param name="Forbidden">Why no script may say this; null: it may.</param>
/// <param name="IsConcurrent">It waits for old snapshots: a lock_timeout would end that wait and leave an invalid index or a pending detach.</param>
/// <param name="Session">What it changes in the session, for as long as that lives.</param>
/// <param name="SessionObject">The name of what it makes for the session alone: a temporary table, a prepared statement.</param>
/// <param name="Views">The views that it makes or drops, as it spells their names; empty for anything else.</param>
/// <param name="Effect">What the catalog shows when it took effect outside a transaction; null: the catalog cannot tell.</param>
public sealed record StatementFacts(
    string Verb, TransactionControl Control, string? TransactionModes, string? TransactionRefusal, string? Forbidden, bool IsConcurrent, SessionChange Session, string? SessionObject,
    IReadOnlyList<string> Views, CatalogEffect? Effect)
{
    public bool RefusesTransaction => TransactionRefusal is not null;

    internal bool MakesView => Views.Count > 0 && Verb.StartsWith("CREATE", StringComparison.Ordinal);

    internal bool DropsView => Views.Count > 0 && Verb.StartsWith("DROP", StringComparison.Ordinal);

    public static StatementFacts Of(SqlStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var words = new StatementWords(statement);
        var (control, modes) = TransactionWords.Read(words);
        var refusal = control == TransactionControl.None ? TransactionRefusals.Find(words) : null;
        return new StatementFacts(
            StatementVerb.Of(words),
            control,
            modes,
            refusal,
            ForbiddenStatements.Find(words),
            // Only a statement that refuses a transaction is searched: an INSERT may have a million words.
            IsConcurrent: refusal is not null && words.Mentions("CONCURRENTLY"),
            SessionChanges.Find(words),
            Scripts.SessionObject.Find(words),
            ViewName.Find(words),
            CatalogEffects.Find(words));
    }
}
