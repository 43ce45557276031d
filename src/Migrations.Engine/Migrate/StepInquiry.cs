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
        if (effect is null) return past == StepPast.None || CanRunAgain(step, past) ? StepVerdict.Run : throw InDoubt(script, step);
        switch (effect.Kind)
        {
            case CatalogEffectKind.Repeatable:
                return StepVerdict.Run;
            case CatalogEffectKind.CreateIndex:
                return await new IndexInquiry(session).OfBuildAsync(effect, past, cancellationToken);
            case CatalogEffectKind.DetachPartition:
                return await OfDetachAsync(effect, past, cancellationToken);
            case CatalogEffectKind.ReindexIndex or CatalogEffectKind.ReindexTable or CatalogEffectKind.ReindexSchema or CatalogEffectKind.ReindexDatabase:
                return past == StepPast.None ? StepVerdict.Run : await new IndexInquiry(session).OfReindexAsync(effect, cancellationToken);
        }

        if (past != StepPast.InDoubt) return StepVerdict.Run;
        var isThere = await ScalarAsync(Presence(effect.Kind), effect, cancellationToken);
        return effect.Kind switch
        {
            CatalogEffectKind.EndPrepared => isThere ? StepVerdict.Run : throw InDoubt(script, step),
            CatalogEffectKind.DropIndex or CatalogEffectKind.DropDatabase or CatalogEffectKind.DropTablespace or CatalogEffectKind.DropSubscription =>
                isThere ? StepVerdict.Run : StepVerdict.Done($"{effect.Name} is gone"),
            _ => isThere ? StepVerdict.Done($"{effect.Name} is there") : StepVerdict.Run,
        };
    }

    /// <summary>A procedure or block that failed may have committed half of its work; any other statement that the server refused left nothing.</summary>
    private static bool CanRunAgain(ScriptStep step, StepPast past) => past == StepPast.Failed && step.Facts.Verb is not ("CALL" or "DO" or "CREATE INDEX");

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
            null when past == StepPast.InDoubt && await ScalarAsync("select pg_catalog.to_regclass(@Name) is not null", effect, cancellationToken) =>
                StepVerdict.Done($"{effect.Name} is no partition any more"),
            _ => StepVerdict.Run,
        };
    }

    private static string Presence(CatalogEffectKind kind) => kind switch
    {
        CatalogEffectKind.DropIndex => "select pg_catalog.to_regclass(@Name) is not null",
        CatalogEffectKind.CreateDatabase or CatalogEffectKind.DropDatabase =>
            "select exists (select from pg_catalog.pg_database where datname = (pg_catalog.parse_ident(@Name)::name[])[1])",
        CatalogEffectKind.MoveDatabase =>
            """
            select exists (select from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace
                           where d.datname = (pg_catalog.parse_ident(@Name)::name[])[1] and t.spcname = (pg_catalog.parse_ident(@Other)::name[])[1])
            """,
        CatalogEffectKind.CreateTablespace or CatalogEffectKind.DropTablespace =>
            "select exists (select from pg_catalog.pg_tablespace where spcname = (pg_catalog.parse_ident(@Name)::name[])[1])",
        CatalogEffectKind.CreateSubscription or CatalogEffectKind.DropSubscription =>
            """
            select exists (select from pg_catalog.pg_subscription where subname = (pg_catalog.parse_ident(@Name)::name[])[1]
                           and subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
            """,
        CatalogEffectKind.EndPrepared => "select exists (select from pg_catalog.pg_prepared_xacts where pg_catalog.quote_literal(gid) = @Name)",
        _ => throw new InvalidOperationException($"{kind} is asked for in another way."),
    };

    private Task<bool> ScalarAsync(string sql, CatalogEffect effect, CancellationToken cancellationToken) =>
        session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, effect, cancellationToken: cancellationToken));

    private static ScriptException InDoubt(string script, ScriptStep step) => new("StepInDoubt", FailureKind.Conflict,
        $"{script}: an earlier attempt ended while this {step.Facts.Verb} ran outside a transaction, and the catalog does not show what it did.",
        "Look in the database, then say which: Repair-Migration -Done when it took effect, -Redo to run it again.", step.Position);
}
