namespace Migrations.Engine.Catalog;

/// <summary>
/// The sentences that the queries of several kinds share. <c>$1</c> is the array of schemas that are left out;
/// search_path is pg_catalog alone while they run, so nothing is qualified and every name of the user's comes out qualified.
/// </summary>
internal static class CatalogSql
{
    /// <summary>Schemas that count. Only the server itself may make one whose name begins with pg_.</summary>
    public static string Counts(string schema) => $"{schema}.nspname !~ '^pg_' and {schema}.nspname <> all ($1)";

    /// <summary>What an extension brought is part of the extension, which is told by its version.</summary>
    public static string NotOfExtension(string catalog, string oid) =>
        $"not exists (select from pg_depend member where member.classid = '{catalog}'::regclass and member.objid = {oid} and member.deptype = 'e')";

    /// <summary>Also without what another object made for itself: the constructors of a range, the row type of a table.</summary>
    public static string StandsAlone(string catalog, string oid) =>
        $"not exists (select from pg_depend member where member.classid = '{catalog}'::regclass and member.objid = {oid} and member.deptype in ('e', 'i'))";

    /// <summary>Relations that count, as <c>rel</c>: oid, relkind, name.</summary>
    public static string Relations => $"""
        with rel as (
            select c.oid, c.relkind, c.relowner, format('%I.%I', n.nspname, c.relname) as name
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {Counts("n")} and c.relkind in ('r', 'p', 'v', 'm', 'f') and {NotOfExtension("pg_class", "c.oid")})
        """;

    public static string Comment(string catalog, string oid, string sub = "0") =>
        $"(select remark.description from pg_description remark where remark.objoid = {oid} and remark.classoid = '{catalog}'::regclass and remark.objsubid = {sub})";

    public static string Owner(string owner) => $"pg_get_userbyid({owner})";

    /// <summary>An array whose order means nothing.</summary>
    public static string Sorted(string array) =>
        $"""(select string_agg(o, ', ' order by o collate "C") from unnest({array}) o)""";

    /// <summary>name=value pairs of a foreign object, without what lets one in.</summary>
    public static string Options(string array) => $"""
        (select string_agg(case when o ~* '^[^=]*(pass|secret|token|credential|api_?key|access_?key|private_?key)[^=]*='
                                then split_part(o, '=', 1) || '=***' else o end, ', ' order by o collate "C") from unnest({array}) o)
        """;

    /// <summary>
    /// Who may do what, the full rights of the owner unsaid. All rights of a kind are ALL: MAINTAIN, which came with 17, would
    /// otherwise tell two majors apart that were granted the same.
    /// </summary>
    /// <param name="all">How many rights the kind has, MAINTAIN not counted.</param>
    /// <param name="byDefault">What an absent list means, apart from the owner's rights, as this writes it.</param>
    public static string Grants(string acl, string owner, int all, string byDefault = "null") => $"""
        case when {acl} is null then {byDefault} else nullif(concat_ws('; ',
            case when not exists (select from aclexplode({acl}) o where o.grantee = {owner}) then 'OWNER=(none)' end,
            (select string_agg(g.who || '=' || case when {all} > 1 and g.n >= {all} then 'ALL' else g.what end, '; ' order by g.who collate "C")
             from (select {Grantee}, x.grantee, x.is_grantable, {Rights}
                   from aclexplode({acl}) x group by x.grantee, x.is_grantable) g
             where not (g.grantee = {owner} and not g.is_grantable and g.n >= {all}))), '') end
        """;

    /// <summary>The same where an owner has no rights of its own: columns, default privileges.</summary>
    public static string PlainGrants(string acl, int all) => $"""
        (select string_agg(g.who || '=' || case when {all} > 1 and g.n >= {all} then 'ALL' else g.what end, '; ' order by g.who collate "C")
         from (select {Grantee}, {Rights} from aclexplode({acl}) x group by x.grantee, x.is_grantable) g)
        """;

    private const string Grantee =
        "case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end || case when x.is_grantable then ' with grant option' else '' end as who";

    private const string Rights = """
        string_agg(distinct x.privilege_type, ', ' order by x.privilege_type) as what,
        count(distinct x.privilege_type) filter (where x.privilege_type <> 'MAINTAIN') as n
        """;
}
