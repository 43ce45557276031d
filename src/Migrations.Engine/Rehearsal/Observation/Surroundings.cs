using System.Text.Json;
using Dapper;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// What a script can change and no snapshot of a schema shows: the attributes of roles, what PUBLIC may do with the database and the server, and the
/// objects of the module's own history.
/// </summary>
internal static class Surroundings
{
    public const string Role = "role";
    public const string PublicRight = "right of PUBLIC";
    public const string History = "history";
    public const string Password = "password";
    public const string Reaches = "reaches";

    // On a server that was given other rehearsals make their own runners meanwhile.
    // Who is a member of a superuser, or may read, write and run on the server's machine, is as good as one.
    private const string Roles = """
        select 'role' as "Kind", pg_catalog.quote_ident(r.rolname) as "Identity",
               pg_catalog.json_build_object(
                   'superuser', case when r.rolsuper then 'true' end,
                   'replication', case when r.rolreplication then 'true' end,
                   'bypassrls', case when r.rolbypassrls then 'true' end,
                   'createrole', case when r.rolcreaterole then 'true' end,
                   'createdb', case when r.rolcreatedb then 'true' end,
                   'reaches', case when not r.rolsuper then
                       (select pg_catalog.string_agg(m.rolname, ', ' order by m.rolname) from pg_catalog.pg_roles m
                        where m.oid <> r.oid and (m.rolsuper or m.rolname in ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files'))
                          and pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER')) end,
                   'password', pg_catalog.md5(r.rolpassword))::text as "Properties"
        from pg_catalog.pg_authid r where r.rolname !~ '^pg_' and (@own or r.rolname !~ '^migrations_rehearsal')
        """;

    private const string InDatabase = """
        with acl (what, list) as (
            select 'database', coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)) from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
            union all select 'parameter ' || p.parname, p.paracl from pg_catalog.pg_parameter_acl p
            union all select 'tablespace ' || t.spcname, t.spcacl from pg_catalog.pg_tablespace t
            union all select 'language ' || l.lanname, coalesce(l.lanacl, pg_catalog.acldefault('l', l.lanowner)) from pg_catalog.pg_language l
            union all select 'large object ' || o.oid, o.lomacl from pg_catalog.pg_largeobject_metadata o
            union all select 'schema ' || n.nspname, n.nspacl from pg_catalog.pg_namespace n where n.nspname in ('pg_catalog', 'information_schema')
            union all select 'function ' || p.oid::pg_catalog.regprocedure, p.proacl from pg_catalog.pg_proc p
                      where p.proacl is not null and p.pronamespace in ('pg_catalog'::pg_catalog.regnamespace, 'information_schema'::pg_catalog.regnamespace)
            union all select 'relation ' || c.oid::pg_catalog.regclass, c.relacl from pg_catalog.pg_class c
                      where c.relacl is not null and c.relnamespace in ('pg_catalog'::pg_catalog.regnamespace, 'information_schema'::pg_catalog.regnamespace))
        select 'right of PUBLIC' as "Kind", acl.what || ': ' || x.privilege_type as "Identity", '{}' as "Properties"
        from acl cross join lateral pg_catalog.aclexplode(acl.list) x where x.grantee = 0
        union all
        select 'history', pg_catalog.quote_ident(n.nspname), pg_catalog.json_build_object('objects', pg_catalog.md5(pg_catalog.concat_ws('|', n.nspacl, n.nspowner,
            (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', c.relname, c.relkind, c.relowner, c.relacl, c.relnatts, c.relrowsecurity), '|' order by c.relname, c.relkind)
             from pg_catalog.pg_class c where c.relnamespace = n.oid),
            (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', p.proname, p.proargtypes, p.prosrc, p.proacl, p.proowner, p.prosecdef, p.proconfig), '|' order by p.oid)
             from pg_catalog.pg_proc p where p.pronamespace = n.oid),
            (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', g.tgname, g.tgenabled, g.tgfoid), '|' order by g.tgrelid, g.tgname)
             from pg_catalog.pg_trigger g join pg_catalog.pg_class c on c.oid = g.tgrelid where c.relnamespace = n.oid))))::text
        from pg_catalog.pg_namespace n where n.nspname = @history
        """;

    public static async Task<CatalogSnapshot> ReadAsync(RehearsalServer server, Stage stage, CancellationToken cancellationToken)
    {
        var roles = await server.InTurnAsync(connection => connection.QueryAsync<Row>(new CommandDefinition(Roles, new { own = server.IsOwn }, cancellationToken: cancellationToken)), cancellationToken);
        var inside = await stage.AskAsync(session => ServerCall.RunAsync(() => session.Connection.QueryAsync<Row>(
            new CommandDefinition(InDatabase, new { history = stage.OwnSchemas[0] }, cancellationToken: cancellationToken)), session.Secrets), cancellationToken);
        return new CatalogSnapshot(roles.Concat(inside).DistinctBy(row => (row.Kind, row.Identity)).Select(row => row.ToObject()));
    }

    /// <summary>What is left of a password is that it changed. A history that the run itself had to make is no change of the script's.</summary>
    public static IReadOnlyList<CatalogDifference> Differences(CatalogSnapshot before, CatalogSnapshot after) =>
    [
        .. from change in before.DifferencesTo(after)
           where change is not { Kind: History, Change: CatalogChange.Created }
           select change with { Properties = [.. change.Properties.Select(Hidden)] },
    ];

    private static PropertyDifference Hidden(PropertyDifference property) =>
        property.Name != Password ? property : new PropertyDifference(Password, property.Before is null ? null : "***", property.After is null ? null : "*** (another)");

    private sealed record Row(string Kind, string Identity, string Properties)
    {
        public CatalogObject ToObject()
        {
            var given = JsonSerializer.Deserialize<Dictionary<string, string?>>(Properties)!;
            return new CatalogObject(Kind, Identity, given.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!), new Dictionary<string, string>());
        }
    }
}
