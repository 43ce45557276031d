using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Asks the catalog, before a statement runs outside a transaction, what an earlier try left there. It runs with the script's role and
/// search_path, so names mean what they mean to the statement.
/// </summary>
internal sealed class StepInquiry(Session session)
{
    /// <exception cref="EngineException">StepInDoubt: the catalog cannot tell. IndexBuiltElsewhere: another session builds that index now.</exception>
    public async Task<StepVerdict> AskAsync(string script, ScriptStep step, StepPast past, CancellationToken cancellationToken)
    {
        var effect = step.Facts.Effect;
        if (effect is null) return past.End == StepEnd.None || CanRunAgain(step, past) ? StepVerdict.Run : throw InDoubt(script, step);
        switch (effect.Kind)
        {
            case CatalogEffectKind.Repeatable:
                return StepVerdict.Run;
            case CatalogEffectKind.CreateIndex:
                return await new IndexInquiry(session).OfBuildAsync(effect, past, cancellationToken);
            case CatalogEffectKind.DetachPartition:
                return await OfDetachAsync(effect, past, cancellationToken);
            case CatalogEffectKind.ReindexIndex or CatalogEffectKind.ReindexTable or CatalogEffectKind.ReindexSchema or CatalogEffectKind.ReindexDatabase:
                return past.End == StepEnd.None ? StepVerdict.Run : await new IndexInquiry(session).OfReindexAsync(effect, cancellationToken);
        }

        if (!past.IsInDoubt) return StepVerdict.Run;
        var now = await LookAsync(effect, cancellationToken);
        return effect.Kind switch
        {
            CatalogEffectKind.EndPrepared => now == Sighting.Nothing ? throw InDoubt(script, step) : StepVerdict.Run,
            // As it was before the statement: it did nothing, and says so itself when it runs again.
            _ when now == past.Found => StepVerdict.Run,
            CatalogEffectKind.DropIndex or CatalogEffectKind.DropDatabase or CatalogEffectKind.DropTablespace or CatalogEffectKind.DropSubscription =>
                now == Sighting.Nothing ? StepVerdict.Done($"{effect.Name} is gone") : past.Found is null ? StepVerdict.Run : throw InDoubt(script, step),
            _ => now == Sighting.Nothing ? StepVerdict.Run : StepVerdict.Done($"{effect.Name} is there"),
        };
    }

    /// <summary>A procedure or block that failed may have committed half of its work; any other statement that the server refused left nothing.</summary>
    private static bool CanRunAgain(ScriptStep step, StepPast past) => past.End == StepEnd.Failed && step.Facts.Verb is not ("CALL" or "DO" or "CREATE INDEX");

    private async Task<StepVerdict> OfDetachAsync(CatalogEffect effect, StepPast past, CancellationToken cancellationToken)
    {
        var isPending = await session.Connection.QuerySingleOrDefaultAsync<bool?>(new CommandDefinition(
            """
            select inhdetachpending from pg_catalog.pg_inherits
            where inhrelid = pg_catalog.to_regclass(@Name) and inhparent = pg_catalog.to_regclass(@Other)
            """,
            effect, cancellationToken: cancellationToken));
        return isPending switch
        {
            true => StepVerdict.Finish($"alter table {effect.Other} detach partition {effect.Name} finalize", $"the detach of {effect.Name} had begun"),
            null when past.IsInDoubt && past.Found != Sighting.Nothing && await IsThereAsync(effect, cancellationToken) =>
                StepVerdict.Done($"{effect.Name} is no partition any more"),
            _ => StepVerdict.Run,
        };
    }

    private async Task<string> LookAsync(CatalogEffect effect, CancellationToken cancellationToken) =>
        await session.Connection.ExecuteScalarAsync<string?>(new CommandDefinition(Sighting.Query(effect.Kind)!, effect, cancellationToken: cancellationToken)) ?? Sighting.Nothing;

    private Task<bool> IsThereAsync(CatalogEffect effect, CancellationToken cancellationToken) =>
        session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_catalog.to_regclass(@Name) is not null", effect, cancellationToken: cancellationToken));

    private static ScriptException InDoubt(string script, ScriptStep step) => new("StepInDoubt", FailureKind.Conflict,
        $"{script}: an earlier attempt ended while this {step.Facts.Verb} ran outside a transaction, and the catalog does not show what it did.",
        "Look in the database, then say which: Repair-Migration -Done when it took effect, -Redo to run it again.", step.Position);
}
