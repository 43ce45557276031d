using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>What somebody else keeps in the history schema, for a plan to name. Not the last word: that is the server's, when the schema is dropped.</summary>
internal static class HistoryStrangers
{
    public static async Task<IReadOnlyList<string>> OfAsync(Session session, HistorySchema schema, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.oid::pg_catalog.regclass::text
            from pg_catalog.pg_class c
            where c.relnamespace = @schema::pg_catalog.regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f', 'S', 'c') and not c.relname = any (@relations)
              and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'i')
            union all
            select p.oid::pg_catalog.regprocedure::text from pg_catalog.pg_proc p
            where p.pronamespace = @schema::pg_catalog.regnamespace and not p.proname = any (@functions)
            union all
            select t.oid::pg_catalog.regtype::text from pg_catalog.pg_type t
            where t.typnamespace = @schema::pg_catalog.regnamespace and t.typtype in ('d', 'e', 'r')
            order by 1
            """;
        return (await ServerCall.RunAsync(() => session.Connection.QueryAsync<string>(new CommandDefinition(
            sql,
            new { schema = schema.Quoted, relations = HistoryLayout.TablesOf(HistorySchema.CurrentVersion).Append("status").ToArray(), functions = HistoryFunctions.AllNames.ToArray() },
            cancellationToken: cancellationToken)), session.Secrets)).AsList();
    }
}
