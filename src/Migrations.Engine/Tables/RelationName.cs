using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>A table or view as a person names it: as SQL would read it, or exactly as it is called.</summary>
/// <param name="Kind">pg_class.relkind: r, p, v, m, f.</param>
internal sealed record RelationName(uint Oid, string Schema, string Name, char Kind)
{
    /// <summary>Quoted and qualified, for SQL.</summary>
    public string Sql => Identifier.Qualify(Schema, Name);

    public override string ToString() => $"{Schema}.{Name}";

    /// <summary>First as SQL reads it (users, "Users", sales.orders), then as the exact name, so that odd names need no quotes.</summary>
    /// <exception cref="EngineException">TableNotFound.</exception>
    public static async Task<RelationName> ResolveAsync(Session session, string given, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.oid as "Oid", n.nspname::text as "Schema", c.relname::text as "Name", c.relkind::text as "Kind"
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f')
              and (c.oid = pg_catalog.to_regclass(@quoted)
                   or (pg_catalog.to_regclass(@quoted) is null
                       and (c.relname = @given and pg_catalog.pg_table_is_visible(c.oid) or n.nspname || '.' || c.relname = @given)))
            order by c.relname = @given desc
            limit 1
            """;
        // to_regclass raises an error for what is no name in SQL at all; such a name can only be meant exactly.
        var quoted = IsSqlName(given) ? given : Identifier.Quote(given);
        var row = await ServerCall.RunAsync(() => session.Connection.QueryFirstOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { quoted, given }, cancellationToken: cancellationToken)), session.Secrets);
        return row is null
            ? throw new EngineException("TableNotFound", FailureKind.NotFound, $"There is no table or view {given} in {session.Server.Database}, or not in the search_path of {session.Server.Role}.",
                "Name it with its schema: sales.orders. A name with capitals or spaces is found as it is written.", given)
            : new RelationName(row.Oid, row.Schema, row.Name, row.Kind[0]);
    }

    private static bool IsSqlName(string given) => given.Split('.').All(part =>
        part.Length > 0 && (part[0] == '"' ? part.Length > 2 && part[^1] == '"' : part.All(c => char.IsLetterOrDigit(c) || c is '_' or '$')));

    private sealed record Row(uint Oid, string Schema, string Name, string Kind);
}
