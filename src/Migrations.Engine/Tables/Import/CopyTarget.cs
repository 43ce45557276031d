using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>Where the rows of one session go: the table, or a staging table of that session.</summary>
/// <param name="Into">Quoted and qualified.</param>
/// <param name="Relation">Its bare name, as the server's CONTEXT has it.</param>
/// <param name="CountSql">How many rows this transaction has inserted there so far, rolled-back savepoints included, by the server's own counter.</param>
internal sealed record CopyTarget(string Into, string Relation, string CountSql, bool Freezes)
{
    public static CopyTarget Of(TargetTable table, bool freezes) => new(table.Name.Sql, table.Name.Name,
        table.IsPlain
            ? $"select pg_catalog.pg_stat_get_xact_tuples_inserted({table.Name.Oid})"
            : $"select coalesce(sum(pg_catalog.pg_stat_get_xact_tuples_inserted(relid)), 0)::pg_catalog.int8 from pg_catalog.pg_partition_tree({table.Name.Oid}) where isleaf",
        freezes);

    public static CopyTarget Staging(string name) =>
        new(name, name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], $"select pg_catalog.pg_stat_get_xact_tuples_inserted({Literal.Quote(name)}::pg_catalog.regclass)", false);
}
