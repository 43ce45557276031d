using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// The relations that were there before the script: only their locks, scans and rewrites make others wait. What a script makes itself nobody else
/// has seen yet.
/// </summary>
internal sealed class ObservedRelations
{
    private readonly Dictionary<uint, ObservedRelation> _byOid;
    private readonly Dictionary<string, ObservedRelation> _byName;

    private ObservedRelations(IReadOnlyList<ObservedRelation> all)
    {
        All = all;
        _byOid = all.ToDictionary(relation => relation.Oid);
        _byName = all.ToDictionary(relation => relation.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<ObservedRelation> All { get; }

    public ObservedRelation? Find(uint oid) => _byOid.GetValueOrDefault(oid);

    public ObservedRelation? Find(string name) => _byName.GetValueOrDefault(name);

    public static async Task<ObservedRelations> ReadAsync(Session session, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.oid as "Oid", pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "Name",
                   case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'i' then 'index' when 'I' then 'partitioned index'
                        when 'm' then 'materialized view' when 'v' then 'view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'type' end as "Kind",
                   c.relfilenode::bigint as "File",
                   (select pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname)
                    from pg_catalog.pg_index i join pg_catalog.pg_class t on t.oid = i.indrelid join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
                    where i.indexrelid = c.oid) as "Table"
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname <> all (@withoutSchemas)
              and c.relkind in ('r', 'p', 'i', 'I', 'm', 'v', 'S', 'f')
            order by 2
            """;
        var all = await ServerCall.RunAsync(() => session.Connection.QueryAsync<ObservedRelation>(
            new CommandDefinition(sql, new { withoutSchemas = withoutSchemas.ToArray() }, cancellationToken: cancellationToken)), session.Secrets);
        return new ObservedRelations(all.AsList());
    }
}
