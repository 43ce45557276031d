using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>The columns by which an upsert knows a row again: those of a unique index without a condition.</summary>
/// <param name="NullsAreEqual">NULLS NOT DISTINCT: two rows with NULL in the key are one; otherwise each is a row of its own.</param>
internal sealed record UpsertKey(IReadOnlyList<string> Columns, bool NullsAreEqual)
{
    public static UpsertKey None { get; } = new([], false);

    /// <exception cref="EngineException">UpsertKeyNotUnique, UpsertKeyMissing.</exception>
    public static async Task<UpsertKey> ResolveAsync(
        Session session, TargetTable table, IReadOnlyList<string> wanted, IEnumerable<ColumnMapping> mappings, CancellationToken cancellationToken)
    {
        const string sql = """
            select i.indisprimary as "IsPrimary",
                   array(select a.attname::text from pg_catalog.unnest(i.indkey::pg_catalog.int2[]) with ordinality k (attnum, place)
                         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                         where k.place <= i.indnkeyatts order by k.place) as "Columns",
                   i.indnullsnotdistinct as "NullsAreEqual"
            from pg_catalog.pg_index i
            where i.indrelid = @oid::pg_catalog.oid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
            order by i.indisprimary desc, i.indexrelid
            """;
        var indexes = (await ServerCall.RunAsync(() => session.Connection.QueryAsync<UniqueIndex>(
            new CommandDefinition(sql, new { oid = (long)table.Name.Oid }, cancellationToken: cancellationToken)), session.Secrets)).AsList();
        var key = wanted.Count == 0
            ? indexes.FirstOrDefault(index => index.IsPrimary) ?? throw NotUnique(table, "it has no primary key", indexes)
            : indexes.FirstOrDefault(index => index.Columns.ToHashSet().SetEquals(wanted)) ?? indexes.FirstOrDefault(index => index.Columns.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(wanted)) ?? throw NotUnique(table, $"no unique index without a condition is on ({string.Join(", ", wanted)})", indexes);
        return mappings.All(mapping => key.Columns.All(name => mapping.Columns.Any(column => column.Name == name)))
            ? new UpsertKey(key.Columns, key.NullsAreEqual)
            : throw new EngineException("UpsertKeyMissing", FailureKind.InvalidInput, $"A file has no values for the key ({string.Join(", ", key.Columns)}) of {table}.", "Give the file these columns, or name another key with -Key.", table.ToString());
    }

    private static EngineException NotUnique(TargetTable table, string why, IReadOnlyList<UniqueIndex> indexes) => new("UpsertKeyNotUnique", FailureKind.InvalidInput,
        $"Rows of {table} cannot be known again: {why}. Nothing was changed.",
        indexes.Count == 0 ? "Give the table a primary key or a unique index." : $"Name one of its keys with -Key: {string.Join("; ", indexes.Select(index => string.Join(", ", index.Columns)))}.", table.ToString());

    private sealed record UniqueIndex
    {
        public bool IsPrimary { get; init; }

        public string[] Columns { get; init; } = [];

        public bool NullsAreEqual { get; init; }
    }
}
