using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>Who uses the tables of the history schema at this moment, for an error's text.</summary>
internal static class HistoryHolders
{
    public static async Task<string> OfAsync(Session session, HistorySchema schema, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct 'pid ' || l.pid || coalesce(' (' || nullif(a.application_name, '') || ')', '') || coalesce(' as ' || a.usename::text, '')
            from pg_catalog.pg_locks l
            join pg_catalog.pg_class c on c.oid = l.relation
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where n.nspname = @name and l.granted and l.pid <> pg_catalog.pg_backend_pid()
              and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
            """;
        var holders = (await ServerCall.RunAsync(() => session.Connection.QueryAsync<string>(
            new CommandDefinition(sql, new { name = schema.Name }, cancellationToken: cancellationToken)), session.Secrets)).AsList();
        return holders.Count == 0 ? "Nobody holds them now." : $"They are held by {string.Join(", ", holders)}.";
    }
}
