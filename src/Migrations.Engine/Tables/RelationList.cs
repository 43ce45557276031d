using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>The names of a database's tables and views, for who is about to type one.</summary>
public sealed class RelationList(Database database)
{
    private const int Most = 1000;

    /// <exception cref="EngineException">ServerError, ConnectionLost.</exception>
    public Task<IReadOnlyList<ListedRelation>> ReadAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            select case when pg_catalog.pg_table_is_visible(c.oid) then pg_catalog.quote_ident(c.relname) else pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) end as "Name",
                   n.nspname || '.' || c.relname as "FullName",
                   case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialized view' else 'foreign table' end as "Kind"
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            order by pg_catalog.pg_table_is_visible(c.oid) desc, 1
            limit @most
            """;
        return AskAsync<ListedRelation>(sql, new { most = Most }, cancellationToken);
    }

    /// <returns>None for a table that is not there.</returns>
    /// <exception cref="EngineException">ServerError, ConnectionLost.</exception>
    public Task<IReadOnlyList<ListedColumn>> ReadColumnsAsync(string table, CancellationToken cancellationToken)
    {
        const string sql = """
            select a.attname::text as "Name", pg_catalog.format_type(a.atttypid, a.atttypmod) as "Type"
            from pg_catalog.pg_attribute a
            where a.attrelid = pg_catalog.to_regclass(@table) and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;
        return AskAsync<ListedColumn>(sql, new { table }, cancellationToken);
    }

    private Task<IReadOnlyList<T>> AskAsync<T>(string sql, object arguments, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<T>>(async session => (await ServerCall.RunAsync(() => session.Connection.QueryAsync<T>(
            new CommandDefinition(sql, arguments, cancellationToken: cancellationToken)), session.Secrets)).AsList(), cancellationToken);
}
