using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// What stands in the catalog under the name that a statement outside a transaction makes or removes: an OID, or <see cref="Nothing"/>. It is taken with
/// the intent and again when the statement is in doubt, so that an object which was there all along is not taken for the statement's work.
/// </summary>
internal static class Sighting
{
    public const string Nothing = "none";

    /// <summary>The look, kept in a setting of the transaction until the intent is written. Null where the kind has nothing to look for.</summary>
    public static JournalStatement? For(CatalogEffect? effect) => effect is not null && Query(effect.Kind) is { } query
        ? new JournalStatement(
            $"select pg_catalog.set_config('migrations.found', coalesce(({query}), '{Nothing}'), true)".Replace("@Name", "$1::pg_catalog.text", StringComparison.Ordinal)
                .Replace("@Other", "$2::pg_catalog.text", StringComparison.Ordinal),
            effect.Name, effect.Other)
        : null;

    /// <summary>A scalar query over @Name and @Other, which are spelled as in the statement; null where nothing is to be looked for.</summary>
    public static string? Query(CatalogEffectKind kind) => kind switch
    {
        CatalogEffectKind.CreateIndex =>
            """
            select c.oid::pg_catalog.text from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
            where i.indrelid = pg_catalog.to_regclass(@Other) and c.relname = (pg_catalog.parse_ident(@Name)::pg_catalog.name[])[1]
            """,
        CatalogEffectKind.DropIndex => "select pg_catalog.to_regclass(@Name)::pg_catalog.oid::pg_catalog.text",
        CatalogEffectKind.DetachPartition =>
            """
            select inhparent::pg_catalog.oid::pg_catalog.text from pg_catalog.pg_inherits
            where inhrelid = pg_catalog.to_regclass(@Name) and inhparent = pg_catalog.to_regclass(@Other)
            """,
        CatalogEffectKind.CreateDatabase or CatalogEffectKind.DropDatabase =>
            "select oid::pg_catalog.text from pg_catalog.pg_database where datname = (pg_catalog.parse_ident(@Name)::pg_catalog.name[])[1]",
        CatalogEffectKind.MoveDatabase =>
            """
            select d.oid::pg_catalog.text from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace
            where d.datname = (pg_catalog.parse_ident(@Name)::pg_catalog.name[])[1] and t.spcname = (pg_catalog.parse_ident(@Other)::pg_catalog.name[])[1]
            """,
        CatalogEffectKind.CreateTablespace or CatalogEffectKind.DropTablespace =>
            "select oid::pg_catalog.text from pg_catalog.pg_tablespace where spcname = (pg_catalog.parse_ident(@Name)::pg_catalog.name[])[1]",
        CatalogEffectKind.CreateSubscription or CatalogEffectKind.DropSubscription =>
            """
            select oid::pg_catalog.text from pg_catalog.pg_subscription where subname = (pg_catalog.parse_ident(@Name)::pg_catalog.name[])[1]
            and subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
            """,
        CatalogEffectKind.EndPrepared => "select transaction::pg_catalog.text from pg_catalog.pg_prepared_xacts where pg_catalog.quote_literal(gid) = @Name",
        _ => null,
    };
}
